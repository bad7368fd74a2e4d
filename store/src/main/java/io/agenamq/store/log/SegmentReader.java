// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment from front to back through a window of memory, for recovery and replay. Reads through the file, not through a mapping: a
 * bad sector is then an IOException at a known place. Belongs to one thread.
 */
final class SegmentReader {

    private static final int WINDOW_BYTES = 1024 * 1024;

    private final CRC32C crc = new CRC32C();
    private ByteBuffer window = ByteBuffer.allocateDirect(0);
    private @Nullable Segment segment;
    private int windowStart;
    private int windowEnd;
    private int size;

    /** Reads this segment from now on; what is in the window stays if it is the one that was read before. */
    SegmentReader at(Segment wanted) {
        return wanted == segment ? this : reset(wanted);
    }

    /** Reads this segment from now on, afresh. */
    SegmentReader reset(Segment wanted) {
        segment = wanted;
        size = wanted.prepared();
        windowStart = 0;
        windowEnd = 0;
        return this;
    }

    Segment segment() {
        return Objects.requireNonNull(segment);
    }

    /** How many bytes of the segment exist. */
    int size() {
        return size;
    }

    /**
     * Whether a sound batch starts at {@code at}; if so, all of it is in the window. What it claims to be long decides how much memory is
     * taken, but never more than the segment has bytes.
     */
    boolean isSound(int at) throws IOException {
        int available = size - at;
        if (available < BatchHeader.BYTES) {
            return false;
        }
        load(at, BatchHeader.BYTES);
        long position = segment().start() + at;
        if (!BatchHeader.claims(window, index(at), available, position)) {
            return false;
        }
        int stored = BatchHeader.storedBytes(window, index(at));
        load(at, stored);
        return BatchHeader.isSound(window, index(at), stored, position, crc);
    }

    /** The window's memory; byte {@code at} of the segment is at {@link #index}. Do not change its position or limit. */
    ByteBuffer window() {
        return window;
    }

    /** Where byte {@code at} of the segment is in {@link #window}. */
    int index(int at) {
        return at - windowStart;
    }

    /** The end of the last byte from {@code at} on that is not zero; {@code at} if all are, however many there are. */
    int endOfNonZero(int at) throws IOException {
        int result = at;
        for (int next = at; next < size; next = windowEnd) {
            load(next, 1);
            int i = windowEnd;
            while (i - next >= Long.BYTES && window.getLong(index(i - Long.BYTES)) == 0) {
                i -= Long.BYTES;
            }
            while (i > next && window.get(index(i - 1)) == 0) {
                i--;
            }
            if (i > next) {
                result = i;
            }
        }
        return result;
    }

    /** Whether there is nothing but zeros, or nothing at all, in {@code count} bytes from {@code at} on. */
    boolean isZero(int at, int count) throws IOException {
        int end = Math.min(size, at + count);
        if (at < end) {
            load(at, end - at);
        }
        for (int i = at; i < end; i++) {
            if (window.get(index(i)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes the bytes from {@code from} to {@code to} again, as they are. */
    void rewrite(int from, int to) throws IOException {
        for (int at = from; at < to; ) {
            load(at, 1);
            int count = Math.min(to, windowEnd) - at;
            segment().file().writeFully(at, window.slice(index(at), count));
            at += count;
        }
    }

    /** The first place from {@code at} on that claims to be a batch of this very place, or {@link #size} if there is none. */
    int firstClaim(int at) throws IOException {
        int next = at;
        while (size - next >= BatchHeader.BYTES) {
            load(next, BatchHeader.BYTES);
            for (; windowEnd - next >= BatchHeader.BYTES; next++) {
                if (BatchHeader.claims(
                        window, index(next), size - next, segment().start() + next)) {
                    return next;
                }
            }
        }
        return size;
    }

    /** Makes {@code count} bytes from {@code at} on visible in the window. */
    private void load(int at, int count) throws IOException {
        if (at >= windowStart && at + count <= windowEnd) {
            return;
        }
        int wanted = Math.max(count, Math.min(size, WINDOW_BYTES));
        if (wanted > window.capacity()) {
            window = ByteBuffer.allocateDirect(wanted);
        }
        int length = Math.min(window.capacity(), size - at);
        window.clear().limit(length);
        segment().file().readFully(at, window);
        window.clear();
        windowStart = at;
        windowEnd = at + length;
    }
}
