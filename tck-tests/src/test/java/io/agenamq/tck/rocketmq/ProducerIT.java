// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.contents;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code DefaultMQProducer} promises its users. */
@ParameterizedClass
@EnumSource
class ProducerIT {

    /** Both kinds of id, made from an address of four or of sixteen bytes. */
    private static final String ID = "[0-9A-F]{32}([0-9A-F]{24})?";

    private final ClientProcess client;
    private Producer producer;
    private PullConsumer reader;

    ProducerIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        reader = client.pullConsumer(fresh("reader"));
    }

    @AfterEach
    void shutDown() {
        producer.close();
        reader.close();
    }

    @Test
    void a_synchronous_send_returns_where_the_message_is() {
        QueueName queue = topic(producer, fresh("sync"), 1).get(0);

        List<Sent> sent = producer.to(queue.topic()).queue(queue).send(10);

        assertThat(sent).extracting(Sent::status).containsOnly("SEND_OK");
        assertThat(sent).extracting(Sent::offset).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(sent).extracting(Sent::id).doesNotHaveDuplicates().allMatch(id -> id.matches(ID));
        assertThat(sent).extracting(Sent::offsetId).doesNotHaveDuplicates().allMatch(id -> id.matches(ID));
        List<Received> stored = contents(reader, queue);
        assertThat(bodies(stored)).isEqualTo(bodies("m-", 10));
        assertThat(stored).extracting(Received::id).isEqualTo(ids(sent));
        assertThat(stored).extracting(Received::offset).isEqualTo(offsets(sent));
    }

    @Test
    void every_asynchronous_send_is_called_back() {
        String topic = fresh("async");
        List<QueueName> queues = topic(producer, topic, 2);

        List<Sent> sent = producer.to(topic).sendAsync(200);

        assertThat(sent).hasSize(200).extracting(Sent::status).containsOnly("SEND_OK");
        assertThat(bodies(everything(queues))).containsExactlyInAnyOrderElementsOf(bodies("m-", 200));
    }

    @Test
    void one_way_messages_arrive() {
        String topic = fresh("oneway");
        List<QueueName> queues = topic(producer, topic, 2);

        producer.to(topic).sendOneway(100);

        eventually(() -> assertThat(bodies(everything(queues))).containsExactlyInAnyOrderElementsOf(bodies("m-", 100)));
    }

    @Test
    void a_batch_is_stored_in_one_queue_without_gaps() {
        String topic = fresh("batch");
        List<QueueName> queues = topic(producer, topic, 4);

        Sent sent = producer.to(topic).tags("even", "odd").keys("key-#").sendBatch(32);

        assertThat(sent.status()).isEqualTo("SEND_OK");
        assertThat(sent.id().split(",")).hasSize(32).doesNotHaveDuplicates();
        assertThat(sent.offsetId().split(",")).hasSize(32).doesNotHaveDuplicates();
        var queue = new QueueName(topic, sent.broker(), sent.queue());
        assertThat(queues).contains(queue);
        List<Received> stored = contents(reader, queue);
        assertThat(bodies(stored)).isEqualTo(bodies("m-", 32));
        assertThat(stored.get(0).offset()).isEqualTo(sent.offset());
        assertThat(stored.get(31).offset()).isEqualTo(sent.offset() + 31);
        assertThat(stored).extracting(Received::id).containsExactly(sent.id().split(","));
        assertThat(stored.get(3).tags()).isEqualTo("odd");
        assertThat(stored.get(3).keys()).isEqualTo("key-3");
    }

    @Test
    void a_batch_to_a_chosen_queue_goes_there() {
        QueueName queue = topic(producer, fresh("batch-queue"), 2).get(3);

        Sent sent = producer.to(queue.topic()).queue(queue).sendBatch(5);

        assertThat(sent.queue()).isEqualTo(queue.id());
        assertThat(sent.broker()).isEqualTo(queue.broker());
        assertThat(bodies(contents(reader, queue))).isEqualTo(bodies("m-", 5));
    }

    @Test
    void a_selector_decides_the_queue() {
        String topic = fresh("selector");
        List<QueueName> queues = topic(producer, topic, 2);

        List<Sent> sync = producer.to(topic).shards(4).send(20);
        List<Sent> async = producer.to(topic).shards(4).from(20).sendAsync(20);
        producer.to(topic).shards(4).from(40).sendOneway(20);

        List<Sent> all = new ArrayList<>(sync);
        all.addAll(async);
        for (int i = 0; i < all.size(); i++) {
            int same = i % 4;
            assertThat(all.get(i).queue()).isEqualTo(all.get(same).queue());
            assertThat(all.get(i).broker()).isEqualTo(all.get(same).broker());
        }
        assertThat(sync.subList(0, 4))
                .extracting(sent -> new QueueName(topic, sent.broker(), sent.queue()))
                .containsExactlyInAnyOrderElementsOf(queues);
        eventually(() -> {
            for (QueueName queue : queues) {
                assertThat(contents(reader, queue)).hasSize(15);
            }
        });
    }

    @Test
    void a_chosen_queue_is_used() {
        List<QueueName> queues = topic(producer, fresh("chosen"), 2);
        QueueName chosen = queues.get(2);

        List<Sent> sync = producer.to(chosen.topic()).queue(chosen).send(3);
        List<Sent> async = producer.to(chosen.topic()).queue(chosen).from(3).sendAsync(3);
        producer.to(chosen.topic()).queue(chosen).from(6).sendOneway(3);

        assertThat(sync).extracting(Sent::queue).containsOnly(chosen.id());
        assertThat(async).extracting(Sent::queue).containsOnly(chosen.id());
        eventually(() -> assertThat(contents(reader, chosen)).hasSize(9));
        queues.remove(chosen);
        assertThat(everything(queues)).isEmpty();
    }

    @Test
    void an_unknown_topic_is_created_by_its_first_message() {
        String topic = fresh("unknown");

        Sent sent = producer.to(topic).send(1).get(0);

        assertThat(sent.status()).isEqualTo("SEND_OK");
        eventually(() -> assertThat(producer.queues(topic))
                .as("four queues, as the producer asked, on the broker that got the message")
                .hasSize(4)
                .extracting(QueueName::broker)
                .containsOnly(sent.broker()));
        assertThat(bodies(contents(reader, new QueueName(topic, sent.broker(), sent.queue()))))
                .containsExactly("m-0");
    }

    @Test
    void messages_are_spread_over_the_queues_of_all_brokers() {
        String topic = fresh("spread");
        List<QueueName> queues = topic(producer, topic, 4);

        List<Sent> sent = producer.to(topic).send(40);

        assertThat(sent.stream()
                        .map(one -> new QueueName(topic, one.broker(), one.queue()))
                        .collect(Collectors.groupingBy(queue -> queue, Collectors.counting())))
                .hasSize(queues.size())
                .allSatisfy((queue, count) -> assertThat(count).isEqualTo(5L));
    }

    @Test
    void a_compressed_body_comes_back_as_it_was() {
        QueueName queue = topic(producer, fresh("compressed"), 1).get(0);
        var text = new StringBuilder("m-0");
        while (text.length() < 100_000) {
            text.append('.');
        }
        var crc = new CRC32();
        crc.update(text.toString().getBytes(UTF_8));

        producer.to(queue.topic()).queue(queue).size(100_000).send(1);

        Received message = contents(reader, queue).get(0);
        assertThat(message.bodyLength()).isEqualTo(100_000);
        assertThat(message.bodyCrc()).isEqualTo(crc.getValue());
        assertThat(message.storeSize()).as("it is compressed in the log").isLessThan(10_000);
    }

    @Test
    void tags_keys_and_properties_come_back_as_they_were() {
        QueueName queue = topic(producer, fresh("properties"), 1).get(0);
        Map<String, String> properties = Map.of("colour", "grün", "sentence", "a = b; c", "emoji", "🚀", "n", "#");
        long before = System.currentTimeMillis();

        producer.to(queue.topic())
                .queue(queue)
                .tags("Tag_A")
                .keys("key-# other-#")
                .properties(properties)
                .send(2);

        Received second = contents(reader, queue).get(1);
        assertThat(second.tags()).isEqualTo("Tag_A");
        assertThat(second.keys()).isEqualTo("key-1 other-1");
        assertThat(second.properties())
                .containsEntry("colour", "grün")
                .containsEntry("sentence", "a = b; c")
                .containsEntry("emoji", "🚀")
                .containsEntry("n", "1");
        assertThat(second.bornMillis()).isBetween(before, System.currentTimeMillis());
        assertThat(second.storedMillis()).isBetween(second.bornMillis(), System.currentTimeMillis());
        assertThat(second.attempts()).isZero();
    }

    private List<Received> everything(List<QueueName> queues) {
        List<Received> all = new ArrayList<>();
        for (QueueName queue : queues) {
            all.addAll(contents(reader, queue));
        }
        return all;
    }

    private static List<String> ids(List<Sent> sent) {
        return sent.stream().map(Sent::id).collect(Collectors.toList());
    }

    private static List<Long> offsets(List<Sent> sent) {
        return sent.stream().map(Sent::offset).collect(Collectors.toList());
    }
}
