// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.Selector.RequiredText;
import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.queue.QueueEntry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One selector's reading place in a subscription, shared by all consumers that present it.
 *
 * <p>Per window there are two marks: everything below {@code scanned} that is available was passed over, except for what was given back; of
 * that, everything below {@code returnedFrom} was passed over too. So a message is evaluated once per selector, and again only when it comes
 * back. Messages of other priorities than the default have a mark for each of them. A long backlog is searched in slices, one per turn, between which the other lanes have theirs. Owned by the destination.
 */
final class Lane {

    /**
     * What makes two consumers share a lane.
     *
     * @param exceptPrefix messages whose unique key begins so are not wanted, null for none
     * @param exceptClient messages of connections with this client identifier are not wanted, null for none
     */
    record Filter(Selector selector, @Nullable String exceptPrefix, @Nullable String exceptClient) {

        /** A filter by selector alone. */
        static Filter of(Selector selector) {
            return new Filter(selector, null, null);
        }

        boolean passesAll() {
            return selector.matchesAll() && exceptPrefix == null && exceptClient == null;
        }

        /** Whether an entry can be passed over without a look at its record. */
        boolean excludes(QueueEntry entry) {
            return !selector.tags().mayContain(entry.tagHash());
        }

        /** Whether the record at index 0 of {@code record} is wanted. */
        boolean matches(StoredMessage message, ByteBuffer record) {
            if (exceptPrefix != null) {
                String key = MessageProperties.findInRecord(record, 0, PropertyNames.UNIQUE_KEY);
                if (key != null && key.startsWith(exceptPrefix)) {
                    return false;
                }
            }
            if (exceptClient != null
                    && exceptClient.equals(MessageProperties.findInRecord(record, 0, JmsProperties.CLIENT_ID))) {
                return false;
            }
            return selector.matches(message);
        }
    }

    private final Filter filter;
    private long[] scanned;
    private long[] returnedFrom;
    private final Map<Integer, long[]> passed = new HashMap<>(); // by window; only where priorities are in use
    private int nextWindow;
    private @Nullable GroupSlots groups;

    /** What was found for this lane by a {@link HashLanes}; null for a lane that searches itself. */
    private @Nullable TreeSet<GroupSlots.Waiting> matches;

    /** A lane of which too much was found at once searches itself from then on. */
    private boolean searchesForGood;

    private final ConsumerRound round = new ConsumerRound();
    private final @Nullable RequiredText requiredText;
    int consumerCount;

    /** The pump that found nothing more for this lane; its other consumers need not look. */
    long emptyAtPump = -1;

    /** The pump in which this lane's slice was used up before its search was over. */
    long pausedAtPump = -1;

    private long slicePump = -1;
    private int sliceLeft;

    Lane(Filter filter, int windowCount) {
        this.filter = filter;
        boolean bySelectorAlone = filter.exceptPrefix() == null && filter.exceptClient() == null;
        this.requiredText = bySelectorAlone ? filter.selector().requiredText() : null;
        this.scanned = new long[windowCount];
        this.returnedFrom = new long[windowCount];
    }

    Filter filter() {
        return filter;
    }

    /** Who has which message groups; null as long as there was no message of a group. */
    @Nullable
    GroupSlots groups() {
        return groups;
    }

    /** Who has which message groups. */
    GroupSlots openGroups() {
        if (groups == null) {
            groups = new GroupSlots();
        }
        return groups;
    }

    /** Whether nobody has a message group. */
    boolean hasNoGroups() {
        return groups == null || groups.isIdle();
    }

    /** The window to look at first, so that a subscription over several message queues reads them in turns. */
    int nextWindow(int windowCount) {
        return nextWindow < windowCount ? nextWindow : 0;
    }

    void tookFrom(int window) {
        nextWindow = window + 1;
    }

    /**
     * The next offset of a window that is available and was not passed over, {@link BitPlane#NONE} if there is none: the lowest of the highest
     * priority.
     */
    long candidate(int index, List<Window> windows) {
        ensure(windows.size());
        Window window = windows.get(index);
        if (matches != null) {
            return nextMatch(matches, index, window);
        }
        if (!window.hasPriorities()) {
            return defaultCandidate(index, window);
        }
        for (int priority = Priorities.HIGHEST; priority >= 0; priority--) {
            long offset = priority == QueueEntry.DEFAULT_PRIORITY
                    ? defaultCandidate(index, window)
                    : window.nextAvailable(priority, passed(index)[priority]);
            if (offset != BitPlane.NONE) {
                return offset;
            }
        }
        return BitPlane.NONE;
    }

