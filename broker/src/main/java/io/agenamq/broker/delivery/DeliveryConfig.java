// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

/**
 * What delivery can be told.
 *
 * @param ownerThreads {@code agena-queue-n} threads for work that is too much for an event loop
 */
public record DeliveryConfig(int ownerThreads) {

    private static final int OWNER_THREADS = 2;

    public DeliveryConfig {
        if (ownerThreads < 1) {
            throw new IllegalArgumentException("delivery needs a thread");
        }
    }

    /** What a server has by default. */
    public static DeliveryConfig defaults() {
        return new DeliveryConfig(OWNER_THREADS);
    }
}
