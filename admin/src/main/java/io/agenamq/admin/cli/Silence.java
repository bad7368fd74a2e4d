// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.time.Duration;

/** Waits until something has not happened for a while. Thread-safe. */
final class Silence {
    private static final Duration QUIET = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private long lastNanos = System.nanoTime();

    /** It happened. */
    synchronized void disturb() {
        lastNanos = System.nanoTime();
    }

    /** Returns when it has not happened for half a second, or, if it never ends, after half a minute. */
    synchronized void await() {
        long start = System.nanoTime();
        try {
            for (long now = start;
                    now - lastNanos < QUIET.toNanos() && now - start < PATIENCE.toNanos();
                    now = System.nanoTime()) {
                wait(Math.max(1, QUIET.minusNanos(now - lastNanos).toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted", e);
        }
    }
}
