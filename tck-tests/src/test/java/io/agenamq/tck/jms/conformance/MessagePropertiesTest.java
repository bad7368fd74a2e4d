// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Properties, their types and conversions, as they are on the other side (Jakarta Messaging 3.1 §3.5). */
class MessagePropertiesTest extends Rules {

    /** The types of the conversion table, each with a value to set and a way to read. */
    @SuppressWarnings("ImmutableEnumChecker") // boxes and method references
    private enum Type {
        BOOLEAN(true, Message::getBooleanProperty),
        BYTE((byte) 7, Message::getByteProperty),
        SHORT((short) 7, Message::getShortProperty),
        INT(7, Message::getIntProperty),
        LONG(7L, Message::getLongProperty),
        FLOAT(7.5f, Message::getFloatProperty),
        DOUBLE(7.5, Message::getDoubleProperty),
        STRING("7", Message::getStringProperty);

        private final Object value;
        private final Reader reader;

        Type(Object value, Reader reader) {
            this.value = value;
            this.reader = reader;
        }
    }

    @FunctionalInterface
    private interface Reader {
        Object read(Message message, String name) throws JMSException;
    }

    /** What each type can be read as; nothing else. */
    private static final Map<Type, Set<Type>> READABLE_AS = Map.of(
            Type.BOOLEAN, Set.of(Type.BOOLEAN, Type.STRING),
            Type.BYTE, Set.of(Type.BYTE, Type.SHORT, Type.INT, Type.LONG, Type.STRING),
            Type.SHORT, Set.of(Type.SHORT, Type.INT, Type.LONG, Type.STRING),
            Type.INT, Set.of(Type.INT, Type.LONG, Type.STRING),
            Type.LONG, Set.of(Type.LONG, Type.STRING),
            Type.FLOAT, Set.of(Type.FLOAT, Type.DOUBLE, Type.STRING),
            Type.DOUBLE, Set.of(Type.DOUBLE, Type.STRING),
            Type.STRING, Set.of(Type.values()));

    private Message messageOfAllTypes() throws JMSException {
        Message message = session.createMessage();
        for (Type type : Type.values()) {
            message.setObjectProperty(type.name(), type.value);
        }
        return message;
    }

    @Test
    void a_received_property_reads_as_what_the_table_allows_and_as_nothing_else() throws Exception {
        Message received = roundTrip(messageOfAllTypes());
        for (Type set : Type.values()) {
            for (Type read : Type.values()) {
                String what = set + " as " + read;
                if (READABLE_AS.get(set).contains(read)) {
                    assertThatCode(() -> read.reader.read(received, set.name()))
                            .as(what)
                            .doesNotThrowAnyException();
                } else {
                    assertThatThrownBy(() -> read.reader.read(received, set.name()))
                            .as(what)
                            .isInstanceOf(MessageFormatException.class);
                }
            }
        }
    }

    @Test
    void a_received_property_is_of_the_type_that_was_set() throws Exception {
        Message received = roundTrip(messageOfAllTypes());
        for (Type type : Type.values()) {
            assertThat(received.getObjectProperty(type.name()))
                    .isEqualTo(type.value)
                    .hasSameClassAs(type.value);
            assertThat(received.getStringProperty(type.name())).isEqualTo(String.valueOf(type.value));
        }
    }

    @Test
    void a_text_property_that_is_no_number_is_a_number_format_error() throws Exception {
        Message message = session.createMessage();
        message.setStringProperty("text", "seven");
        message.setStringProperty("truth", "TRUE");
        Message received = roundTrip(message);
        for (Type type : new Type[] {Type.BYTE, Type.SHORT, Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE}) {
            assertThatThrownBy(() -> type.reader.read(received, "text"))
                    .as(type.name())
                    .isInstanceOf(NumberFormatException.class);
        }
        assertThat(received.getBooleanProperty("text")).isFalse();
        assertThat(received.getBooleanProperty("truth")).isTrue();
    }

    @Test
    void a_property_that_is_not_there_reads_like_null() throws Exception {
        Message received = roundTrip(session.createMessage());
        assertThat(received.getObjectProperty("absent")).isNull();
        assertThat(received.getStringProperty("absent")).isNull();
        assertThat(received.getBooleanProperty("absent")).isFalse();
        for (Type type : new Type[] {Type.BYTE, Type.SHORT, Type.INT, Type.LONG}) {
            assertThatThrownBy(() -> type.reader.read(received, "absent"))
                    .as(type.name())
                    .isInstanceOf(NumberFormatException.class);
        }
        for (Type type : new Type[] {Type.FLOAT, Type.DOUBLE}) {
            assertThatThrownBy(() -> type.reader.read(received, "absent"))
                    .as(type.name())
                    .isInstanceOf(NullPointerException.class);
        }
        assertThat(received.propertyExists("absent")).isFalse();
    }

