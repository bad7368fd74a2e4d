// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;

/**
 * One subscription's view of one message queue: the cursor, which says what is settled, and beside it what is in flight and what was given
 * back.
 *
 * <pre>
 *   offset        0 .... 5 | 6   7   8   9   10  11  12  13 ....
 *   cursor        settled  | .   x   .   .   .   .   .   .          floor = 6, 7 was acknowledged out of order
 *   taken                  | x           x                          6 and 9 are in flight
 *   returned               |         x                              8 was given back, and comes first
 *                                                ↑ head = 10        10 was never looked at
 * </pre>
 *
 * <p>{@code taken} and {@code returned} are volatile: not in the log; after a restart nothing is in flight, and what is below the cursor's
 * delivered mark counts as delivered once. What a turn decides is collected in {@link #progress}; an offset that it settles stays taken until
 * the progress is {@linkplain #applied applied}, so that no two consumers can get it. Owned by the destination.
 */
sealed class Window permits MemoryWindow {

    /** Offsets that a selector excluded and that wait for a record about something else. */
    private static final int EXCLUDED_MAX = 4096;

    private final ConsumeQueue queue;
    private final Cursor cursor;
    private final boolean durable;
    private final long recoveredMark;
    private final CursorProgress progress = new CursorProgress();

    private final BitPlane taken = new BitPlane();
    private final BitPlane returned = new BitPlane(); // of the default priority only
    private final Priorities priorities = new Priorities();
    private long sortedTo;

    /** Offsets whose messages cannot be read, so that each is complained of once. */
    private final BitPlane damaged = new BitPlane();

    /** Offsets below the recovered mark of which it is known that no application has seen them. */
    private final BitPlane unseen = new BitPlane();

    /** Offsets below the recovered mark of which those who had them have said what became of them. */
    private final BitPlane accounted = new BitPlane();

    /** Offsets that branches hold that were prepared before the broker was started. */
    private final BitPlane forBranches = new BitPlane();

    private long head;

    /** Whether the progress says more than what a selector excludes, which everybody could find out again. */
    private boolean urgent;

    private int excludedCount;

    /**
     * A window with nothing in flight.
     *
     * @param durable whether progress goes through the log; otherwise it is applied to the cursor directly
     */
    Window(ConsumeQueue queue, Cursor cursor, boolean durable) {
        this.queue = queue;
        this.cursor = cursor;
        this.durable = durable;
        this.recoveredMark = cursor.deliveredMark();
        this.head = Math.max(recoveredMark, cursor.floor());
        this.sortedTo = cursor.floor();
    }

    ConsumeQueue queue() {
        return queue;
    }

    Cursor cursor() {
        return cursor;
    }

    boolean isDurable() {
        return durable;
    }

    /** What was decided since the last {@link #applied}. */
    CursorProgress progress() {
        return progress;
    }

    /** Whether the progress is worth a record now. What a subscription's selector excludes is not, until it is much. */
    boolean isDue() {
        return urgent || excludedCount >= EXCLUDED_MAX;
    }

    /** Lets what a selector excludes have a record now: for a while nobody may come and have another reason for one. */
    void makeDue() {
        urgent |= excludedCount > 0;
    }

    /** The lowest offset that is at least {@code from} and was given back. */
    long nextReturned(long from) {
        return returned.nextSet(from);
    }

    /**
     * Sorts entries that have come since the last call by their priority; only what is sorted is available.
     *
     * @param entriesMax how many to look at
     * @param entry overwritten
     * @return whether everything is sorted
     */
    boolean sort(int entriesMax, QueueEntry entry) {
        sortedTo = Math.max(sortedTo, queue.minOffset());
        long end = queue.maxOffset();
        for (int left = entriesMax; left > 0 && sortedTo < end; left--, sortedTo++) {
            if (queue.read(sortedTo, entry)
                    && entry.priority() != QueueEntry.DEFAULT_PRIORITY
                    && !cursor.isSettled(sortedTo)) {
                // An entry has no checksum: a rotten priority is no reason to fail.
                priorities.add(sortedTo, Math.min(entry.priority(), Priorities.HIGHEST));
            }
        }
        return sortedTo >= end;
    }

    /** Whether everything below {@code end} is sorted. */
    boolean isSortedTo(long end) {
        return sortedTo >= end;
    }

