// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.nio.ByteBuffer;

/**
 * The body of a batch send: messages of one topic and queue, one behind the other.
 *
 * <pre>
 *  0        4         8       12     16           20
 *  +--------+---------+-------+------+------------+---------+--------------------+---------------+
 *  | length | magic 0 | crc 0 | flag | bodyLength | body …  | propertiesLength 2 | properties …  |
 *  +--------+---------+-------+------+------------+---------+--------------------+---------------+
 * </pre>
 *
 * An object of this class is a reusable cursor over such bytes; every length is checked before it is used, whatever the bytes hold. Belongs
 * to one thread.
 */
public final class BatchBody {

    private static final int LENGTH = 0;
    private static final int MAGIC = LENGTH + Integer.BYTES;
    private static final int CRC = MAGIC + Integer.BYTES;
    private static final int FLAG = CRC + Integer.BYTES;
    private static final int BODY_LENGTH = FLAG + Integer.BYTES;
    private static final int BODY = BODY_LENGTH + Integer.BYTES;
    private static final int OVERHEAD_BYTES = BODY + Short.BYTES;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int next;
    private int end;
    private int flag;
    private int bodyStart;
    private int bodyLength;
    private int propertiesStart;
    private int propertiesLength;

    /** A cursor over nothing. */
    public BatchBody() {}

    /** Puts the cursor before the first message between position and limit of {@code body}. */
    public BatchBody reset(ByteBuffer body) {
        bytes = body;
        next = body.position();
        end = body.limit();
        return this;
    }

    /**
     * Moves to the next message; false at the end.
     *
     * @throws MalformedRecordException if the bytes are not a sequence of whole messages
     */
    public boolean next() {
        if (next == end) {
            return false;
        }
        int at = next;
        int available = end - at;
        if (available < OVERHEAD_BYTES) {
            throw new MalformedRecordException("batch body ends inside a message");
        }
        int length = bytes.getInt(at + LENGTH);
        if (length < OVERHEAD_BYTES || length > available) {
            throw new MalformedRecordException(
                    "message of " + length + " bytes in a batch body with " + available + " left");
        }
        int room = length - OVERHEAD_BYTES;
        bodyLength = bytes.getInt(at + BODY_LENGTH);
        if (bodyLength < 0 || bodyLength > room) {
            throw new MalformedRecordException("body of " + bodyLength + " bytes in a batched message of " + length);
        }
        propertiesLength = bytes.getShort(at + BODY + bodyLength);
        if (propertiesLength != room - bodyLength) {
            throw new MalformedRecordException(
                    "properties of " + propertiesLength + " bytes in a batched message of " + length);
        }
        flag = bytes.getInt(at + FLAG);
        bodyStart = at + BODY;
        propertiesStart = bodyStart + bodyLength + Short.BYTES;
        next = at + length;
        return true;
    }

    /** The application's flag of the current message. */
    public int flag() {
        return flag;
    }

    /** The current message's body, a view. */
    public ByteBuffer body() {
        return bytes.slice(bodyStart, bodyLength);
    }

    /** The current message's raw properties, a view. */
    public ByteBuffer properties() {
        return bytes.slice(propertiesStart, propertiesLength);
    }

    /** Bytes that {@link #encode} takes for a message. */
    public static int bytes(ByteBuffer body, ByteBuffer properties) {
        return OVERHEAD_BYTES + body.remaining() + properties.remaining();
    }

    /** Appends one message at the position of {@code out}. Body and properties keep their positions. */
    public static void encode(int flag, ByteBuffer body, ByteBuffer properties, ByteBuffer out) {
        if (properties.remaining() > MessageRecord.PROPERTIES_BYTES_MAX) {
            throw new IllegalArgumentException("properties of " + properties.remaining() + " bytes, at most "
                    + MessageRecord.PROPERTIES_BYTES_MAX + " fit into a message");
        }
        out.putInt(bytes(body, properties)).putInt(0).putInt(0).putInt(flag);
        out.putInt(body.remaining()).put(body.duplicate());
        out.putShort((short) properties.remaining()).put(properties.duplicate());
    }
}
