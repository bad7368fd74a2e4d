// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time up to a bound, and somewhere between half of it and all, so that the clients
 * of a broker that comes back do not all come at once. Belongs to one owner.
 */
final class Backoff {

    /** Long enough for a broker to notice that the old connection is gone, so that what it had comes back first. */
    private static final long FIRST_MILLIS = 20;

    /** A broker that is back is found again this soon. */
    private static final long MAX_MILLIS = 1_000;

    private final RandomGenerator random;
    private long millis = FIRST_MILLIS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        long half = millis / 2;
        long delay = half + random.nextLong(half + 1);
        millis = Math.min(MAX_MILLIS, millis * 2);
        return Duration.ofMillis(delay);
    }

    void reset() {
        millis = FIRST_MILLIS;
    }
}
