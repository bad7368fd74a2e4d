// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection under the name that the older interfaces have for one that makes sessions for topics. Its other sessions are
 * for everything.
 */
public sealed class AgenaTopicConnection extends AgenaConnection implements TopicConnection
        permits AgenaXATopicConnection {

    AgenaTopicConnection(ConnectionParts parts) {
        super(parts);
    }

    @Override
    public TopicSession createTopicSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return openSession(transacted, acknowledgeMode, AgenaTopicSession::new);
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        return createConnectionConsumer((Destination) topic, messageSelector, sessionPool, maxMessages);
    }
}