    @Test
    void a_property_with_the_value_null_is_there() throws Exception {
        Message message = session.createMessage();
        message.setStringProperty("text", null);
        message.setObjectProperty("object", null);
        Message received = roundTrip(message);
        assertThat(received.propertyExists("text")).isTrue();
        assertThat(received.propertyExists("object")).isTrue();
        assertThat(received.getStringProperty("text")).isNull();
        assertThat(received.getObjectProperty("object")).isNull();
        assertThat(names(received.getPropertyNames())).contains("text", "object");
    }

    @Test
    void extreme_numbers_arrive_exactly() throws Exception {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("byteMin", Byte.MIN_VALUE);
        values.put("shortMin", Short.MIN_VALUE);
        values.put("intMin", Integer.MIN_VALUE);
        values.put("longMin", Long.MIN_VALUE);
        values.put("longMax", Long.MAX_VALUE);
        values.put("floatMin", Float.MIN_VALUE);
        values.put("floatMax", Float.MAX_VALUE);
        values.put("floatNaN", Float.NaN);
        values.put("doubleMin", Double.MIN_VALUE);
        values.put("doubleMax", Double.MAX_VALUE);
        values.put("doubleNaN", Double.NaN);
        values.put("infinity", Double.NEGATIVE_INFINITY);
        values.put("minusZero", -0.0);
        values.put("third", 1.0 / 3);
        Message message = session.createMessage();
        for (Map.Entry<String, Object> value : values.entrySet()) {
            message.setObjectProperty(value.getKey(), value.getValue());
        }
        Message received = roundTrip(message);
        for (Map.Entry<String, Object> value : values.entrySet()) {
            assertThat(received.getObjectProperty(value.getKey()))
                    .as(value.getKey())
                    .isEqualTo(value.getValue());
        }
    }

