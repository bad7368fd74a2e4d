// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set of queue offsets that lie close together, one bit each, in chunks of {@value #CHUNK_OFFSETS} offsets.
 *
 * <p>A cursor's window is made of such planes (settled, in flight, returned …). Chunks without a bit are absent, chunks with every bit
 * set are kept without their words, so that a window held open by one stubborn message costs a few bytes per thousand offsets.
 *
 * <pre>
 *   offset   0 ........ 1023 | 1024 ...... 2047 | 2048 ...... 3071 | 3072 ...
 *   chunk        full        |      absent      |    16 words      |
 * </pre>
 *
 * <p>Chunks stand in a ring indexed by chunk number, which grows to the span between the lowest and the highest chunk in use. Searching
 * looks at 64 offsets per step. Not thread-safe: whoever owns the plane is the only one to touch it.
 */
public final class BitPlane {

    /** Offsets per chunk. */
    public static final int CHUNK_OFFSETS = 1024;

    static final int WORDS_PER_CHUNK = CHUNK_OFFSETS / Long.SIZE;

    /** What {@link #nextSet} answers when there is no further offset: larger than every offset, so that minimums work. */
    public static final long NONE = Long.MAX_VALUE;

    private static final int CHUNK_SHIFT = 10;
    private static final int INITIAL_RING = 4;

    private @Nullable Chunk[] ring = new @Nullable Chunk[INITIAL_RING];
    private long lowest;
    private long highest = -1; // chunk numbers in use are [lowest, highest]; none when highest < lowest
    private long population;

    /** Whether {@code offset} is in the set. */
    public boolean get(long offset) {
        Chunk chunk = chunk(offset >>> CHUNK_SHIFT);
        return chunk != null && (chunk.word(wordInChunk(offset)) & (1L << offset)) != 0;
    }

    /** Adds {@code offset}; answers whether it was absent. */
    public boolean set(long offset) {
        return or(offset >>> 6, 1L << offset) != 0;
    }

    /** Removes {@code offset}; answers whether it was present. */
    public boolean clear(long offset) {
        long number = offset >>> CHUNK_SHIFT;
        Chunk chunk = chunk(number);
        if (chunk == null || !chunk.clear(wordInChunk(offset), 1L << offset)) {
            return false;
        }
        population--;
        if (chunk.population == 0) {
            remove(number);
        }
        return true;
    }

    /** The 64 offsets from {@code wordIndex * 64} on, lowest offset in the lowest bit. */
    public long word(long wordIndex) {
        Chunk chunk = chunk(wordIndex >>> (CHUNK_SHIFT - 6));
        return chunk == null ? 0 : chunk.word((int) wordIndex & (WORDS_PER_CHUNK - 1));
    }

    /** Adds the offsets whose bits are set in {@code bits}, counted from {@code wordIndex * 64}; answers those that were absent. */
    public long or(long wordIndex, long bits) {
        if (bits == 0) {
            return 0;
        }
        long added = chunkFor(wordIndex >>> (CHUNK_SHIFT - 6)).or((int) wordIndex & (WORDS_PER_CHUNK - 1), bits);
        population += Long.bitCount(added);
        return added;
    }

    /** The lowest offset in the set that is at least {@code from}, or {@link #NONE}. */
    public long nextSet(long from) {
        for (long number = Math.max(from >>> CHUNK_SHIFT, lowest); number <= highest; number++) {
            Chunk chunk = chunk(number);
            if (chunk == null) {
                continue;
            }
            long base = number << CHUNK_SHIFT;
            int first = from > base ? wordInChunk(from) : 0;
            for (int i = first; i < WORDS_PER_CHUNK; i++) {
                long word = chunk.word(i);
                if (i == first && from > base) {
                    word &= -1L << from;
                }
                if (word != 0) {
                    return base + ((long) i << 6) + Long.numberOfTrailingZeros(word);
                }
            }
        }
        return NONE;
    }

