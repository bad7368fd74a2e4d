// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static io.agenamq.provider.message.Records.ORDERS;
import static io.agenamq.provider.message.Records.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.destination.AgenaTopic;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AgenaMessageTest {

    private final AgenaMessage message = new AgenaMessage();

    private List<ThrowingCallable> setters(String name) {
        return List.of(
                () -> message.setBooleanProperty(name, true),
                () -> message.setByteProperty(name, (byte) 1),
                () -> message.setShortProperty(name, (short) 1),
                () -> message.setIntProperty(name, 1),
                () -> message.setLongProperty(name, 1),
                () -> message.setFloatProperty(name, 1),
                () -> message.setDoubleProperty(name, 1),
                () -> message.setStringProperty(name, "1"),
                () -> message.setObjectProperty(name, 1));
    }

    @Test
    void every_setter_refuses_what_no_selector_could_ask_for() {
        for (String name : new String[] {null, "", "a-b", "a.b", "1a", "a b", "NULL", "between", "Not"}) {
            for (ThrowingCallable setter : setters(name)) {
                assertThatThrownBy(setter).as("%s", name).isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(message.getPropertyNames().hasMoreElements()).isFalse();
    }

    @Test
    void names_of_header_fields_are_reserved_and_those_of_vendors_are_not() throws Exception {
        for (String name : List.of("JMSMessageID", "JMSPriority", "JMSType", "JMSAnything")) {
            assertThatThrownBy(() -> message.setStringProperty(name, "x"))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("JMS_IBM_Format", "JMS_AGENA_BODY", "JMSXGroupID", "JMSXAppID", "jmsx")) {
            message.setStringProperty(name, "x");
            assertThat(delivered(message).getStringProperty(name)).isEqualTo("x");
        }
    }

    @Test
    void group_properties_have_their_types() throws Exception {
        message.setStringProperty("JMSXGroupID", "g");
        message.setIntProperty("JMSXGroupSeq", 3);

        assertThatThrownBy(() -> message.setIntProperty("JMSXGroupID", 1)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.setStringProperty("JMSXGroupSeq", "3"))
                .isInstanceOf(MessageFormatException.class);
        assertThat(delivered(message).getStringProperty("JMSXGroupID")).isEqualTo("g");
        assertThat(delivered(message).getIntProperty("JMSXGroupSeq")).isEqualTo(3);
    }

    @Test
    void what_was_said_of_one_delivery_is_not_passed_on() throws Exception {
        message.setIntProperty("JMSXDeliveryCount", 17);
        message.setLongProperty("JMSXRcvTimestamp", 1);
        message.setIntProperty("JMSXState", 1);

        AgenaMessage received = delivered(message);

        assertThat(Collections.list(received.getPropertyNames())).containsExactly("JMSXDeliveryCount");
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    }

    @Test
    void other_classes_cannot_be_properties() {
        for (Object value : List.of('c', new byte[1], Map.of(), List.of(), Instant.EPOCH)) {
            assertThatThrownBy(() -> message.setObjectProperty("p", value)).isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void properties_of_a_received_message_are_read_only_until_they_are_cleared() throws Exception {
        AgenaTextMessage sent = new AgenaTextMessage("body");
        sent.setIntProperty("p", 1);
        sent.setJMSType("type");
        AgenaTextMessage received = (AgenaTextMessage) delivered(sent);

        assertThatThrownBy(() -> received.setIntProperty("p", 2)).isInstanceOf(MessageNotWriteableException.class);
        received.clearProperties();
        received.setIntProperty("q", 2);

        assertThat(Collections.list(received.getPropertyNames())).containsExactly("q");
        assertThat(received.getText()).isEqualTo("body");
        assertThat(received.getJMSType()).isEqualTo("type");
        assertThatThrownBy(() -> received.setText("x")).isInstanceOf(MessageNotWriteableException.class);
    }

    @Test
    void clearing_the_body_leaves_the_properties() throws Exception {
        message.setIntProperty("p", 1);
        AgenaMessage received = delivered(message);
        received.clearBody();

        assertThat(received.getIntProperty("p")).isEqualTo(1);
        assertThatThrownBy(() -> received.setIntProperty("p", 2)).isInstanceOf(MessageNotWriteableException.class);
    }

    @Test
    void header_fields_of_a_received_message_can_be_set() throws Exception {
        AgenaMessage received = delivered(message);

        received.setJMSMessageID("ID:x");
        received.setJMSTimestamp(1);
        received.setJMSCorrelationID("c");
        received.setJMSReplyTo(new AgenaTopic("t"));
        received.setJMSDestination(ORDERS);
        received.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        received.setJMSRedelivered(false);
        received.setJMSType("t");
        received.setJMSExpiration(2);
        received.setJMSDeliveryTime(3);
        received.setJMSPriority(9);

        assertThat(received.getJMSMessageID()).isEqualTo("ID:x");
        assertThat(received.getJMSRedelivered()).isFalse();
        assertThat(received.getJMSReplyTo()).isEqualTo(new AgenaTopic("t"));
        assertThat(received.getJMSDeliveryTime()).isEqualTo(3);
        assertThat(received.getJMSPriority()).isEqualTo(9);
    }

    @Test
    void a_correlation_id_is_text_and_bytes_at_once() {
        byte[] bytes = "id-é".getBytes(StandardCharsets.UTF_8);
        message.setJMSCorrelationIDAsBytes(bytes);
        bytes[0] = 'X';
        assertThat(message.getJMSCorrelationID()).isEqualTo("id-é");

        message.getJMSCorrelationIDAsBytes()[0] = 'X';
        assertThat(message.getJMSCorrelationIDAsBytes()).isEqualTo("id-é".getBytes(StandardCharsets.UTF_8));

        message.setJMSCorrelationID("other");
        assertThat(message.getJMSCorrelationIDAsBytes()).isEqualTo("other".getBytes(StandardCharsets.UTF_8));
        message.setJMSCorrelationIDAsBytes(null);
        assertThat(message.getJMSCorrelationID()).isNull();
        assertThat(message.getJMSCorrelationIDAsBytes()).isNull();
    }

    @Test
    void a_delivery_time_arrives() throws Exception {
        message.setJMSTimestamp(1234);
        message.setJMSDeliveryTime(1300);

        assertThat(delivered(message).getJMSDeliveryTime()).isEqualTo(1300);
        message.setJMSDeliveryTime(1234);
        assertThat(delivered(message).getJMSDeliveryTime()).isEqualTo(1234);
    }

    @Test
    void no_body_can_be_had_as_anything() throws Exception {
        for (AgenaMessage empty : List.of(
                message,
                new AgenaTextMessage(null),
                new AgenaBytesMessage(),
                new AgenaMapMessage(),
                new AgenaObjectMessage(TrustedClasses.BASICS))) {
            assertThat(empty.isBodyAssignableTo(Thread.class)).isTrue();
            assertThat(empty.getBody(Thread.class)).isNull();
        }
    }

    @Test
    void text_can_be_had_as_what_a_string_is() throws Exception {
        AgenaTextMessage text = new AgenaTextMessage("x");

        assertThat(text.getBody(CharSequence.class)).isEqualTo("x");
        assertThat(text.getBody(Object.class)).isEqualTo("x");
        assertThat(text.isBodyAssignableTo(Integer.class)).isFalse();
        assertThatThrownBy(() -> text.getBody(Integer.class)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void bytes_can_be_had_as_byte_array_or_object_only() throws Exception {
        AgenaBytesMessage bytes = new AgenaBytesMessage();
        bytes.writeByte((byte) 1);

        assertThat(bytes.isBodyAssignableTo(byte[].class)).isTrue();
        assertThat(bytes.isBodyAssignableTo(Object.class)).isTrue();
        assertThat(bytes.isBodyAssignableTo(java.io.Serializable.class)).isFalse();
    }
}
