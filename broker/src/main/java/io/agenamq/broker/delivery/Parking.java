// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.BitPlane;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one subscription that must not be delivered before a time: sent with a delay, or given back where redeliveries wait. In the order of
 * their times, then of their offsets. Volatile: after a restart delays are found again when the queue is read, and back-offs are over. Owned by the
 * destination.
 */
final class Parking {

    /** What {@link #nextDue} answers if nobody waits. */
    static final long NEVER = Long.MAX_VALUE;

    /** A message that waits. */
    record Parked(long due, int window, long offset) {}

    /** Which message. */
    record Place(int window, long offset) {}

    private final PriorityQueue<Parked> waiting = new PriorityQueue<>(Comparator.comparingLong(Parked::due)
            .thenComparingInt(Parked::window)
            .thenComparingLong(Parked::offset));

    void park(long due, int window, long offset) {
        waiting.add(new Parked(due, window, offset));
    }

    /** How many wait. */
    int count() {
        return waiting.size();
    }

    /** When a message is due; {@link #NEVER} if it does not wait. Looks through all of them. */
    long dueOf(int window, long offset) {
        for (Parked parked : waiting) {
            if (parked.window() == window && parked.offset() == offset) {
                return parked.due();
            }
        }
        return NEVER;
    }

    /** The offsets of one window that wait. */
    BitPlane offsets(int window) {
        BitPlane offsets = new BitPlane();
        for (Parked parked : waiting) {
            if (parked.window() == window) {
                offsets.set(parked.offset());
            }
        }
        return offsets;
    }

    /** Forgets those that need not wait any more. */
    void removeIf(Predicate<Parked> done) {
        waiting.removeIf(done);
    }

    /** Forgets all. */
    void clear() {
        waiting.clear();
    }

    /** Takes out the next message that is due at {@code now}; null if none is. */
    @Nullable
    Parked unpark(long now) {
        Parked next = waiting.peek();
        return next != null && next.due() <= now ? waiting.poll() : null;
    }

    /** When the next message is due, milliseconds since 1970. */
    long nextDue() {
        Parked next = waiting.peek();
        return next == null ? NEVER : next.due();
    }
}
