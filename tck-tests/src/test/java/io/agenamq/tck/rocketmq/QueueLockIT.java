// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static io.agenamq.tck.rocketmq.Fixture.within;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Orderly consumption by several instances: one of them holds a queue's lock, and it is handed over without breaking the order. */
@ParameterizedClass
@EnumSource
class QueueLockIT {

    /** A lock that nobody renews is void after this time, as in RocketMQ; the members try again each 20 s. */
    private static final Duration LOCK_EXPIRY = Duration.ofSeconds(60 + 20).plus(Fixture.PATIENCE);

    private final OfficialClient version;
    private final ClientProcess client;
    private final List<PushConsumer> consumers = new ArrayList<>();
    private Producer producer;
    private String topic;
    private String group;
    private List<QueueName> queues;

    QueueLockIT(OfficialClient version) {
        this.version = version;
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        topic = fresh("locked");
        group = fresh("group");
        queues = topic(producer, topic, 2);
    }

    @AfterEach
    void shutDown() {
        consumers.forEach(PushConsumer::close);
        producer.close();
    }

    @Test
    void two_instances_keep_the_order_of_each_queue_while_queues_change_hands() {
        PushConsumer one = started();
        eventually(() -> assertThat(one.queues()).hasSize(4));
        send("a-", 25);
        PushConsumer other = started();
        send("b-", 25);
        eventually(() -> assertThat(other.queues()).hasSize(2));
        send("c-", 25);

        // The client rests up to 20 s before it asks again for a lock that was not free.
        within(LOCK_EXPIRY, () -> assertThat(distinct(one, other)).hasSize(300));
        for (QueueName queue : queues) {
            List<String> expected = new ArrayList<>();
            Stream.of("a-", "b-", "c-").forEach(prefix -> expected.addAll(bodies(queue + prefix, 25)));
            assertThat(inOrder(queue, one, other)).isEqualTo(expected);
        }
    }

    @Test
    void the_queues_of_a_killed_instance_are_unlocked_and_read_on() {
        PushConsumer staying = started();
        ClientProcess doomed = Fixture.newClient(version);
        PushConsumer dying =
                doomed.pushConsumer(group, topic).orderly().persistMillis(500).start();
        within(LOCK_EXPIRY, () -> {
            send("probe-", 1);
            assertThat(dying.received()).extracting(Received::queueName).hasSizeGreaterThanOrEqualTo(1);
        });

        doomed.kill();
        send("after-", 10);

        within(LOCK_EXPIRY, () -> {
            for (QueueName queue : queues) {
                assertThat(inOrder(queue, staying)).containsAll(bodies(queue + "after-", 10));
            }
        });
        for (QueueName queue : queues) {
            assertThat(inOrder(queue, staying))
                    .filteredOn(body -> body.contains("after-"))
                    .isEqualTo(bodies(queue + "after-", 10));
        }
    }

    private PushConsumer started() {
        PushConsumer consumer =
                client.pushConsumer(group, topic).orderly().persistMillis(500).start();
        consumers.add(consumer);
        return consumer;
    }

    private void send(String prefix, int count) {
        for (QueueName queue : queues) {
            producer.to(topic).queue(queue).bodies(queue + prefix).send(count);
        }
    }

    private static List<String> distinct(PushConsumer... members) {
        return Stream.of(members)
                .flatMap(member -> member.bodies().stream())
                .distinct()
                .collect(Collectors.toList());
    }

    /** Bodies of a queue in the order in which they were first received by any of these members of one process. */
    private static List<String> inOrder(QueueName queue, PushConsumer... members) {
        var bodies = new LinkedHashSet<String>();
        Stream.of(members)
                .flatMap(member -> member.received().stream())
                .filter(message -> message.queueName().equals(queue))
                .sorted(Comparator.comparing(Received::nanos))
                .forEach(message -> bodies.add(message.body()));
        return List.copyOf(bodies);
    }
}
