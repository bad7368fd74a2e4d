// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import java.util.Arrays;

/**
 * What one consumer has in flight, by the sequence number of the delivery: a ring of eight bytes per message between the oldest that is not
 * done and the youngest.
 *
 * <pre>
 *   sequence     4     5     6     7     8
 *              +-----+-----+-----+-----+
 *              | w,o |  -  | w,o | w,o |        5 is done; first = 4, next = 8
 *              +-----+-----+-----+-----+
 * </pre>
 *
 * <p>An entry is a window's index and an offset packed into one word. Owned by the destination.
 */
final class InFlight {

    /** A consumer that neither acknowledges nor gives back gets no more than this: 8 MiB of memory. */
    static final int COUNT_MAX = 1 << 20;

    /** No such delivery, or done with. */
    static final long NONE = -1;

    private static final int WINDOW_SHIFT = 48;
    private static final int INITIAL_CAPACITY = 16;

    private long[] ring = new long[INITIAL_CAPACITY];
    private long first = 1;
    private long next = 1;
    private int count;

    static long entry(int window, long offset) {
        return (long) window << WINDOW_SHIFT | offset;
    }

    static int window(long entry) {
        return (int) (entry >>> WINDOW_SHIFT);
    }

    static long offset(long entry) {
        return entry & ((1L << WINDOW_SHIFT) - 1);
    }

    /** Adds a delivery; answers its sequence number. */
    long add(long entry) {
        if (next - first == ring.length) {
            grow();
        }
        ring[slot(next)] = entry;
        count++;
        return next++;
    }

    /** Takes a delivery out; {@link #NONE} if it is not in flight. */
    long remove(long sequence) {
        if (sequence < first || sequence >= next) {
            return NONE;
        }
        long entry = ring[slot(sequence)];
        if (entry == NONE) {
            return NONE;
        }
        ring[slot(sequence)] = NONE;
        count--;
        while (first < next && ring[slot(first)] == NONE) {
            first++;
        }
        return entry;
    }

    /** Whether this delivery is in flight. Looks through all of them. */
    boolean holds(long entry) {
        for (long sequence = first; sequence < next; sequence++) {
            if (ring[slot(sequence)] == entry) {
                return true;
            }
        }
        return false;
    }

    /** The oldest sequence number that is not done; {@link #next} if there is none. */
    long first() {
        return first;
    }

    /** The sequence number of the next delivery. */
    long next() {
        return next;
    }

    /** Forgets what is in flight; sequence numbers go on. */
    void clear() {
        Arrays.fill(ring, NONE);
        first = next;
        count = 0;
    }

    /** How many deliveries are not done. */
    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return next - first >= COUNT_MAX;
    }

    private int slot(long sequence) {
        return (int) sequence & (ring.length - 1);
    }

    private void grow() {
        long[] larger = new long[ring.length * 2];
        Arrays.fill(larger, NONE);
        for (long sequence = first; sequence < next; sequence++) {
            larger[(int) sequence & (larger.length - 1)] = ring[slot(sequence)];
        }
        ring = larger;
    }
}
