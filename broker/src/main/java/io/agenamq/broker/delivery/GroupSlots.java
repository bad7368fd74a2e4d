// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.queue.QueueEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which consumer of a lane has which message groups: a fixed table of slots, and a group is always in the slot that its hash says.
 *
 * <pre>
 *   group 'a' ──hash──▶ slot 17   owner: consumer 2   in flight: 3   waiting: offsets 9, 12
 *   group 'b' ──hash──▶ slot 401  owner: none         in flight: 0
 * </pre>
 *
 * <p>The first message of a slot gives it to the consumer that takes it; from then on that one gets all of them, until it goes and nothing that it had can be
 * acknowledged any more. What other consumers meet of a slot that is not theirs is left waiting there, in order. While a message of a slot waits for its
 * redelivery, nothing else of the slot is delivered, so that the order holds over rollback and recover.
 *
 * <p>Volatile: after a restart slots are given anew. Owned by the destination.
 */
final class GroupSlots {

    /** Groups that share a slot share a consumer, which is no harm as long as there are many more slots than consumers. */
    private static final int SLOT_COUNT = 1024;

    /** Messages that wait for owners in all slots of a lane; with more nobody is given anything new until an owner takes some. */
    static final int WAITING_MAX = 64 * 1024;

    private static final int HASH_MULTIPLIER = 0x9E3779B1; // the golden ratio: neighbouring hashes go apart
    private static final int HASH_SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(SLOT_COUNT);

    /** A message that waits for the owner of its slot. */
    record Waiting(int window, int priority, long offset) {

        static final Comparator<Waiting> ORDER = Comparator.comparingInt(Waiting::window)
                .thenComparing(Comparator.comparingInt(Waiting::priority).reversed())
                .thenComparingLong(Waiting::offset);

        /** Less than every message of a window. */
        static Waiting beforeAllOf(int window) {
            return new Waiting(window, Integer.MAX_VALUE, 0);
        }

        /** Whether this one comes before another message of the same window. */
        boolean isBefore(int otherPriority, long otherOffset) {
            return priority > otherPriority || (priority == otherPriority && offset < otherOffset);
        }
    }

    /** One slot. */
    static final class Slot {
        private @Nullable AttachedConsumer owner;
        private int inFlight;
        private int backingOff;
        private final TreeSet<Waiting> waiting = new TreeSet<>(Waiting.ORDER);
    }

    private final @Nullable Slot[] slots = new @Nullable Slot[SLOT_COUNT];
    private final Set<Slot> waited = new LinkedHashSet<>(); // those with somebody waiting
    private int waitingCount;

    /** The slot of a message; null if it belongs to no group. */
    @Nullable
    Slot slotOf(QueueEntry entry) {
        if ((entry.flags() & QueueEntry.GROUPED) == 0) {
            return null;
        }
        int index = (entry.groupHash() * HASH_MULTIPLIER) >>> HASH_SHIFT;
        Slot slot = slots[index];
        if (slot == null) {
            slot = new Slot();
            slots[index] = slot;
        }
        return slot;
    }

    /** Whether a message of this slot may be delivered to a consumer now. */
    boolean isFor(Slot slot, AttachedConsumer consumer) {
        return slot.backingOff == 0 && (slot.owner == null || slot.owner == consumer);
    }

    /** Who gets the messages of this slot; null for nobody yet. */
    @Nullable
    AttachedConsumer owner(Slot slot) {
        return slot.owner;
    }

    /** Leaves a message of a slot for its owner, or for later; false if too many wait already. */
    boolean leave(Slot slot, Waiting message) {
        if (waitingCount >= WAITING_MAX) {
            return false;
        }
        if (slot.waiting.add(message)) {
            waitingCount++;
            waited.add(slot);
        }
        return true;
    }

    /**
     * The next message of a window that waits for this consumer.
     *
     * @param gone says of a message that it need not wait any more: somebody else has it, or it is settled
     */
    @Nullable
    Waiting next(AttachedConsumer consumer, int window, Predicate<Waiting> gone) {
        Waiting next = null;
        for (Slot slot : List.copyOf(waited)) {
            if (slot.owner == consumer && slot.backingOff == 0) {
                Waiting first = first(slot, window, gone);
                if (first != null && (next == null || first.isBefore(next.priority(), next.offset()))) {
                    next = first;
                }
            }
        }
        return next;
    }

    private @Nullable Waiting first(Slot slot, int window, Predicate<Waiting> gone) {
        Waiting first = slot.waiting.ceiling(Waiting.beforeAllOf(window));
        while (first != null && first.window() == window && gone.test(first)) {
            stopWaiting(slot, first);
            first = slot.waiting.ceiling(Waiting.beforeAllOf(window));
        }
        return first != null && first.window() == window ? first : null;
    }

    /** A message of a slot need not wait any more; false if it did not. */
    boolean stopWaiting(Slot slot, Waiting message) {
        if (!slot.waiting.remove(message)) {
            return false;
        }
        waitingCount--;
        if (slot.waiting.isEmpty()) {
            waited.remove(slot);
        }
        return true;
    }

    /** A message of a slot goes to a consumer. */
    void delivered(Slot slot, AttachedConsumer consumer) {
        slot.owner = consumer;
        slot.inFlight++;
    }

    /**
     * A delivery of a slot is over: acknowledged, given back or dead.
     *
     * @return messages that nobody owns any more
     */
    List<Waiting> over(Slot slot) {
        slot.inFlight = Math.max(0, slot.inFlight - 1);
        return releaseIfDone(slot);
    }

    /** A consumer goes on as another one, with all that it had. */
    void replace(AttachedConsumer former, AttachedConsumer next) {
        for (Slot slot : slots) {
            if (slot != null && slot.owner == former) {
                slot.owner = next;
            }
        }
    }

    /** A message of a slot begins to wait for its redelivery. */
    void backOff(Slot slot) {
        slot.backingOff++;
    }

    /**
     * A message of a slot has waited for its redelivery.
     *
     * @return messages that nobody owns any more
     */
    List<Waiting> comeBack(Slot slot) {
        slot.backingOff = Math.max(0, slot.backingOff - 1);
        return releaseIfDone(slot);
    }

    /**
     * A consumer gets nothing more: its slots are free when nothing that it had is in flight.
     *
     * @return messages that nobody owns any more
     */
    List<Waiting> left(AttachedConsumer consumer) {
        List<Waiting> free = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot != null && slot.owner == consumer) {
                free.addAll(releaseIfDone(slot));
            }
        }
        return free;
    }

    private List<Waiting> releaseIfDone(Slot slot) {
        AttachedConsumer owner = slot.owner;
        if (owner != null && owner.isDetached() && slot.inFlight == 0) {
            slot.owner = null;
        }
        if (slot.owner != null || slot.backingOff > 0 || slot.waiting.isEmpty()) {
            return List.of();
        }
        List<Waiting> free = List.copyOf(slot.waiting);
        waitingCount -= free.size();
        slot.waiting.clear();
        waited.remove(slot);
        return free;
    }

    /** Whether nobody has a slot and nothing waits: then it can be forgotten. */
    boolean isIdle() {
        for (Slot slot : slots) {
            if (slot != null && (slot.owner != null || slot.backingOff > 0 || !slot.waiting.isEmpty())) {
                return false;
            }
        }
        return true;
    }
}
