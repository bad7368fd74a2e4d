// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.contents;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two name servers that know nothing of each other and two brokers: any one of them may go and come back. */
@ParameterizedClass
@EnumSource
class RoutingIT {

    private static Cluster cluster;

    private final OfficialClient version;

    RoutingIT(OfficialClient version) {
        this.version = version;
    }

    @BeforeAll
    static void startCluster() {
        cluster = Cluster.of(Distribution.chosen())
                .nameServers(2)
                .broker("broker-a")
                .broker("broker-b")
                .with("registerNameServerPeriod", "10000")
                .start(Fixture.DIRECTORY.resolve("routing"));
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void each_name_server_knows_the_queues_of_all_brokers() {
        String topic = fresh("known");
        try (ClientProcess one = client(cluster.nameServer(0).address());
                ClientProcess other = client(cluster.nameServer(1).address())) {
            List<QueueName> queues = Fixture.topic(one.producer(fresh("producer")), topic, 2);

            Producer producer = other.producer(fresh("producer"));
            eventually(() -> assertThat(producer.queues(topic)).containsExactlyInAnyOrderElementsOf(queues));
            assertThat(queues).extracting(QueueName::broker).contains("broker-a", "broker-b");
        }
    }

    @Test
    void a_name_server_may_be_gone_and_learns_everything_again_when_it_is_back() {
        String topic = fresh("survives");
        try (ClientProcess client = client(cluster.nameServers())) {
            Producer producer = client.producer(fresh("producer"));
            Fixture.topic(producer, topic, 1);

            cluster.nameServer(0).kill();

            String created = fresh("created-meanwhile");
            try {
                assertThat(producer.to(topic).send(10)).extracting(Sent::status).containsOnly("SEND_OK");
                Fixture.topic(producer, created, 1);
                try (ClientProcess late = client(cluster.nameServers())) {
                    PushConsumer consumer = startedAlthoughOneIsGone(late, topic);
                    eventually(
                            () -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(bodies("m-", 10)));
                }
            } finally {
                cluster.nameServer(0).restart();
            }

            try (ClientProcess back = client(cluster.nameServer(0).address())) {
                Producer asks = back.producer(fresh("producer"));
                eventually(() -> assertThat(asks.queues(created)).hasSize(2));
                assertThat(asks.to(topic).send(1).get(0).status()).isEqualTo("SEND_OK");
            }
        }
    }

    /** A starting client asks one name server, chosen at random, and gives up if that is the dead one: its application starts it again. */
    private static PushConsumer startedAlthoughOneIsGone(ClientProcess client, String topic) {
        AtomicReference<PushConsumer> started = new AtomicReference<>();
        eventually(() -> started.set(client.pushConsumer(fresh("group"), topic).start()));
        return started.get();
    }

    @Test
    void sends_go_to_the_other_broker_while_one_is_gone() {
        String topic = fresh("fails-over");
        try (ClientProcess client = client(cluster.nameServers())) {
            Producer producer = client.producer(fresh("producer"), 1000, 2);
            List<QueueName> queues = Fixture.topic(producer, topic, 2);
            List<String> acknowledged = new ArrayList<>();
            producer.to(topic).bodies("before-").send(20);
            acknowledged.addAll(bodies("before-", 20));

            cluster.broker("broker-b").kill();

            assertThat(producer.to(topic).bodies("while-").send(20))
                    .extracting(Sent::broker)
                    .containsOnly("broker-a");
            acknowledged.addAll(bodies("while-", 20));
            eventually(() -> assertThat(producer.queues(topic))
                    .hasSize(2)
                    .extracting(QueueName::broker)
                    .containsOnly("broker-a"));

            cluster.broker("broker-b").restart();

            eventually(() -> assertThat(producer.queues(topic)).hasSize(4));
            eventually(() -> assertThat(producer.to(topic).bodies("after-").send(4))
                    .extracting(Sent::broker)
                    .contains("broker-b"));
            PullConsumer reader = client.pullConsumer(fresh("reader"));
            List<String> stored = new ArrayList<>();
            for (QueueName queue : queues) {
                stored.addAll(bodies(contents(reader, queue)));
            }
            assertThat(stored).containsAll(acknowledged);
        }
    }

    private ClientProcess client(String nameServers) {
        return ClientProcess.start(version, nameServers, Fixture.DIRECTORY.resolve("clients"));
    }
}
