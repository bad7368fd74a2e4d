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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code DefaultMQPullConsumer} promises its users, who keep offsets themselves. */
@ParameterizedClass
@EnumSource
class PullConsumerIT {

    private final ClientProcess client;
    private Producer producer;
    private PullConsumer consumer;
    private QueueName queue;

    PullConsumerIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        consumer = client.pullConsumer(fresh("pull"));
        queue = topic(producer, fresh("pulled"), 1).get(0);
    }

    @AfterEach
    void shutDown() {
        consumer.close();
        producer.close();
    }

    @Test
    void it_sees_the_queues_of_all_brokers() {
        assertThat(consumer.queues(queue.topic()))
                .extracting(QueueName::broker)
                .containsExactlyInAnyOrder(Fixture.BROKER_A, Fixture.BROKER_B);
    }

    @Test
    void a_pull_returns_what_is_there_from_any_offset() {
        send(50);

        PullConsumer.Pulled first = consumer.pull(queue, "*", 0, 20);
        PullConsumer.Pulled last = consumer.pull(queue, "*", 45, 20);

        assertThat(first.status()).isEqualTo("FOUND");
        assertThat(bodies(first.messages())).isEqualTo(bodies("m-", 20));
        assertThat(first.next()).isEqualTo(20);
        assertThat(first.min()).isZero();
        assertThat(first.max()).isEqualTo(50);
        assertThat(bodies(last.messages())).isEqualTo(bodies("m-", 50).subList(45, 50));
        assertThat(last.next()).isEqualTo(50);
    }

    @Test
    void a_pull_at_the_end_finds_nothing_new() {
        send(3);

        PullConsumer.Pulled pulled = consumer.pull(queue, "*", 3, 20);

        assertThat(pulled.status()).isEqualTo("NO_NEW_MSG");
        assertThat(pulled.next()).isEqualTo(3);
    }

    @Test
    void a_pull_beyond_the_end_is_told_where_the_end_is() {
        send(3);

        PullConsumer.Pulled pulled = consumer.pull(queue, "*", 1000, 20);

        assertThat(pulled.status()).isEqualTo("OFFSET_ILLEGAL");
        assertThat(pulled.next()).isEqualTo(3);
    }

    @Test
    void a_pull_from_an_empty_queue_finds_nothing_new() {
        PullConsumer.Pulled pulled = consumer.pull(queue, "*", 0, 20);

        assertThat(pulled.status()).isEqualTo("NO_NEW_MSG");
        assertThat(pulled.max()).isZero();
    }

    @Test
    void a_pull_filters_by_tag_and_moves_over_the_rest() {
        producer.to(queue.topic()).queue(queue).tags("red", "green").send(20);

        PullConsumer.Pulled red = consumer.pull(queue, "red", 0, 32);
        PullConsumer.Pulled blue = consumer.pull(queue, "blue", 0, 32);

        assertThat(red.messages()).hasSize(10).extracting(Received::tags).containsOnly("red");
        assertThat(red.next()).isBetween(19L, 20L);
        assertThat(blue.status()).isEqualTo("NO_MATCHED_MSG");
        assertThat(blue.next()).isEqualTo(20);
    }

    @Test
    void a_pull_filters_by_sql() {
        producer.to(queue.topic()).queue(queue).properties(Map.of("n", "#")).send(20);

        // The client asks for SQL only after a heartbeat has told it the broker's version.
        eventually(() -> assertThat(bodies(
                        consumer.pullSql(queue, "n >= 5 AND n < 8", 0, 32).messages()))
                .containsExactly("m-5", "m-6", "m-7"));
    }

    @Test
    void a_pull_with_a_wrong_sql_expression_gets_nothing() {
        send(1);
        eventually(
                () -> assertThat(consumer.pullSql(queue, "TAGS IS NULL", 0, 32).messages())
                        .hasSize(1));

        // The reference answers as if nothing matched; a refusal says more.
        List<Received> messages = new ArrayList<>();
        try {
            messages.addAll(consumer.pullSql(queue, "n >", 0, 32).messages());
        } catch (ClientFailure refused) {
            assertThat(refused.code()).isPositive();
        }
        assertThat(messages).isEmpty();
    }

    @Test
    void a_pull_of_a_queue_that_does_not_exist_is_refused() {
        assertThatThrownBy(() -> consumer.pull(new QueueName(queue.topic(), queue.broker(), 99), "*", 0, 32))
                .isInstanceOf(ClientFailure.class);
        assertThatThrownBy(() -> consumer.pull(new QueueName(fresh("no-such-topic"), queue.broker(), 0), "*", 0, 32))
                .isInstanceOf(ClientFailure.class);
    }

    @Test
    void offsets_are_the_groups_and_may_go_back() {
        send(10);
        // The first pull makes the group known; the offset of a group that nobody knows is not kept.
        consumer.pull(queue, "*", 0, 1);
        assertThat(consumer.fetchOffset(queue)).as("young topic: its beginning").isIn(0L, -1L);

        consumer.updateOffset(queue, 7);
        eventually(() -> assertThat(consumer.fetchOffset(queue)).isEqualTo(7));
        consumer.updateOffset(queue, 4);

        eventually(() -> assertThat(consumer.fetchOffset(queue)).isEqualTo(4));
    }

    @Test
    void bounds_and_times_of_a_queue_can_be_asked_for() {
        assertThat(consumer.minOffset(queue)).isZero();
        assertThat(consumer.maxOffset(queue)).isZero();
        send(5);
        long last = Fixture.contents(consumer, queue).get(4).storedMillis();
        // Later messages get a later millisecond, so that the time between is a time between.
        eventually(() -> assertThat(System.currentTimeMillis()).isGreaterThan(last + 5));
        send(5);

        List<Received> all = Fixture.contents(consumer, queue);

        assertThat(consumer.minOffset(queue)).isZero();
        assertThat(consumer.maxOffset(queue)).isEqualTo(10);
        assertThat(consumer.earliestTime(queue)).isEqualTo(all.get(0).storedMillis());
        assertThat(consumer.searchOffset(queue, 0)).isZero();
        assertThat(consumer.searchOffset(queue, all.get(5).storedMillis())).isEqualTo(5);
        assertThat(consumer.searchOffset(queue, last + 1)).isEqualTo(5);
        assertThat(consumer.searchOffset(queue, all.get(9).storedMillis() + 100_000))
                .isEqualTo(10);
    }

    private void send(int count) {
        producer.to(queue.topic()).queue(queue).send(count);
    }
}
