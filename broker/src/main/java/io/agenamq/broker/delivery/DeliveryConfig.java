// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

/**
 * What delivery can be told.
 *
 * @param ownerThreads {@code agena-queue-n} threads for work that is too much for an event loop
 * @param reattachGraceMillis how long what a consumer had in flight is kept for it when its connection is lost, and how long after the broker was
 *     started those who had something in flight are waited for; 0 for not at all
 * @param temporaries what temporary destinations may take
 */
public record DeliveryConfig(int ownerThreads, int reattachGraceMillis, TemporaryLimits temporaries) {

    private static final int OWNER_THREADS = 2;

    public DeliveryConfig {
        if (ownerThreads < 1) {
            throw new IllegalArgumentException("delivery needs a thread");
        }
        if (reattachGraceMillis < 0) {
            throw new IllegalArgumentException("nobody comes back in less than no time");
        }
    }

    /** What a server has, with so much patience. */
    public static DeliveryConfig waiting(int reattachGraceMillis) {
        return new DeliveryConfig(OWNER_THREADS, reattachGraceMillis, TemporaryLimits.defaults());
    }

    /** The same with other bounds of temporary destinations. */
    public DeliveryConfig withTemporaries(TemporaryLimits limits) {
        return new DeliveryConfig(ownerThreads, reattachGraceMillis, limits);
    }
}