    private static long nextMatch(NavigableSet<GroupSlots.Waiting> matches, int index, Window window) {
        while (true) {
            GroupSlots.Waiting next = matches.ceiling(GroupSlots.Waiting.beforeAllOf(index));
            if (next == null || next.window() != index) {
                return BitPlane.NONE;
            }
            if (!window.isSettled(next.offset()) && window.isFree(next.offset())) {
                return next.offset();
            }
            // Somebody else has it; if it comes back, it is found again.
            matches.remove(next);
        }
    }

    /** From now on others search for it, and say what they {@linkplain #found find}: it has looked at everything itself. */
    void beginHashed() {
        matches = new TreeSet<>(GroupSlots.Waiting.ORDER);
    }

    /** From now on it searches itself, from the beginning, and is not hashed again. */
    void searchForGood() {
        matches = null;
        beginAgain();
        searchesForGood = true;
    }

    boolean isHashed() {
        return matches != null;
    }

    boolean searchesForGood() {
        return searchesForGood;
    }

    /** Others have found something for it. */
    void match(GroupSlots.Waiting message) {
        if (matches != null) {
            matches.add(message);
        }
    }

    /** Its consumers. */
    ConsumerRound round() {
        return round;
    }

    /** The text that a property must have for this lane; null if there is no such condition. */
    @Nullable
    RequiredText requiredText() {
        return requiredText;
    }

    /** Whether it came to the end of all that there is in the pump of this number. */
    boolean hasSeenAllAt(long pump) {
        return emptyAtPump == pump && pausedAtPump != pump;
    }

    /** How much was found for it and is not known to be gone. */
    int matchCount() {
        return matches == null ? 0 : matches.size();
    }

    private long defaultCandidate(int index, Window window) {
        return Math.min(window.nextReturned(returnedFrom[index]), window.nextAvailable(scanned[index]));
    }

    /** Passes over a {@linkplain #candidate candidate}: it does not match, or was taken. */
    void pass(int index, long offset, int priority) {
        if (matches != null) {
            matches.remove(new GroupSlots.Waiting(index, priority, offset));
            return;
        }
        if (priority != QueueEntry.DEFAULT_PRIORITY) {
            passed(index)[priority] = offset + 1;
            return;
        }
        returnedFrom[index] = Math.max(returnedFrom[index], offset + 1);
        scanned[index] = Math.max(scanned[index], offset + 1);
    }

    /** Looks at an offset again that was given back. */
    void cameBack(int index, long offset, int priority) {
        if (matches != null) {
            matches.add(new GroupSlots.Waiting(index, priority, offset));
            return;
        }
        if (priority != QueueEntry.DEFAULT_PRIORITY) {
            long[] marks = passed(index);
            marks[priority] = Math.min(marks[priority], offset);
        } else if (index < returnedFrom.length) {
            returnedFrom[index] = Math.min(returnedFrom[index], offset);
        }
    }

    /** The pump of this number begins for this lane, with so many entries to look at. */
    void beginSlice(long pump, int entries) {
        if (slicePump != pump) {
            slicePump = pump;
            sliceLeft = entries;
        }
    }

    /** Whether one more entry may be looked at in this pump; if not, the lane pauses until the next. */
    boolean mayLook(long pump) {
        if (sliceLeft == 0) {
            pausedAtPump = pump;
            return false;
        }
        sliceLeft--;
        return true;
    }

    /** A search was worth it: the slice bounds the entries in vain between two messages, not the messages. */
    void found(int entries) {
        sliceLeft = entries;
    }

    /** Begins again at the beginning of other windows. */
    void restart() {
        groups = null;
        matches = null;
        beginAgain();
    }

    private void beginAgain() {
        Arrays.fill(scanned, 0);
        Arrays.fill(returnedFrom, 0);
        passed.clear();
        nextWindow = 0;
    }

    /** How many unsettled offsets this lane has passed over, at most: what a search from the beginning would look at again. */
    long passedOver(List<Window> windows) {
        long passed = 0;
        for (int i = 0; i < Math.min(scanned.length, windows.size()); i++) {
            passed += Math.max(0, scanned[i] - windows.get(i).cursor().floor());
        }
        return passed;
    }

    /** Per priority other than the default: everything below that is available was passed over. */
    private long[] passed(int index) {
        return passed.computeIfAbsent(index, key -> new long[Priorities.HIGHEST + 1]);
    }

    private void ensure(int windowCount) {
        if (scanned.length < windowCount) {
            scanned = Arrays.copyOf(scanned, windowCount);
            returnedFrom = Arrays.copyOf(returnedFrom, windowCount);
        }
    }
}
