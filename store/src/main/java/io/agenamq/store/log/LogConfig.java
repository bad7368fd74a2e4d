// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.time.Duration;

/**
 * Settings of a {@link CommitLog}.
 *
 * @param segmentBytes size of new segments; RocketMQ key {@code mappedFileSizeCommitLog}
 * @param flushInterval how long appended bytes stay unforced at most when nobody waits for them; RocketMQ key
 *     {@code flushIntervalCommitLog}
 */
public record LogConfig(int segmentBytes, Duration flushInterval) {

    /** Smallest segment that is accepted; real ones are much larger. */
    public static final int SEGMENT_BYTES_MIN = 4 * 1024;

    /** Largest segment: mapped memory is addressed by an int. */
    public static final int SEGMENT_BYTES_MAX = 1 << 30;

    /** Most bytes of one batch, whatever the segment size: the buffer of a batch is memory. */
    public static final int BATCH_BYTES_MAX = 32 * 1024 * 1024;

    /** Checks the ranges. */
    public LogConfig {
        if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX) {
            throw new IllegalArgumentException("segmentBytes " + segmentBytes + " is not within " + SEGMENT_BYTES_MIN
                    + " to " + SEGMENT_BYTES_MAX);
        }
        if (flushInterval.isNegative() || flushInterval.isZero()) {
            throw new IllegalArgumentException("flushInterval " + flushInterval + " is not positive");
        }
    }

    /** Segments of 64 MiB, forced at least every 500 ms. */
    public static LogConfig defaults() {
        return new LogConfig(64 * 1024 * 1024, Duration.ofMillis(500));
    }

    /** The same with other segments. */
    public LogConfig withSegmentBytes(int bytes) {
        return new LogConfig(bytes, flushInterval);
    }

    /** The same with another interval. */
    public LogConfig withFlushInterval(Duration interval) {
        return new LogConfig(segmentBytes, interval);
    }

    /** Most bytes of one batch including its header: it must fit into a segment beside the end marker. */
    public int batchBytesMax() {
        return Math.min(BATCH_BYTES_MAX, segmentBytes - BatchHeader.BYTES);
    }
}
