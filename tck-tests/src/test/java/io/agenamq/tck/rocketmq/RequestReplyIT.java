// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A producer that asks and waits for the reply, which the broker passes on to it. */
@ParameterizedClass
@EnumSource
class RequestReplyIT {

    /** The first reply waits until the replier has found the route of the reply topic. */
    private static final long PATIENCE_MILLIS = 50_000;

    private final ClientProcess client;

    RequestReplyIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @Test
    void each_request_gets_its_reply() {
        String topic = fresh("asked");
        Producer producer = client.producer(fresh("producer"));
        topic(producer, topic, 1);
        PushConsumer consumer =
                client.pushConsumer(fresh("group"), topic).replying().start();

        for (int i = 0; i < 5; i++) {
            String question = "question-" + i + "-";
            assertThat(producer.request(topic, question, PATIENCE_MILLIS)).isEqualTo("re:" + question + "0");
        }

        assertThat(consumer.received()).hasSize(5);
        consumer.close();
        producer.close();
    }
}
