// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.provider.AgenaXAConnectionFactory;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.XAConnectionFactory;

/** AgenaMQ as {@code agena:embedded}: the broker comes with the first connection and keeps everything in memory. */
public final class EmbeddedAgenaProvider implements JmsProvider {

    private static final String URL = "agena:embedded/conformance?stay=true";

    /** For {@link ProviderUnderTest}, which makes it by this constructor. */
    public EmbeddedAgenaProvider() {}

    @Override
    public ConnectionFactory factory() {
        return new AgenaConnectionFactory(URL);
    }

    @Override
    public ConnectionFactory factory(String clientId) {
        return new AgenaConnectionFactory(URL + "&clientId=" + clientId);
    }

    @Override
    public QueueConnectionFactory queueFactory() {
        return (QueueConnectionFactory) factory();
    }

    @Override
    public TopicConnectionFactory topicFactory() {
        return (TopicConnectionFactory) factory();
    }

    @Override
    public XAConnectionFactory xaFactory() {
        return new AgenaXAConnectionFactory(URL);
    }

    /** The broker ends with the virtual machine. */
    @Override
    public void close() {}
}
