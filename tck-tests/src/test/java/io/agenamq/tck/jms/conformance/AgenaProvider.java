// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import io.agenamq.tck.jms.EmbeddedServer;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.XAConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** AgenaMQ: name server and broker in this process, clients over loopback connections. */
public final class AgenaProvider implements JmsProvider {

    /** Options of the URL for a run with other settings, {@code prefetch=0}. */
    private static final String OPTIONS = System.getProperty("tck.jms.options", "");

    private final Path folder;
    private final EmbeddedServer server;

    public AgenaProvider() throws Exception {
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "conformance-");
        server = new EmbeddedServer(folder);
    }

    @Override
    public ConnectionFactory factory() {
        return server.factory("?" + OPTIONS);
    }

    @Override
    public ConnectionFactory factory(String clientId) {
        return server.factory("?clientId=" + clientId + "&" + OPTIONS);
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
        return server.xaFactory("?" + OPTIONS);
    }

    @Override
    public void close() throws IOException {
        server.close();
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
