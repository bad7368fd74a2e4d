// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the values that derived state consists of, into a snapshot or into the payload of a control record. Integers are big-endian. The
 * reading end is {@link StateInput}. Belongs to one thread.
 */
public abstract sealed class StateOutput permits PayloadOutput, SnapshotOutput {

    /** Appends one byte. */
    public final void putByte(int value) {
        room(Byte.BYTES).put((byte) value);
    }

    /** Appends four bytes. */
    public final void putInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    /** Appends eight bytes. */
    public final void putLong(long value) {
        room(Long.BYTES).putLong(value);
    }

    /**
     * Appends a value that is mostly small and never negative, in 1 to 9 bytes: seven bits each, least significant first, the top bit set on
     * all but the last.
     */
    public final void putCount(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a count is never negative: " + value);
        }
        ByteBuffer target = room(StateInput.COUNT_BYTES_MAX);
        long rest = value;
        while (rest > 0x7F) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    /** Appends a text as the count of its UTF-8 bytes and the bytes. */
    public final void putText(String text) {
        putBytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Appends the count of bytes from position to limit, and the bytes. The given buffer keeps its position. */
    public final void putBytes(ByteBuffer bytes) {
        putCount(bytes.remaining());
        int from = bytes.position();
        while (from < bytes.limit()) {
            ByteBuffer target = room(1);
            int length = Math.min(target.remaining(), bytes.limit() - from);
            target.put(target.position(), bytes, from, length);
            target.position(target.position() + length);
            from += length;
        }
    }

    /** A buffer with at least so many bytes of room, to put them at its position. */
    abstract ByteBuffer room(int bytes);
}
