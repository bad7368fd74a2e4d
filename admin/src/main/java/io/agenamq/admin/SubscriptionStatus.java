// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.JmsSubscriptionsBody;
import org.jspecify.annotations.Nullable;

/**
 * A durable subscription of a JMS topic at one moment.
 *
 * @param broker name of the broker that has it
 * @param clientId client identifier that the name belongs to, null for none
 * @param selector null for all messages
 * @param consumers consumers that are attached
 * @param pending messages that it has not settled; those its selector leaves out count until they were looked at
 */
public record SubscriptionStatus(
        String broker,
        String name,
        @Nullable String clientId,
        String topic,
        @Nullable String selector,
        boolean noLocal,
        boolean shared,
        int consumers,
        long pending) {

    static SubscriptionStatus of(String broker, JmsSubscriptionsBody.Row row) {
        return new SubscriptionStatus(
                broker,
                row.name(),
                row.clientId(),
                row.topic(),
                row.selector(),
                row.noLocal(),
                row.shared(),
                row.consumers(),
                row.pending());
    }
}
