// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code DefaultLitePullConsumer} promises its users: assign, subscribe, seek, poll, commit. */
@ParameterizedClass
@EnumSource
class LitePullConsumerIT {

    private final ClientProcess client;
    private final List<LitePullConsumer> consumers = new ArrayList<>();
    private Producer producer;
    private List<QueueName> queues;
    private String topic;

    LitePullConsumerIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        topic = fresh("lite");
        queues = topic(producer, topic, 2);
    }

    @AfterEach
    void shutDown() {
        consumers.forEach(LitePullConsumer::close);
        producer.close();
    }

    @Test
    void it_polls_the_queues_that_it_is_assigned() {
        LitePullConsumer consumer = started(client.litePullConsumer(fresh("group")));
        assertThat(consumer.queues(topic)).containsExactlyInAnyOrderElementsOf(queues);
        consumer.assign(queues.subList(0, 1));
        consumer.seek(queues.get(0), 0);

        producer.to(topic).queue(queues.get(0)).bodies("mine-").send(20);
        producer.to(topic).queue(queues.get(1)).bodies("other-").send(20);

        assertThat(bodies(polled(consumer, 20))).isEqualTo(bodies("mine-", 20));
    }

    @Test
    void it_seeks_to_an_offset_the_beginning_and_the_end() {
        QueueName queue = queues.get(0);
        producer.to(topic).queue(queue).send(30);
        LitePullConsumer consumer = started(client.litePullConsumer(fresh("group")));
        consumer.assign(List.of(queue));

        consumer.seek(queue, 25);
        assertThat(bodies(polled(consumer, 5))).isEqualTo(bodies("m-", 30).subList(25, 30));
        consumer.seekToBegin(queue);
        assertThat(bodies(polled(consumer, 30))).isEqualTo(bodies("m-", 30));
        consumer.seek(queue, 3);
        consumer.seekToEnd(queue);
        producer.to(topic).queue(queue).bodies("new-").send(1);
        assertThat(bodies(polled(consumer, 1))).containsExactly("new-0");
    }

    @Test
    void it_finds_offsets_by_time() {
        QueueName queue = queues.get(0);
        producer.to(topic).queue(queue).send(5);
        long middle = System.currentTimeMillis() + 2;
        eventually(() -> assertThat(System.currentTimeMillis()).isGreaterThan(middle + 2));
        producer.to(topic).queue(queue).from(5).send(5);
        LitePullConsumer consumer = started(client.litePullConsumer(fresh("group")));
        consumer.assign(List.of(queue));

        long offset = consumer.offsetForTimestamp(queue, middle);
        consumer.seek(queue, offset);

        assertThat(offset).isEqualTo(5);
        assertThat(bodies(polled(consumer, 5))).isEqualTo(bodies("m-", 10).subList(5, 10));
    }

    @Test
    void a_subscription_is_shared_by_the_members_of_the_group() {
        String group = fresh("group");
        LitePullConsumer one = started(client.litePullConsumer(group, topic, "*"));
        LitePullConsumer other = started(client.litePullConsumer(group, topic, "*"));
        eventually(() -> {
            assertThat(one.assignment()).hasSize(2);
            assertThat(other.assignment()).hasSize(2);
        });

        producer.to(topic).send(40);

        List<Received> all = polled(one, 20);
        all.addAll(polled(other, 20));
        assertThat(bodies(all)).containsExactlyInAnyOrderElementsOf(bodies("m-", 40));
    }

    @Test
    void a_subscription_filters_by_tag() {
        LitePullConsumer consumer = started(client.litePullConsumer(fresh("group"), topic, "red"));

        producer.to(topic).tags("red", "green").send(40);

        assertThat(polled(consumer, 20)).extracting(Received::tags).containsOnly("red");
    }

    @Test
    void a_committed_offset_is_where_the_next_member_goes_on() {
        String group = fresh("group");
        QueueName queue = queues.get(0);
        producer.to(topic).queue(queue).send(20);
        LitePullConsumer before = client.litePullConsumer(group);
        before.assign(List.of(queue));
        before.seek(queue, 0);
        polled(before, 20);
        producer.to(topic).queue(queue).bodies("late-").send(1);
        eventually(() -> {
            before.commit();
            assertThat(before.committed(queue)).isGreaterThanOrEqualTo(20);
        });
        long committed = before.committed(queue);
        before.close();

        LitePullConsumer after = started(client.litePullConsumer(group));
        after.assign(List.of(queue));
        producer.to(topic).queue(queue).bodies("new-").send(1);

        assertThat(after.committed(queue)).isEqualTo(committed);
        eventually(() ->
                assertThat(after.poll(500)).first().extracting(Received::offset).isEqualTo(committed));
    }

    private LitePullConsumer started(LitePullConsumer consumer) {
        consumers.add(consumer);
        return consumer;
    }

    /** Polls until there are so many messages. */
    private static List<Received> polled(LitePullConsumer consumer, int count) {
        List<Received> all = new ArrayList<>();
        Fixture.within(Duration.ofSeconds(60), () -> {
            all.addAll(consumer.poll(500));
            assertThat(all).hasSizeGreaterThanOrEqualTo(count);
        });
        assertThat(all).hasSize(count);
        return all;
    }
}
