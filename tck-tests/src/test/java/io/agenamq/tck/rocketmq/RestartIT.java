// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.contents;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import io.agenamq.tck.server.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is still true after a broker was stopped or killed and started again on its store. */
@ParameterizedClass
@EnumSource
class RestartIT {

    /**
     * Offset commits are one-way and gathered for a moment before they are written, which no client can see: 100 ms by us; by the reference
     * as seldom as it is set, and not in its first 10 s.
     */
    private static final Duration COMMITS_WRITTEN =
            Duration.ofSeconds(Distribution.chosen() == Distribution.REFERENCE ? 12 : 5);

    private static final int AN_HOUR_MILLIS = 3_600_000;

    private static Cluster cluster;

    private final OfficialClient version;

    RestartIT(OfficialClient version) {
        this.version = version;
    }

    @BeforeAll
    static void startCluster() {
        Cluster.Plan plan = Cluster.of(Distribution.chosen()).broker("broker-a");
        if (Distribution.chosen() == Distribution.REFERENCE) {
            plan.with("flushConsumerOffsetInterval", "500");
        }
        cluster = plan.start(Fixture.DIRECTORY.resolve("restart"));
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void committed_offsets_survive_a_stop() {
        offsetsSurvive(ServerProcess::stop);
    }

    @Test
    void committed_offsets_survive_a_kill() {
        offsetsSurvive(ServerProcess::kill);
    }

    private void offsetsSurvive(Consumer<ServerProcess> end) {
        String group = fresh("group");
        String topic = fresh("offsets");
        try (ClientProcess before = client()) {
            Producer producer = before.producer(fresh("producer"));
            QueueName queue = Fixture.topic(producer, topic, 1, 1).get(0);
            producer.to(topic).send(100);
            PushConsumer consumer = before.pushConsumer(group, topic)
                    .gated()
                    .threads(1)
                    .persistMillis(200)
                    .start();
            consumer.open(50);
            eventually(() -> assertThat(consumer.done()).hasSize(50));
            PullConsumer observer = before.pullConsumer(group);
            eventually(() -> assertThat(observer.fetchOffset(queue)).isEqualTo(50));
            await().pollDelay(COMMITS_WRITTEN).until(() -> true);
            before.kill();
        }

        end.accept(cluster.broker());
        cluster.broker().restart();

        try (ClientProcess after = client()) {
            PushConsumer consumer = after.pushConsumer(group, topic).threads(1).start();
            eventually(() -> assertThat(consumer.bodies())
                    .containsExactlyElementsOf(bodies("m-", 100).subList(50, 100)));
        }
    }

    @Test
    void every_acknowledged_message_survives_a_kill_in_order_and_once() {
        String topic = fresh("acknowledged");
        Map<Long, String> acknowledged = new TreeMap<>();
        QueueName queue;
        try (ClientProcess client = client()) {
            Producer producer = client.producer(fresh("producer"), 30_000, 0);
            queue = Fixture.topic(producer, topic, 1, 1).get(0);
            var count = new AtomicInteger();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                while (true) {
                    Sent sent = producer.to(topic)
                            .queue(queue)
                            .from(count.get())
                            .send(1)
                            .get(0);
                    acknowledged.put(sent.offset(), "m-" + count.getAndIncrement());
                }
            });
            eventually(() -> assertThat(count).hasValueGreaterThan(200));
            cluster.broker().kill();
            assertThat(sending.handle((done, failed) -> failed).join()).hasRootCauseInstanceOf(ClientFailure.class);
        }

        cluster.broker().restart();

