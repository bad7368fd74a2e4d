// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static io.agenamq.provider.message.Records.ORDERS;
import static io.agenamq.provider.message.Records.delivered;
import static io.agenamq.provider.message.Records.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.provider.destination.AgenaTopic;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class MessageRoundTripTest {

    private static final List<Class<? extends Message>> KINDS =
            List.of(TextMessage.class, BytesMessage.class, MapMessage.class, StreamMessage.class, ObjectMessage.class);

    @Test
    void every_kind_of_message_arrives_as_its_own_kind_and_as_no_other_also_without_a_body() throws Exception {
        Map<AgenaMessage, Optional<Class<? extends Message>>> empty = Map.of(
                new AgenaMessage(), Optional.empty(),
                new AgenaTextMessage(null), Optional.of(TextMessage.class),
                new AgenaBytesMessage(), Optional.of(BytesMessage.class),
                new AgenaMapMessage(), Optional.of(MapMessage.class),
                new AgenaStreamMessage(), Optional.of(StreamMessage.class),
                new AgenaObjectMessage(TrustedClasses.BASICS), Optional.of(ObjectMessage.class));

        for (Map.Entry<AgenaMessage, Optional<Class<? extends Message>>> kind : empty.entrySet()) {
            AgenaMessage received = delivered(kind.getKey());

            assertThat(KINDS.stream().filter(type -> type.isInstance(received)))
                    .containsExactlyElementsOf(kind.getValue().stream().toList());
            assertThat(received.hasBody()).isFalse();
        }
    }

    @Test
    void every_body_arrives() throws Exception {
        AgenaBytesMessage bytes = new AgenaBytesMessage();
        bytes.writeInt(42);
        bytes.writeUTF("ü");
        AgenaMapMessage map = new AgenaMapMessage();
        map.setShort("short", (short) 7);
        map.setString("half", "\uD83D");
        AgenaStreamMessage stream = new AgenaStreamMessage();
        stream.writeChar('x');
        stream.writeBytes(new byte[] {1, 2});
        AgenaObjectMessage object = new AgenaObjectMessage(TrustedClasses.BASICS);
        object.setObject(new ArrayList<>(List.of("a", 1L)));

        assertThat(delivered(new AgenaTextMessage("Grüße \uD83D\uDE00")).getBody(String.class))
                .isEqualTo("Grüße \uD83D\uDE00");
        BytesMessage receivedBytes = (BytesMessage) delivered(bytes);
        assertThat(receivedBytes.readInt()).isEqualTo(42);
        assertThat(receivedBytes.readUTF()).isEqualTo("ü");
        MapMessage receivedMap = (MapMessage) delivered(map);
        assertThat(receivedMap.getObject("short")).isEqualTo((short) 7);
        assertThat(receivedMap.getString("half")).isEqualTo("\uD83D");
        StreamMessage receivedStream = (StreamMessage) delivered(stream);
        assertThat(receivedStream.readObject()).isEqualTo('x');
        assertThat(receivedStream.readObject()).isEqualTo(new byte[] {1, 2});
        assertThat((Object) delivered(object).getBody(List.class)).isEqualTo(List.of("a", 1L));
    }

    @Test
    void any_text_arrives_whatever_its_length_and_characters() throws Exception {
        String text = "\u0000\u0001\u0002\uFFFF \uDC00 half" + "x".repeat(100_000);

        assertThat(delivered(new AgenaTextMessage(text)).getBody(String.class)).isEqualTo(text);
    }

    @Test
    void a_text_message_can_be_sent_with_one_text_after_the_other() throws Exception {
        AgenaTextMessage message = new AgenaTextMessage("plain");
        assertThat(delivered(message).getBody(String.class)).isEqualTo("plain");
        message.setText("half \uD83D");
        assertThat(delivered(message).getBody(String.class)).isEqualTo("half \uD83D");
        message.clearBody();
        assertThat(delivered(message).getBody(String.class)).isNull();
        message.setText("plain again");
        assertThat(delivered(message).getBody(String.class)).isEqualTo("plain again");
    }

    @Test
    void a_message_that_is_passed_on_stays_what_it_is() throws Exception {
        AgenaMapMessage map = new AgenaMapMessage();
        map.setInt("a", 1);
        AgenaStreamMessage stream = new AgenaStreamMessage();
        stream.writeString("b");
        AgenaStreamMessage received = (AgenaStreamMessage) delivered(stream);
        received.readString();

        assertThat(((MapMessage) delivered(delivered(map))).getInt("a")).isEqualTo(1);
        assertThat(((StreamMessage) delivered(received)).readString()).isEqualTo("b");
    }

    @Test
    void what_is_sent_does_not_change_with_the_object_afterwards() throws Exception {
        AgenaMapMessage map = new AgenaMapMessage();
        map.setBytes("a", new byte[] {1});
        MessageWriter.Written written = new MessageWriter().write(map, "01");
        map.clearBody();
        map.setString("b", "later");

        MapMessage received = (MapMessage) new MessageReader(false, TrustedClasses.BASICS)
                .read(record(0, written.properties(), written.body()), 0, 1, ORDERS);

        assertThat(Collections.list((Enumeration<?>) received.getMapNames())).isEqualTo(List.of("a"));
    }

    @Test
    void a_body_that_is_not_what_it_says_is_a_format_error_when_it_is_read() throws Exception {
        for (String word : List.of("map", "stream", "object")) {
            ByteBuffer record = record(
                    0, MessageProperties.of(Map.of("JMS_AGENA_BODY", word)), ByteBuffer.wrap(new byte[] {1, 99, 3}));
            AgenaMessage message = new MessageReader(false, TrustedClasses.BASICS).read(record, 0, 1, ORDERS);

            assertThatThrownBy(() -> readAll(message)).as(word).isInstanceOf(MessageFormatException.class);
            assertThatThrownBy(() -> readAll(message)).as(word).isInstanceOf(MessageFormatException.class);
        }
    }

    private static void readAll(AgenaMessage message) throws JMSException {
        if (message instanceof MapMessage map) {
            map.getMapNames();
        } else if (message instanceof StreamMessage stream) {
            stream.readObject();
        } else {
            message.getBody(Object.class);
        }
    }

    @Test
    void properties_too_large_for_a_record_are_refused_when_sent() throws Exception {
        AgenaMessage message = new AgenaMessage();
        message.setStringProperty("large", "x".repeat(40_000));

        assertThatThrownBy(() -> delivered(message))
                .isInstanceOf(ResourceAllocationException.class)
                .hasMessageContaining("at most 32767 fit into a message");
    }

    @Test
    void names_of_native_properties_arrive_whatever_they_are() throws Exception {
        ByteBuffer record =
                record(0, MessageProperties.of(Map.of("my-key.x", "1", "null", "2")), ByteBuffer.wrap(new byte[] {1}));
        AgenaMessage received = new MessageReader(false, TrustedClasses.BASICS).read(record, 0, 1, ORDERS);

        AgenaMessage passedOn = delivered(received);

        assertThat(passedOn.getStringProperty("my-key.x")).isEqualTo("1");
        assertThat(passedOn.getIntProperty("null")).isEqualTo(2);
    }

    @Test
    void a_null_text_is_not_the_empty_text() throws Exception {
        assertThat(((TextMessage) delivered(new AgenaTextMessage(null))).getText())
                .isNull();
        assertThat(((TextMessage) delivered(new AgenaTextMessage(""))).getText())
                .isEmpty();
    }

    @Test
    void headers_arrive() throws Exception {
        AgenaMessage message = new AgenaTextMessage("x");
        message.setJMSType("invoice");
        message.setJMSCorrelationID("c 1");
        message.setJMSReplyTo(new AgenaTopic("Replies"));
        message.setJMSPriority(9);
        message.setJMSExpiration(99);
        message.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);

        Message received = delivered(message);

        assertThat(received.getJMSMessageID()).isEqualTo("ID:00FF");
        assertThat(received.getJMSTimestamp()).isEqualTo(1234);
        assertThat(received.getJMSDestination()).isEqualTo(ORDERS);
        assertThat(received.getJMSType()).isEqualTo("invoice");
        assertThat(received.getJMSCorrelationID()).isEqualTo("c 1");
        assertThat(received.getJMSCorrelationIDAsBytes()).isEqualTo("c 1".getBytes(StandardCharsets.UTF_8));
        assertThat(received.getJMSReplyTo()).isEqualTo(new AgenaTopic("Replies"));
        assertThat(received.getJMSPriority()).isEqualTo(9);
        assertThat(received.getJMSExpiration()).isEqualTo(99);
        assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(received.getJMSRedelivered()).isTrue();
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    }

    @Test
    void a_correlation_id_of_any_bytes_arrives() throws Exception {
        AgenaMessage message = new AgenaMessage();
        byte[] id = {0, 1, 2, -1, -128, 65};
        message.setJMSCorrelationIDAsBytes(id);

        assertThat(delivered(message).getJMSCorrelationIDAsBytes()).isEqualTo(id);
    }

    @Test
    void properties_keep_their_types_and_nothing_else_is_among_them() throws Exception {
        AgenaMessage message = new AgenaMessage();
        message.setShortProperty("short", (short) 3);
        message.setObjectProperty("nothing", null);
        message.setStringProperty("DELAY", "3");
        message.setDoubleProperty("double", Double.NaN);

        AgenaMessage received = delivered(message);

        assertThat(Collections.list(received.getPropertyNames()))
                .containsExactlyInAnyOrder("short", "nothing", "DELAY", "double", "JMSXDeliveryCount");
        assertThat(received.getObjectProperty("short")).isEqualTo((short) 3);
        assertThat(received.propertyExists("nothing")).isTrue();
        assertThat(received.getDoubleProperty("double")).isNaN();
        assertThatThrownBy(() -> received.getByteProperty("short")).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void a_received_message_is_read_only_until_it_is_cleared() throws Exception {
        TextMessage received = (TextMessage) delivered(new AgenaTextMessage("x"));

        assertThatThrownBy(() -> received.setText("y")).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setIntProperty("a", 1)).isInstanceOf(MessageNotWriteableException.class);
        received.setJMSRedelivered(false);
        received.clearBody();
        received.clearProperties();
        received.setText("y");
        received.setIntProperty("a", 1);

        assertThat(received.getText()).isEqualTo("y");
        assertThat(received.getJMSRedelivered()).isFalse();
    }

    @Test
    void a_forwarded_message_leaves_its_delivery_count_behind() throws Exception {
        AgenaMessage received = delivered(new AgenaTextMessage("x"));
        Map<String, String> stored = MessageProperties.toMap(
                new MessageWriter().write(received, "01").properties());

        assertThat(stored).doesNotContainKey("JMSXDeliveryCount");
    }

    @Test
    void a_native_message_is_bytes_or_text_as_configured_and_unpacked() throws Exception {
        byte[] text = "hello ".repeat(1000).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(text);
        }
        ByteBuffer record = record(
                0x301,
                MessageProperties.of(Map.of("TAGS", "new", "colour", "red")),
                ByteBuffer.wrap(packed.toByteArray()));

        BytesMessage asBytes =
                (BytesMessage) new MessageReader(false, TrustedClasses.BASICS).read(record, 0, 1, ORDERS);
        TextMessage asText = (TextMessage) new MessageReader(true, TrustedClasses.BASICS).read(record, 0, 1, ORDERS);

        assertThat(asBytes.getBody(byte[].class)).isEqualTo(text);
        assertThat(asText.getText()).startsWith("hello hello");
        assertThat(asText.getJMSType()).isEqualTo("new");
        assertThat(asText.getStringProperty("colour")).isEqualTo("red");
        assertThat(asText.getJMSRedelivered()).isFalse();
    }
}
