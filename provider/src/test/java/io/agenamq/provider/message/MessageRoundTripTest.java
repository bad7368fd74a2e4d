// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.provider.destination.AgenaQueue;
import io.agenamq.provider.destination.AgenaTopic;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class MessageRoundTripTest {

    private static final AgenaQueue ORDERS = new AgenaQueue("Orders");
    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    @Test
    void every_kind_of_message_arrives_as_its_own_kind() throws Exception {
        AgenaBytesMessage bytes = new AgenaBytesMessage();
        bytes.writeInt(42);
        bytes.writeUTF("ü");

        Message text = delivered(new AgenaTextMessage("Grüße \uD83D\uDE00"));
        BytesMessage received = (BytesMessage) delivered(bytes);
        Message plain = delivered(new AgenaMessage());

        assertThat(text).isInstanceOf(TextMessage.class).isNotInstanceOf(BytesMessage.class);
        assertThat(text.getBody(String.class)).isEqualTo("Grüße \uD83D\uDE00");
        assertThat(received.readInt()).isEqualTo(42);
        assertThat(received.readUTF()).isEqualTo("ü");
        assertThat(plain).isNotInstanceOf(TextMessage.class).isNotInstanceOf(BytesMessage.class);
        assertThat(plain.getBody(Number.class)).isNull();
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
        message.setObjectProperty("null", null);
        message.setStringProperty("DELAY", "3");
        message.setDoubleProperty("double", Double.NaN);

        AgenaMessage received = delivered(message);

        assertThat(Collections.list(received.getPropertyNames()))
                .containsExactlyInAnyOrder("short", "null", "DELAY", "double", "JMSXDeliveryCount");
        assertThat(received.getObjectProperty("short")).isEqualTo((short) 3);
        assertThat(received.propertyExists("null")).isTrue();
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

        BytesMessage asBytes = (BytesMessage) new MessageReader(false).read(record, 0, 1, ORDERS);
        TextMessage asText = (TextMessage) new MessageReader(true).read(record, 0, 1, ORDERS);

        assertThat(asBytes.getBody(byte[].class)).isEqualTo(text);
        assertThat(asText.getText()).startsWith("hello hello");
        assertThat(asText.getJMSType()).isEqualTo("new");
        assertThat(asText.getStringProperty("colour")).isEqualTo("red");
        assertThat(asText.getJMSRedelivered()).isFalse();
    }

    private static AgenaMessage delivered(AgenaMessage message) throws JMSException {
        MessageWriter.Written written = new MessageWriter().write(message, "00FF");
        return new MessageReader(false).read(record(0, written.properties(), written.body()), 0, 2, ORDERS);
    }

    private static ByteBuffer record(int sysFlag, ByteBuffer properties, ByteBuffer body) {
        MessageDraft draft = new MessageDraft("Orders", 0, 0, sysFlag, 1234, HOST, 0, 0, properties, body);
        ByteBuffer record = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        MessageRecord.encode(draft, HOST, record, 0);
        return record;
    }
}
