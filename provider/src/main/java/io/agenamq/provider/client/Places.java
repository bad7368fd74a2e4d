// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.util.Arrays;

/**
 * Where the messages that a consumer has lie, by the sequence number of their delivery: a ring of eight bytes per message between the oldest that is
 * not done with and the youngest. A place outlives the broker's memory of the delivery. Not thread-safe.
 */
final class Places {

    /** Nothing is known of the delivery, or it is done with. */
    static final long NONE = -1;

    private static final int QUEUE_SHIFT = 48;
    private static final int INITIAL_CAPACITY = 16;

    private long[] ring = new long[INITIAL_CAPACITY];
    private long first = 1;
    private long next = 1;

    static long place(int queueId, long offset) {
        return (long) queueId << QUEUE_SHIFT | offset;
    }

    static int queueId(long place) {
        return (int) (place >>> QUEUE_SHIFT);
    }

    static long offset(long place) {
        return place & ((1L << QUEUE_SHIFT) - 1);
    }

    /** Notes a delivery; sequence numbers ascend. */
    void put(long sequence, long place) {
        if (first == next) {
            first = sequence;
            next = sequence;
        }
        while (next <= sequence) {
            if (next - first == ring.length) {
                grow();
            }
            ring[slot(next)] = next == sequence ? place : NONE;
            next++;
        }
        passDone();
    }

    /** The place of a delivery, or {@link #NONE}. */
    long get(long sequence) {
        return sequence < first || sequence >= next ? NONE : ring[slot(sequence)];
    }

    /** The sequence number of the oldest delivery that is not done with. */
    long first() {
        return first;
    }

    /** The sequence number behind the last delivery. */
    long next() {
        return next;
    }

    /** Forgets deliveries that are done with. */
    void remove(long from, long to) {
        for (long sequence = Math.max(from, first); sequence <= to && sequence < next; sequence++) {
            ring[slot(sequence)] = NONE;
        }
        passDone();
    }

    /** Forgets everything; sequence numbers begin anew. */
    void clear() {
        first = 1;
        next = 1;
    }

    private void passDone() {
        while (first < next && ring[slot(first)] == NONE) {
            first++;
        }
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