    @Test
    void texts_of_any_characters_arrive() throws Exception {
        List<String> texts = List.of(
                "",
                " ",
                "Größe",
                "\u4e2d\u6587",
                "\ud83d\ude80",
                "a\u0001b\u0002c\u0000d",
                "a=b;c&d,e|f",
                "line\nline\r\n\t",
                "'quoted'\"");
        Message message = session.createMessage();
        for (int i = 0; i < texts.size(); i++) {
            message.setStringProperty("p" + i, texts.get(i));
        }
        Message received = roundTrip(message);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(received.getStringProperty("p" + i)).isEqualTo(texts.get(i));
        }
    }

    @Test
    void names_are_any_identifiers_and_tell_upper_from_lower_case() throws Exception {
        Message message = session.createMessage();
        message.setIntProperty("a", 1);
        message.setIntProperty("A", 2);
        message.setIntProperty("_a", 3);
        message.setIntProperty("$a", 4);
        message.setIntProperty("größe", 5);
        message.setIntProperty("TAGS", 6);
        message.setIntProperty("KEYS", 7);
        message.setIntProperty("DELAY", 8);
        Message received = roundTrip(message);
        assertThat(received.getIntProperty("a")).isEqualTo(1);
        assertThat(received.getIntProperty("A")).isEqualTo(2);
        assertThat(received.getIntProperty("_a")).isEqualTo(3);
        assertThat(received.getIntProperty("$a")).isEqualTo(4);
        assertThat(received.getIntProperty("größe")).isEqualTo(5);
        assertThat(received.getIntProperty("TAGS")).isEqualTo(6);
        assertThat(received.getIntProperty("KEYS")).isEqualTo(7);
        assertThat(received.getIntProperty("DELAY")).isEqualTo(8);
    }

    @Test
    void a_name_is_neither_null_nor_empty() throws Exception {
        Message message = session.createMessage();
        for (String none : Arrays.asList(null, "")) {
            assertThatThrownBy(() -> message.setBooleanProperty(none, true))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setByteProperty(none, (byte) 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setShortProperty(none, (short) 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setIntProperty(none, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setLongProperty(none, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setFloatProperty(none, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setDoubleProperty(none, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setStringProperty(none, "1")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setObjectProperty(none, "1")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void objects_of_other_classes_are_no_properties() throws Exception {
        Message message = session.createMessage();
        for (Object other : new Object[] {'c', new byte[1], Map.of(), Instant.EPOCH, new Object()}) {
            assertThatThrownBy(() -> message.setObjectProperty("p", other)).isInstanceOf(MessageFormatException.class);
        }
        assertThat(message.propertyExists("p")).isFalse();
    }

    @Test
    void the_names_of_a_received_message_are_those_that_were_set_and_the_delivery_count() throws Exception {
        TextMessage message = session.createTextMessage("a");
        message.setJMSType("type");
        message.setJMSCorrelationID("c");
        message.setJMSReplyTo(queue());
        message.setIntProperty("one", 1);
        message.setStringProperty("two", "2");
        Message received = roundTrip(message);
        assertThat(names(received.getPropertyNames())).containsExactlyInAnyOrder("one", "two", "JMSXDeliveryCount");
        for (String name : names(received.getPropertyNames())) {
            assertThat(received.propertyExists(name)).isTrue();
        }
        assertThat(names(message.getPropertyNames())).contains("one", "two");
    }

    @Test
    void properties_of_a_received_message_are_read_only_until_they_are_cleared() throws Exception {
        TextMessage message = session.createTextMessage("body");
        message.setIntProperty("p", 1);
        message.setJMSType("type");
        TextMessage received = roundTrip(message);
        assertThatThrownBy(() -> received.setBooleanProperty("q", true))
                .isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setByteProperty("q", (byte) 1))
                .isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setShortProperty("q", (short) 1))
                .isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setIntProperty("q", 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setLongProperty("q", 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setFloatProperty("q", 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setDoubleProperty("q", 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setStringProperty("q", "1")).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setObjectProperty("q", "1")).isInstanceOf(MessageNotWriteableException.class);

        received.clearProperties();

        assertThat(received.propertyExists("p")).isFalse();
        assertThat(received.getText()).isEqualTo("body");
        assertThat(received.getJMSType()).isEqualTo("type");
        received.setIntProperty("q", 2);
        assertThat(received.getIntProperty("q")).isEqualTo(2);
    }

    @Test
    void clearing_the_body_leaves_properties_and_headers() throws Exception {
        TextMessage message = session.createTextMessage("body");
        message.setIntProperty("p", 1);
        message.setJMSType("type");
        TextMessage received = roundTrip(message);
        received.clearBody();
        assertThat(received.getText()).isNull();
        assertThat(received.getIntProperty("p")).isEqualTo(1);
        assertThat(received.getJMSType()).isEqualTo("type");
        received.setText("new");
        assertThat(received.getText()).isEqualTo("new");
        assertThatThrownBy(() -> received.setIntProperty("q", 1)).isInstanceOf(MessageNotWriteableException.class);
    }

    @Test
    void group_properties_are_accepted_and_carried() throws Exception {
        Message message = session.createMessage();
        message.setStringProperty("JMSXGroupID", "group");
        message.setIntProperty("JMSXGroupSeq", 3);
        Message received = roundTrip(message);
        assertThat(received.getStringProperty("JMSXGroupID")).isEqualTo("group");
        assertThat(received.getObjectProperty("JMSXGroupSeq")).isEqualTo(3);
    }

    @Test
    void the_metadata_names_the_properties_that_a_provider_must_have() throws Exception {
        assertThat(names(connection.getMetaData().getJMSXPropertyNames()))
                .contains("JMSXDeliveryCount", "JMSXGroupID", "JMSXGroupSeq")
                .doesNotHaveDuplicates();
    }

    @Test
    void the_delivery_count_is_there_on_the_first_delivery_and_rises_with_the_flag() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            seen.add(delivery(receive(consumer)));
            acknowledging.recover();
        }
        assertThat(seen).containsExactly("a 1", "a again 2", "a again 3", "a again 4");
    }

    @Test
    void what_was_said_of_one_delivery_does_not_go_with_a_message_that_is_sent_on() throws Exception {
        Message message = session.createMessage();
        message.setIntProperty("p", 1);
        Message first = roundTrip(message);
        Message second = roundTrip(first);
        assertThat(names(second.getPropertyNames())).containsExactlyInAnyOrder("p", "JMSXDeliveryCount");
        assertThat(second.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    @Test
    void a_message_can_have_many_properties_and_long_ones() throws Exception {
        Message message = session.createMessage();
        for (int i = 0; i < 200; i++) {
            message.setStringProperty("property" + i, "value " + i);
        }
        message.setStringProperty("long", "x".repeat(10_000));
        Message received = roundTrip(message);
        for (int i = 0; i < 200; i++) {
            assertThat(received.getStringProperty("property" + i)).isEqualTo("value " + i);
        }
        assertThat(received.getStringProperty("long")).hasSize(10_000);
    }
}
