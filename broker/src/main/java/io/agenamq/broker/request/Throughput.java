// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What went through the broker: counters that event loops add to, and rates over the last 10 seconds, minute and 10 minutes, as RocketMQ's
 * tools show them. Adding is safe for all threads; {@link #sample} is called by the broker's timer about every 10 seconds.
 */
final class Throughput {

    private static final int SAMPLES = 61;
    private static final int[] WINDOWS = {1, 6, 60};

    /** One counter with its recent past. */
    static final class Meter {

        private final LongAdder total = new LongAdder();
        private final long[] samples = new long[SAMPLES];

        void add(long count) {
            total.add(count);
        }

        long total() {
            return total.sum();
        }
    }

    final Meter messagesIn = new Meter();
    final Meter bytesIn = new Meter();
    final Meter messagesOut = new Meter();
    final Meter pullsFound = new Meter();
    final Meter pullsMissed = new Meter();

    private final LongSupplier nanoClock;
    private final long[] sampledAt = new long[SAMPLES];
    private int count;

    Throughput(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        sample();
    }

    /** Remembers the counters as they are now. */
    synchronized void sample() {
        int at = count++ % SAMPLES;
        sampledAt[at] = nanoClock.getAsLong();
        for (Meter meter : new Meter[] {messagesIn, bytesIn, messagesOut, pullsFound, pullsMissed}) {
            meter.samples[at] = meter.total();
        }
    }

    /** Rates per second over 10 s, 1 min and 10 min, separated by spaces. */
    synchronized String rates(Meter meter) {
        StringBuilder rates = new StringBuilder();
        for (int window : WINDOWS) {
            int back = Math.min(window, count);
            int at = Math.floorMod(count - back, SAMPLES);
            double seconds = (nanoClock.getAsLong() - sampledAt[at]) / 1e9;
            double rate = seconds < 0.001 ? 0 : (meter.total() - meter.samples[at]) / seconds;
            rates.append(rates.isEmpty() ? "" : " ").append(String.format(Locale.ROOT, "%.2f", rate));
        }
        return rates.toString();
    }
}
