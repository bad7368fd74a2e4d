// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.QueueAddress;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;

/**
 * What most tests share: one cluster of two name servers and two brokers, and one client process per version, started by the first test
 * that needs them and ended with the JVM. Topics and groups are a test's own, so that tests do not see each other.
 */
final class Fixture {

    /** Brokers carry their machine room in their name, as the machine room strategies want it. */
    static final String BROKER_A = "room-a@broker";

    static final String BROKER_B = "room-b@broker";

    /**
     * For conditions that hold at once on an idle machine; tests that promise a time have their own. A client of version 5 may skip a heartbeat
     * when another of its threads is sending one, and then waits for the next, 30 s later; on a loaded machine that happens twice.
     */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Nobody else's: classes of tests run in several virtual machines at the same time. */
    static final Path DIRECTORY =
            Path.of("target", "tck", "process-" + ProcessHandle.current().pid()).toAbsolutePath();

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Map<OfficialClient, ClientProcess> CLIENTS = new EnumMap<>(OfficialClient.class);
    private static Cluster cluster;

    private Fixture() {}

    static synchronized Cluster cluster() {
        if (cluster == null) {
            cluster = Cluster.of(Distribution.chosen())
                    .nameServers(2)
                    .broker(BROKER_A)
                    .broker(BROKER_B)
                    .start(DIRECTORY.resolve("shared"));
        }
        return cluster;
    }

    static synchronized ClientProcess client(OfficialClient version) {
        return CLIENTS.computeIfAbsent(version, v -> newClient(v));
    }

    /** A process of the test's own, to be killed. */
    static ClientProcess newClient(OfficialClient version, String... options) {
        return ClientProcess.start(version, cluster().nameServers(), DIRECTORY.resolve("clients"), options);
    }

    /** A name that no other test has. */
    static String fresh(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    /** Creates a topic with so many queues on each broker, and waits until its route says so. */
    static List<QueueName> topic(Producer producer, String topic, int queuesPerBroker) {
        return topic(producer, topic, queuesPerBroker, 2);
    }

    static List<QueueName> topic(Producer producer, String topic, int queuesPerBroker, int brokerCount) {
        // The reference says that it is ready a moment before it is registered.
        eventually(() -> producer.createTopic(topic, queuesPerBroker));
        List<QueueName> queues = new ArrayList<>();
        eventually(() -> {
            List<QueueName> found = producer.queues(topic);
            assertThat(found).hasSize(queuesPerBroker * brokerCount);
            queues.clear();
            queues.addAll(found);
        });
        return queues;
    }

    static void eventually(ThrowingRunnable assertion) {
        within(PATIENCE, assertion);
    }

    static void within(Duration time, ThrowingRunnable assertion) {
        await().atMost(time)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    /** The bodies that {@link Producer.Sending#bodies} makes: the prefix with 0, with 1, … */
    static List<String> bodies(String prefix, int count) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(prefix + i);
        }
        return bodies;
    }

    static List<String> bodies(List<Received> messages) {
        return messages.stream().map(Received::body).collect(Collectors.toList());
    }

    /** Where a group stands in a queue, without becoming a member of it: queues would move. */
    static long groupOffset(String group, QueueName queue) {
        try (AdminClient admin = AdminClient.of(cluster().nameServers())) {
            QueueAddress address = admin.queueAddresses(queue.topic()).stream()
                    .filter(each -> each.queue().brokerName().equals(queue.broker())
                            && each.queue().queueId() == queue.id())
                    .findFirst()
                    .orElseThrow();
            return admin.groupOffset(group, address);
        }
    }

    /** Everything that is in the queue now, by pulling from its beginning. */
    static List<Received> contents(PullConsumer consumer, QueueName queue) {
        List<Received> all = new ArrayList<>();
        long offset = consumer.minOffset(queue);
        while (true) {
            PullConsumer.Pulled pulled = consumer.pull(queue, "*", offset, 32);
            all.addAll(pulled.messages());
            if (pulled.next() >= pulled.max() || pulled.next() == offset) {
                return all;
            }
            offset = pulled.next();
        }
    }
}
