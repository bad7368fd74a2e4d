// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of message through a broker, by the classic and by the simplified API. */
@Timeout(120)
class BodiesTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    record Money(String currency, long cents) implements Serializable {}

    @BeforeAll
    static void start() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void every_body_arrives_by_the_classic_api() throws Exception {
        try (Connection connection = server.factory("").createConnection()) {
            connection.start();
            Session session = connection.createSession();
            Queue queue = session.createQueue("Classic");
            MessageProducer producer = session.createProducer(queue);
            MessageConsumer consumer = session.createConsumer(queue);
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeLong(7);
            MapMessage map = session.createMapMessage();
            map.setShort("short", (short) 1);
            map.setString("nothing", null);
            StreamMessage stream = session.createStreamMessage();
            stream.writeChar('c');
            stream.writeBytes(new byte[] {1, 2, 3});
            stream.writeDouble(Double.NaN);
            Message plain = session.createMessage();
            plain.setFloatProperty("p", Float.MIN_VALUE);

            producer.send(session.createTextMessage("Grüße"));
            producer.send(bytes);
            producer.send(map);
            producer.send(stream);
            producer.send(session.createObjectMessage(new ArrayList<>(List.of(1, "two"))));
            producer.send(plain);

            assertThat(((TextMessage) consumer.receive(WAIT_MILLIS)).getText()).isEqualTo("Grüße");
            BytesMessage receivedBytes = (BytesMessage) consumer.receive(WAIT_MILLIS);
            assertThat(receivedBytes.getBodyLength()).isEqualTo(Long.BYTES);
            assertThat(receivedBytes.readLong()).isEqualTo(7);
            MapMessage receivedMap = (MapMessage) consumer.receive(WAIT_MILLIS);
            assertThat(receivedMap.getObject("short")).isEqualTo((short) 1);
            assertThat(receivedMap.itemExists("nothing")).isTrue();
            StreamMessage receivedStream = (StreamMessage) consumer.receive(WAIT_MILLIS);
            assertThat(receivedStream.readChar()).isEqualTo('c');
            assertThat(receivedStream.readBytes(new byte[10])).isEqualTo(3);
            assertThat(receivedStream.readDouble()).isNaN();
            assertThat(((ObjectMessage) consumer.receive(WAIT_MILLIS)).getObject())
                    .isEqualTo(List.of(1, "two"));
            Message receivedPlain = consumer.receive(WAIT_MILLIS);
            assertThat(receivedPlain)
                    .isNotInstanceOfAny(
                            TextMessage.class,
                            BytesMessage.class,
                            MapMessage.class,
                            StreamMessage.class,
                            ObjectMessage.class);
            assertThat(Collections.list((Enumeration<?>) receivedPlain.getPropertyNames()))
                    .isEqualTo(List.of("p", "JMSXDeliveryCount"));
            assertThat(receivedPlain.getFloatProperty("p")).isEqualTo(Float.MIN_VALUE);
        }
    }

    @Test
    void every_body_arrives_by_the_simplified_api() {
        try (JMSContext context =
                server.factory("?trustedPackages=io.agenamq.tck").createContext()) {
            Queue queue = context.createQueue("Simplified");
            JMSConsumer consumer = context.createConsumer(queue);
            JMSProducer producer = context.createProducer();
            Map<String, Object> map = new HashMap<>(Map.of("c", 'c', "bytes", new byte[] {1}));

            producer.send(queue, "text")
                    .send(queue, new byte[] {1, 2})
                    .send(queue, map)
                    .send(queue, new Money("CHF", 5));
            map.put("c", "later");

            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("text");
            assertThat(consumer.receiveBody(byte[].class, WAIT_MILLIS)).containsExactly(1, 2);
            Map<?, ?> received = consumer.receiveBody(Map.class, WAIT_MILLIS);
            assertThat((Object) received.get("c")).isEqualTo('c');
            assertThat((Object) received.get("bytes")).isEqualTo(new byte[] {1});
            assertThat(consumer.receiveBody(Money.class, WAIT_MILLIS)).isEqualTo(new Money("CHF", 5));
        }
    }

    @Test
    void null_bodies_are_messages_of_their_kind_without_a_body() throws Exception {
        try (JMSContext context = server.factory("").createContext()) {
            Queue queue = context.createQueue("Empty");
            JMSConsumer consumer = context.createConsumer(queue);
            context.createProducer()
                    .send(queue, (String) null)
                    .send(queue, (byte[]) null)
                    .send(queue, (Map<String, Object>) null)
                    .send(queue, (Serializable) null);

            for (Class<?> kind :
                    List.of(TextMessage.class, BytesMessage.class, MapMessage.class, ObjectMessage.class)) {
                Message message = consumer.receive(WAIT_MILLIS);
                assertThat(message).isInstanceOf(kind);
                assertThat(message.getBody(Object.class)).isNull();
            }
        }
    }

    @Test
    void wrong_bodies_and_names_are_refused_and_nothing_is_sent() {
        try (JMSContext context = server.factory("").createContext()) {
            Queue queue = context.createQueue("Refused");
            JMSProducer producer = context.createProducer();
            Map<String, Object> unsupported = Map.of("list", List.of());
            Serializable holdsThread = new ArrayList<>(List.of(Thread.currentThread()));

            assertThatThrownBy(() -> producer.send(queue, unsupported))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThatThrownBy(() -> producer.send(queue, Map.of("", 1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> producer.send(queue, holdsThread))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThatThrownBy(() -> producer.setProperty("", 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> producer.setProperty("not-a-name", "x"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> producer.setProperty("p", (Object) List.of()))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThat(context.createConsumer(queue).receiveNoWait()).isNull();
        }
    }

    @Test
    void a_class_that_is_not_trusted_is_refused_and_the_message_is_still_there() throws Exception {
        try (JMSContext context = server.factory("").createContext()) {
            Queue queue = context.createQueue("Untrusted");
            context.createProducer().send(queue, new Money("CHF", 1));
            JMSConsumer consumer = context.createConsumer(queue);

            assertThatThrownBy(() -> consumer.receiveBody(Money.class, WAIT_MILLIS))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            ObjectMessage message = (ObjectMessage) consumer.receive(WAIT_MILLIS);

            assertThat(message.getJMSRedelivered()).isFalse();
            assertThatThrownBy(message::getObject)
                    .isInstanceOf(MessageFormatException.class)
                    .hasMessageContaining(Money.class.getName())
                    .hasMessageContaining("trustedPackages");
        }
    }

    @Test
    void a_message_of_another_provider_is_sent_and_told_what_became_of_it() throws Exception {
        try (Connection connection = server.factory("").createConnection()) {
            connection.start();
            Session session = connection.createSession();
            Queue queue = session.createQueue("Foreign");
            MapMessage behind = session.createMapMessage();
            behind.setInt("a", 1);
            behind.setStringProperty("p", "x");
            behind.setJMSCorrelationID("c");
            behind.setJMSRedelivered(true);
            MapMessage foreign = foreign(behind);

            session.createProducer(queue).send(foreign, DeliveryMode.NON_PERSISTENT, 7, 600_000);
            MapMessage received = (MapMessage) session.createConsumer(queue).receive(WAIT_MILLIS);

            assertThat(received.getInt("a")).isEqualTo(1);
            assertThat(received.getStringProperty("p")).isEqualTo("x");
            assertThat(received.getJMSCorrelationID()).isEqualTo("c");
            assertThat(foreign.getJMSMessageID()).startsWith("ID:").isEqualTo(received.getJMSMessageID());
            assertThat(foreign.getJMSDestination()).isEqualTo(queue).isEqualTo(received.getJMSDestination());
            assertThat(foreign.getJMSTimestamp()).isEqualTo(received.getJMSTimestamp());
            assertThat(foreign.getJMSExpiration())
                    .isEqualTo(received.getJMSExpiration())
                    .isEqualTo(foreign.getJMSTimestamp() + 600_000);
            assertThat(foreign.getJMSDeliveryTime()).isEqualTo(received.getJMSDeliveryTime());
            assertThat(foreign.getJMSPriority())
                    .isEqualTo(received.getJMSPriority())
                    .isEqualTo(7);
            assertThat(foreign.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
            assertThat(foreign.getJMSRedelivered()).isFalse();
        }
    }

    private static MapMessage foreign(MapMessage behind) {
        return (MapMessage) Proxy.newProxyInstance(
                BodiesTest.class.getClassLoader(), new Class<?>[] {MapMessage.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(behind, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void a_received_message_goes_on_as_it_came_and_can_be_sent_again_and_again() throws Exception {
        try (JMSContext context = server.factory("").createContext()) {
            Queue first = context.createQueue("Hop-1");
            Queue second = context.createQueue("Hop-2");
            JMSProducer producer = context.createProducer();
            StreamMessage stream = context.createStreamMessage();
            stream.writeInt(1);
            stream.setShortProperty("p", (short) 2);
            producer.send(first, stream);
            stream.writeInt(2);
            producer.send(first, stream);
            JMSConsumer consumer = context.createConsumer(first);
            Message one = consumer.receive(WAIT_MILLIS);
            Message two = consumer.receive(WAIT_MILLIS);
            producer.send(second, two);

            StreamMessage passedOn =
                    (StreamMessage) context.createConsumer(second).receive(WAIT_MILLIS);

            assertThat(passedOn.readInt()).isEqualTo(1);
            assertThat(passedOn.readInt()).isEqualTo(2);
            assertThat(passedOn.getObjectProperty("p")).isEqualTo((short) 2);
            assertThat(passedOn.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
            assertThat(List.of(one.getJMSMessageID(), stream.getJMSMessageID(), passedOn.getJMSMessageID()))
                    .doesNotHaveDuplicates();
            assertThatThrownBy(
                            () -> context.createProducer().setProperty("q", 1).send(second, two))
                    .isInstanceOf(MessageNotWriteableRuntimeException.class);
        }
    }
}
