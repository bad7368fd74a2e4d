// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Places of messages with what became of them: the body of a {@link JmsSettleRequest}.
 *
 * <pre>
 *  0      1         5        13       21
 *  +------+---------+--------+--------+---- …
 *  | what | queueId | first  | last   | the next range
 *  +------+---------+--------+--------+---- …        all integers big-endian; offsets from first to last
 * </pre>
 */
public final class JmsPlaces {

    /** Most ranges in one body. */
    public static final int RANGES_MAX = 65_536;

    private static final int WHAT = 0;
    private static final int QUEUE_ID = WHAT + Byte.BYTES;
    private static final int FIRST = QUEUE_ID + Integer.BYTES;
    private static final int LAST = FIRST + Long.BYTES;
    private static final int RANGE_BYTES = LAST + Long.BYTES;

    /** What became of a message. */
    public enum Fate {
        /** It was acknowledged. */
        ACKNOWLEDGED((byte) 0),
        /** No application has seen it. */
        UNSEEN((byte) 1),
        /** An application has seen it, and it is not acknowledged. */
        SEEN((byte) 2);

        private final byte code;

        Fate(byte code) {
            this.code = code;
        }

        private static Fate of(byte code) {
            for (Fate fate : values()) {
                if (fate.code == code) {
                    return fate;
                }
            }
            throw malformed("there is no fate " + code);
        }
    }

    /**
     * Messages of one message queue that follow one another.
     *
     * @param fate what became of them
     * @param queueId of the message queue
     * @param first offset
     * @param last offset
     */
    public record Range(Fate fate, int queueId, long first, long last) {}

    private final List<Range> ranges = new ArrayList<>();

    /** Adds one message; what follows the one before makes its range longer. Beyond {@link #RANGES_MAX} it is left out. */
    public void add(Fate fate, int queueId, long offset) {
        int end = ranges.size() - 1;
        if (end >= 0) {
            Range last = ranges.get(end);
            if (last.fate == fate && last.queueId == queueId && last.last + 1 == offset) {
                ranges.set(end, new Range(fate, queueId, last.first, offset));
                return;
            }
        }
        if (ranges.size() < RANGES_MAX) {
            ranges.add(new Range(fate, queueId, offset, offset));
        }
    }

    /** Whether there is nothing to say. */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** What was added. */
    public List<Range> ranges() {
        return List.copyOf(ranges);
    }

    /** The bytes. */
    public Body toBody() {
        ByteBuffer bytes = ByteBuffer.allocate(ranges.size() * RANGE_BYTES);
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get(i);
            int at = i * RANGE_BYTES;
            bytes.put(at + WHAT, range.fate.code);
            bytes.putInt(at + QUEUE_ID, range.queueId);
            bytes.putLong(at + FIRST, range.first);
            bytes.putLong(at + LAST, range.last);
        }
        return Body.of(bytes);
    }

    /**
     * Reads a body.
     *
     * @throws ProtocolException if it is none
     */
    public static List<Range> read(ByteBuffer body) {
        int count = body.remaining() / RANGE_BYTES;
        if (count * RANGE_BYTES != body.remaining() || count > RANGES_MAX) {
            throw malformed("they have " + body.remaining() + " bytes");
        }
        List<Range> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = body.position() + i * RANGE_BYTES;
            Range range = new Range(
                    Fate.of(body.get(at + WHAT)),
                    body.getInt(at + QUEUE_ID),
                    body.getLong(at + FIRST),
                    body.getLong(at + LAST));
            if (range.queueId < 0 || range.first < 0 || range.last < range.first) {
                throw malformed("there cannot be " + range);
            }
            ranges.add(range);
        }
        return ranges;
    }

    private static ProtocolException malformed(String why) {
        return new ProtocolException(ResponseCode.INVALID_PARAMETER, "these are no places of messages: " + why);
    }
}
