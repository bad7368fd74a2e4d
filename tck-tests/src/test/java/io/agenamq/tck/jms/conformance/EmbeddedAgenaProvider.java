// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnectionFactory;

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

    /** The broker ends with the virtual machine. */
    @Override
    public void close() {}
}
