// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.CRC32C;

/**
 * Tells whether a record of one segment is still what was written: it looks for the batch that the record lies in and compares the batch's CRC,
 * which covers every byte of it. For records that may come from the disk; what was written or checked a moment ago need not be checked.
 *
 * <pre>
 *   … | header | record | record | record | header | record | …
 *     │◀─────── found sound before ──────▶│◀── looked for ──▶│       going forward: the next header stands at the end of a known batch
 *              ▲ ◀─── looked for backwards, byte by byte ──── │       after a jump
 * </pre>
 *
 * <p>A header names its own position, so that no other bytes are taken for one. The batches that were found sound last are remembered, each in
 * the slot of the stretch of the segment that it was asked for in, together with where one of its records begins: so several readers at
 * different places check every byte once, and a batch of a thousand records is not walked through a thousand times.
 *
 * <p>Any thread. What is remembered is true independently of everything else, because what is checked never changes; a race costs a second look.
 */
final class BatchCheck {

    private static final int STRETCH_BITS = 14;
    private static final int SLOT_COUNT = 64;
    private static final int SLOT_MASK = SLOT_COUNT - 1;
    private static final long NONE = 0;

    /** A jump further ahead than this looks backwards from where it landed: the batches between are nobody's business. */
    private static final int FORWARD_BYTES_MAX = 1024 * 1024;

    private final long segmentStart;

    /** Sound batches: where each starts in the segment, and in the lower half where it ends. {@link #NONE} where nothing is known. */
    private final AtomicLongArray batches = new AtomicLongArray(SLOT_COUNT);

    /** Where a record begins, in the batches that were found sound; 0 where nothing is known. */
    private final AtomicIntegerArray records = new AtomicIntegerArray(SLOT_COUNT);

    BatchCheck(long segmentStart) {
        this.segmentStart = segmentStart;
    }

    /**
     * Whether a sound batch has a record at {@code at}.
     *
     * @param segment the segment's bytes, of which the batch is a part; its position and limit are not used
     */
    boolean isSound(ByteBuffer segment, int at) {
        long batch = soundBatch(segment, at);
        return batch != NONE && startsRecord(segment, batch, at);
    }

    /** Whether {@code at} lies within a sound batch, maybe inside of a record. */
    boolean isWithinSound(ByteBuffer segment, int at) {
        return soundBatch(segment, at) != NONE;
    }

    private long soundBatch(ByteBuffer segment, int at) {
        long batch = known(at);
        if (batch == NONE) {
            batch = find(segment, at);
            if (batch != NONE) {
                batches.set(slot(at), batch);
            }
        }
        return batch;
    }

    private static int slot(int at) {
        return at >>> STRETCH_BITS & SLOT_MASK;
    }

    private static long batch(int start, int end) {
        return (long) start << Integer.SIZE | end;
    }

    private static int start(long batch) {
        return (int) (batch >>> Integer.SIZE);
    }

    private static int end(long batch) {
        return (int) batch;
    }

    private static boolean contains(long batch, int at) {
        return at >= start(batch) && at < end(batch);
    }

    /** The remembered batch that {@code at} lies in; it may have been asked for in an earlier stretch. */
    private long known(int at) {
        int slot = slot(at);
        for (int i = 0; i < SLOT_COUNT; i++) {
            long batch = batches.get(slot - i & SLOT_MASK);
            if (contains(batch, at)) {
                batches.set(slot, batch);
                return batch;
            }
        }
        return NONE;
    }

    /** The remembered batch that ends last before {@code at}; {@link #NONE} if there is none near. */
    private long before(int at) {
        long nearest = NONE;
        for (int i = 0; i < SLOT_COUNT; i++) {
            long batch = batches.get(i);
            if (end(batch) <= at && end(batch) > end(nearest)) {
                nearest = batch;
            }
        }
        return nearest;
    }

    private long find(ByteBuffer segment, int at) {
        // The CRC moves position and limit, and others read the same memory.
        ByteBuffer own = segment.duplicate().clear();
        CRC32C crc = new CRC32C();
        long next = before(at);
        while (next != NONE && end(next) <= at && at - end(next) < FORWARD_BYTES_MAX) {
            next = batchAt(own, end(next), crc);
            if (contains(next, at)) {
                return next;
            }
        }
        int lowest = Math.max(0, at - LogConfig.BATCH_BYTES_MAX);
        for (int i = at - BatchHeader.BYTES; i >= lowest; i--) {
            if (BatchHeader.magic(own, i) == BatchHeader.MAGIC_V1) {
                long found = batchAt(own, i, crc);
                if (contains(found, at)) {
                    return found;
                }
            }
        }
        return NONE;
    }

    /** The sound batch of records that starts at {@code i}, {@link #NONE} if there is none. */
    private long batchAt(ByteBuffer own, int i, CRC32C crc) {
        if (own.capacity() - i < BatchHeader.BYTES
                || !BatchHeader.isSound(own, i, own.capacity() - i, segmentStart + i, crc)
                || BatchHeader.endsSegment(own, i)) {
            return NONE;
        }
        return batch(i, i + BatchHeader.length(own, i));
    }

    /** Whether a record of the sound batch begins at {@code at}: what a body holds may look like one. */
    private boolean startsRecord(ByteBuffer segment, long batch, int at) {
        int first = start(batch) + BatchHeader.BYTES;
        int next = records.get(slot(at));
        if (next < first || next > at) {
            next = first;
        }
        while (next < at) {
            next += MessageRecord.length(segment, next);
        }
        if (next == at) {
            records.set(slot(at), at);
        }
        return next == at;
    }
}
