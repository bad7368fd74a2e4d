// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/** Measures one {@link Figure}: a latency per message, and the time from the start to the last message. Thread-safe. */
final class Stopwatch {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final ConcurrentHistogram latencies = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong startNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong lastNanos = new AtomicLong(startNanos.get());

    /** Sets the start to now; the construction is the start otherwise. */
    void start() {
        startNanos.set(System.nanoTime());
    }

    long startNanos() {
        return startNanos.get();
    }

    /** Enters one message whose latency began at {@code sinceNanos} and ends now. */
    void stop(long sinceNanos) {
        long now = System.nanoTime();
        latencies.recordValue(Math.max(0, now - sinceNanos));
        lastNanos.accumulateAndGet(now, Math::max);
        count.incrementAndGet();
    }

    Figure figure(String what, String durability) {
        return new Figure(
                what, count.get(), Duration.ofNanos(lastNanos.get() - startNanos.get()), latencies.copy(), durability);
    }
}
