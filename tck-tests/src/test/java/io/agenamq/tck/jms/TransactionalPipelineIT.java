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
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages are sent to queue A, and moved from A to B, in transactions, while the broker is killed again and again. At the end every message is
 * exactly once in B, although nobody but the provider does anything about the kills: what a transaction did is repeated only when its commit says
 * that it was rolled back.
 */
@Timeout(600)
class TransactionalPipelineIT {

    private static final int KILL_COUNT = 5;
    private static final int MESSAGES_PER_ROUND = 300;
    private static final int MOVERS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Path DIRECTORY =
            Path.of("target", "tck", "jms-pipeline").toAbsolutePath();
    private static final String FROM = "pipeline-a";
    private static final String TO = "pipeline-b";

    private final List<Throwable> problems = new CopyOnWriteArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private volatile boolean wantsMore = true;

    @Test
    void every_message_arrives_exactly_once_although_the_broker_is_killed() throws Exception {
        try (Cluster cluster = Cluster.of(Distribution.AGENA).broker("broker-a").start(DIRECTORY)) {
            var factory = new AgenaConnectionFactory(
                    "agena://" + cluster.nameServers() + "?prefetch=20&reconnectTimeout=" + PATIENCE.toMillis());
            try (Connection sending = connect(factory);
                    Connection moving = connect(factory)) {
                CompletableFuture<Void> sender = run(() -> send(sending));
                List<CompletableFuture<Void>> movers = new ArrayList<>();
                for (int i = 0; i < MOVERS; i++) {
                    int batch = 1 + 3 * i;
                    movers.add(run(() -> move(moving, batch)));
                }
                for (int i = 0; i < KILL_COUNT; i++) {
                    awaitMore();
                    cluster.broker().kill();
                    cluster.broker().restart();
                }
                awaitMore();
                wantsMore = false;
                sender.get();
                for (CompletableFuture<Void> mover : movers) {
                    mover.get();
                }
            }
            check(factory);
        }
    }

    private void awaitMore() {
        int before = moved.get();
        await().atMost(PATIENCE).until(() -> moved.get() >= before + MESSAGES_PER_ROUND || !problems.isEmpty());
        assertThat(problems).isEmpty();
    }

    private Connection connect(AgenaConnectionFactory factory) throws JMSException {
        Connection connection = factory.createConnection();
        connection.setExceptionListener(problems::add);
        connection.start();
        return connection;
    }

    private void send(Connection connection) throws JMSException {
        try (Session session = connection.createSession(true, 0)) {
            MessageProducer producer = session.createProducer(session.createQueue(FROM));
            for (int batch = 1; wantsMore; batch = batch % 7 + 1) {
                for (int i = 0; i < batch; i++) {
                    Message message = session.createTextMessage("message");
                    message.setIntProperty("number", sent.get() + i);
                    producer.send(message);
                }
                if (committed(session)) {
                    sent.addAndGet(batch);
                }
            }
        }
    }

    /** Until the other end has sent its last message, and nothing is left. */
    private void move(Connection connection, int batch) throws JMSException {
        try (Session session = connection.createSession(true, 0)) {
            MessageConsumer consumer = session.createConsumer(session.createQueue(FROM));
            MessageProducer producer = session.createProducer(session.createQueue(TO));
            while (wantsMore || moved.get() < sent.get()) {
                int taken = 0;
                for (Message next = consumer.receive(200); next != null; next = consumer.receive(200)) {
                    producer.send(next);
                    if (++taken == batch) {
                        break;
                    }
                }
                if (committed(session)) {
                    moved.addAndGet(taken);
                }
                if (!problems.isEmpty()) {
                    return;
                }
            }
        }
    }

    private boolean committed(Session session) throws JMSException {
        try {
            session.commit();
            return true;
        } catch (TransactionRolledBackException cut) {
            rolledBack.incrementAndGet();
            return false;
        }
    }

    private void check(AgenaConnectionFactory factory) throws JMSException {
        assertThat(problems).isEmpty();
        TreeMap<Integer, Integer> timesPerNumber = new TreeMap<>();
        try (Connection connection = connect(factory)) {
            Session session = connection.createSession();
            assertThat(session.createConsumer(session.createQueue(FROM)).receiveNoWait())
                    .isNull();
            MessageConsumer consumer = session.createConsumer(session.createQueue(TO));
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                timesPerNumber.merge(next.getIntProperty("number"), 1, Integer::sum);
            }
        }
        assertThat(timesPerNumber.values()).as("each once").containsOnly(1);
        assertThat(timesPerNumber).as("and all of them").hasSize(sent.get());
        assertThat(timesPerNumber.lastKey()).isEqualTo(sent.get() - 1);
        assertThat(rolledBack).as("the kills met open transactions").hasValueGreaterThan(0);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws JMSException;
    }

    private CompletableFuture<Void> run(Work work) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        work.run();
                    } catch (JMSException | RuntimeException failed) {
                        problems.add(failed);
                        throw new CompletionException(failed);
                    }
                },
                task -> {
                    Thread thread = new Thread(task, "application");
                    thread.setDaemon(true);
                    thread.start();
                });
    }
}
