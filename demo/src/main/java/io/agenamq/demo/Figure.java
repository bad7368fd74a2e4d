// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.cli.Listing;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * One line of the closing table.
 *
 * @param what what was measured
 * @param count messages
 * @param took from the first to the last of them
 * @param latencies nanoseconds per message: of the send call, or from send to receipt, as {@code what} says
 * @param durability what an answered message survives
 */
record Figure(String what, int count, Duration took, Histogram latencies, String durability) {
    /** What a JMS {@code PERSISTENT} message survives, once it is sent. */
    static final String FORCED = "forced to disk before the answer: survives loss of power";

    /** What a message survives with {@code flushDiskType=ASYNC_FLUSH}, once it is sent. */
    static final String WRITTEN = "written before the answer: survives SIGKILL";

    static Listing<Figure> listing() {
        return new Listing<Figure>()
                .text("figure", Figure::what)
                .number("messages", Figure::count)
                .decimal("perSecond", 0, Figure::perSecond)
                .decimal("p50Millis", 2, figure -> figure.millisAt(50))
                .decimal("p99Millis", 2, figure -> figure.millisAt(99))
                .text("durability", Figure::durability);
    }

    double perSecond() {
        return count / Math.max(took.toNanos() / 1e9, 1e-9);
    }

    private double millisAt(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }
}
