// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.nio.ByteBuffer;

/**
 * The layout of a reference: what stands in the log, inside of the record that publishes hidden messages, for one of them.
 *
 * <pre>
 *  0            4       8        16            24                32
 *  +------------+-------+--------+-------------+-----------------+
 *  | queueIndex | magic | target | queueOffset | storeTimestamp  |          all integers big-endian
 *  +------------+-------+--------+-------------+-----------------+
 * </pre>
 *
 * {@code target} is the position of the hidden record; {@code queueIndex} says which of the queues that the publication names the message belongs to;
 * offset and store time are filled in under the append lock, as those of a record are. Whoever reads a record at the position of a reference
 * gets the hidden record with this offset, time and position: {@link RecordReader} sees to it, so that nobody else knows the difference. The magic
 * number is where a record has its own. The CRC of the batch covers it.
 */
public final class MessageReference {

    /** Length. */
    public static final int BYTES = 32;

    private static final int QUEUE_INDEX = 0;
    private static final int MAGIC = QUEUE_INDEX + Integer.BYTES;
    private static final int TARGET = MAGIC + Integer.BYTES;
    private static final int QUEUE_OFFSET = TARGET + Long.BYTES;
    private static final int STORE_TIMESTAMP = QUEUE_OFFSET + Long.BYTES;

    private static final int MAGIC_V1 = 0xA6E7_4EF1;

    private MessageReference() {}

    /** Puts a reference whose offset and time are not known yet. */
    public static void put(ByteBuffer buffer, int at, int queueIndex, long target) {
        buffer.putInt(at + QUEUE_INDEX, queueIndex);
        buffer.putInt(at + MAGIC, MAGIC_V1);
        buffer.putLong(at + TARGET, target);
        buffer.putLong(at + QUEUE_OFFSET, 0);
        buffer.putLong(at + STORE_TIMESTAMP, 0);
    }

    static void assign(ByteBuffer buffer, int at, long queueOffset, long storeTimestamp) {
        buffer.putLong(at + QUEUE_OFFSET, queueOffset);
        buffer.putLong(at + STORE_TIMESTAMP, storeTimestamp);
    }

    /** Whether there is one; the buffer has at least {@link #BYTES} behind {@code at}. */
    static boolean isAt(ByteBuffer buffer, int at) {
        return buffer.getInt(at + MAGIC) == MAGIC_V1;
    }

    /** Index in the publication's list of queues. */
    public static int queueIndex(ByteBuffer buffer, int at) {
        return buffer.getInt(at + QUEUE_INDEX);
    }

    /** Position of the hidden record. */
    public static long target(ByteBuffer buffer, int at) {
        return buffer.getLong(at + TARGET);
    }

    /** Offset of the message in its queue. */
    public static long queueOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at + QUEUE_OFFSET);
    }

    /** When the message was published, in milliseconds. */
    public static long storeTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + STORE_TIMESTAMP);
    }
}
