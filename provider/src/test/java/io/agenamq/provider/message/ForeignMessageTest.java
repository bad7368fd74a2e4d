// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.destination.AgenaTopic;
import jakarta.jms.BytesMessage;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Messages of another provider: objects that have nothing of ours but the interfaces. */
class ForeignMessageTest {

    @Test
    void ours_is_sent_as_it_is_and_null_is_refused() throws Exception {
        AgenaMessage ours = new AgenaMessage();

        assertThat(MessageWriter.ours(ours)).isSameAs(ours);
        assertThatThrownBy(() -> MessageWriter.ours(null)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void headers_of_the_client_and_properties_are_copied_and_those_of_the_other_provider_are_not() throws Exception {
        AgenaMessage original = new AgenaMessage();
        original.setJMSCorrelationID("c");
        original.setJMSType("t");
        original.setJMSReplyTo(foreign(Topic.class, new AgenaTopic("Replies")));
        original.setJMSMessageID("ID:other");
        original.setJMSPriority(9);
        original.setShortProperty("short", (short) 1);
        original.setObjectProperty("nothing", null);
        original.properties().put("their-own.name", "x");
        original.setIntProperty("JMSXDeliveryCount", 5);

        AgenaMessage copy = MessageWriter.ours(foreign(Message.class, original));

        assertThat(copy.getJMSCorrelationID()).isEqualTo("c");
        assertThat(copy.getJMSType()).isEqualTo("t");
        assertThat(copy.getJMSReplyTo()).isEqualTo(new AgenaTopic("Replies"));
        assertThat(copy.getJMSMessageID()).isNull();
        assertThat(Collections.list(copy.getPropertyNames()))
                .containsExactlyInAnyOrder("short", "nothing", "their-own.name");
        assertThat(copy.getObjectProperty("short")).isEqualTo((short) 1);
    }

    @Test
    void a_correlation_id_of_bytes_is_copied() throws Exception {
        byte[] id = {0, -1};
        Message bytesOnly = (Message) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Message.class},
                (proxy, method, arguments) -> method.getName().equals("getJMSCorrelationIDAsBytes") ? id : null);

        assertThat(MessageWriter.ours(bytesOnly).getJMSCorrelationIDAsBytes()).isEqualTo(id);
    }

    @Test
    void every_body_is_copied_whole_wherever_it_was_being_read() throws Exception {
        AgenaBytesMessage bytes = new AgenaBytesMessage();
        bytes.writeBytes(new byte[20_000]);
        bytes.writeInt(7);
        bytes.reset();
        bytes.readInt();
        AgenaStreamMessage stream = new AgenaStreamMessage();
        stream.writeShort((short) 1);
        stream.writeObject(null);
        stream.writeBytes(new byte[] {1, 2});
        stream.reset();
        stream.readShort();
        AgenaMapMessage map = new AgenaMapMessage();
        map.setChar("c", 'x');
        map.setBytes("b", new byte[] {3});
        AgenaObjectMessage object = new AgenaObjectMessage(TrustedClasses.BASICS);
        object.setObject(Instant.ofEpochMilli(5));

        byte[] copiedBytes =
                MessageWriter.ours(foreign(BytesMessage.class, bytes)).getBody(byte[].class);
        StreamMessage copiedStream = (StreamMessage) MessageWriter.ours(foreign(StreamMessage.class, stream));
        MapMessage copiedMap = (MapMessage) MessageWriter.ours(foreign(MapMessage.class, map));

        assertThat(copiedBytes).hasSize(20_004).endsWith(0, 0, 0, 7);
        assertThat(bytes.readByte()).isZero();
        copiedStream.reset();
        assertThat(copiedStream.readObject()).isEqualTo((short) 1);
        assertThat(copiedStream.readObject()).isNull();
        assertThat(copiedStream.readObject()).isEqualTo(new byte[] {1, 2});
        assertThat(stream.readShort()).isEqualTo((short) 1);
        assertThat(copiedMap.getObject("c")).isEqualTo('x');
        assertThat(copiedMap.getBytes("b")).containsExactly(3);
        assertThat(MessageWriter.ours(foreign(ObjectMessage.class, object)).getBody(Instant.class))
                .isEqualTo(Instant.ofEpochMilli(5));
        assertThat(MessageWriter.ours(foreign(TextMessage.class, new AgenaTextMessage("t")))
                        .getBody(String.class))
                .isEqualTo("t");
    }

    @Test
    void an_object_of_several_kinds_is_one_of_them_and_one_of_none_has_no_body() throws Exception {
        Message several = (Message) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TextMessage.class, ObjectMessage.class, StreamMessage.class},
                (proxy, method, arguments) -> method.getName().equals("getText") ? "text" : null);

        assertThat(MessageWriter.ours(several)).isExactlyInstanceOf(AgenaTextMessage.class);
        assertThat(MessageWriter.ours(foreign(Message.class, new AgenaMessage())))
                .isExactlyInstanceOf(AgenaMessage.class);
    }

    @Test
    void a_property_of_another_class_and_a_reply_to_nowhere_are_refused() throws Exception {
        AgenaMessage odd = new AgenaMessage();
        odd.properties().put("when", Instant.ofEpochMilli(0));
        AgenaMessage lost = new AgenaMessage();
        lost.setJMSReplyTo(new jakarta.jms.Destination() {});

        assertThatThrownBy(() -> MessageWriter.ours(foreign(Message.class, odd)))
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> MessageWriter.ours(foreign(Message.class, lost)))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> new MessageWriter().write(lost, "01")).isInstanceOf(InvalidDestinationException.class);
    }

    /** {@code delegate} behind one interface of the API. */
    private static <T> T foreign(Class<T> face, T delegate) {
        return face.cast(Proxy.newProxyInstance(
                ForeignMessageTest.class.getClassLoader(), new Class<?>[] {face}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(delegate, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }
}
