// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.tck.rocketmq.ClientProcess;
import io.agenamq.tck.rocketmq.OfficialClient;
import io.agenamq.tck.rocketmq.Producer;
import io.agenamq.tck.rocketmq.PushConsumer;
import io.agenamq.tck.rocketmq.Received;
import io.agenamq.tck.rocketmq.Sent;
import io.agenamq.tck.server.Cluster;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Everyone else: an official producer and push consumer with connections from before the attack. The producer does not retry, so that a
 * connection that was cut would show.
 */
final class Bystander implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "bystander";

    private final ClientProcess client;
    private final Producer producer;
    private final PushConsumer consumer;
    private int round;

    Bystander(Cluster cluster, Path directory) {
        client = ClientProcess.start(OfficialClient.V5_5, cluster.nameServers(), directory);
        producer = client.producer("bystander-producer", 30_000, 0);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            producer.createTopic(TOPIC, 2);
            assertThat(producer.queues(TOPIC)).hasSize(2);
        });
        consumer = client.pushConsumer("bystander-group", TOPIC).start();
        worksAsBefore();
    }

    ClientProcess client() {
        return client;
    }

    /** Sends a few messages and receives exactly those. */
    void worksAsBefore() {
        String prefix = "round-" + round++ + "-";
        assertThat(producer.to(TOPIC).bodies(prefix).send(20))
                .extracting(Sent::status)
                .containsOnly("SEND_OK");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(consumer.received())
                .filteredOn(message -> message.body().startsWith(prefix))
                .extracting(Received::body)
                .hasSize(20)
                .doesNotHaveDuplicates());
    }

    @Override
    public void close() {
        client.close();
    }
}
