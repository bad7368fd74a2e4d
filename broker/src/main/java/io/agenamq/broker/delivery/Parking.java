// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import java.util.Comparator;
import java.util.PriorityQueue;
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

    private final PriorityQueue<Parked> waiting = new PriorityQueue<>(Comparator.comparingLong(Parked::due)
            .thenComparingInt(Parked::window)
            .thenComparingLong(Parked::offset));

    void park(long due, int window, long offset) {
        waiting.add(new Parked(due, window, offset));
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