    /** The lowest offset of a priority that is at least {@code from}, sorted, and not settled; {@link BitPlane#NONE} if there is none. */
    long nextUnsettled(int priority, long from) {
        long offset = Math.max(from, queue.minOffset());
        while (offset < sortedTo) {
            long unsettled = cursor.nextUnsettled(offset);
            offset = priority == QueueEntry.DEFAULT_PRIORITY
                    ? priorities.nextDefault(unsettled)
                    : priorities.next(priority, unsettled);
            if (offset == BitPlane.NONE || offset == unsettled) {
                break;
            }
        }
        return offset < sortedTo ? offset : BitPlane.NONE;
    }

    /** How many unsettled entries a sorting from the beginning would look at again, at most. */
    long sortedCount() {
        return Math.max(0, sortedTo - cursor.floor());
    }

    /** Whether there are messages of another priority than the default. */
    boolean hasPriorities() {
        return !priorities.isEmpty();
    }

    /** The priority of a message that is sorted and not settled. */
    int priority(long offset) {
        return priorities.of(offset);
    }

    /**
     * The lowest offset of the default priority that is at least {@code from}, sorted, and neither settled nor in flight; {@link BitPlane#NONE} if
     * there is none.
     */
    long nextAvailable(long from) {
        long offset = Math.max(from, queue.minOffset());
        while (offset < sortedTo) {
            long unsettled = cursor.nextUnsettled(offset);
            offset = priorities.nextDefault(taken.nextClear(unsettled));
            if (offset == unsettled) {
                return offset < sortedTo ? offset : BitPlane.NONE;
            }
        }
        return BitPlane.NONE;
    }

    /** The same for a priority other than the default; what was given back is among them. */
    long nextAvailable(int priority, long from) {
        long offset = priorities.next(priority, Math.max(from, queue.minOffset()));
        while (offset != BitPlane.NONE && (taken.get(offset) || cursor.isSettled(offset))) {
            offset = priorities.next(priority, offset + 1);
        }
        return offset;
    }

    /** Whether {@code offset} is settled, or about to be. */
    boolean isSettled(long offset) {
        return cursor.isSettled(offset) || progress.settles(offset);
    }

    /** Whether nobody holds {@code offset}. */
    boolean isFree(long offset) {
        return !taken.get(offset);
    }

    /** How often {@code offset} will have been delivered with its next delivery: 1 for the first. */
    int deliveryNumber(long offset) {
        int before = Math.max(cursor.deliveries(offset), progress.deliveries(offset));
        return 1 + Math.max(before, offset < recoveredMark && !unseen.get(offset) ? 1 : 0);
    }

    /** The lowest offset that was never handed out. */
    long head() {
        return head;
    }

    /** Whether messages may have been in front of applications when the broker ended, and nobody has said what became of them. */
    boolean hasDoubtful() {
        if (!durable) {
            return false;
        }
        long offset = cursor.nextUnsettled(0);
        while (offset < recoveredMark && (accounted.get(offset) || progress.settles(offset))) {
            offset = cursor.nextUnsettled(offset + 1);
        }
        return offset < recoveredMark;
    }

    /** Who had {@code offset} when the broker ended has said what became of it. */
    void account(long offset) {
        if (offset < recoveredMark) {
            accounted.set(offset);
        }
    }

    /** Who had {@code offset} when the broker ended says that no application has seen it. */
    void notSeen(long offset) {
        if (offset < recoveredMark) {
            unseen.set(offset);
        }
    }

    /** Puts {@code offset} in flight. */
    void take(long offset) {
        taken.set(offset);
        returned.clear(offset);
        if (offset >= head) {
            head = offset + 1;
            if (durable) {
                progress.deliveredUpTo(head);
                urgent = true;
            }
        }
    }

    /** Settles {@code offset}, in flight or not. */
    void settle(long offset) {
        taken.set(offset);
        returned.clear(offset);
        progress.settle(offset);
        urgent = true;
    }

    /**
     * Settles {@code offset} because the selector of the subscription, which is its own for good, does not select it. That alone writes no
     * record: after a crash the selector says the same again.
     */
    void exclude(long offset) {
        taken.set(offset);
        returned.clear(offset);
        progress.settle(offset);
        excludedCount++;
    }

