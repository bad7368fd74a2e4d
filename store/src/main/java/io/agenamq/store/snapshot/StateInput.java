// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link StateOutput} wrote. The bytes passed a checksum before, yet nothing in them is trusted: whatever does not make sense is a
 * {@link CorruptStateException}, and a length beyond the bytes that are there is never allocated. Belongs to one thread.
 */
public final class StateInput {

    static final int COUNT_BYTES_MAX = 9;

    private final ByteBuffer content;

    /** Reads {@code content} from its position to its limit; the position of the given buffer does not move. */
    public StateInput(ByteBuffer content) {
        this.content = content.slice();
    }

    /** Reads one byte, 0 to 255. */
    public int getByte() {
        try {
            return content.get() & 0xFF;
        } catch (BufferUnderflowException e) {
            throw truncated(e);
        }
    }

    /** Reads four bytes. */
    public int getInt() {
        try {
            return content.getInt();
        } catch (BufferUnderflowException e) {
            throw truncated(e);
        }
    }

    /** Reads eight bytes. */
    public long getLong() {
        try {
            return content.getLong();
        } catch (BufferUnderflowException e) {
            throw truncated(e);
        }
    }

    /** Reads what {@link StateOutput#putCount} wrote. */
    public long getCount() {
        long value = 0;
        for (int i = 0; i < COUNT_BYTES_MAX; i++) {
            int next = getByte();
            value |= (next & 0x7FL) << (7 * i);
            if (next < 0x80) {
                return value;
            }
        }
        throw new CorruptStateException("a count of more than " + COUNT_BYTES_MAX + " bytes");
    }

    /** Reads a count of things of which each takes at least {@code bytesEach} of the remaining bytes. */
    public int getCount(int bytesEach) {
        long count = getCount();
        if (count > content.remaining() / bytesEach) {
            throw new CorruptStateException(
                    count + " things of " + bytesEach + " bytes do not fit into " + content.remaining() + " bytes");
        }
        return (int) count;
    }

    /** Reads what {@link StateOutput#putText} wrote. */
    public String getText() {
        return StandardCharsets.UTF_8.decode(getBytes()).toString();
    }

    /** Reads what {@link StateOutput#putBytes} wrote: a view, valid as long as the content is. */
    public ByteBuffer getBytes() {
        int length = getCount(1);
        ByteBuffer bytes = content.slice(content.position(), length);
        content.position(content.position() + length);
        return bytes;
    }

    /** Whether everything was read. */
    public boolean atEnd() {
        return !content.hasRemaining();
    }

    private static CorruptStateException truncated(BufferUnderflowException cause) {
        return new CorruptStateException("ends too early", cause);
    }
}
