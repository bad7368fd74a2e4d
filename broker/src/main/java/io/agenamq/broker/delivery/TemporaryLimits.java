// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

/**
 * What temporary destinations may take.
 *
 * @param countMax destinations that one connection has at a time
 * @param bytesMax memory for the messages of one
 * @param totalBytesMax memory for the messages of all
 */
public record TemporaryLimits(int countMax, long bytesMax, long totalBytesMax) {

    private static final int COUNT_MAX = 10_000;
    private static final long BYTES_MAX = 16L * 1024 * 1024;
    private static final long TOTAL_BYTES_MAX = 256L * 1024 * 1024;

    public TemporaryLimits {
        if (countMax < 0 || bytesMax < 0 || totalBytesMax < 0) {
            throw new IllegalArgumentException("a bound is negative");
        }
    }

    /** For a server that nobody has told anything. */
    public static TemporaryLimits defaults() {
        return new TemporaryLimits(COUNT_MAX, BYTES_MAX, TOTAL_BYTES_MAX);
    }
}
