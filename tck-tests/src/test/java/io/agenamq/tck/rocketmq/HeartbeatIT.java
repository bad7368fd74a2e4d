// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What keeps a client in its group is that it is heard of, not that its connection is open. */
@ParameterizedClass
@EnumSource
class HeartbeatIT {

    private static final int HEARTBEAT_MILLIS = 1000;

    private static Cluster cluster;

    private final OfficialClient version;

    HeartbeatIT(OfficialClient version) {
        this.version = version;
    }

    @BeforeAll
    static void startCluster() {
        cluster = Cluster.of(Distribution.chosen())
                .broker("broker-a")
                .with("channelExpiredTimeout", String.valueOf(8 * HEARTBEAT_MILLIS))
                .start(Fixture.DIRECTORY.resolve("heartbeat"));
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void the_queues_of_an_instance_that_hangs_are_taken_over_although_its_connections_are_open() {
        String topic = fresh("hanging");
        String group = fresh("group");
        try (ClientProcess client = newClient();
                ClientProcess hanging = newClient()) {
            Producer producer = client.producer(fresh("producer"));
            Fixture.topic(producer, topic, 4, 1);
            PushConsumer staying = plan(client, group, topic).start();
            PushConsumer silent = plan(hanging, group, topic).start();
            eventually(() -> {
                assertThat(staying.queues()).hasSize(2);
                assertThat(silent.queues()).hasSize(2);
            });

            hanging.freeze();

            eventually(() -> assertThat(staying.queues()).hasSize(4));
            producer.to(topic).send(16);
            List<String> expected = bodies("m-", 16);
            eventually(() -> assertThat(staying.bodies()).containsAll(expected));
        }
    }

    private static PushConsumer.Plan plan(ClientProcess client, String group, String topic) {
        return client.pushConsumer(group, topic).instance(fresh("member")).heartbeatMillis(HEARTBEAT_MILLIS);
    }

    private ClientProcess newClient() {
        return ClientProcess.start(version, cluster.nameServers(), Fixture.DIRECTORY.resolve("clients"));
    }
}