    /** The lowest offset that is not in the set and at least {@code from}. */
    public long nextClear(long from) {
        long offset = from;
        while (true) {
            Chunk chunk = chunk(offset >>> CHUNK_SHIFT);
            if (chunk == null) {
                return offset;
            }
            if (chunk.words == null) {
                offset = ((offset >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT;
                continue;
            }
            long gaps = ~chunk.word(wordInChunk(offset)) & (-1L << offset);
            if (gaps != 0) {
                return (offset & -Long.SIZE) + Long.numberOfTrailingZeros(gaps);
            }
            offset = (offset & -Long.SIZE) + Long.SIZE;
        }
    }

    /** Removes every offset below {@code offset}. */
    public void dropBelow(long offset) {
        long boundary = offset >>> CHUNK_SHIFT;
        while (lowest <= highest && lowest < boundary) {
            Chunk chunk = chunk(lowest);
            if (chunk != null) {
                population -= chunk.population;
                remove(lowest);
            } else {
                lowest++;
            }
        }
        for (long at = nextSet(0); at < offset; at = nextSet(at + 1)) {
            clear(at);
        }
    }

    /** Removes everything. */
    public void clearAll() {
        Arrays.fill(ring, null);
        if (ring.length > INITIAL_RING) {
            ring = new @Nullable Chunk[INITIAL_RING];
        }
        lowest = 0;
        highest = -1;
        population = 0;
    }

    /** How many offsets are in the set. */
    public long count() {
        return population;
    }

    /** Whether the set is empty. */
    public boolean isEmpty() {
        return population == 0;
    }

    /** The lowest chunk number in use; meaningless when empty. */
    long lowestChunk() {
        return lowest;
    }

    /** The highest chunk number in use, less than {@link #lowestChunk} when the plane is empty. */
    long highestChunk() {
        return highest;
    }

    /** How many offsets of one chunk are in the set. */
    int chunkPopulation(long number) {
        Chunk chunk = chunk(number);
        return chunk == null ? 0 : chunk.population;
    }

    private static int wordInChunk(long offset) {
        return (int) (offset >>> 6) & (WORDS_PER_CHUNK - 1);
    }

    private @Nullable Chunk chunk(long number) {
        return number < lowest || number > highest ? null : ring[slot(number)];
    }

    private int slot(long number) {
        return (int) number & (ring.length - 1);
    }

    private Chunk chunkFor(long number) {
        if (highest < lowest) {
            lowest = number;
            highest = number;
        } else if (number < lowest || number > highest) {
            widen(Math.min(number, lowest), Math.max(number, highest));
        }
        Chunk chunk = ring[slot(number)];
        if (chunk == null) {
            chunk = new Chunk();
            ring[slot(number)] = chunk;
        }
        return chunk;
    }

    private void widen(long newLowest, long newHighest) {
        long span = newHighest - newLowest + 1;
        if (span > ring.length) {
            if (span > 1 << 30) {
                throw new IllegalArgumentException("offsets too far apart: chunks " + newLowest + " to " + newHighest);
            }
            @Nullable Chunk[] wider = new @Nullable Chunk[Integer.highestOneBit((int) span - 1) << 1];
            for (long number = lowest; number <= highest; number++) {
                wider[(int) number & (wider.length - 1)] = ring[slot(number)];
            }
            ring = wider;
        }
        lowest = newLowest;
        highest = newHighest;
    }

    private void remove(long number) {
        ring[slot(number)] = null;
        while (lowest <= highest && ring[slot(lowest)] == null) {
            lowest++;
        }
        while (lowest <= highest && ring[slot(highest)] == null) {
            highest--;
        }
        if (highest < lowest && ring.length > INITIAL_RING) {
            ring = new @Nullable Chunk[INITIAL_RING];
        }
    }

    private static final class Chunk {
        long @Nullable [] words = new long[WORDS_PER_CHUNK]; // null when every bit is set
        int population;

        long word(int index) {
            return words == null ? -1L : words[index];
        }

        long or(int index, long bits) {
            if (words == null) {
                return 0;
            }
            long added = bits & ~words[index];
            words[index] |= bits;
            population += Long.bitCount(added);
            if (population == CHUNK_OFFSETS) {
                words = null;
            }
            return added;
        }

        boolean clear(int index, long bit) {
            if (words == null) {
                words = new long[WORDS_PER_CHUNK];
                Arrays.fill(words, -1L);
            }
            if ((words[index] & bit) == 0) {
                return false;
            }
            words[index] &= ~bit;
            population--;
            return true;
        }
    }
}
