// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Refuses connection consumers, which are for application servers that have no resource adapter (Jakarta Messaging 3.1 §12.2). Wrong arguments are
 * refused for what is wrong with them.
 */
final class ConnectionConsumers {

    private ConnectionConsumers() {}

    static ConnectionConsumer refuse(@Nullable Destination destination, @Nullable String selector) throws JMSException {
        AgenaDestination.of(destination);
        Attaching.requireSelector(selector);
        throw new JMSException(
                "connection consumers are not supported; use a resource adapter or message listeners", "UNAVAILABLE");
    }

    static ConnectionConsumer refuse(@Nullable Topic topic, @Nullable String name, @Nullable String selector)
            throws JMSException {
        AgenaDestination.of(topic);
        Attaching.requireSubscriptionName(name);
        return refuse(topic, selector);
    }
}
