// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.RecordDefect;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a batch, the atomic unit of the log: this header and the records behind it are valid as a whole or not at all.
 *
 * <pre>
 *  0       4        8          16      20         24            26      28       32
 *  +-------+--------+----------+-------+----------+-------------+-------+--------+-----------+-----
 *  | magic | length | position | epoch | unforced | recordCount | flags | crc    | record …  | …
 *  +-------+--------+----------+-------+----------+-------------+-------+--------+-----------+-----
 * </pre>
 *
 * All integers are big-endian. {@code length} covers header and records; {@code position} is the batch's own address in the log, so that
 * bytes of another place, or of another time with another {@code epoch}, are never taken for this one. {@code crc} is the CRC-32C of all other
 * bytes of the batch: those before it and those behind it.
 *
 * <p>{@code unforced} says how many bytes before this batch were not known to be durable when it was written (at most
 * {@link Integer#MAX_VALUE}). A valid batch is therefore a witness: everything below {@code position - unforced} had been forced. Damage below
 * that is never a torn tail, however old the durable mark on disk is.
 *
 * <p>A segment ends with a header that has the flag {@link #FLAG_SEGMENT_END} and no records; its {@code length} reaches to the next segment's
 * start, its CRC covers the header only. It always fits, because every other batch leaves {@link #BYTES} behind it free. Zeroed space has no
 * magic: nothing here.
 *
 * <p>The methods that compute a CRC move the buffer's position and limit and put them back: one thread at a time per buffer.
 */
final class BatchHeader {

    static final int MAGIC_V1 = 0xA6E7A0B1;

    /** No more batches in this segment. */
    static final int FLAG_SEGMENT_END = 0x1;

    /** All flags that this version understands. */
    static final int FLAGS_KNOWN = FLAG_SEGMENT_END;

    static final int RECORDS_MAX = 0xFFFF;

    private static final int MAGIC = 0;
    private static final int LENGTH = MAGIC + Integer.BYTES;
    private static final int POSITION = LENGTH + Integer.BYTES;
    private static final int EPOCH = POSITION + Long.BYTES;
    private static final int UNFORCED = EPOCH + Integer.BYTES;
    private static final int RECORD_COUNT = UNFORCED + Integer.BYTES;
    private static final int FLAGS = RECORD_COUNT + Short.BYTES;
    private static final int CRC = FLAGS + Short.BYTES;

    /** Length of the header. */
    static final int BYTES = CRC + Integer.BYTES;

    private BatchHeader() {}

    static int magic(ByteBuffer buffer, int at) {
        return buffer.getInt(at + MAGIC);
    }

    static int length(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LENGTH);
    }

    static long position(ByteBuffer buffer, int at) {
        return buffer.getLong(at + POSITION);
    }

    static int epoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + EPOCH);
    }

    static int recordCount(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at + RECORD_COUNT));
    }

    static boolean endsSegment(ByteBuffer buffer, int at) {
        return (buffer.getShort(at + FLAGS) & FLAG_SEGMENT_END) != 0;
    }

    /** Everything below this position was durable when the batch was written. */
    static long witnessedPosition(ByteBuffer buffer, int at) {
        return position(buffer, at) - buffer.getInt(at + UNFORCED);
    }

    /**
     * Completes a batch whose records stand behind the header's place already.
     *
     * @param crc a calculator to reuse
     */
    static void write(
            ByteBuffer buffer,
            int length,
            long position,
            int epoch,
            long durablePosition,
            int recordCount,
            CRC32C crc) {
        put(buffer, length, position, epoch, durablePosition, recordCount, 0);
        buffer.putInt(CRC, crc(buffer, 0, length, crc));
    }

    /** Makes the header that ends a segment. */
    static void writeSegmentEnd(
            ByteBuffer buffer, int length, long position, int epoch, long durablePosition, CRC32C crc) {
        put(buffer, length, position, epoch, durablePosition, 0, FLAG_SEGMENT_END);
        buffer.putInt(CRC, crc(buffer, 0, BYTES, crc));
    }

    private static void put(
            ByteBuffer buffer, int length, long position, int epoch, long durablePosition, int recordCount, int flags) {
        buffer.putInt(MAGIC, MAGIC_V1);
        buffer.putInt(LENGTH, length);
        buffer.putLong(POSITION, position);
        buffer.putInt(EPOCH, epoch);
        buffer.putInt(UNFORCED, (int) Math.min(Integer.MAX_VALUE, position - durablePosition));
        buffer.putShort(RECORD_COUNT, (short) recordCount);
        buffer.putShort(FLAGS, (short) flags);
    }

    /**
     * Whether the bytes at {@code at} claim to be a batch that starts at {@code position}: cheap, and false for nearly everything else.
     *
     * @param available how many bytes there are from {@code at} on
     */
    static boolean claims(ByteBuffer buffer, int at, int available, long position) {
        return available >= BYTES
                && magic(buffer, at) == MAGIC_V1
                && position(buffer, at) == position
                && length(buffer, at) >= BYTES
                && storedBytes(buffer, at) <= available;
    }

    /** Bytes that a batch which {@link #claims} to be one really has: an end of segment has its header only. */
    static int storedBytes(ByteBuffer buffer, int at) {
        return endsSegment(buffer, at) ? BYTES : length(buffer, at);
    }

    /**
     * Whether a whole, undamaged batch that starts at {@code position} stands at {@code at}. Its records are then readable without further
     * checks. Reads nothing beyond {@code available} bytes and allocates nothing, whatever they hold.
     */
    static boolean isSound(ByteBuffer buffer, int at, int available, long position, CRC32C crc) {
        return claims(buffer, at, available, position)
                && buffer.getInt(at + CRC) == crc(buffer, at, storedBytes(buffer, at), crc)
                && contentIsSound(buffer, at, position);
    }

    /** The CRC has matched; this guards against a batch that was written wrongly in the first place, or by a version to come. */
    private static boolean contentIsSound(ByteBuffer buffer, int at, long position) {
        int flags = Short.toUnsignedInt(buffer.getShort(at + FLAGS));
        int count = recordCount(buffer, at);
        if ((flags & ~FLAGS_KNOWN) != 0
                || buffer.getInt(at + UNFORCED) < 0
                || endsSegment(buffer, at) != (count == 0)) {
            return false;
        }
        if (endsSegment(buffer, at)) {
            return true;
        }
        int length = length(buffer, at);
        int next = BYTES;
        for (int i = 0; i < count; i++) {
            if (MessageRecord.defect(buffer, at + next, length - next) != RecordDefect.NONE
                    || MessageRecord.position(buffer, at + next) != position + next) {
                return false;
            }
            next += MessageRecord.length(buffer, at + next);
        }
        return next == length;
    }

    private static int crc(ByteBuffer buffer, int at, int length, CRC32C crc) {
        crc.reset();
        int limit = buffer.limit();
        int position = buffer.position();
        crc.update(buffer.limit(at + CRC).position(at));
        crc.update(buffer.limit(at + length).position(at + BYTES));
        buffer.limit(limit).position(position);
        return (int) crc.getValue();
    }
}
