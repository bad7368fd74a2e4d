// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code DefaultMQPushConsumer} promises its users, in one process: filters, models, order, flow control. */
@ParameterizedClass
@EnumSource
class PushConsumerIT {

    private final ClientProcess client;
    private final List<PushConsumer> consumers = new ArrayList<>();
    private Producer producer;

    PushConsumerIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
    }

    @AfterEach
    void shutDown() {
        consumers.forEach(PushConsumer::close);
        producer.close();
    }

    @Test
    void every_message_arrives_once() {
        String topic = fresh("concurrent");
        topic(producer, topic, 4);
        PushConsumer consumer = started(client.pushConsumer(fresh("group"), topic));

        List<Sent> sent = producer.to(topic).send(200);

        eventually(() -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(bodies("m-", 200)));
        assertThat(consumer.received())
                .extracting(Received::id)
                .containsExactlyInAnyOrderElementsOf(sent.stream().map(Sent::id).collect(Collectors.toList()));
    }

    @Test
    void messages_from_before_the_first_start_arrive_too_even_if_it_asks_for_the_last() {
        // A young topic is read from its beginning by a new group, whatever it asks for: the broker still has all of
        // it.
        String topic = fresh("young");
        topic(producer, topic, 1);
        producer.to(topic).send(10);

        PushConsumer last = started(client.pushConsumer(fresh("last"), topic).fromLast());
        PushConsumer first = started(client.pushConsumer(fresh("first"), topic));

        eventually(() -> assertThat(first.bodies()).containsExactlyInAnyOrderElementsOf(bodies("m-", 10)));
        eventually(() -> assertThat(last.bodies()).containsExactlyInAnyOrderElementsOf(bodies("m-", 10)));
    }

    @Test
    void a_consumer_gets_only_the_tags_it_subscribed_to() {
        String topic = fresh("tags");
        topic(producer, topic, 2);
        PushConsumer two = started(client.pushConsumer(fresh("two"), topic).tags("red || green"));
        PushConsumer one = started(client.pushConsumer(fresh("one"), topic).tags("blue"));

        producer.to(topic).tags("red", "green", "blue").send(30);
        producer.to(topic).bodies("untagged-").send(10);

        eventually(() -> assertThat(one.received()).hasSize(10));
        eventually(() -> assertThat(two.received()).hasSize(20));
        assertThat(one.received()).extracting(Received::tags).containsOnly("blue");
        assertThat(two.received()).extracting(Received::tags).containsOnly("red", "green");
    }

    @Test
    void tags_with_the_same_hash_are_told_apart() {
        String topic = fresh("collision");
        topic(producer, topic, 1);
        PushConsumer consumer =
                started(client.pushConsumer(fresh("group"), topic).tags("Aa"));

        producer.to(topic).tags("BB", "Aa").send(20);

        eventually(() -> assertThat(consumer.received()).hasSize(10));
        assertThat(consumer.received()).extracting(Received::tags).containsOnly("Aa");
    }

    @Test
    void an_sql_expression_selects_by_properties() {
        String topic = fresh("sql");
        topic(producer, topic, 2);
        PushConsumer consumer = started(client.pushConsumer(fresh("group"), topic)
                .sql("n BETWEEN 10 AND 19 AND colour IN ('red', 'green') AND missing IS NULL"));

        producer.to(topic)
                .properties(Map.of("n", "#", "colour", "red"))
                .tags("x")
                .send(30);
        producer.to(topic)
                .bodies("blue-")
                .properties(Map.of("n", "#", "colour", "blue"))
                .send(30);

        List<String> expected = bodies("m-", 20).subList(10, 20);
        eventually(() -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(expected));
    }

    @Test
    void an_sql_expression_sees_the_tags() {
        String topic = fresh("sql-tags");
        topic(producer, topic, 1);
        PushConsumer consumer =
                started(client.pushConsumer(fresh("group"), topic).sql("TAGS IS NOT NULL AND TAGS = 'red' OR n > 7.5"));

        producer.to(topic).tags("red", "green").properties(Map.of("n", "#")).send(10);

        eventually(() ->
                assertThat(consumer.bodies()).containsExactlyInAnyOrder("m-0", "m-2", "m-4", "m-6", "m-8", "m-9"));
    }

    @Test
    void a_wrong_sql_expression_is_refused_at_the_start() {
        String topic = fresh("wrong-sql");
        topic(producer, topic, 1);

        assertThatThrownBy(
                        () -> started(client.pushConsumer(fresh("group"), topic).sql("n > > 5")))
                .isInstanceOf(ClientFailure.class);

        assertThat(producer.to(topic).send(1).get(0).status()).isEqualTo("SEND_OK");
    }

    @Test
    void a_broadcast_reaches_every_instance() {
        String topic = fresh("broadcast");
        topic(producer, topic, 2);
        String group = fresh("group");
        PushConsumer one = started(client.pushConsumer(group, topic).broadcasting());
        PushConsumer other = started(client.pushConsumer(group, topic).broadcasting());
        // A broadcasting consumer keeps its offsets to itself and may start at the end of the topic; the probes show
        // that both read.
        eventually(() -> {
            producer.to(topic).bodies("probe-").send(4);
            assertThat(one.received()).isNotEmpty();
            assertThat(other.received()).isNotEmpty();
        });
        producer.to(topic).send(50);

        eventually(() -> assertThat(one.bodies()).containsAll(bodies("m-", 50)));
        eventually(() -> assertThat(other.bodies()).containsAll(bodies("m-", 50)));
    }

    @Test
    void instances_of_a_group_share_the_messages() {
        String topic = fresh("cluster");
        topic(producer, topic, 4);
        String group = fresh("group");
        PushConsumer one = started(client.pushConsumer(group, topic));
        PushConsumer other = started(client.pushConsumer(group, topic));
        eventually(() -> {
            assertThat(one.queues()).hasSize(4);
            assertThat(other.queues()).hasSize(4);
        });

        producer.to(topic).send(160);

        eventually(() -> {
            List<String> all = new ArrayList<>(one.bodies());
            all.addAll(other.bodies());
            assertThat(all).containsExactlyInAnyOrderElementsOf(bodies("m-", 160));
        });
        assertThat(one.received()).hasSize(80);
    }

    @Test
    void a_slow_consumer_stops_pulling_and_goes_on_later() {
        QueueName queue = topic(producer, fresh("slow"), 1).get(0);
        String group = fresh("group");
        PushConsumer consumer = started(client.pushConsumer(group, queue.topic())
                .gated()
                .threads(2)
                .queueThreshold(10)
                .pullBatch(5)
                .persistMillis(200));

        producer.to(queue.topic()).queue(queue).send(100);

        eventually(() -> assertThat(consumer.received()).hasSize(2));
        consumer.open(30);
        eventually(() -> assertThat(consumer.done()).hasSize(30));
        // Two threads race through the gate, so each may hold back any one message; the offset stands at the lower.
        List<String> done = bodies(consumer.done());
        long lowestNotDone =
                bodies("m-", 100).stream().takeWhile(done::contains).count();
        eventually(() -> assertThat(Fixture.groupOffset(group, queue)).isEqualTo(lowestNotDone));
        consumer.open(70);
        eventually(() -> assertThat(consumer.done()).hasSize(100));
        assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(bodies("m-", 100));
    }

    @Test
    void an_orderly_consumer_keeps_the_order_of_each_queue() {
        String topic = fresh("orderly");
        List<QueueName> queues = topic(producer, topic, 2);
        PushConsumer consumer =
                started(client.pushConsumer(fresh("group"), topic).orderly().threads(4));

        for (QueueName queue : queues) {
            producer.to(topic).queue(queue).bodies(queue + "-").send(50);
        }

        eventually(() -> assertThat(consumer.received()).hasSize(200));
        for (QueueName queue : queues) {
            assertThat(consumer.received().stream()
                            .filter(message -> message.queueName().equals(queue))
                            .map(Received::body))
                    .containsExactlyElementsOf(bodies(queue + "-", 50));
        }
    }

    @Test
    void an_orderly_consumer_that_refuses_gets_the_same_message_again_before_the_next() {
        QueueName queue = topic(producer, fresh("refuse"), 1).get(0);
        PushConsumer consumer = started(
                client.pushConsumer(fresh("group"), queue.topic()).orderly().refuseFirst(1));

        producer.to(queue.topic()).queue(queue).send(3);

        eventually(() -> assertThat(consumer.bodies()).containsExactly("m-0", "m-0", "m-1", "m-2"));
    }

    @Test
    void a_listener_can_get_several_messages_at_once() {
        QueueName queue = topic(producer, fresh("several"), 1).get(0);
        producer.to(queue.topic()).queue(queue).send(64);

        PushConsumer consumer =
                started(client.pushConsumer(fresh("group"), queue.topic()).consumeBatch(16));

        eventually(() -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(bodies("m-", 64)));
        assertThat(consumer.received()).extracting(Received::batchCount).contains(16);
    }

    @Test
    void a_consumer_of_two_topics_gets_both() {
        String one = fresh("one");
        String other = fresh("other");
        topic(producer, one, 1);
        topic(producer, other, 1);
        PushConsumer consumer = started(client.pushConsumer(fresh("group"), one + "," + other));

        producer.to(one).bodies("one-").send(10);
        producer.to(other).bodies("other-").send(10);

        List<String> expected = new ArrayList<>(bodies("one-", 10));
        expected.addAll(bodies("other-", 10));
        eventually(() -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(expected));
    }

    @Test
    void a_large_compressed_message_arrives_as_it_was() {
        String topic = fresh("large");
        topic(producer, topic, 1);
        PushConsumer consumer = started(client.pushConsumer(fresh("group"), topic));

        producer.to(topic).size(1_000_000).send(3);

        eventually(() -> assertThat(consumer.received())
                .hasSize(3)
                .extracting(Received::bodyLength)
                .containsOnly(1_000_000));
    }

    @Test
    void a_restarted_consumer_goes_on_where_it_stopped() {
        String topic = fresh("again");
        topic(producer, topic, 2);
        String group = fresh("group");
        PushConsumer before = client.pushConsumer(group, topic).start();
        producer.to(topic).bodies("before-").send(20);
        eventually(() -> assertThat(before.received()).hasSize(20));
        before.close();

        producer.to(topic).bodies("after-").send(20);
        PushConsumer after = started(client.pushConsumer(group, topic));

        eventually(() -> assertThat(after.bodies()).containsExactlyInAnyOrderElementsOf(bodies("after-", 20)));
    }

    private PushConsumer started(PushConsumer.Plan plan) {
        PushConsumer consumer = plan.start();
        consumers.add(consumer);
        return consumer;
    }
}
