// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Tells whether a record of one segment is still what was written: it looks for the batch that the record lies in and compares the batch's CRC,
 * which covers every byte of it. For records that may come from the disk; what was written or checked a moment ago need not be checked.
 *
 * <pre>
 *   … | header | record | record | record | header | …
 *        ▲ ◀──── looked for backwards ──┘ ▲
 *        └───── remembered as sound ──────┘
 * </pre>
 *
 * <p>A header names its own position, so that no other bytes are taken for one, and nearly always stands right before the record. The batch that
 * was found sound last is remembered: reading a segment from front to back checks every byte once. Any thread.
 */
final class BatchCheck {

    private final long segmentStart;

    /** The batch that was sound last: where it starts in the segment, and in the lower half where it ends. */
    private volatile long soundBatch;

    BatchCheck(long segmentStart) {
        this.segmentStart = segmentStart;
    }

    /**
     * Whether a sound batch has a record at {@code at}.
     *
     * @param segment the segment's bytes, of which the batch is a part; its position and limit are not used
     */
    boolean isSound(ByteBuffer segment, int at) {
        long known = soundBatch;
        int start = (int) (known >>> Integer.SIZE);
        if (at >= start && at < (int) known) {
            return startsRecord(segment, start, at);
        }
        // The CRC moves position and limit, and others read the same memory.
        ByteBuffer own = segment.duplicate().clear();
        CRC32C crc = new CRC32C();
        int lowest = Math.max(0, at - LogConfig.BATCH_BYTES_MAX);
        for (int i = at - BatchHeader.BYTES; i >= lowest; i--) {
            if (BatchHeader.magic(own, i) == BatchHeader.MAGIC_V1
                    && BatchHeader.isSound(own, i, own.capacity() - i, segmentStart + i, crc)
                    && at < i + BatchHeader.storedBytes(own, i)) {
                soundBatch = (long) i << Integer.SIZE | (i + BatchHeader.length(own, i));
                return startsRecord(own, i, at);
            }
        }
        return false;
    }

    /** Whether a record of the sound batch at {@code start} begins at {@code at}: what a body holds may look like one. */
    private static boolean startsRecord(ByteBuffer segment, int start, int at) {
        int next = start + BatchHeader.BYTES;
        while (next < at) {
            next += MessageRecord.length(segment, next);
        }
        return next == at;
    }
}
