// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Finding a message again: by key, by unique id, by offset id, by time. */
@ParameterizedClass
@EnumSource
class QueryIT {

    private static final long HOUR_MILLIS = 3_600_000;

    private final ClientProcess client;
    private Producer producer;
    private String topic;

    QueryIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        topic = fresh("query");
        topic(producer, topic, 2);
    }

    @AfterEach
    void shutDown() {
        producer.close();
    }

    @Test
    void messages_are_found_by_each_of_their_keys_on_all_brokers() {
        producer.to(topic).keys("order-# all").send(20);
        long now = System.currentTimeMillis();

        eventually(() -> assertThat(bodies(producer.query(topic, "order-7", now - HOUR_MILLIS, now + HOUR_MILLIS)))
                .containsExactly("m-7"));
        eventually(() -> assertThat(bodies(producer.query(topic, "all", now - HOUR_MILLIS, now + HOUR_MILLIS)))
                .containsExactlyInAnyOrderElementsOf(bodies("m-", 20)));
    }

    @Test
    void a_key_is_found_only_in_its_topic_and_time() {
        String other = fresh("other");
        topic(producer, other, 1);
        producer.to(topic).keys("the-key").send(1);
        producer.to(other).keys("the-key").bodies("other-").send(1);
        long now = System.currentTimeMillis();
        eventually(() -> assertThat(bodies(producer.query(topic, "the-key", now - HOUR_MILLIS, now + HOUR_MILLIS)))
                .containsExactly("m-0"));

        assertThatThrownBy(() -> producer.query(topic, "the-key", now - 2 * HOUR_MILLIS, now - HOUR_MILLIS))
                .isInstanceOf(ClientFailure.class)
                .hasMessageContaining("no message");
        assertThatThrownBy(() -> producer.query(topic, "no-such-key", now - HOUR_MILLIS, now + HOUR_MILLIS))
                .isInstanceOf(ClientFailure.class)
                .hasMessageContaining("no message");
    }

    @Test
    void a_message_is_viewed_by_its_unique_id() {
        List<Sent> sent = producer.to(topic).send(5);

        eventually(
                () -> assertThat(producer.view(topic, sent.get(3).id()).body()).isEqualTo("m-3"));
    }

    @Test
    void a_message_is_viewed_by_its_offset_id() {
        List<Sent> sent = producer.to(topic).send(5);

        Received viewed = producer.view(topic, sent.get(3).offsetId());

        assertThat(viewed.body()).isEqualTo("m-3");
        assertThat(viewed.offset()).isEqualTo(sent.get(3).offset());
        assertThat(viewed.queue()).isEqualTo(sent.get(3).queue());
    }

    @Test
    void members_of_a_batch_are_found_by_their_own_keys() {
        producer.to(topic).keys("batched-#").sendBatch(10);
        long now = System.currentTimeMillis();

        eventually(() -> assertThat(bodies(producer.query(topic, "batched-4", now - HOUR_MILLIS, now + HOUR_MILLIS)))
                .containsExactly("m-4"));
    }
}
