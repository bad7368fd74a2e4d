// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.client.Line;

/**
 * One load on one server.
 *
 * @param count messages done between the beginning and the end of the measurement
 * @param cpuNanos CPU time of the broker in the same time
 * @param p50Nanos median time of a request, or of a message where each has its own
 * @param diskBytes what the broker has written to the disk meanwhile, or will when it is told to, 0 if that is not known
 * @param logBytes how much its log has grown meanwhile, 0 if that is not known
 */
record Measurement(
        long count,
        long errors,
        long nanos,
        long cpuNanos,
        long p50Nanos,
        long p99Nanos,
        long diskBytes,
        long logBytes) {

    Measurement(long count, long errors, long nanos, long cpuNanos, long p50Nanos, long p99Nanos) {
        this(count, errors, nanos, cpuNanos, p50Nanos, p99Nanos, 0, 0);
    }

    static Measurement of(Line result, long cpuNanos) {
        return of(result, cpuNanos, 0);
    }

    static Measurement of(Line result, long cpuNanos, long diskBytes) {
        return new Measurement(
                result.longNumber("count"),
                result.longNumber("errors"),
                result.longNumber("nanos"),
                cpuNanos,
                result.longNumber("p50"),
                result.longNumber("p99"),
                diskBytes,
                result.has("logBytes") ? result.longNumber("logBytes") : 0);
    }

    double diskBytesPerMessage() {
        return (double) diskBytes / Math.max(1, count);
    }

    double logBytesPerMessage() {
        return (double) logBytes / Math.max(1, count);
    }

    double ratePerSecond() {
        return count * 1e9 / nanos;
    }

    double cpuMicrosPerMessage() {
        return cpuNanos / 1e3 / Math.max(1, count);
    }

    /** Share of one core. */
    double cpuPercent() {
        return 100.0 * cpuNanos / nanos;
    }

    double p50Millis() {
        return p50Nanos / 1e6;
    }

    double p99Millis() {
        return p99Nanos / 1e6;
    }
}
