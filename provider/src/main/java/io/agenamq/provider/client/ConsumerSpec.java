// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsSubscription;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer wants.
 *
 * @param topic the topic that stores the destination
 * @param kind as what it is consumed: a queue or a topic
 * @param selector which messages, null for all
 * @param exceptPrefix messages whose unique key begins so are not wanted, null for none
 * @param subscription of a topic that it takes part in, null for one of its own
 */
public record ConsumerSpec(
        String topic,
        DestinationKind kind,
        @Nullable String selector,
        @Nullable String exceptPrefix,
        @Nullable JmsSubscription subscription) {}
