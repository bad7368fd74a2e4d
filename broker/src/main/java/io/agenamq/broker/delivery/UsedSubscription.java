// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import org.jspecify.annotations.Nullable;

/** A named subscription that somebody uses. The counts belong to the {@link SubscriptionRegistry}; everybody may read the final fields. */
final class UsedSubscription {

    /**
     * What a named subscription is. Two that differ in anything are two.
     *
     * @param selector null for all messages
     */
    record Definition(
            SubscriptionKey key,
            boolean durable,
            boolean shared,
            String topic,
            @Nullable String selector,
            boolean noLocal) {}

    final Definition definition;

    /** What the store knows of it; null if it is not durable. */
    final @Nullable DurableSubscription stored;

    /** Consumers that are there. */
    int consumerCount;

    /** Consumers that are there, or have gone and left deliveries that can still be acknowledged. */
    int holderCount;

    UsedSubscription(Definition definition, @Nullable DurableSubscription stored) {
        this.definition = definition;
        this.stored = stored;
    }

    /** What tells it from every other subscription of its topic. */
    Object identity() {
        return stored == null ? this : stored.id();
    }
}
