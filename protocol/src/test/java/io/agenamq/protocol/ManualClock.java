// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Wall clock and monotonic clock of a test: both stand still until {@link #advance} moves them. Safe for use by several threads. */
public final class ManualClock implements InstantSource, LongSupplier {

    private final AtomicLong nanos = new AtomicLong();
    private final Instant start;

    /** A clock that shows {@code start} until it is advanced. */
    public ManualClock(Instant start) {
        this.start = start;
    }

    /** Moves both clocks forward. */
    public void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.get());
    }

    /** Monotonic nanoseconds since this clock was made. */
    @Override
    public long getAsLong() {
        return nanos.get();
    }
}
