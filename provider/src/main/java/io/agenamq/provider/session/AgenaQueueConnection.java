// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A connection under the name that the older interfaces have for one that makes sessions for queues. What is for topics
 * is refused before anything else is looked at. Its other sessions are for everything.
 */
public sealed class AgenaQueueConnection extends AgenaConnection implements QueueConnection
        permits AgenaXAQueueConnection {

    AgenaQueueConnection(ConnectionParts parts) {
        super(parts);
    }

    @Override
    public QueueSession createQueueSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return openSession(transacted, acknowledgeMode, AgenaQueueSession::new);
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            @Nullable Queue queue,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        return createConnectionConsumer((Destination) queue, messageSelector, sessionPool, maxMessages);
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String subscriptionName,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        throw topicsOnly();
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String subscriptionName,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        throw topicsOnly();
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String subscriptionName,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        throw topicsOnly();
    }

    private static IllegalStateException topicsOnly() {
        return new IllegalStateException("a queue connection has no subscriptions; use a topic connection");
    }
}
