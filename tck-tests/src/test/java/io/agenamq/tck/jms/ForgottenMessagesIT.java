// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand messages of a queue of which one in a hundred is left: what they cost, and that they are there. */
@Timeout(600)
class ForgottenMessagesIT {

    private static final int MIB = 1024 * 1024;
    private static final int MESSAGES = 10_000;
    private static final int LEFT_EVERY = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** What a message of 1 KiB takes in the log at most, with its properties. */
    private static final int RECORD_BYTES_MAX = 2048;

    private static final Path DIRECTORY =
            Path.of("target", "tck", "jms-forgotten").toAbsolutePath();

    @Test
    void forgotten_messages_cost_their_own_bytes_and_survive() throws Exception {
        try (Cluster cluster = Cluster.of(Distribution.AGENA)
                .broker("broker-a")
                .with("mappedFileSizeCommitLog", String.valueOf(MIB))
                .with("maxMessageSize", String.valueOf(MIB / 2))
                .start(DIRECTORY)) {
            Path store = storeFolder();
            var factory = new AgenaConnectionFactory("agena://" + cluster.nameServers());
            try (Connection connection = factory.createConnection();
                    Session session = connection.createSession()) {
                connection.start();
                Queue forgetful = session.createQueue("forgetful");
                send(session, forgetful);
                consume(session, forgetful, "kept = FALSE", MESSAGES - MESSAGES / LEFT_EVERY);
                Queue traffic = session.createQueue("traffic");
                send(session, traffic);
                consume(session, traffic, null, MESSAGES);
            }
            long limit = 3L * MIB + MESSAGES / LEFT_EVERY * (long) RECORD_BYTES_MAX;
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(logBytes(store)).isBetween(1L, limit));

            cluster.broker().kill();
            for (String derived : List.of("queues", "keys", "snapshots")) {
                Cluster.empty(store.resolve(derived));
            }
            cluster.broker().restart();

            try (Connection connection = factory.createConnection();
                    Session session = connection.createSession()) {
                connection.start();
                assertThat(receiveAll(session, session.createQueue("forgetful")))
                        .isEqualTo(IntStream.range(0, MESSAGES)
                                .filter(number -> number % LEFT_EVERY == 0)
                                .boxed()
                                .collect(Collectors.toList()));
            }
        }
    }

    private static void send(Session session, Queue queue) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            String body = "x".repeat(1024);
            for (int number = 0; number < MESSAGES; number++) {
                Message message = session.createTextMessage(body);
                message.setIntProperty("number", number);
                message.setBooleanProperty("kept", number % LEFT_EVERY == 0);
                producer.send(message);
            }
        }
    }

    private static void consume(Session session, Queue queue, String selector, int count) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue, selector)) {
            for (int i = 0; i < count; i++) {
                assertThat(consumer.receive(PATIENCE.toMillis()))
                        .as("message %d of %s", i, queue)
                        .isNotNull();
            }
        }
    }

    private static List<Integer> receiveAll(Session session, Queue queue) throws JMSException {
        List<Integer> numbers = new ArrayList<>();
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            for (int i = 0; i < MESSAGES / LEFT_EVERY; i++) {
                Message message = consumer.receive(PATIENCE.toMillis());
                assertThat(message).as("message %d that is left", i).isNotNull();
                numbers.add(message.getIntProperty("number"));
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
        return numbers;
    }

    private static Path storeFolder() throws IOException {
        try (Stream<Path> all = Files.walk(DIRECTORY)) {
            return all.filter(path -> path.endsWith("commitlog"))
                    .findFirst()
                    .orElseThrow()
                    .getParent();
        }
    }

    /** Bytes of all segments. */
    private static long logBytes(Path store) throws IOException {
        try (Stream<Path> all = Files.list(store.resolve("commitlog"))) {
            return all.filter(path -> !path.endsWith("mark"))
                    .mapToLong(ForgottenMessagesIT::size)
                    .sum();
        }
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (NoSuchFileException dropped) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
