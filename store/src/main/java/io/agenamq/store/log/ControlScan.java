// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Shows the control records of a stretch of the log, while the log is at work: for people who want to know what happened, not for recovery, which checks
 * more. It hops from record to record over mapped memory; messages are not looked at.
 */
final class ControlScan {

    private final SegmentList segments;
    private final long trustedFrom;
    private final ControlVisitor visitor;

    /**
     * @param trustedFrom what lies before may have come back from the disk as something else, and is checked with its batch
     */
    ControlScan(SegmentList segments, long trustedFrom, ControlVisitor visitor) {
        this.segments = segments;
        this.trustedFrom = trustedFrom;
        this.visitor = visitor;
    }

    /**
     * Looks at about {@code bytesMax} bytes.
     *
     * @param from where a record or a batch begins
     * @param end where the log ends at the moment
     * @return where to go on; {@code from} if nothing is there
     */
    long run(long from, long end, long bytesMax) {
        long position = from;
        while (position < end && position - from < bytesMax) {
            Segment segment = segments.find(position);
            if (segment == null) {
                return position;
            }
            long to = Math.min(Math.min(end, segment.end()), from + bytesMax);
            try {
                SegmentMapping mapping = segment.retainMapping((int) (Math.min(end, segment.end()) - segment.start()));
                if (mapping == null) {
                    return position;
                }
                try {
                    position = walk(segment, mapping.buffer(), position, to, Math.min(end, segment.end()));
                } finally {
                    mapping.release();
                }
            } catch (IOException | InternalError | IndexOutOfBoundsException | CorruptRecordException damage) {
                // What the JVM throws when a mapped page cannot be read is an InternalError.
                visitor.damaged(position);
                position = segment.end();
            }
        }
        return position;
    }

    /** From record to record until {@code to} is reached or passed. */
    private long walk(Segment segment, ByteBuffer buffer, long from, long to, long end) {
        long position = from;
        while (position < to) {
            int at = (int) (position - segment.start());
            if (end - position >= BatchHeader.BYTES && BatchHeader.magic(buffer, at) == BatchHeader.MAGIC_V1) {
                position += BatchHeader.endsSegment(buffer, at) ? BatchHeader.length(buffer, at) : BatchHeader.BYTES;
                continue;
            }
            int length = MessageRecord.length(buffer, at);
            if (length < MessageRecord.BYTES_MIN || length > end - position) {
                throw new CorruptRecordException(position, "is no record");
            }
            if (MessageRecord.topic(buffer, at).startsWith(ControlType.TOPIC_PREFIX)) {
                ControlType type = ControlType.of(MessageRecord.flag(buffer, at));
                if (type != null && (position >= trustedFrom || segment.check().isSound(buffer, at))) {
                    InetSocketAddress by = MessageRecord.bornHost(buffer, at);
                    visitor.control(
                            type,
                            MessageRecord.storeTimestamp(buffer, at),
                            by.equals(MessageRecord.storeHost(buffer, at)) ? null : by,
                            LogReplay.payload(buffer, at));
                }
            }
            position += length;
        }
        return position;
    }
}
