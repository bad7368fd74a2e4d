// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * Which slots of the page file are in use. A slot that is given back is not free at once: the snapshots on disk still refer to it, and after
 * a crash one of them is loaded. It waits until no snapshot does, that is, until the oldest one kept was captured after the slot was given
 * back. With two generations kept, that takes two more snapshots.
 *
 * <pre>
 * capture 7 … slot 42 released … capture 8 published (7 and 8 kept) … capture 9 published (8 and 9 kept): 42 is free
 * </pre>
 *
 * Used under the page lock.
 */
final class PageSlots {

    private record Released(int slot, long capture) {}

    /** What {@link #oldestKept} is while there is no snapshot at all. */
    private static final long NONE = Long.MAX_VALUE;

    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final ArrayDeque<Released> waiting = new ArrayDeque<>();
    private int count;
    private long lastCapture;
    private long inProgress = NONE;
    private long newestKept = NONE;
    private long oldestKept = NONE;

    /** An empty page file, and no snapshots. */
    PageSlots() {}

    /** Slots in the file, in use or not. */
    int count() {
        return count;
    }

    /** Slots that can be handed out without making the file longer. */
    int freeCount() {
        return free.size();
    }

    int allocate() {
        Integer reused = free.poll();
        return reused != null ? reused : count++;
    }

    void release(int slot) {
        waiting.add(new Released(slot, lastCapture));
        settle();
    }

    /**
     * Starts over from a loaded snapshot that knew {@code slotCount} slots, of which {@code inUse} tells those it refers to. The others may
     * be referred to by the older generation: they wait.
     */
    void load(int slotCount, BitSet inUse) {
        count = slotCount;
        lastCapture = 2;
        newestKept = 2;
        oldestKept = 1;
        for (int slot = inUse.nextClearBit(0); slot < slotCount; slot = inUse.nextClearBit(slot + 1)) {
            release(slot);
        }
    }

    void captured() {
        inProgress = ++lastCapture;
    }

    void published() {
        oldestKept = newestKept == NONE ? inProgress : newestKept;
        newestKept = inProgress;
        inProgress = NONE;
        settle();
    }

    void abandoned() {
        inProgress = NONE;
        settle();
    }

    private void settle() {
        long oldest = Math.min(inProgress, oldestKept);
        for (Released next = waiting.peek(); next != null && next.capture() < oldest; next = waiting.peek()) {
            free.add(next.slot());
            waiting.remove();
        }
    }
}
