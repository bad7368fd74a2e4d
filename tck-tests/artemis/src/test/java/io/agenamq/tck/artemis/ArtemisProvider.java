// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.artemis;

import io.agenamq.tck.jms.conformance.JmsProvider;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQQueueConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQTopicConnectionFactory;

/**
 * Apache ActiveMQ Artemis under the conformance suite: a server in this process, clients by its in-VM transport, everything as it is by default.
 * What is known not to hold stands in {@code deviations.properties}: rule = reason.
 */
public final class ArtemisProvider implements JmsProvider {

    private static final String URL = "vm://7";

    private final ArtemisServer server;
    private final Properties deviations = new Properties();

    public ArtemisProvider() throws Exception {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "artemis-");
        server = new ArtemisServer(folder, Map.of("vm", URL), false);
        try (InputStream in = ArtemisProvider.class.getResourceAsStream("/deviations.properties")) {
            deviations.load(in);
        }
    }

    @Override
    public ConnectionFactory factory() {
        return new ActiveMQConnectionFactory(URL);
    }

    @Override
    public ConnectionFactory factory(String clientId) {
        var factory = new ActiveMQConnectionFactory(URL);
        factory.setClientID(clientId);
        return factory;
    }

    @Override
    public QueueConnectionFactory queueFactory() {
        return new ActiveMQQueueConnectionFactory(URL);
    }

    @Override
    public TopicConnectionFactory topicFactory() {
        return new ActiveMQTopicConnectionFactory(URL);
    }

    @Override
    public String knownDeviation(String rule) {
        String reason = deviations.getProperty(rule.replace(' ', '_'), "");
        if (reason.isEmpty() && rule.contains("[")) {
            reason = deviations.getProperty(rule.substring(0, rule.indexOf('[')), "");
        }
        return reason;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
