// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import java.util.function.Function;

/**
 * Opens connections that work: a name server and a broker were reached, and the client identifier is the connection's own. Methods wait for the
 * broker; a link that cannot be opened is closed.
 */
public final class Connections {

    private Connections() {}

    /** A connection for everything. */
    public static AgenaConnection open(ConnectionParts parts) throws JMSException {
        return open(parts, AgenaConnection::new);
    }

    /** A connection whose sessions are for queues. */
    public static AgenaQueueConnection openForQueues(ConnectionParts parts) throws JMSException {
        return open(parts, AgenaQueueConnection::new);
    }

    /** A connection whose sessions are for topics. */
    public static AgenaTopicConnection openForTopics(ConnectionParts parts) throws JMSException {
        return open(parts, AgenaTopicConnection::new);
    }

    /** A connection for everything whose sessions may work in branches. */
    public static AgenaXAConnection openXa(ConnectionParts parts) throws JMSException {
        return open(parts, AgenaXAConnection::new);
    }

    /** The same with sessions for queues. */
    public static AgenaXAQueueConnection openXaForQueues(ConnectionParts parts) throws JMSException {
        return open(parts, AgenaXAQueueConnection::new);
    }

    /** The same with sessions for topics. */
    public static AgenaXATopicConnection openXaForTopics(ConnectionParts parts) throws JMSException {
        return open(parts, AgenaXATopicConnection::new);
    }

    private static <C extends AgenaConnection> C open(ConnectionParts parts, Function<ConnectionParts, C> make)
            throws JMSException {
        boolean opened = false;
        try {
            Failures.await(parts.link().open(), "cannot connect");
            String clientId = parts.settings().clientId();
            if (clientId != null) {
                takeClientId(parts, clientId);
            }
            C connection = make.apply(parts);
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                parts.link().close();
            }
        }
    }

    static void takeClientId(ConnectionParts parts, String clientId) throws JMSException {
        Failures.await(
                parts.link().clientId(clientId, parts.messageKeys().prefix(), true),
                "cannot use client identifier '" + clientId + "'");
    }
}