    /**
     * Notes that the delivery of {@code offset} that comes back now has been seen by an application.
     *
     * @return the number of that delivery, 1 for the first
     */
    int countDelivery(long offset) {
        int number = deliveryNumber(offset);
        progress.count(offset, number);
        urgent = true;
        return number;
    }

    /** Keeps {@code offset}, which is not in flight, from being delivered until it is {@linkplain #giveBack given back}. */
    void hold(long offset) {
        taken.set(offset);
        returned.clear(offset);
    }

    /** The cursor says that {@code offset}, which no consumer has, is settled. */
    void settledElsewhere(long offset) {
        forBranches.clear(offset);
        taken.clear(offset);
        returned.clear(offset);
        priorities.remove(offset);
        priorities.dropBelow(cursor.floor());
        taken.dropBelow(cursor.floor());
        returned.dropBelow(cursor.floor());
    }

    /**
     * Takes {@code offset} out of flight again; its next delivery comes before everything behind it.
     */
    void giveBack(long offset) {
        forBranches.clear(offset);
        if (!isSettled(offset) && taken.clear(offset) && priority(offset) == QueueEntry.DEFAULT_PRIORITY) {
            returned.set(offset);
        }
    }

    /** How many messages are not settled. */
    long unsettledCount() {
        return cursor.unsettledBelow(queue.maxOffset());
    }

    /** How many of them are not free: in flight, waiting for their time, or about to be dead letters. */
    long heldCount() {
        return taken.count();
    }

    /** How many messages that are not settled have been delivered before. */
    long redeliveredCount() {
        return cursor.unsettledBelow(recoveredMark) + cursor.countedFrom(recoveredMark);
    }

    /** When the oldest message that is not settled was stored, milliseconds since 1970; 0 if there is none. */
    long oldestStoreTime() {
        QueueEntry oldest = new QueueEntry();
        return queue.read(cursor.nextUnsettled(queue.minOffset()), oldest) ? oldest.storeTime() : 0;
    }

    /** Notes that the message at {@code offset} cannot be read; true the first time. */
    boolean isNewlyDamaged(long offset) {
        return damaged.set(offset);
    }

    /** Whether the message at {@code offset} could not be read. */
    boolean isDamaged(long offset) {
        return damaged.get(offset);
    }

    /** Lets go of {@code offset}, which nobody can be given. */
    void letGo(long offset) {
        taken.clear(offset);
    }

    /** Has {@code offset}, which lanes have passed and nobody has, looked at again. */
    void offerAgain(long offset) {
        if (!isSettled(offset) && isFree(offset) && priority(offset) == QueueEntry.DEFAULT_PRIORITY) {
            returned.set(offset);
        }
    }

    /**
     * Has {@code offset} held again for a branch that was prepared before the broker was started. Nobody else may say what became of it, and its delivery is
     * counted when it comes back.
     */
    void holdForBranch(long offset) {
        hold(offset);
        forBranches.set(offset);
        notSeen(offset);
        account(offset);
    }

    /** Whether a branch holds {@code offset} since before the broker was started. */
    boolean isForBranch(long offset) {
        return forBranches.get(offset);
    }

    /** Settles what the log does not hold any more. */
    void passRetired() {
        if (queue.minOffset() > cursor.floor()) {
            progress.settleBelow(queue.minOffset());
            urgent = true;
        }
    }

    /** Its subscription has ended, and with it whatever it was waiting for. */
    void ended() {}

    /** The cursor has taken over the progress. */
    void applied() {
        for (long at = progress.nextSettled(0); at != BitPlane.NONE; at = progress.nextSettled(at + 1)) {
            taken.clear(at);
            priorities.remove(at);
        }
        priorities.dropBelow(cursor.floor());
        taken.dropBelow(cursor.floor());
        returned.dropBelow(cursor.floor());
        damaged.dropBelow(cursor.floor());
        unseen.dropBelow(cursor.floor());
        accounted.dropBelow(cursor.floor());
        progress.clear();
        urgent = false;
        excludedCount = 0;
    }

    /**
     * Whether something would be forgotten with this window: what is in flight or decided, and which of the messages below the delivered mark
     * no application has seen.
     */
    boolean knowsMoreThanCursor() {
        return taken.count() > excludedCount || urgent || (head > recoveredMark && cursor.floor() < head);
    }
}
