// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.session.Connections;
import io.agenamq.provider.session.Contexts;
import jakarta.jms.JMSException;
import jakarta.jms.XAConnection;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XAJMSContext;
import jakarta.jms.XAQueueConnection;
import jakarta.jms.XAQueueConnectionFactory;
import jakarta.jms.XATopicConnection;
import jakarta.jms.XATopicConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections whose sessions work in distributed transactions: what a transaction manager (JTA), or a pool that knows one, is configured with (Jakarta Messaging
 * 3.1 §12.3). Applications get their connections from these; {@code docs/transactions.md} has examples.
 *
 * <p>The URL and all properties are those of {@link AgenaConnectionFactory}. It is a factory of ordinary connections, too, because the interfaces of the older
 * kinds ask for that.
 *
 * <p>What one of its sessions sends and receives while the manager has it work in a branch, takes effect with the manager's decision. Outside of a
 * branch it takes effect at once: messages are sent, and acknowledged when they are handed over, each for itself.
 */
public final class AgenaXAConnectionFactory extends AgenaConnectionFactory
        implements XAConnectionFactory, XAQueueConnectionFactory, XATopicConnectionFactory {

    private static final long serialVersionUID = 1L;

    /** A factory for {@link #DEFAULT_URL}. */
    public AgenaXAConnectionFactory() {
        super();
    }

    /**
     * A factory for a cluster.
     *
     * @throws IllegalArgumentException for a URL that cannot be, saying what is wrong with it
     */
    public AgenaXAConnectionFactory(String url) {
        super(url);
    }

    private AgenaXAConnectionFactory(String url, AgenaUrl parsed) {
        super(url, parsed);
    }

    /** One that a directory has kept, which may be half configured. */
    static AgenaXAConnectionFactory of(String url) {
        return new AgenaXAConnectionFactory(url, AgenaUrl.parse(url));
    }

    @Override
    Object readResolve() {
        return of(getUrl());
    }

    @Override
    public XAConnection createXAConnection() throws JMSException {
        return createXAConnection(null, null);
    }

    /** A connection of a user; a null or empty name is that of the factory. */
    @Override
    public XAConnection createXAConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return Connections.openXa(parts(userName, password));
    }

    @Override
    public XAQueueConnection createXAQueueConnection() throws JMSException {
        return createXAQueueConnection(null, null);
    }

    @Override
    public XAQueueConnection createXAQueueConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return Connections.openXaForQueues(parts(userName, password));
    }

    @Override
    public XATopicConnection createXATopicConnection() throws JMSException {
        return createXATopicConnection(null, null);
    }

    @Override
    public XATopicConnection createXATopicConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return Connections.openXaForTopics(parts(userName, password));
    }

    @Override
    public XAJMSContext createXAContext() {
        return createXAContext(null, null);
    }

    @Override
    public XAJMSContext createXAContext(@Nullable String userName, @Nullable String password) {
        return Contexts.openXa(() -> Connections.openXa(parts(userName, password)));
    }
}
