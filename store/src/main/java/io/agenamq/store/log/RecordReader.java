// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.RecordDefect;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records out of the segments of a log, as views of mapped memory, and says so if they are not what was stored.
 *
 * <p>Every record is checked for its structure and its own position. A record that may have come back from the disk is checked with the CRC of the
 * batch that it lies in, too ({@link BatchCheck}); one that this process wrote or checked not long ago need not be: it lies at or behind
 * {@code trustedFrom}. Any thread; no locks but those of a segment that is mapped for the first time.
 */
final class RecordReader {

    private final SegmentList segments;

    /** Records from here on are what they were. Lowered by a replay, before the log serves; raised under the append lock. */
    private volatile long trustedFrom;

    RecordReader(SegmentList segments, long trustedFrom) {
        this.segments = segments;
        this.trustedFrom = trustedFrom;
    }

    /** Everything from {@code position} on has been checked. */
    void trustAlsoFrom(long position) {
        trustedFrom = Math.min(trustedFrom, position);
    }

    /** What lies before {@code position} may have left memory, and come back from the disk as something else. */
    void trustOnlyFrom(long position) {
        trustedFrom = Math.max(trustedFrom, position);
    }

    /**
     * The record of {@code size} bytes at {@code position}, retained for the caller; null if there is none any more, or not yet.
     *
     * @param end where the log ends at the moment
     * @throws CorruptRecordException if the bytes there are not a record of that size
     */
    @Nullable
    RecordSlice read(long position, int size, long end) {
        if (size < MessageRecord.BYTES_MIN || position > end - size) {
            return null;
        }
        Segment segment = segments.find(position);
        return segment == null ? null : slice(segment, position, size, size);
    }

    /** The same for a record of unknown size. */
    @Nullable
    RecordSlice readAt(long position, long end) {
        if (position > end - MessageRecord.BYTES_MIN) {
            return null;
        }
        Segment segment = segments.find(position);
        if (segment == null) {
            return null;
        }
        return slice(
                segment, position, MessageRecord.BYTES_MIN, (int) Math.min(segment.end() - position, end - position));
    }

    /** The record of at least {@code sizeMin} and at most {@code sizeMax} bytes. */
    private @Nullable RecordSlice slice(Segment segment, long position, int sizeMin, int sizeMax) {
        int at = (int) (position - segment.start());
        int available = Math.min(sizeMax, segment.prepared() - at);
        if (available < sizeMin) {
            throw new CorruptRecordException(position, RecordDefect.TRUNCATED.sentence());
        }
        boolean trusted = position >= trustedFrom;
        SegmentMapping mapping;
        try {
            // A check needs the whole batch, not the record alone.
            mapping = segment.retainMapping(trusted ? at + available : segment.prepared());
        } catch (IOException e) {
            throw new CorruptRecordException(position, "cannot be read: " + e.getMessage());
        }
        if (mapping == null) {
            return null;
        }
        RecordDefect defect;
        ByteBuffer buffer = mapping.buffer();
        int size = 0;
        try {
            defect = defect(buffer, at, available, position);
            size = MessageRecord.length(buffer, at);
            if (defect == RecordDefect.NONE && size < sizeMin) {
                defect = RecordDefect.LENGTH;
            }
            if (defect == RecordDefect.NONE && !trusted && !segment.check().isSound(buffer, at)) {
                defect = RecordDefect.BATCH_CRC;
            }
        } catch (InternalError unreadable) {
            // How the JVM reports that the operating system could not read a mapped page.
            defect = RecordDefect.UNREADABLE;
        }
        if (defect != RecordDefect.NONE) {
            mapping.release();
            throw new CorruptRecordException(position, defect.sentence());
        }
        return new RecordSlice(mapping, buffer.slice(at, size), position);
    }

    private static RecordDefect defect(ByteBuffer buffer, int at, int available, long position) {
        RecordDefect defect = MessageRecord.defect(buffer, at, available);
        return defect == RecordDefect.NONE && MessageRecord.position(buffer, at) != position
                ? RecordDefect.POSITION
                : defect;
    }
}
