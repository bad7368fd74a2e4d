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

    private static final long NO_REFERENCES = -1;

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
     * The record of {@code size} bytes at {@code position}, retained for the caller; null if there is none any more, or not yet. At the place of a
     * reference it is the message that was published there.
     *
     * @param min where the log begins at the moment
     * @param end where it ends
     * @throws CorruptRecordException if the bytes there are not a record of that size
     */
    @Nullable
    RecordSlice read(long position, int size, long min, long end) {
        if (size < MessageRecord.BYTES_MIN) {
            return null;
        }
        Segment segment = segments.find(position);
        if (segment == null) {
            return null;
        }
        // A reference is shorter than the record that it stands for.
        if (position > end - size || position - segment.start() > segment.prepared() - size) {
            if (isReference(segment, position)) {
                return ofSize(size, published(segment, position, min, end), position);
            }
            if (position > end - size) {
                return null;
            }
        }
        return ofSize(size, slice(segment, position, size, size, min, end), position);
    }

    private static @Nullable RecordSlice ofSize(int size, @Nullable RecordSlice found, long position) {
        if (found != null && found.size() != size) {
            found.release();
            throw new CorruptRecordException(position, RecordDefect.LENGTH.sentence());
        }
        return found;
    }

    /** The same for a record of unknown size. */
    @Nullable
    RecordSlice readAt(long position, long min, long end) {
        if (position > end - MessageReference.BYTES) {
            return null;
        }
        Segment segment = segments.find(position);
        if (segment == null) {
            return null;
        }
        if (position > end - MessageRecord.BYTES_MIN) {
            return published(segment, position, min, end);
        }
        // A reference may stand where a segment has no room for a record any more.
        if (segment.prepared() - (position - segment.start()) < MessageRecord.BYTES_MIN
                && isReference(segment, position)) {
            return published(segment, position, min, end);
        }
        return slice(segment, position, MessageRecord.BYTES_MIN, available(segment, position, end), min, end);
    }

    private static int available(Segment segment, long position, long end) {
        return (int) (Math.min(segment.end(), end) - position);
    }

    /** Where the record is that the reference at {@code position} stands for, -1 if there is no reference. */
    long referenceTarget(long position, long end) {
        Segment segment = segments.find(position);
        if (segment == null || position > end - MessageReference.BYTES || !isReference(segment, position)) {
            return -1;
        }
        SegmentMapping mapping = mapped(segment, position);
        if (mapping == null) {
            return -1;
        }
        try {
            return MessageReference.target(mapping.buffer(), (int) (position - segment.start()));
        } finally {
            mapping.release();
        }
    }

    /** Whether what is at {@code position} says that it is a reference; nothing is checked. */
    private boolean isReference(Segment segment, long position) {
        int at = (int) (position - segment.start());
        if (at > segment.prepared() - MessageReference.BYTES) {
            return false;
        }
        SegmentMapping mapping = mapped(segment, position);
        if (mapping == null) {
            return false;
        }
        try {
            return MessageReference.isAt(mapping.buffer(), at);
        } catch (InternalError unreadable) {
            throw new CorruptRecordException(position, RecordDefect.UNREADABLE.sentence());
        } finally {
            mapping.release();
        }
    }

    private static @Nullable SegmentMapping mapped(Segment segment, long position) {
        try {
            return segment.retainMapping((int) (position - segment.start()) + MessageReference.BYTES);
        } catch (IOException e) {
            throw new CorruptRecordException(position, "cannot be read: " + e.getMessage());
        }
    }

    /**
     * The hidden message that the reference at {@code position} has published, as a copy with its offset; null if there is no reference, or the message
     * is gone.
     */
    private @Nullable RecordSlice published(Segment segment, long position, long min, long end) {
        if (position > end - MessageReference.BYTES || !isReference(segment, position)) {
            return null;
        }
        int at = (int) (position - segment.start());
        SegmentMapping mapping;
        try {
            mapping = segment.retainMapping(segment.prepared());
        } catch (IOException e) {
            throw new CorruptRecordException(position, "cannot be read: " + e.getMessage());
        }
        if (mapping == null) {
            return null;
        }
        long target;
        long queueOffset;
        long storeTimestamp;
        try {
            ByteBuffer buffer = mapping.buffer();
            if (position < trustedFrom && !segment.check().isWithinSound(buffer, at)) {
                throw new CorruptRecordException(position, RecordDefect.BATCH_CRC.sentence());
            }
            target = MessageReference.target(buffer, at);
            queueOffset = MessageReference.queueOffset(buffer, at);
            storeTimestamp = MessageReference.storeTimestamp(buffer, at);
        } catch (InternalError unreadable) {
            throw new CorruptRecordException(position, RecordDefect.UNREADABLE.sentence());
        } finally {
            mapping.release();
        }
        Segment there = target < min ? null : segments.find(target);
        if (there == null || target > end - MessageRecord.BYTES_MIN) {
            return null;
        }
        RecordSlice hidden =
                slice(there, target, MessageRecord.BYTES_MIN, available(there, target, end), NO_REFERENCES, end);
        if (hidden == null) {
            return null;
        }
        try {
            ByteBuffer copy = ByteBuffer.allocate(hidden.size());
            copy.put(0, hidden.buffer(), 0, hidden.size());
            MessageRecord.publish(copy, 0, queueOffset, position, storeTimestamp, target);
            return RecordSlice.ofMemory(copy, position);
        } finally {
            hidden.release();
        }
    }

    /** See {@link ControlScan#run}. */
    long scanControls(long from, long end, long bytesMax, ControlVisitor visitor) {
        return new ControlScan(segments, trustedFrom, visitor).run(from, end, bytesMax);
    }

    /**
     * The record of at least {@code sizeMin} and at most {@code sizeMax} bytes.
     *
     * @param min where the log begins, for what a reference names; {@link #NO_REFERENCES} if only a record will do
     */
    private @Nullable RecordSlice slice(Segment segment, long position, int sizeMin, int sizeMax, long min, long end) {
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
        boolean reference = false;
        try {
            reference = min != NO_REFERENCES && MessageReference.isAt(buffer, at);
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
        if (reference) {
            mapping.release();
            return published(segment, position, min, end);
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
