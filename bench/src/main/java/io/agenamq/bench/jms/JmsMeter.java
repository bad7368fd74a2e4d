// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import io.agenamq.tck.client.Line;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Counts and times of one load. What happens before {@link #begin} is warm-up and is forgotten. Any thread may record.
 *
 * <p>{@link #begin} and {@link #end} each write a line at once, so that whoever reads them can look at the server's CPU at the same moments.
 */
final class JmsMeter {

    /** A minute; longer is recorded as a minute. */
    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Recorder recorder = new Recorder(LONGEST_NANOS, 3);
    private final LongAdder count = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final int run;
    private volatile long beganNanos;
    private volatile boolean measuring;

    /** The meter of the load with this number. */
    JmsMeter(int run) {
        this.run = run;
    }

    /** One message is done, after this time. */
    void done(long nanos) {
        if (measuring) {
            count.increment();
            recorder.recordValue(Math.min(Math.max(0, nanos), LONGEST_NANOS));
        }
    }

    void failed(Throwable failure) {
        if (measuring) {
            if (errors.sum() == 0) {
                System.err.println(failure);
            }
            errors.increment();
        }
    }

    void begin() {
        recorder.reset();
        count.reset();
        errors.reset();
        beganNanos = System.nanoTime();
        measuring = true;
        System.out.println(Line.of("measuring").with("run", run));
    }

    void end() {
        end(UnaryOperator.identity());
    }

    /** The same; {@code more} adds to the result what else is known. */
    void end(UnaryOperator<Line> more) {
        measuring = false;
        long nanos = System.nanoTime() - beganNanos;
        Histogram histogram = recorder.getIntervalHistogram();
        System.out.println(more.apply(Line.of("result")
                .with("run", run)
                .with("count", count.sum())
                .with("errors", errors.sum())
                .with("nanos", nanos)
                .with("p50", histogram.getValueAtPercentile(50))
                .with("p99", histogram.getValueAtPercentile(99))
                .with("p999", histogram.getValueAtPercentile(99.9))
                .with("max", histogram.getMaxValue())));
    }
}
