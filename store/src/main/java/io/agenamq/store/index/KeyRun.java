// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.index;

import java.util.Arrays;

/**
 * A run that is in memory: the keys of a stretch of the log in the order they were added. The youngest one grows; when it is full it waits for
 * the housekeeper to sort and file it. Grows under the append lock; readers use the published count.
 */
final class KeyRun {

    private static final int CHUNK = 4096;

    private final long base;
    private final int capacity;
    /** Chunks are put in before the count that reaches into them is published. */
    private final long[][] chunks;

    private int added;
    private long firstTime;
    private long lastTime;
    private long end;
    private volatile int count;

    KeyRun(long base, int capacity) {
        this.base = base;
        this.end = base;
        this.capacity = capacity;
        this.chunks = new long[(capacity + CHUNK - 1) / CHUNK][];
    }

    /** Whether a key at {@code position} can still be added. */
    boolean takes(long position) {
        return added < capacity && position - base <= Integer.MAX_VALUE;
    }

    void add(int hash, long position, long time) {
        add(KeyEntry.of(hash, position - base), time);
        end = position + 1;
    }

    private void add(long entry, long time) {
        int chunk = added / CHUNK;
        if (chunks[chunk] == null) {
            chunks[chunk] = new long[Math.min(CHUNK, capacity - chunk * CHUNK)];
        }
        chunks[chunk][added % CHUNK] = entry;
        // A message that was moved here is older than its neighbours.
        firstTime = added == 0 ? time : Math.min(firstTime, time);
        lastTime = Math.max(lastTime, time);
        added++;
    }

    /** Restores an entry of a snapshot. */
    void restore(long entry, long time) {
        add(entry, time);
        end = Math.max(end, base + KeyEntry.relative(entry) + 1);
    }

    /** Shows what was added to readers. */
    void publish() {
        if (count != added) {
            count = added;
        }
    }

    /** Position that entries are relative to. */
    long base() {
        return base;
    }

    /** Store time of the oldest record; 0 if there is none. */
    long firstTime() {
        return firstTime;
    }

    int count() {
        return count;
    }

    long entry(int index) {
        return chunks[index / CHUNK][index % CHUNK];
    }

    /** All entries added so far in the order of a file. Of a full run, or under the append lock. */
    long[] sorted() {
        long[] all = new long[added];
        for (int i = 0; i < all.length; i++) {
            all[i] = entry(i);
        }
        Arrays.sort(all);
        return all;
    }

    /** What a file of this run is described by. Of a full run, or under the append lock. */
    KeyFile describe() {
        return new KeyFile(base, end, added, firstTime, lastTime);
    }
}
