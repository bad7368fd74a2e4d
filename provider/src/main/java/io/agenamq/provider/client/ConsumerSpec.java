// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.StartPoint;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer wants.
 *
 * @param topic the topic that stores the destination
 * @param kind as what it is consumed: a queue or a topic
 * @param selector which messages, null for all
 * @param exceptPrefix messages whose unique key begins so are not wanted, null for none
 * @param subscription of a topic that it takes part in, null for one of its own
 * @param start where the subscription begins if it does not exist yet, null for now
 */
public record ConsumerSpec(
        String topic,
        DestinationKind kind,
        @Nullable String selector,
        @Nullable String exceptPrefix,
        @Nullable JmsSubscription subscription,
        @Nullable StartPoint start) {

    /** What a consumer wants that was there before: to go on, and not to begin anew in the past. */
    ConsumerSpec again() {
        return new ConsumerSpec(topic, kind, selector, exceptPrefix, subscription, null);
    }
}
