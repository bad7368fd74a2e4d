// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import org.jspecify.annotations.Nullable;

/**
 * A run of consecutive entries of one queue in memory: the youngest one of a queue is its tail and grows, the older ones are sealed and wait
 * for the housekeeper to write them to the page file.
 *
 * <p>A chunk holds at most {@value #ENTRIES_MAX} entries and ends at a multiple of that, so it never crosses a page. That bounds what a
 * queue costs in memory to {@code ENTRIES_MAX * 48} bytes however many messages it has: ten thousand busy queues are 30 MB.
 */
final class Chunk {

    /** Entries per chunk; a power of two that divides {@link PageFile#PAGE_ENTRIES}. */
    static final int ENTRIES_MAX = 64;

    /** Memory that a full chunk takes, about. */
    static final int BYTES_MAX = ENTRIES_MAX * ConsumeQueueEntry.BYTES + 48;

    /** What a queue with a single message pays for. */
    private static final int ENTRIES_INITIAL = 8;

    /** The offset of the first entry. */
    final long base;

    /** How many entries fit before the boundary at which the chunk must end. */
    final int capacity;

    /**
     * The entries, six words each. Replaced by a longer copy while the chunk grows; volatile so that a reader who finds the copy finds
     * its contents, too.
     */
    volatile long[] words;

    /** The next older chunk, until it is in the page file. Cut by the housekeeper after the page directory knows about the chunk. */
    volatile @Nullable Chunk previous;

    Chunk(long base, @Nullable Chunk previous) {
        this.base = base;
        this.capacity = ENTRIES_MAX - (int) (base & (ENTRIES_MAX - 1));
        this.words = new long[Math.min(ENTRIES_INITIAL, capacity) * ConsumeQueueEntry.WORDS];
        this.previous = previous;
    }

    /** Makes room for the entry with this index and returns the array to put it into. Called under the append lock. */
    long[] wordsFor(int index) {
        long[] current = words;
        int needed = (index + 1) * ConsumeQueueEntry.WORDS;
        if (needed <= current.length) {
            return current;
        }
        long[] longer = new long[Math.min(current.length * 2, capacity * ConsumeQueueEntry.WORDS)];
        System.arraycopy(current, 0, longer, 0, current.length);
        words = longer;
        return longer;
    }

    /** Bytes of memory held, for the estimate that the memory test counts with. */
    int bytes() {
        // Object header, base, capacity and two references; array header.
        return 32 + 16 + words.length * Long.BYTES;
    }
}
