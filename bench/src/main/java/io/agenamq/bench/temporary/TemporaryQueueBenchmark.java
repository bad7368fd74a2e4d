// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.temporary;

import io.agenamq.broker.LocalServer;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.remoting.HostPort;
import io.agenamq.tck.server.Cluster;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The life of a temporary queue over loopback: created, one message sent to it and received, deleted; and the message alone over one that stays. The
 * aim is 1,000 lives per second (issue 3); client and server share the process, so this is a lower bound.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TemporaryQueueBenchmark {

    private static final int WAIT_MILLIS = 10_000;

    private final Path directory = Path.of("bench", "target", "temporary").toAbsolutePath();

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LocalServer server;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Session session;

    @SuppressWarnings("NullAway.Init")
    private MessageProducer producer;

    @SuppressWarnings("NullAway.Init")
    private TemporaryQueue kept;

    @SuppressWarnings("NullAway.Init")
    private MessageConsumer keptConsumer;

    @Setup(Level.Trial)
    public void open() throws Exception {
        Cluster.empty(directory);
        Files.createDirectories(directory);
        Settings settings = Settings.of(
                BrokerOptions.TABLE,
                ConfigFile.parse("none", ""),
                Map.of(),
                Map.of(
                        "listenPort", new Settings.FlagValue("0", "benchmark"),
                        "storePathRootDir", new Settings.FlagValue(directory.toString(), "benchmark")));
        server = LocalServer.start(
                NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                BrokerConfig.of(settings, directory),
                (what, cause) -> {
                    throw new IllegalStateException(what, cause);
                });
        if (!server.broker().awaitRegistration(java.time.Duration.ofSeconds(30))) {
            throw new IllegalStateException("the broker was not registered");
        }
        connection = new AgenaConnectionFactory(
                        "agena://" + HostPort.of(server.nameServer().address()))
                .createConnection();
        connection.start();
        session = connection.createSession();
        producer = session.createProducer(null);
        kept = session.createTemporaryQueue();
        keptConsumer = session.createConsumer(kept);
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        connection.close();
        server.close();
        Cluster.empty(directory);
    }

    @Benchmark
    public Message life() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        Message received;
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            producer.send(queue, session.createTextMessage("reply"));
            received = consumer.receive(WAIT_MILLIS);
        }
        queue.delete();
        return received;
    }

    @Benchmark
    public Message message() throws JMSException {
        producer.send(kept, session.createTextMessage("reply"));
        return keptConsumer.receive(WAIT_MILLIS);
    }
}