        try (ClientProcess client = client()) {
            PullConsumer reader = client.pullConsumer(fresh("reader"));
            List<Received> stored = new ArrayList<>();
            eventually(() -> stored.addAll(contents(reader, queue)));
            // The last one may be there without its acknowledgement having reached the producer.
            assertThat(stored).hasSizeBetween(acknowledged.size(), acknowledged.size() + 1);
            assertThat(bodies(stored).subList(0, acknowledged.size())).containsExactlyElementsOf(acknowledged.values());
            assertThat(stored).extracting(Received::offset).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void clients_go_on_by_themselves_when_the_broker_is_back() {
        String topic = fresh("goes-on");
        try (ClientProcess client = client()) {
            Producer producer = client.producer(fresh("producer"), 1000, 2);
            Fixture.topic(producer, topic, 2, 1);
            PushConsumer consumer = client.pushConsumer(fresh("group"), topic)
                    .persistMillis(500)
                    .pollNameServerMillis(1000)
                    .start();
            producer.to(topic).bodies("before-").send(20);
            eventually(() -> assertThat(consumer.bodies()).containsAll(bodies("before-", 20)));

            cluster.broker().kill();
            cluster.broker().restart();

            eventually(() -> producer.to(topic).bodies("probe-").send(1));
            producer.to(topic).bodies("after-").send(20);
            eventually(() -> assertThat(consumer.bodies()).containsAll(bodies("after-", 20)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_consumer_goes_on_without_another_heartbeat(boolean orderly) {
        assumeThat(Distribution.chosen())
                .as("the reference makes it wait for its next heartbeat")
                .isEqualTo(Distribution.AGENA);
        String topic = fresh("no-heartbeat");
        try (ClientProcess client = client()) {
            Producer producer = client.producer(fresh("producer"));
            Fixture.topic(producer, topic, 2, 1);
            // Neither a heartbeat nor a change of the route, which would cause one, comes while this test runs.
            PushConsumer.Plan plan = client.pushConsumer(fresh("group"), topic)
                    .tags("red || blue")
                    .heartbeatMillis(AN_HOUR_MILLIS)
                    .pollNameServerMillis(AN_HOUR_MILLIS);
            PushConsumer consumer = (orderly ? plan.orderly() : plan).start();
            producer.to(topic).bodies("before-").tags("red", "green").send(20);
            eventually(() -> assertThat(consumer.received()).hasSize(10));

            // Not killed: after that, clients 4.9 wait for the answers to their pulls until half a minute is over.
            cluster.broker().stop();
            cluster.broker().restart();

            eventually(() -> producer.to(topic).bodies("probe-").tags("green").send(1));
            producer.to(topic).bodies("after-").tags("red", "green").send(20);
            eventually(() -> assertThat(consumer.bodies())
                    .filteredOn(body -> body.startsWith("after-"))
                    .hasSize(10));
            assertThat(consumer.received()).extracting(Received::tags).containsOnly("red");
        }
    }

    @Test
    void a_consumer_with_an_sql_expression_goes_on_without_another_heartbeat() {
        assumeThat(Distribution.chosen())
                .as("the reference keeps expressions in a file, and wants a heartbeat all the same")
                .isEqualTo(Distribution.AGENA);
        String topic = fresh("sql-no-heartbeat");
        try (ClientProcess client = client()) {
            Producer producer = client.producer(fresh("producer"));
            Fixture.topic(producer, topic, 2, 1);
            PushConsumer consumer = client.pushConsumer(fresh("group"), topic)
                    .sql("n >= 10")
                    .heartbeatMillis(AN_HOUR_MILLIS)
                    .pollNameServerMillis(AN_HOUR_MILLIS)
                    .start();
            producer.to(topic).bodies("before-").properties(Map.of("n", "#")).send(20);
            eventually(() -> assertThat(consumer.received()).hasSize(10));

            cluster.broker().stop();
            cluster.broker().restart();

            eventually(() -> producer.to(topic)
                    .bodies("probe-")
                    .properties(Map.of("n", "0"))
                    .send(1));
            producer.to(topic).bodies("after-").properties(Map.of("n", "#")).send(20);
            List<String> expected = new ArrayList<>(bodies("before-", 20).subList(10, 20));
            expected.addAll(bodies("after-", 20).subList(10, 20));
            eventually(() -> assertThat(consumer.bodies()).containsAll(expected));
            assertThat(consumer.bodies()).isSubsetOf(expected);
        }
    }

    @Test
    void topics_keys_and_ids_are_found_after_a_kill() {
        String topic = fresh("found");
        List<Sent> sent = new ArrayList<>();
        try (ClientProcess client = client()) {
            Producer producer = client.producer(fresh("producer"));
            Fixture.topic(producer, topic, 3, 1);
            sent.addAll(producer.to(topic).keys("found-#").send(20));
            long now = System.currentTimeMillis();
            eventually(() -> assertThat(producer.query(topic, "found-19", 0, now + 60_000))
                    .hasSize(1));
        }

        cluster.broker().kill();
        cluster.broker().restart();

        try (ClientProcess client = client()) {
            Producer producer = client.producer(fresh("producer"));
            eventually(() -> assertThat(producer.queues(topic)).hasSize(3));
            long now = System.currentTimeMillis();
            eventually(() -> assertThat(bodies(producer.query(topic, "found-7", 0, now + 60_000)))
                    .containsExactly("m-7"));
            assertThat(producer.view(topic, sent.get(3).offsetId()).body()).isEqualTo("m-3");
            eventually(() ->
                    assertThat(producer.view(topic, sent.get(4).id()).body()).isEqualTo("m-4"));
        }
    }

    private ClientProcess client() {
        return ClientProcess.start(version, cluster.nameServers(), Fixture.DIRECTORY.resolve("clients"));
    }
}
