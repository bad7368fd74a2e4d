// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import org.jspecify.annotations.Nullable;

/**
 * What makes two durable subscriptions the same one: the name space belongs to the client identifier and is not divided by topics (Jakarta
 * Messaging 3.1 §8.3.3, §8.3.4).
 *
 * @param clientId the client identifier; null for the name space of all clients without one
 * @param name as the application says it
 */
public record SubscriptionKey(@Nullable String clientId, String name) {

    @Override
    public String toString() {
        return clientId == null ? "'" + name + "'" : "'" + name + "' of client '" + clientId + "'";
    }
}
