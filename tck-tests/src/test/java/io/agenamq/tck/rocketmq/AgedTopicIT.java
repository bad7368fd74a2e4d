// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.contents;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where a new group starts in a topic whose first messages retention has dropped. Only there consume-from-where means what it says: a young
 * topic is read from its beginning in any case.
 */
@ParameterizedClass
@EnumSource
class AgedTopicIT {

    private static final String TOPIC = "aged";
    private static final int MIB = 1024 * 1024;
    private static final int LARGE_BYTES = 64 * 1024;

    /** As the official client wants a time, in its own zone, which is ours. */
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneId.systemDefault());

    private static Cluster cluster;
    private static QueueName queue;

    private final OfficialClient version;
    private ClientProcess client;
    private Producer producer;
    private PullConsumer reader;
    private final List<PushConsumer> consumers = new ArrayList<>();

    AgedTopicIT(OfficialClient version) {
        this.version = version;
    }

    @BeforeAll
    static void ageTopic() {
        cluster = Cluster.of(Distribution.chosen())
                .broker("broker-a")
                .with("mappedFileSizeCommitLog", String.valueOf(MIB))
                .with("maxMessageSize", String.valueOf(MIB / 2))
                .with("fileReservedTime", "0")
                .with(
                        "deleteWhen",
                        IntStream.range(0, 24).mapToObj(String::valueOf).collect(Collectors.joining(";")))
                .start(Fixture.DIRECTORY.resolve("aged"));
        try (ClientProcess client = newClient(OfficialClient.V5_5)) {
            Producer producer = client.producerOfLargeMessages(fresh("producer"), LARGE_BYTES);
            queue = Fixture.topic(producer, TOPIC, 1, 1).get(0);
            // Four segments and some.
            producer.to(TOPIC).size(LARGE_BYTES).send(5 * MIB / LARGE_BYTES);
            producer.to(TOPIC).bodies("old-").send(5);
            eventually(() -> assertThat(producer.minOffset(queue)).isPositive());
        }
        // From here on nothing goes any more.
        cluster.broker().stop();
        cluster.with("fileReservedTime", "72").broker().restart();
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void start() {
        client = newClient(version);
        producer = client.producer(fresh("producer"));
        reader = client.pullConsumer(fresh("reader"));
        eventually(() -> assertThat(producer.queues(TOPIC)).containsExactly(queue));
        assertThat(reader.minOffset(queue)).isPositive();
    }

    @AfterEach
    void shutDown() {
        consumers.forEach(PushConsumer::close);
        client.close();
    }

    @Test
    void the_first_offset_is_that_of_the_first_message_that_is_left() {
        PushConsumer consumer = started(client.pushConsumer(fresh("first"), TOPIC));

        long min = reader.minOffset(queue);
        eventually(() -> assertThat(offsets(consumer)).containsExactlyInAnyOrderElementsOf(from(min)));
    }

    @Test
    void the_last_offset_is_the_end_so_that_only_later_messages_arrive() {
        long end = reader.maxOffset(queue);
        PushConsumer consumer =
                started(client.pushConsumer(fresh("last"), TOPIC).fromLast());
        eventually(() -> {
            producer.to(TOPIC).bodies("probe-").send(1);
            assertThat(consumer.received()).isNotEmpty();
        });

        List<Sent> sent = producer.to(TOPIC).bodies("new-").send(10);

        eventually(() -> assertThat(offsets(consumer))
                .containsAll(sent.stream().map(Sent::offset).collect(Collectors.toList())));
        assertThat(offsets(consumer)).allMatch(offset -> offset >= end);
    }

    @Test
    void a_time_is_that_of_the_first_message_that_was_stored_then_or_later() {
        producer.to(TOPIC).bodies("before-").send(5);
        List<Received> before = contents(reader, queue);
        // The client names a time by its second.
        Instant next = Instant.ofEpochSecond(before.get(before.size() - 1).storedMillis() / 1000 + 1);
        eventually(() -> assertThat(Instant.now()).isAfterOrEqualTo(next));
        long first = producer.to(TOPIC).bodies("after-").send(5).get(0).offset();

        PushConsumer consumer =
                started(client.pushConsumer(fresh("time"), TOPIC).fromTimestamp(TIMESTAMP.format(next)));

        eventually(() -> assertThat(offsets(consumer)).containsExactlyInAnyOrderElementsOf(from(first)));
    }

    @Test
    void a_time_before_all_that_is_left_is_that_of_the_first_message() {
        Instant longAgo = Instant.now().minusSeconds(86_400);

        PushConsumer consumer =
                started(client.pushConsumer(fresh("long-ago"), TOPIC).fromTimestamp(TIMESTAMP.format(longAgo)));

        long min = reader.minOffset(queue);
        eventually(() -> assertThat(offsets(consumer)).containsExactlyInAnyOrderElementsOf(from(min)));
    }

    @Test
    void a_topic_that_has_long_left_memory_is_no_young_one_although_it_has_all_its_messages() {
        assumeThat(Distribution.chosen())
                .as("the reference asks the operating system, too, where the message is")
                .isEqualTo(Distribution.AGENA);
        String topic = "cold";
        try (Cluster cold = Cluster.of(Distribution.chosen())
                        .broker("broker-a")
                        .with("accessMessageInMemoryMaxRatio", "0")
                        .start(Fixture.DIRECTORY.resolve("cold"));
                ClientProcess its =
                        ClientProcess.start(version, cold.nameServers(), Fixture.DIRECTORY.resolve("clients"))) {
            Producer sender = its.producer(fresh("producer"));
            Fixture.topic(sender, topic, 1, 1);
            sender.to(topic).bodies("old-").send(10);

            PushConsumer last =
                    its.pushConsumer(fresh("last"), topic).fromLast().start();
            eventually(() -> {
                sender.to(topic).bodies("probe-").send(1);
                assertThat(last.received()).isNotEmpty();
            });
            PushConsumer first = its.pushConsumer(fresh("first"), topic).start();

            assertThat(last.bodies()).noneMatch(body -> body.startsWith("old-"));
            eventually(() -> assertThat(first.bodies()).containsAll(Fixture.bodies("old-", 10)));
            last.close();
            first.close();
        }
    }

    private static ClientProcess newClient(OfficialClient version) {
        return ClientProcess.start(version, cluster.nameServers(), Fixture.DIRECTORY.resolve("clients"));
    }

    private PushConsumer started(PushConsumer.Plan plan) {
        PushConsumer consumer = plan.start();
        consumers.add(consumer);
        return consumer;
    }

    private static List<Long> offsets(PushConsumer consumer) {
        return consumer.received().stream().map(Received::offset).collect(Collectors.toList());
    }

    /** All offsets from this one to the end of the queue. */
    private List<Long> from(long first) {
        return LongStream.range(first, reader.maxOffset(queue)).boxed().collect(Collectors.toList());
    }
}
