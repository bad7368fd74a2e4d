// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.contents;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.jms.TypedBody;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A Jakarta application and one with the official client at the same destination ({@code docs/jms-mapping.md}). */
@ParameterizedClass
@EnumSource
class JakartaMessagingIT {

    private static final long WAIT_MILLIS = Fixture.PATIENCE.toMillis();

    private final ClientProcess client;
    private JMSContext context;

    JakartaMessagingIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void connect() {
        context = context("");
    }

    @AfterEach
    void disconnect() {
        context.close();
    }

    private static JMSContext context(String options) {
        return new AgenaConnectionFactory("agena://" + Fixture.cluster().nameServers() + options).createContext();
    }

    // ---- from Jakarta to the official client

    /** What the official client finds at a destination of ours, which has one message queue. */
    private List<Received> found(String destination, int count) {
        List<Received> found = new ArrayList<>();
        try (PullConsumer consumer = client.pullConsumer(fresh("pull"))) {
            eventually(() -> {
                List<QueueName> queues = consumer.queues(destination);
                assertThat(queues).hasSize(1);
                List<Received> now = contents(consumer, queues.get(0));
                assertThat(now).hasSize(count);
                found.addAll(now);
            });
        }
        return found;
    }

    private static long crc(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.duplicate());
        return crc.getValue();
    }

    private static void assertBody(Received received, ByteBuffer body) {
        assertThat(received.bodyLength()).isEqualTo(body.remaining());
        assertThat(received.bodyCrc()).isEqualTo(crc(body));
    }

    @Test
    void a_body_of_every_kind_is_a_native_body() throws Exception {
        String name = fresh("kinds");
        Destination queue = context.createQueue(name);
        String text = "tea, thé, чай, 茶, 🍵";
        byte[] bytes = {0, 1, -1, 127, -128};
        Map<String, Object> map = new LinkedHashMap<>(Map.of("int", 7));
        map.put("text", "a");
        StreamMessage stream = context.createStreamMessage();
        stream.writeInt(7);
        stream.writeString("a");
        ArrayList<String> object = new ArrayList<>(List.of("a", "b"));
        context.createProducer()
                .send(queue, text)
                .send(queue, bytes)
                .send(queue, map)
                .send(queue, stream)
                .send(queue, object)
                .send(queue, context.createMessage());

        List<Received> found = found(name, 6);

        assertThat(found.get(0).body()).isEqualTo(text);
        assertBody(found.get(1), ByteBuffer.wrap(bytes));
        assertBody(found.get(2), TypedBody.encodeMap(map));
        assertBody(found.get(3), TypedBody.encodeStream(List.of(7, "a")));
        ByteArrayOutputStream serialized = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(serialized)) {
            out.writeObject(object);
        }
        assertBody(found.get(4), ByteBuffer.wrap(serialized.toByteArray()));
        assertThat(found.get(5).bodyLength()).isZero();
        assertThat(found)
                .extracting(received -> received.properties().get("JMS_AGENA_BODY"))
                .containsExactly("text", "bytes", "map", "stream", "object", "none");
    }

    @Test
    void type_and_correlation_id_are_tag_and_key_and_properties_are_texts() throws Exception {
        String name = fresh("headers");
        TextMessage message = context.createTextMessage("tea");
        context.createProducer()
                .setJMSType("drink")
                .setJMSCorrelationID("order-7")
                .setProperty("cups", 3)
                .setProperty("hot", true)
                .setProperty("price", 2.5)
                .setProperty("kind", "green")
                .send(context.createTopic(name), message);

        Received found = found(name, 1).get(0);

        assertThat(found.tags()).isEqualTo("drink");
        assertThat(found.keys()).isEqualTo("order-7");
        assertThat("ID:" + found.id()).isEqualTo(message.getJMSMessageID());
        assertThat(found.properties())
                .containsEntry("cups", "3")
                .containsEntry("hot", "true")
                .containsEntry("price", "2.5")
                .containsEntry("kind", "green");
    }

    @Test
    void the_official_client_filters_what_jakarta_applications_send() {
        String name = fresh("filtered");
        Destination topic = context.createTopic(name);
        context.createProducer().setJMSType("a").setProperty("n", 1).send(topic, "first");
        context.createProducer().setJMSType("b").setProperty("n", 2).send(topic, "second");
        found(name, 2);

        PushConsumer tagged =
                client.pushConsumer(fresh("group"), name).tags("b").start();
        PushConsumer selecting =
                client.pushConsumer(fresh("group"), name).sql("n < 2").start();

        eventually(() -> assertThat(tagged.bodies()).containsExactly("second"));
        eventually(() -> assertThat(selecting.bodies()).containsExactly("first"));
        tagged.close();
        selecting.close();
    }

    // ---- from the official client to Jakarta

    /** Sends when the official client knows the way to a destination of ours. */
    private static void send(Producer producer, String destination, Producer.Sending messages, int count) {
        eventually(() -> assertThat(producer.queues(destination)).hasSize(1));
        messages.send(count);
    }

    @Test
    void a_native_message_is_bytes_with_the_tag_as_type_the_keys_as_correlation_id_and_texts_as_properties()
            throws Exception {
        String name = fresh("native");
        JMSConsumer consumer = context.createConsumer(context.createQueue(name));
        try (Producer producer = client.producer(fresh("producer"))) {
            Producer.Sending messages = producer.to(name)
                    .bodies("tea-")
                    .tags("drink")
                    .keys("order-#")
                    .properties(Map.of("cups", "3", "a-name.with-more", "x"));
            send(producer, name, messages, 2);
        }

        for (int i = 0; i < 2; i++) {
            Message received = consumer.receive(WAIT_MILLIS);

            assertThat(received).isInstanceOf(BytesMessage.class);
            assertThat(new String(received.getBody(byte[].class), StandardCharsets.UTF_8))
                    .isEqualTo("tea-" + i);
            assertThat(received.getJMSType()).isEqualTo("drink");
            assertThat(received.getJMSCorrelationID()).isEqualTo("order-" + i);
            assertThat(received.getJMSMessageID()).startsWith("ID:");
            assertThat(received.getObjectProperty("cups")).isEqualTo("3");
            assertThat(received.getIntProperty("cups")).isEqualTo(3);
            assertThat(received.getStringProperty("a-name.with-more")).isEqualTo("x");
            assertThat(Collections.list((java.util.Enumeration<?>) received.getPropertyNames())
                            .toString())
                    .contains("cups", "a-name.with-more", "JMSXDeliveryCount")
                    .doesNotContain("UNIQ_KEY", "TAGS", "KEYS", "WAIT", "CLUSTER");
        }
    }

    @Test
    void native_messages_are_texts_where_the_factory_says_so_and_unpacked_where_they_are_large() throws Exception {
        String name = fresh("text");
        try (JMSContext reading = context("?nativeMessages=text");
                Producer producer = client.producer(fresh("producer"))) {
            JMSConsumer consumer = reading.createConsumer(reading.createTopic(name));
            send(producer, name, producer.to(name).bodies("tea-").size(20_000), 1);

            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS))
                    .hasSize(20_000)
                    .startsWith("tea-0...");
        }
    }

    @Test
    void selectors_see_tags_and_properties_of_native_messages() {
        String name = fresh("selected");
        Destination queue = context.createQueue(name);
        JMSConsumer typed = context.createConsumer(queue, "JMSType = 'b'");
        try (JMSContext other = context("");
                Producer producer = client.producer(fresh("producer"))) {
            JMSConsumer keyed = other.createConsumer(queue, "JMSType = 'a' AND kind LIKE 'green%'");
            send(producer, name, producer.to(name).tags("a", "b").properties(Map.of("kind", "green-#")), 2);

            assertThat(new String(typed.receiveBody(byte[].class, WAIT_MILLIS), StandardCharsets.UTF_8))
                    .isEqualTo("m-1");
            assertThat(new String(keyed.receiveBody(byte[].class, WAIT_MILLIS), StandardCharsets.UTF_8))
                    .isEqualTo("m-0");
        }
    }

    @Test
    void a_native_message_is_sent_on_and_comes_back_as_it_was() throws Exception {
        String name = fresh("there");
        String back = fresh("back");
        JMSConsumer consumer = context.createConsumer(context.createQueue(name));
        try (Producer producer = client.producer(fresh("producer"))) {
            send(producer, name, producer.to(name).tags("t").keys("k").properties(Map.of("p", "v")), 1);
        }
        context.createProducer().send(context.createQueue(back), consumer.receive(WAIT_MILLIS));

        Received found = found(back, 1).get(0);

        assertThat(found.body()).isEqualTo("m-0");
        assertThat(found.tags()).isEqualTo("t");
        assertThat(found.keys()).isEqualTo("k");
        assertThat(found.properties()).containsEntry("p", "v");
    }

    @Test
    void a_map_that_went_through_the_official_clients_topic_is_still_a_map() throws Exception {
        String name = fresh("both");
        JMSConsumer subscriber = context.createConsumer(context.createTopic(name));
        PushConsumer group = client.pushConsumer(fresh("group"), name).start();
        MapMessage map = context.createMapMessage();
        map.setShort("s", (short) 1);
        context.createProducer().send(context.createTopic(name), map);
        try (Producer producer = client.producer(fresh("producer"))) {
            send(producer, name, producer.to(name).bodies("native-"), 1);
        }

        MapMessage first = (MapMessage) subscriber.receive(WAIT_MILLIS);
        assertThat(first.getObject("s")).isEqualTo((short) 1);
        assertThat(subscriber.receive(WAIT_MILLIS)).isInstanceOf(BytesMessage.class);
        eventually(() -> assertThat(group.bodies()).hasSize(2).contains("native-0"));
        group.close();
    }
}
