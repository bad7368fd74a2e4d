// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Gives every record of a stretch of the log to a listener, in order, checking each batch as a whole. Runs once, on one thread. */
final class LogReplay {

    private final SegmentList segments;
    private final LogListener listener;
    private final TopicNames topics = new TopicNames();
    private final SegmentReader reader = new SegmentReader();

    LogReplay(SegmentList segments, LogListener listener) {
        this.segments = segments;
        this.listener = listener;
    }

    /**
     * Replays from {@code from} to {@code end}.
     *
     * @param min the start of the log, for the check of {@code from}
     * @return {@code end}, or where the first batch that is not sound should have been
     * @throws IOException if a file cannot be read, or the log was written by a later version
     */
    long run(long from, long min, long end) throws IOException {
        if (from < min || from > end) {
            throw new IllegalArgumentException("position " + from + " is not within the log, " + min + " to " + end);
        }
        long position = from;
        while (position < end) {
            Segment segment = segments.find(position);
            if (segment == null || !reader.at(segment).isSound((int) (position - segment.start()))) {
                return position;
            }
            position = batch(position);
        }
        return position;
    }

    private long batch(long position) throws IOException {
        ByteBuffer buffer = reader.window();
        int header = reader.index((int) (position - reader.segment().start()));
        long end = position + BatchHeader.length(buffer, header);
        if (BatchHeader.endsSegment(buffer, header)) {
            return end;
        }
        int at = header + BatchHeader.BYTES;
        for (int i = BatchHeader.recordCount(buffer, header); i > 0; i--) {
            String topic = topics.of(buffer, at);
            long recordPosition = MessageRecord.position(buffer, at);
            int size = MessageRecord.length(buffer, at);
            if (topic.startsWith(ControlType.TOPIC_PREFIX)) {
                ControlType type = ControlType.of(MessageRecord.flag(buffer, at));
                if (type == null) {
                    throw new IOException("control record of unknown type " + MessageRecord.flag(buffer, at)
                            + " at position " + recordPosition
                            + ": the store was written by a later version of AgenaMQ; start that one");
                }
                listener.control(type, recordPosition, payload(buffer, at));
            } else {
                listener.message(topic, recordPosition, size, buffer, at);
            }
            at += size;
        }
        listener.batchEnd(end);
        return end;
    }

    /** The payload of the control record at index {@code at}. */
    static ByteBuffer payload(ByteBuffer buffer, int at) {
        return buffer.slice(MessageRecord.bodyStart(buffer, at), MessageRecord.bodyLength(buffer, at));
    }
}
