// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of a topic whose state the broker keeps, message by message: windows over its message queues, and the consumers that share it.
 *
 * <p>Each message goes to one consumer. Consumers with credit take turns, one message each; what came back goes before what is new, and
 * otherwise the order of each message queue is kept. A selector that several consumers can present only passes messages over; the selector of a
 * topic subscription is its own for good, so what it does not select is settled. Owned by the destination.
 */
final class Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** Most messages and bytes that one turn hands out, and entries it looks at, before others get the thread. */
    private static final int TURN_MESSAGES_MAX = 256;

    private static final int TURN_BYTES_MAX = 1024 * 1024;
    private static final int TURN_ENTRIES_MAX = 2048;

    /** Entries that one lane looks at in a turn: less where many lanes share the turn, so that a long search holds up nobody. */
    private static final int SLICE_ENTRIES_MAX = 512;

    private static final int SLICE_ENTRIES_MIN = 16;

    /** Lanes without consumers whose places are remembered, so that nothing is searched again when their selectors return. */
    private static final int IDLE_LANES_MAX = 64;

    /** A time that is over, for what was held and is not known to be free yet. */
    private static final long NOT_HELD_ANY_MORE = 1;

    /** To have looked at so much of a backlog is worth remembering even if nobody uses the destination. */
    private static final int WORTHWHILE_ENTRIES = 1024;

    private final RecordSource records;
    private final Kind kind;
    private final Object identity;
    private final Supplier<RedeliveryPolicy> redelivery;
    private final Parking parking = new Parking();
    private final Deque<Dying> dying = new ArrayDeque<>();
    private final List<Window> windows;
    private final List<AttachedConsumer> consumers = new ArrayList<>();
    private final Map<Lane.Filter, Lane> lanes = new HashMap<>();
    private final Set<Lane> idleLanes = new LinkedHashSet<>(); // the longest without consumers first
    private final QueueEntry entry = new QueueEntry();
    private final StoredMessage message = new StoredMessage();
    private final List<AttachedConsumer> sending = new ArrayList<>();
    private int nextConsumer;
    private int entriesLeft;
    private long pumpCount;
    private int sliceEntries;
    private boolean endedEarly;
    private boolean more;
    private boolean stirred;
    private long heldUntil;
    private final List<Runnable> afterHold = new ArrayList<>();

    // The candidate that find() found.
    private int foundWindow;
    private long foundOffset;
    private @Nullable RecordSlice foundSlice;

    /** What a subscription is, to its consumers and to a crash. */
    enum Kind {
        /** The built-in one of a queue: everybody shares it, everybody brings a selector. */
        QUEUE,
        /** Of a topic, for one consumer, and it ends with it. */
        PLAIN,
        /** Of a topic, for those who know its name, and it ends with the last of them. */
        SHARED,
        /** Of a topic; it stays when its consumers go. */
        DURABLE
    }

    /** A message that is in flight with nobody until it is a dead letter. */
    record Dying(int window, long offset, int deliveryCount, DeadLetters.Reason reason) {}

    /**
     * A subscription without consumers.
     *
     * @param identity what tells it from the other subscriptions of its destination
     * @param redelivery what becomes at present of a message that comes back
     */
    Subscription(
            RecordSource records,
            List<Window> windows,
            Kind kind,
            Object identity,
            Supplier<RedeliveryPolicy> redelivery) {
        this.records = records;
        this.redelivery = redelivery;
        this.windows = new ArrayList<>(windows);
        this.kind = kind;
        this.identity = identity;
    }

    Kind kind() {
        return kind;
    }

    Object identity() {
        return identity;
    }

    List<Window> windows() {
        return windows;
    }

    List<AttachedConsumer> consumers() {
        return consumers;
    }

    void add(Window window) {
        windows.add(window);
    }

    /** Whether it has no consumers and knows nothing that its cursors do not, nor what is dear to find again. */
    boolean isIdle() {
        if (!consumers.isEmpty()) {
            return false;
        }
        for (Lane lane : idleLanes) {
            if (lane.passedOver(windows) > WORTHWHILE_ENTRIES) {
                return false;
            }
        }
        for (Window window : windows) {
            if (window.knowsMoreThanCursor() || window.sortedCount() > WORTHWHILE_ENTRIES) {
                return false;
            }
        }
        return true;
    }

    /** The lane of a filter, made if this is the first consumer to present it. */
    Lane join(Lane.Filter filter) {
        Lane lane = lanes.computeIfAbsent(filter, key -> new Lane(key, windows.size()));
        lane.consumerCount++;
        idleLanes.remove(lane);
        return lane;
    }

    void add(AttachedConsumer consumer) {
        consumers.add(consumer);
    }

    /** Takes a consumer out of the round; its deliveries are another question. */
    void remove(AttachedConsumer consumer) {
        if (!consumers.remove(consumer) || --consumer.lane.consumerCount > 0) {
            return;
        }
        if (consumer.lane.filter().passesAll()) {
            // There is nothing to be found again.
            lanes.remove(consumer.lane.filter());
            return;
        }
        idleLanes.add(consumer.lane);
        if (idleLanes.size() > IDLE_LANES_MAX) {
            Lane oldest = idleLanes.iterator().next();
            idleLanes.remove(oldest);
            lanes.remove(oldest.filter());
        }
    }

    /** Settles the deliveries with sequence numbers {@code from} to {@code to}; those that are not in flight are passed over. */
    void acknowledge(AttachedConsumer consumer, long from, long to) {
        InFlight inFlight = consumer.inFlight();
        long end = Math.min(to, inFlight.next() - 1);
        for (long sequence = Math.max(from, inFlight.first()); sequence <= end; sequence++) {
            long gone = inFlight.remove(sequence);
            if (gone != InFlight.NONE && !isSettled(gone)) {
                windows.get(InFlight.window(gone)).settle(InFlight.offset(gone));
            }
        }
    }

    /**
     * Gives deliveries back.
     *
     * @param seen the last sequence number that the application saw
     * @param all whether those up to {@code seen} come back too, counted as deliveries
     * @param now for those that wait before they are delivered again, milliseconds since 1970
     */
    void giveBack(AttachedConsumer consumer, long seen, boolean all, long now) {
        RedeliveryPolicy policy = redelivery.get();
        InFlight inFlight = consumer.inFlight();
        long end = inFlight.next();
        for (long sequence = all ? inFlight.first() : Math.max(seen + 1, inFlight.first());
                sequence < end;
                sequence++) {
            long gone = inFlight.remove(sequence);
            if (gone != InFlight.NONE && !isSettled(gone)) {
                int window = InFlight.window(gone);
                long offset = InFlight.offset(gone);
                if (sequence > seen) {
                    giveBack(window, offset);
                } else {
                    giveBackSeen(window, offset, policy, now);
                }
            }
        }
    }

    /**
     * Takes the deliveries with sequence numbers {@code from} to {@code to} out of flight for a transaction, which settles them or gives them back;
     * meanwhile nobody else gets them.
     *
     * @return how many of them were in flight
     */
    int hold(AttachedConsumer consumer, long from, long to, HeldOffsets into) {
        InFlight inFlight = consumer.inFlight();
        int count = 0;
        long end = Math.min(to, inFlight.next() - 1);
        for (long sequence = Math.max(from, inFlight.first()); sequence <= end; sequence++) {
            long gone = inFlight.remove(sequence);
            if (gone != InFlight.NONE) {
                count++;
                int window = InFlight.window(gone);
                into.add(window, windows.get(window), InFlight.offset(gone));
            }
        }
        return count;
    }

    /** What a transaction held comes back, counted as delivered. */
    void giveBack(HeldOffsets held, long now) {
        RedeliveryPolicy policy = redelivery.get();
        held.forEach((index, window, offsets) -> {
            for (long at = offsets.nextSettled(0); at != BitPlane.NONE; at = offsets.nextSettled(at + 1)) {
                if (!window.isSettled(at)) {
                    giveBackSeen(index, at, policy, now);
                }
            }
        });
    }

    /** Whether a delivery in flight is settled, because its former holder has said so by its place. */
    private boolean isSettled(long inFlight) {
        return windows.get(InFlight.window(inFlight)).isSettled(InFlight.offset(inFlight));
    }

    /** What tells it from the other subscriptions that a client may remember; 0 for one that does not outlive the broker. */
    long id() {
        return windows.isEmpty() ? 0 : windows.get(0).cursor().id();
    }

    /** Puts a consumer in the place of one that it goes on for. */
    void replace(AttachedConsumer former, AttachedConsumer next) {
        consumers.set(consumers.indexOf(former), next);
    }

    /**
     * A client says what became of messages that it was given by a former broker process, or so long ago that they were given back. Who has one
     * of them now loses nothing by it.
     */
    void settle(List<JmsPlaces.Range> ranges) {
        for (JmsPlaces.Range range : ranges) {
            if (range.queueId() >= windows.size()) {
                continue;
            }
            Window window = windows.get(range.queueId());
            long end = Math.min(range.last(), window.head() - 1);
            for (long offset = Math.max(range.first(), window.cursor().floor()); offset <= end; offset++) {
                if (window.isSettled(offset)) {
                    continue;
                }
                switch (range.fate()) {
                    case ACKNOWLEDGED -> window.settle(offset);
                    case UNSEEN -> window.notSeen(offset);
                    case SEEN -> {
                        // That is what the delivered mark says of it.
                    }
                }
                window.account(offset);
            }
        }
        if (heldUntil != 0 && windows.stream().noneMatch(Window::hasDoubtful)) {
            heldUntil = NOT_HELD_ANY_MORE;
        }
    }

    /**
     * Delivers nothing before {@code until}, milliseconds since 1970, unless it is known earlier what became of everything that is in doubt: those who
     * had it may be on their way.
     */
    void hold(long until) {
        heldUntil = until;
    }

    /** Runs a task, within a turn, when nothing is held; at once if nothing is. */
    void whenNotHeld(Runnable task) {
        if (heldUntil == 0) {
            task.run();
        } else {
            afterHold.add(task);
        }
    }

    private boolean isHeld(long now) {
        if (now < heldUntil) {
            return true;
        } else if (heldUntil != 0) {
            heldUntil = 0;
            List<Runnable> tasks = List.copyOf(afterHold);
            afterHold.clear();
            tasks.forEach(Runnable::run);
        }
        return false;
    }

    private void giveBackSeen(int window, long offset, RedeliveryPolicy policy, long now) {
        int number = windows.get(window).countDelivery(offset);
        long delay = policy.delayAfter(number);
        if (policy.isDeadAfter(number)) {
            dying.add(new Dying(window, offset, number, DeadLetters.Reason.REDELIVERY_LIMIT));
        } else if (delay > 0) {
            parking.park(now + delay, window, offset);
        } else {
            giveBack(window, offset);
        }
    }

    private void giveBack(int window, long offset) {
        int priority = windows.get(window).priority(offset);
        windows.get(window).giveBack(offset);
        lanes.values().forEach(lane -> lane.cameBack(window, offset, priority));
    }

    /** When the next message that waits has waited enough, milliseconds since 1970. */
    long nextDue() {
        return heldUntil == 0 ? parking.nextDue() : Math.min(heldUntil, parking.nextDue());
    }

    /** Messages that have to become dead letters, the oldest first; live. */
    Deque<Dying> dying() {
        return dying;
    }

    /** Whether a message that has to become a dead letter was settled meanwhile. */
    boolean isSettled(Dying dead) {
        return windows.get(dead.window()).isSettled(dead.offset());
    }

    /**
     * The record of a message, null if the log does not hold it any more. The caller releases it.
     *
     * @throws CorruptRecordException if what is stored is not that message
     */
    @Nullable
    RecordSlice read(int window, long offset) {
        ConsumeQueue queue = windows.get(window).queue();
        return queue.read(offset, entry) ? records.read(queue, offset, entry) : null;
    }

    /**
     * Hands out what consumers have credit for, at most one turn's worth ({@link #hasMore}). The frames stay with the consumers until they
     * are told to {@link #send}.
     *
     * @param now for messages that expire, milliseconds since 1970
     * @param hotFrom log position below which a record may have to come from the disk; such records are left for another turn
     */
    void pump(long now, long hotFrom) {
        more = false;
        endedEarly = false;
        pumpCount++;
        sliceEntries = Math.max(SLICE_ENTRIES_MIN, Math.min(SLICE_ENTRIES_MAX, TURN_ENTRIES_MAX / (lanes.size() + 1)));
        windows.forEach(Window::passRetired);
        if (isHeld(now)) {
            return;
        }
        for (Parking.Parked due = parking.unpark(now); due != null; due = parking.unpark(now)) {
            giveBack(due.window(), due.offset());
        }
        if (!consumers.isEmpty() && !sort()) {
            more = true;
            endedEarly = true;
            return;
        }
        entriesLeft = TURN_ENTRIES_MAX;
        int messages = 0;
        long bytes = 0;
        int idle = 0;
        while (idle < consumers.size()) {
            nextConsumer = nextConsumer < consumers.size() ? nextConsumer : 0;
            AttachedConsumer consumer = consumers.get(nextConsumer++);
            if (!consumer.canTake()) {
                idle++;
                continue;
            }
            if (messages == TURN_MESSAGES_MAX || bytes >= TURN_BYTES_MAX) {
                nextConsumer--;
                more = true;
                endedEarly = true;
                return;
            }
            switch (find(consumer.lane, now, hotFrom)) {
                case FOUND -> {
                    idle = 0;
                    messages++;
                    bytes += deliverFound(consumer);
                }
                case NOT_NOW -> {
                    // The next turn begins with the next consumer: a long search does not hold up the others.
                    more = true;
                    endedEarly = true;
                    return;
                }
                case NONE -> idle++;
            }
        }
    }

    /** Sorts what has come by priority, at most a turn's worth of it; answers whether that is all, and a higher priority cannot hide behind a lower. */
    private boolean sort() {
        boolean all = true;
        for (Window window : windows) {
            all &= window.sort(TURN_ENTRIES_MAX, entry);
        }
        return all;
    }

    /** Whether the last {@link #pump} ended before everything was handed out that could be. */
    boolean hasMore() {
        return more;
    }

    /** Whether the last {@link #pump} ended before this consumer got everything that there is for it. */
    boolean hasMoreFor(AttachedConsumer consumer) {
        return (endedEarly || consumer.lane.pausedAtPump == pumpCount) && consumer.canTake();
    }

    /** Whether this turn of the destination looks at this subscription. */
    boolean isStirred() {
        return stirred;
    }

    void setStirred(boolean stirred) {
        this.stirred = stirred;
    }

    /** Whether a window has decided something that has to be in its cursor. */
    boolean hasDueProgress() {
        for (Window window : windows) {
            if (window.isDue()) {
                return true;
            }
        }
        return false;
    }

    /** Sends what was handed out. */
    void send() {
        sending.forEach(AttachedConsumer::send);
        sending.clear();
    }

    private int deliverFound(AttachedConsumer consumer) {
        RecordSlice slice = foundSlice;
        if (slice == null) {
            throw new IllegalStateException("found a message without its record");
        }
        foundSlice = null;
        Window window = windows.get(foundWindow);
        if (!consumer.hasFrames()) {
            sending.add(consumer);
        }
        consumer.deliver(foundWindow, foundOffset, slice, window.deliveryNumber(foundOffset));
        window.take(foundOffset);
        consumer.lane.pass(foundWindow, foundOffset, window.priority(foundOffset));
        consumer.lane.tookFrom(foundWindow);
        consumer.lane.found(sliceEntries);
        return slice.size();
    }

    private enum Search {
        FOUND,
        NONE,
        NOT_NOW
    }

    private Search find(Lane lane, long now, long hotFrom) {
        if (lane.emptyAtPump == pumpCount) {
            return Search.NONE;
        }
        lane.beginSlice(pumpCount, sliceEntries);
        int start = lane.nextWindow(windows.size());
        for (int i = 0; i < windows.size(); i++) {
            int index = (start + i) % windows.size();
            Search search = find(lane, index, now, hotFrom);
            if (search != Search.NONE) {
                return search;
            }
            if (lane.pausedAtPump == pumpCount) {
                more = true;
                break;
            }
        }
        lane.emptyAtPump = pumpCount;
        return Search.NONE;
    }

    private Search find(Lane lane, int index, long now, long hotFrom) {
        Window window = windows.get(index);
        for (long offset = lane.candidate(index, windows);
                offset != BitPlane.NONE;
                offset = lane.candidate(index, windows)) {
            if (entriesLeft == 0) {
                return Search.NOT_NOW;
            }
            if (!lane.mayLook(pumpCount)) {
                return Search.NONE;
            }
            entriesLeft--;
            if (!window.queue().read(offset, entry)) {
                // Retention dropped it between the look at the queue and this one.
                window.settle(offset);
                continue;
            }
            if (entry.expiry() != 0 && entry.expiry() <= now) {
                expire(index, offset);
                continue;
            }
            if (entry.deliverAt() > now) {
                window.hold(offset);
                parking.park(entry.deliverAt(), index, offset);
                continue;
            }
            if (lane.filter().excludes(entry)) {
                passOver(lane, index, offset);
                continue;
            }
            if (entry.position() < hotFrom) {
                return Search.NOT_NOW;
            }
            RecordSlice slice;
            try {
                slice = records.read(window.queue(), offset, entry);
            } catch (CorruptRecordException damage) {
                leaveOut(index, offset, damage);
                lane.pass(index, offset, window.priority(offset));
                continue;
            }
            if (slice == null) {
                window.settle(offset);
            } else if (lane.filter().passesAll() || matches(lane, window, offset, slice)) {
                foundWindow = index;
                foundOffset = offset;
                foundSlice = slice;
                return Search.FOUND;
            } else {
                slice.release();
                passOver(lane, index, offset);
            }
        }
        return Search.NONE;
    }

    /** A damaged message is neither delivered nor settled; the disk may be mended, and an operator should know. The others go on. */
    void leaveOut(int index, long offset, CorruptRecordException damage) {
        Window window = windows.get(index);
        if (window.isNewlyDamaged(offset)) {
            LOG.error(
                    "the message at offset {} of {} is damaged and is left out; those behind it are delivered: {}",
                    offset,
                    window.queue(),
                    damage.getMessage());
        }
    }

    private void expire(int index, long offset) {
        Window window = windows.get(index);
        if (redelivery.get().keepsExpired()) {
            window.hold(offset);
            dying.add(new Dying(index, offset, window.deliveryNumber(offset) - 1, DeadLetters.Reason.EXPIRED));
        } else {
            window.settle(offset);
        }
    }

    private boolean matches(Lane lane, Window window, long offset, RecordSlice slice) {
        message.reset(slice.buffer(), 0, window.deliveryNumber(offset));
        return lane.filter().matches(message, slice.buffer());
    }

    private void passOver(Lane lane, int index, long offset) {
        if (kind != Kind.QUEUE) {
            windows.get(index).exclude(offset);
        }
        lane.pass(index, offset, windows.get(index).priority(offset));
    }
}
