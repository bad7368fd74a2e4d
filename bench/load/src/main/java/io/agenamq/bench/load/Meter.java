// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import io.agenamq.tck.client.Line;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Counts and times of one load. What happens before {@link #begin} is warm-up and is forgotten. Any thread may record.
 *
 * <p>{@link #begin} and {@link #end} each write a line at once, so that whoever reads them can look at the server's CPU at the same moments.
 */
final class Meter {

    /** A minute; longer is recorded as a minute. */
    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Recorder recorder = new Recorder(LONGEST_NANOS, 3);
    private final LongAdder count = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private volatile long beganNanos;
    private volatile boolean measuring;
    private volatile long logBytes;

    /** This many messages are done, after this time each. */
    void done(long messages, long nanos) {
        if (measuring) {
            count.add(messages);
            recorder.recordValue(Math.min(Math.max(0, nanos), LONGEST_NANOS));
        }
    }

    /** How much the server's log has grown meanwhile, if the load knows. */
    void logBytes(long bytes) {
        logBytes = bytes;
    }

    void failed() {
        if (measuring) {
            errors.increment();
        }
    }

    void begin() {
        recorder.reset();
        count.reset();
        errors.reset();
        beganNanos = System.nanoTime();
        measuring = true;
        System.out.println(Line.of("measuring"));
    }

    void end() {
        measuring = false;
        long nanos = System.nanoTime() - beganNanos;
        Histogram histogram = recorder.getIntervalHistogram();
        System.out.println(Line.of("result")
                .with("count", count.sum())
                .with("errors", errors.sum())
                .with("nanos", nanos)
                .with("logBytes", logBytes)
                .with("p50", histogram.getValueAtPercentile(50))
                .with("p99", histogram.getValueAtPercentile(99))
                .with("p999", histogram.getValueAtPercentile(99.9))
                .with("max", histogram.getMaxValue()));
    }

    long count() {
        return count.sum();
    }
}
