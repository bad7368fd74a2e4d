// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSContext;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Messages whose classes are another provider's (Jakarta Messaging 3.1 §3.12). */
class ForeignMessageTest extends Rules {

    /** A message of an unknown class that does what another one does. */
    private static <T extends Message> T foreign(Class<T> kind, T behind) {
        return kind.cast(Proxy.newProxyInstance(
                ForeignMessageTest.class.getClassLoader(), new Class<?>[] {kind}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(behind, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }

    private <T extends Message> T sendForeign(Class<T> kind, T behind) throws Exception {
        return kind.cast(roundTrip(foreign(kind, behind)));
    }

    @Test
    void a_foreign_text_arrives() throws Exception {
        assertThat(sendForeign(TextMessage.class, session.createTextMessage("a"))
                        .getText())
                .isEqualTo("a");
        assertThat(sendForeign(TextMessage.class, session.createTextMessage()).getText())
                .isNull();
    }

    @Test
    void foreign_bytes_arrive_whole() throws Exception {
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {1, 2, 3});
        assertThat(sendForeign(BytesMessage.class, bytes).getBody(byte[].class)).containsExactly(1, 2, 3);
    }

    @Test
    void a_foreign_map_arrives_with_its_types() throws Exception {
        MapMessage map = session.createMapMessage();
        map.setShort("short", (short) 1);
        map.setBytes("bytes", new byte[] {1});
        map.setString("null", null);
        MapMessage received = sendForeign(MapMessage.class, map);
        assertThat(received.getObject("short")).isEqualTo((short) 1);
        assertThat(received.getBytes("bytes")).containsExactly(1);
        assertThat(received.itemExists("null")).isTrue();
    }

    @Test
    void a_foreign_stream_arrives_to_its_end() throws Exception {
        StreamMessage stream = session.createStreamMessage();
        stream.writeInt(1);
        stream.writeString("two");
        stream.writeBytes(new byte[] {3});
        StreamMessage received = sendForeign(StreamMessage.class, stream);
        assertThat(received.readInt()).isEqualTo(1);
        assertThat(received.readString()).isEqualTo("two");
        assertThat((byte[]) received.readObject()).containsExactly(3);
    }

    @Test
    void a_foreign_object_arrives() throws Exception {
        assertThat(sendForeign(ObjectMessage.class, session.createObjectMessage("a"))
                        .getObject())
                .isEqualTo("a");
    }

    @Test
    void a_foreign_message_without_a_body_arrives_as_one() throws Exception {
        assertThat(sendForeign(Message.class, session.createMessage()))
                .isNotInstanceOfAny(TextMessage.class, BytesMessage.class, MapMessage.class, StreamMessage.class);
    }

    @Test
    void properties_and_fields_of_the_client_are_taken_over() throws Exception {
        TextMessage behind = session.createTextMessage("a");
        behind.setShortProperty("short", (short) 1);
        behind.setStringProperty("text", "x");
        behind.setJMSCorrelationID("c");
        behind.setJMSType("t");
        behind.setJMSReplyTo(queue());
        TextMessage received = sendForeign(TextMessage.class, behind);
        assertThat(received.getObjectProperty("short")).isEqualTo((short) 1);
        assertThat(received.getStringProperty("text")).isEqualTo("x");
        assertThat(received.getJMSCorrelationID()).isEqualTo("c");
        assertThat(received.getJMSType()).isEqualTo("t");
        assertThat(received.getJMSReplyTo()).isEqualTo(behind.getJMSReplyTo());
    }

    @Test
    void the_foreign_message_is_told_what_the_send_set() throws Exception {
        Queue queue = queue();
        TextMessage foreign = foreign(TextMessage.class, session.createTextMessage("a"));
        foreign.setJMSRedelivered(true);
        MessageProducer producer = session.createProducer(queue);
        producer.send(foreign, DeliveryMode.NON_PERSISTENT, 7, 600_000);
        MessageConsumer consumer = session.createConsumer(queue);
        Message received = receive(consumer);
        assertThat(foreign.getJMSMessageID()).startsWith("ID:").isEqualTo(received.getJMSMessageID());
        assertThat(foreign.getJMSDestination()).isEqualTo(queue);
        assertThat(foreign.getJMSTimestamp())
                .isEqualTo(received.getJMSTimestamp())
                .isPositive();
        assertThat(foreign.getJMSExpiration())
                .isEqualTo(received.getJMSExpiration())
                .isPositive();
        assertThat(foreign.getJMSPriority()).isEqualTo(7);
        assertThat(foreign.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(foreign.getJMSDeliveryTime()).isEqualTo(received.getJMSDeliveryTime());
        assertThat(received.getJMSRedelivered()).isFalse();
    }

    @Test
    void a_foreign_message_can_be_sent_by_the_simplified_api_and_asynchronously() throws Exception {
        Queue queue = queue();
        TextMessage foreign = foreign(TextMessage.class, session.createTextMessage("a"));
        try (JMSContext context = factory().createContext()) {
            context.createProducer().setProperty("p", 1).send(queue, foreign);
        }
        Listeners.Ledger ledger = new Listeners.Ledger();
        TextMessage second = foreign(TextMessage.class, session.createTextMessage("b"));
        MessageProducer producer = session.createProducer(queue);
        producer.send(second, ledger);
        producer.close();
        assertThat(ledger.told).containsExactly("b");
        assertThat(ledger.messages.get(0)).isSameAs(second);
        assertThat(second.getJMSMessageID()).startsWith("ID:");
        assertThat(texts(session.createConsumer(queue), 2)).containsExactly("a", "b");
    }

    @Test
    void a_message_of_several_kinds_or_of_none_crashes_nobody() throws Exception {
        TextMessage behind = session.createTextMessage("a");
        Message both = (Message) Proxy.newProxyInstance(
                ForeignMessageTest.class.getClassLoader(),
                new Class<?>[] {TextMessage.class, ObjectMessage.class},
                (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == ObjectMessage.class) {
                        return method.getReturnType() == void.class ? null : "object";
                    }
                    try {
                        return method.invoke(behind, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        assertThat(roundTrip(both)).isInstanceOfAny(TextMessage.class, ObjectMessage.class);
    }
}
