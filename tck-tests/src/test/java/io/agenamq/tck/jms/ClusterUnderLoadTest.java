// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.TopicSpec;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ledger of every message, while one of two brokers goes and comes under those who use both. */
@Timeout(240)
class ClusterUnderLoadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String WIDE = "Wide";

    @TempDir
    private Path folder;

    private final Map<String, Set<String>> sent = new ConcurrentHashMap<>();
    private final Set<String> inDoubt = ConcurrentHashMap.newKeySet();
    private final Set<String> heard = ConcurrentHashMap.newKeySet();
    private final Set<String> unmarkedTwice = ConcurrentHashMap.newKeySet();
    private final List<Throwable> problems = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    @Test
    void nothing_that_was_sent_is_lost_and_nothing_comes_twice_unmarked() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (EmbeddedCluster cluster = new EmbeddedCluster(folder, "broker-a", "broker-b");
                AdminClient admin = AdminClient.of(cluster.nameServer().toString());
                Connection connection = cluster.factory("").createConnection()) {
            connection.setExceptionListener(problems::add);
            connection.start();
            admin.createTopic(TopicSpec.partitionedQueue(WIDE, 2));
            String onA = cluster.nameOn("broker-a", "Load");
            String onB = cluster.nameOn("broker-b", "Load");
            List<Future<?>> producers = new ArrayList<>();
            for (String queue : List.of(onA, onB, WIDE)) {
                sent.put(queue, ConcurrentHashMap.newKeySet());
                Session listening = connection.createSession();
                listening.createConsumer(listening.createQueue(queue)).setMessageListener(message -> {
                    try {
                        if (!heard.add(((TextMessage) message).getText()) && !message.getJMSRedelivered()) {
                            unmarkedTwice.add(((TextMessage) message).getText());
                        }
                    } catch (JMSException failed) {
                        problems.add(failed);
                    }
                });
                producers.add(threads.submit(() -> produce(connection, queue)));
            }

            for (int round = 0; round < 2; round++) {
                awaitMore(onA, onB, WIDE);
                cluster.stop("broker-a");
                awaitMore(onB, WIDE);
                cluster.start("broker-a");
            }
            awaitMore(onA, onB, WIDE);
            over = true;
            for (Future<?> producer : producers) {
                producer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }

            for (Set<String> stored : sent.values()) {
                await().atMost(PATIENCE).until(() -> heard.containsAll(stored));
            }
            Set<String> known = ConcurrentHashMap.newKeySet();
            sent.values().forEach(known::addAll);
            known.addAll(inDoubt);
            assertThat(known).containsAll(heard);
            assertThat(unmarkedTwice).isEmpty();
            assertThat(problems).isEmpty();
        } finally {
            over = true;
            threads.shutdownNow();
        }
    }

    private Void produce(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession();
                MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (int i = 0; !over; i++) {
                String text = queue + "-" + i;
                try {
                    producer.send(session.createTextMessage(text));
                    sent.get(queue).add(text);
                } catch (JMSException failed) {
                    // Cut off, or refused by a broker that is stopping.
                    inDoubt.add(text);
                }
            }
        }
        return null;
    }

    /** Waits until something was sent to each of these queues. */
    private void awaitMore(String... queues) {
        for (String queue : queues) {
            int before = sent.get(queue).size();
            await().atMost(PATIENCE).until(() -> sent.get(queue).size() > before + 20);
        }
    }
}
