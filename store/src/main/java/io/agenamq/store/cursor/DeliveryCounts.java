// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.util.Arrays;

/**
 * Offset → how often it was delivered, for the few messages that came back; an offset without an entry has no counted delivery.
 *
 * <p>An open-addressed table of primitive pairs with linear probing: twelve bytes per slot, no object per entry. Not thread-safe.
 */
public final class DeliveryCounts {

    private static final int INITIAL_CAPACITY = 8;

    /** Slots that are kept when everything is forgotten. */
    private static final int KEPT_CAPACITY = 256;

    private long[] offsets = new long[INITIAL_CAPACITY];
    private int[] counts = new int[INITIAL_CAPACITY]; // 0: the slot is free
    private int size;

    /** The count of {@code offset}, 0 when there is none. */
    public int get(long offset) {
        return counts[find(offset)];
    }

    /** Sets the count of {@code offset}; 0 removes it. */
    public void put(long offset, int count) {
        if (count == 0) {
            remove(offset);
            return;
        }
        int slot = find(offset);
        if (counts[slot] == 0) {
            if ((size + 1) * 2 > offsets.length) {
                resize(offsets.length * 2);
                slot = find(offset);
            }
            size++;
        }
        offsets[slot] = offset;
        counts[slot] = count;
    }

    /** Forgets {@code offset}. */
    public void remove(long offset) {
        int slot = find(offset);
        if (counts[slot] == 0) {
            return;
        }
        size--;
        // Backward shift: an entry behind the gap moves into it unless its home lies cyclically between the gap and
        // itself.
        int mask = offsets.length - 1;
        int gap = slot;
        for (int next = (gap + 1) & mask; counts[next] != 0; next = (next + 1) & mask) {
            int home = home(offsets[next]);
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                offsets[gap] = offsets[next];
                counts[gap] = counts[next];
                gap = next;
            }
        }
        counts[gap] = 0;
        if (size == 0 && offsets.length > INITIAL_CAPACITY) {
            resize(INITIAL_CAPACITY);
        }
    }

    /** How many offsets have a count. */
    public int size() {
        return size;
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Forgets everything. */
    public void clear() {
        if (offsets.length > KEPT_CAPACITY) {
            // Much that came back at once is no reason to fill this with zeros at each turn from then on.
            size = 0;
            offsets = new long[INITIAL_CAPACITY];
            counts = new int[INITIAL_CAPACITY];
            return;
        }
        Arrays.fill(counts, 0);
        size = 0;
    }

    /** Calls {@code visitor} for every entry, in no order; the table must not be changed meanwhile. */
    public void forEach(Visitor visitor) {
        for (int i = 0; i < offsets.length; i++) {
            if (counts[i] != 0) {
                visitor.visit(offsets[i], counts[i]);
            }
        }
    }

    /** Receives entries of a table. */
    @FunctionalInterface
    public interface Visitor {
        /** One offset with its count, which is at least 1. */
        void visit(long offset, int count);
    }

    private int find(long offset) {
        int mask = offsets.length - 1;
        int slot = home(offset);
        while (counts[slot] != 0 && offsets[slot] != offset) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long offset) {
        return (int) ((offset * 0x9E3779B97F4A7C15L) >>> 40) & (offsets.length - 1);
    }

    private void resize(int capacity) {
        long[] oldOffsets = offsets;
        int[] oldCounts = counts;
        offsets = new long[capacity];
        counts = new int[capacity];
        for (int i = 0; i < oldOffsets.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = find(oldOffsets[i]);
                offsets[slot] = oldOffsets[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
