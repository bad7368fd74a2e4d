// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The six kinds of messages as they come out on the other side (Jakarta Messaging 3.1 §3.11). */
class MessageBodyTest extends Rules {

    private static final List<Class<? extends Message>> KINDS =
            List.of(TextMessage.class, BytesMessage.class, MapMessage.class, StreamMessage.class, ObjectMessage.class);

    /** The types of the conversion table of maps and streams. */
    @SuppressWarnings("ImmutableEnumChecker") // values that nobody changes, and method references
    private enum Type {
        BOOLEAN(true, StreamMessage::readBoolean, MapMessage::getBoolean),
        BYTE((byte) 7, StreamMessage::readByte, MapMessage::getByte),
        SHORT((short) 7, StreamMessage::readShort, MapMessage::getShort),
        CHAR('7', StreamMessage::readChar, MapMessage::getChar),
        INT(7, StreamMessage::readInt, MapMessage::getInt),
        LONG(7L, StreamMessage::readLong, MapMessage::getLong),
        FLOAT(7.5f, StreamMessage::readFloat, MapMessage::getFloat),
        DOUBLE(7.5, StreamMessage::readDouble, MapMessage::getDouble),
        STRING("7", StreamMessage::readString, MapMessage::getString),
        BYTES(new byte[] {7}, Type::readBytes, MapMessage::getBytes);

        private final Object value;
        private final StreamReader fromStream;
        private final MapReader fromMap;

        Type(Object value, StreamReader fromStream, MapReader fromMap) {
            this.value = value;
            this.fromStream = fromStream;
            this.fromMap = fromMap;
        }

        private static Object readBytes(StreamMessage message) throws JMSException {
            return message.readBytes(new byte[16]);
        }
    }

    @FunctionalInterface
    private interface StreamReader {
        Object read(StreamMessage message) throws JMSException;
    }

    @FunctionalInterface
    private interface MapReader {
        Object read(MapMessage message, String name) throws JMSException;
    }

    private static final Map<Type, Set<Type>> READABLE_AS = Map.of(
            Type.BOOLEAN, Set.of(Type.BOOLEAN, Type.STRING),
            Type.BYTE, Set.of(Type.BYTE, Type.SHORT, Type.INT, Type.LONG, Type.STRING),
            Type.SHORT, Set.of(Type.SHORT, Type.INT, Type.LONG, Type.STRING),
            Type.CHAR, Set.of(Type.CHAR, Type.STRING),
            Type.INT, Set.of(Type.INT, Type.LONG, Type.STRING),
            Type.LONG, Set.of(Type.LONG, Type.STRING),
            Type.FLOAT, Set.of(Type.FLOAT, Type.DOUBLE, Type.STRING),
            Type.DOUBLE, Set.of(Type.DOUBLE, Type.STRING),
            Type.STRING,
                    Set.of(
                            Type.BOOLEAN,
                            Type.BYTE,
                            Type.SHORT,
                            Type.INT,
                            Type.LONG,
                            Type.FLOAT,
                            Type.DOUBLE,
                            Type.STRING),
            Type.BYTES, Set.of(Type.BYTES));

    // ---- kinds

    private Message empty(Class<? extends Message> kind) throws JMSException {
        if (kind == TextMessage.class) {
            return session.createTextMessage();
        } else if (kind == BytesMessage.class) {
            return session.createBytesMessage();
        } else if (kind == MapMessage.class) {
            return session.createMapMessage();
        } else if (kind == StreamMessage.class) {
            return session.createStreamMessage();
        } else {
            return session.createObjectMessage();
        }
    }

    @Test
    void a_message_of_each_kind_without_a_body_arrives_as_its_own_kind_and_no_other() throws Exception {
        for (Class<? extends Message> kind : KINDS) {
            Message received = roundTrip(empty(kind));
            for (Class<? extends Message> other : KINDS) {
                assertThat(other.isInstance(received))
                        .as("%s is %s", kind, other)
                        .isEqualTo(kind == other);
            }
        }
    }

    @Test
    void a_message_without_a_body_arrives_as_no_kind_in_particular() throws Exception {
        Message received = roundTrip(session.createMessage());
        for (Class<? extends Message> kind : KINDS) {
            assertThat(received).isNotInstanceOf(kind);
        }
        assertThat(received.getBody(String.class)).isNull();
        assertThat(received.isBodyAssignableTo(Date.class)).isTrue();
    }

    // ---- text

    @Test
    void any_text_arrives_and_null_is_not_the_empty_text() throws Exception {
        String[] texts = {
            "text",
            "",
            null,
            "Größe \u4e2d\u6587 \ud83d\ude80",
            "nul \u0000 and control \u0001\u001f",
            "line\r\nline\n",
            "x".repeat(200_000)
        };
        for (String text : texts) {
            TextMessage received = roundTrip(session.createTextMessage(text));
            assertThat(received.getText()).isEqualTo(text);
        }
    }

    @Test
    void half_a_surrogate_pair_crashes_nobody() throws Exception {
        Queue queue = queue();
        try {
            session.createProducer(queue).send(session.createTextMessage("half \ud83d pair"));
        } catch (JMSException refused) {
            return;
        }
        assertThat(text(receive(session.createConsumer(queue))))
                .startsWith("half ")
                .endsWith(" pair");
    }

    @Test
    void a_received_text_is_read_only_until_it_is_cleared() throws Exception {
        TextMessage received = roundTrip(session.createTextMessage("a"));
        assertThatThrownBy(() -> received.setText("b")).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThat(received.getText()).isNull();
        received.setText("b");
        assertThat(received.getText()).isEqualTo("b");
    }

    // ---- bytes

    @Test
    void bytes_arrive_as_they_were_written_at_their_beginning() throws Exception {
        BytesMessage sent = session.createBytesMessage();
        sent.writeBoolean(true);
        sent.writeByte((byte) -1);
        sent.writeShort((short) -2);
        sent.writeChar('ü');
        sent.writeInt(-3);
        sent.writeLong(Long.MIN_VALUE);
        sent.writeFloat(Float.MIN_VALUE);
        sent.writeDouble(Double.NaN);
        sent.writeUTF("Größe");
        sent.writeBytes(new byte[] {1, 2, 3});
        sent.writeBytes(new byte[] {9, 4, 5, 9}, 1, 2);
        sent.writeObject(6);
        BytesMessage received = roundTrip(sent);
        assertThat(received.readBoolean()).isTrue();
        assertThat(received.readUnsignedByte()).isEqualTo(255);
        assertThat(received.readUnsignedShort()).isEqualTo(65534);
        assertThat(received.readChar()).isEqualTo('ü');
        assertThat(received.readInt()).isEqualTo(-3);
        assertThat(received.readLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(received.readFloat()).isEqualTo(Float.MIN_VALUE);
        assertThat(received.readDouble()).isNaN();
        assertThat(received.readUTF()).isEqualTo("Größe");
        byte[] five = new byte[5];
        assertThat(received.readBytes(five)).isEqualTo(5);
        assertThat(five).containsExactly(1, 2, 3, 4, 5);
        assertThat(received.readInt()).isEqualTo(6);
        assertThat(received.readBytes(five)).isEqualTo(-1);
        assertThatThrownBy(received::readByte).isInstanceOf(MessageEOFException.class);
    }

    @Test
    void received_bytes_can_be_read_again_and_know_their_length() throws Exception {
        BytesMessage sent = session.createBytesMessage();
        sent.writeBytes(new byte[] {1, 2, 3});
        BytesMessage received = roundTrip(sent);
        assertThat(received.getBodyLength()).isEqualTo(3);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        received.reset();
        assertThat(received.readByte()).isEqualTo((byte) 1);
        byte[] rest = new byte[10];
        assertThat(received.readBytes(rest, 1)).isEqualTo(1);
        assertThat(rest[0]).isEqualTo((byte) 2);
        assertThat(received.readBytes(rest)).isEqualTo(1);
        assertThat(received.readBytes(rest)).isEqualTo(-1);
    }

    @Test
    void a_read_beyond_the_end_of_bytes_does_not_move() throws Exception {
        BytesMessage sent = session.createBytesMessage();
        sent.writeByte((byte) 1);
        sent.writeByte((byte) 2);
        BytesMessage received = roundTrip(sent);
        assertThatThrownBy(received::readInt).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(received::readLong).isInstanceOf(MessageEOFException.class);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        assertThat(received.readByte()).isEqualTo((byte) 2);
    }

    @Test
    void bytes_refuse_lengths_that_cannot_be() throws Exception {
        BytesMessage sent = session.createBytesMessage();
        sent.writeByte((byte) 1);
        BytesMessage received = roundTrip(sent);
        assertThatThrownBy(() -> received.readBytes(new byte[2], -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> received.readBytes(new byte[2], 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(received.readByte()).isEqualTo((byte) 1);
    }

    @Test
    void bytes_are_written_or_read() throws Exception {
        BytesMessage message = session.createBytesMessage();
        assertThatThrownBy(message::readByte).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(message::readUTF).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(() -> message.readBytes(new byte[1])).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(message::getBodyLength).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(() -> message.writeObject(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> message.writeObject(new Object())).isInstanceOf(MessageFormatException.class);
        BytesMessage received = roundTrip(message);
        assertThatThrownBy(() -> received.writeByte((byte) 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.writeUTF("")).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThatThrownBy(received::readByte).isInstanceOf(MessageNotReadableException.class);
        received.writeByte((byte) 1);
    }

    @Test
    void sending_leaves_bytes_and_streams_in_the_mode_in_which_they_are() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeByte((byte) 1);
        producer.send(bytes);
        bytes.writeByte((byte) 2);
        producer.send(bytes);
        StreamMessage stream = session.createStreamMessage();
        stream.writeInt(1);
        producer.send(stream);
        stream.writeInt(2);
        producer.send(stream);
        assertThat(((BytesMessage) receive(consumer)).getBodyLength()).isEqualTo(1);
        assertThat(((BytesMessage) receive(consumer)).getBodyLength()).isEqualTo(2);
        StreamMessage one = (StreamMessage) receive(consumer);
        assertThat(one.readInt()).isEqualTo(1);
        assertThatThrownBy(one::readInt).isInstanceOf(MessageEOFException.class);
        StreamMessage two = (StreamMessage) receive(consumer);
        assertThat(two.readInt()).isEqualTo(1);
        assertThat(two.readInt()).isEqualTo(2);
    }

    @Test
    void getBody_of_bytes_begins_at_the_beginning_before_and_after() throws Exception {
        BytesMessage sent = session.createBytesMessage();
        sent.writeBytes(new byte[] {1, 2, 3});
        BytesMessage received = roundTrip(sent);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        assertThat(received.getBody(byte[].class)).containsExactly(1, 2, 3);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        assertThat(received.isBodyAssignableTo(byte[].class)).isTrue();
        assertThat(received.isBodyAssignableTo(String.class)).isFalse();
        assertThatThrownBy(() -> received.getBody(String.class)).isInstanceOf(MessageFormatException.class);
    }

    // ---- maps and streams

    @Test
    void a_received_map_reads_as_what_the_table_allows_and_as_nothing_else() throws Exception {
        MapMessage sent = session.createMapMessage();
        for (Type type : Type.values()) {
            sent.setObject(type.name(), type.value);
        }
        MapMessage received = roundTrip(sent);
        for (Type written : Type.values()) {
            for (Type read : Type.values()) {
                String what = written + " as " + read;
                if (READABLE_AS.get(written).contains(read)) {
                    assertThatCode(() -> read.fromMap.read(received, written.name()))
                            .as(what)
                            .doesNotThrowAnyException();
                } else {
                    assertThatThrownBy(() -> read.fromMap.read(received, written.name()))
                            .as(what)
                            .isInstanceOf(MessageFormatException.class);
                }
            }
            assertThat(received.getObject(written.name()))
                    .isEqualTo(written.value)
                    .hasSameClassAs(written.value);
        }
    }

    @Test
    void a_received_stream_reads_as_what_the_table_allows_and_a_failed_read_does_not_move() throws Exception {
        StreamMessage sent = session.createStreamMessage();
        for (Type type : Type.values()) {
            sent.writeObject(type.value);
        }
        StreamMessage received = roundTrip(sent);
        for (Type written : Type.values()) {
            for (Type read : Type.values()) {
                if (!READABLE_AS.get(written).contains(read)) {
                    assertThatThrownBy(() -> read.fromStream.read(received))
                            .as(written + " as " + read)
                            .isInstanceOf(MessageFormatException.class);
                }
            }
            assertThat(received.readObject()).isEqualTo(written.value);
        }
        for (Type written : Type.values()) {
            for (Type read : READABLE_AS.get(written)) {
                received.reset();
                for (Type before : Type.values()) {
                    if (before == written) {
                        break;
                    }
                    received.readObject();
                }
                assertThatCode(() -> read.fromStream.read(received))
                        .as(written + " as " + read)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void null_in_a_map_reads_like_the_value_of_null() throws Exception {
        MapMessage sent = session.createMapMessage();
        sent.setString("null", null);
        sent.setString("word", "seven");
        MapMessage received = roundTrip(sent);
        assertThat(received.itemExists("null")).isTrue();
        assertThat(received.itemExists("absent")).isFalse();
        for (String name : new String[] {"null", "absent"}) {
            assertThat(received.getObject(name)).isNull();
            assertThat(received.getString(name)).isNull();
            assertThat(received.getBytes(name)).isNull();
            assertThat(received.getBoolean(name)).isFalse();
            assertThatThrownBy(() -> received.getByte(name)).isInstanceOf(NumberFormatException.class);
            assertThatThrownBy(() -> received.getShort(name)).isInstanceOf(NumberFormatException.class);
            assertThatThrownBy(() -> received.getInt(name)).isInstanceOf(NumberFormatException.class);
            assertThatThrownBy(() -> received.getLong(name)).isInstanceOf(NumberFormatException.class);
            assertThatThrownBy(() -> received.getFloat(name)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> received.getDouble(name)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> received.getChar(name)).isInstanceOf(NullPointerException.class);
        }
        assertThatThrownBy(() -> received.getInt("word")).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void a_map_needs_names_and_takes_only_what_the_table_has() throws Exception {
        MapMessage message = session.createMapMessage();
        for (String none : new String[] {null, ""}) {
            assertThatThrownBy(() -> message.setInt(none, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setString(none, "a")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setBytes(none, new byte[1])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setObject(none, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> message.setObject("o", new Object())).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.setObject("o", List.of())).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void names_of_a_received_map_are_those_that_were_set() throws Exception {
        MapMessage sent = session.createMapMessage();
        sent.setInt("one", 1);
        sent.setString("two", null);
        sent.setBytes("three", new byte[] {9, 1, 2, 9}, 1, 2);
        MapMessage received = roundTrip(sent);
        assertThat(names(received.getMapNames())).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(received.getBytes("three")).containsExactly(1, 2);
        Map<?, ?> body = received.getBody(Map.class);
        assertThat(body).hasSize(3);
        assertThat(received.isBodyAssignableTo(Map.class)).isTrue();
        assertThat(received.isBodyAssignableTo(HashMap.class)).isFalse();
        assertThatThrownBy(() -> received.getBody(HashMap.class)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void a_received_map_is_read_only_until_it_is_cleared() throws Exception {
        MapMessage sent = session.createMapMessage();
        sent.setInt("one", 1);
        MapMessage received = roundTrip(sent);
        assertThatThrownBy(() -> received.setInt("two", 2)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setObject("two", 2)).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThat(received.itemExists("one")).isFalse();
        received.setInt("two", 2);
        assertThat(received.getInt("two")).isEqualTo(2);
    }

    @Test
    void bytes_in_a_stream_are_read_in_pieces_and_nothing_else_until_their_end() throws Exception {
        StreamMessage sent = session.createStreamMessage();
        sent.writeBytes(new byte[] {1, 2, 3, 4, 5});
        sent.writeBytes(new byte[] {6, 7});
        sent.writeBytes(new byte[0]);
        sent.writeBytes(null);
        sent.writeString("end");
        StreamMessage received = roundTrip(sent);
        byte[] two = new byte[2];
        assertThat(received.readBytes(two)).isEqualTo(2);
        assertThat(two).containsExactly(1, 2);
        assertThatThrownBy(received::readString).isInstanceOf(MessageFormatException.class);
        assertThat(received.readBytes(two)).isEqualTo(2);
        assertThat(received.readBytes(two)).isEqualTo(1);
        assertThat(two[0]).isEqualTo((byte) 5);
        assertThat(received.readBytes(two)).isEqualTo(2);
        assertThat(received.readBytes(two)).isEqualTo(-1);
        assertThat(received.readBytes(two)).isZero();
        assertThat(received.readBytes(two)).isEqualTo(-1);
        assertThat(received.readString()).isEqualTo("end");
        assertThatThrownBy(received::readString).isInstanceOf(MessageEOFException.class);
    }

    @Test
    void null_in_a_stream_reads_like_the_value_of_null() throws Exception {
        StreamMessage sent = session.createStreamMessage();
        sent.writeObject(null);
        sent.writeString("word");
        StreamMessage received = roundTrip(sent);
        assertThatThrownBy(received::readInt).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(received::readLong).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(received::readDouble).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(received::readChar).isInstanceOf(NullPointerException.class);
        assertThat(received.readObject()).isNull();
        assertThatThrownBy(received::readInt).isInstanceOf(NumberFormatException.class);
        assertThat(received.readString()).isEqualTo("word");
    }

    @Test
    void a_stream_is_written_or_read_and_has_no_body_as_a_whole() throws Exception {
        StreamMessage message = session.createStreamMessage();
        message.writeInt(1);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageNotReadableException.class);
        StreamMessage received = roundTrip(message);
        assertThatThrownBy(() -> received.writeInt(1)).isInstanceOf(MessageNotWriteableException.class);
        assertThat(received.isBodyAssignableTo(Object.class)).isFalse();
        assertThatThrownBy(() -> received.getBody(Object.class)).isInstanceOf(MessageFormatException.class);
        received.clearBody();
        assertThatThrownBy(received::readInt).isInstanceOf(MessageNotReadableException.class);
        received.writeInt(2);
        received.reset();
        assertThat(received.readInt()).isEqualTo(2);
    }

    @Test
    void arrays_are_copied_in_and_out() throws Exception {
        byte[] mine = {1, 2};
        MapMessage map = session.createMapMessage();
        map.setBytes("bytes", mine);
        StreamMessage stream = session.createStreamMessage();
        stream.writeBytes(mine);
        mine[0] = 99;
        MapMessage receivedMap = roundTrip(map);
        StreamMessage receivedStream = roundTrip(stream);
        receivedMap.getBytes("bytes")[1] = 99;
        assertThat(receivedMap.getBytes("bytes")).containsExactly(1, 2);
        assertThat((byte[]) receivedStream.readObject()).containsExactly(1, 2);
    }

    // ---- objects

    @Test
    void an_object_arrives_as_it_was_when_it_was_set() throws Exception {
        ArrayList<String> object = new ArrayList<>(List.of("a"));
        ObjectMessage sent = session.createObjectMessage(object);
        object.add("later");
        ObjectMessage received = roundTrip(sent);
        assertThat(received.getObject()).isEqualTo(List.of("a")).isNotSameAs(received.getObject());
        assertThat(received.getBody(Serializable.class)).isEqualTo(List.of("a"));
        assertThat(received.isBodyAssignableTo(ArrayList.class)).isTrue();
        assertThat(received.isBodyAssignableTo(Date.class)).isFalse();
        assertThatThrownBy(() -> received.getBody(Date.class)).isInstanceOf(MessageFormatException.class);
    }

    /** A class of the application that no provider has been told of. */
    private record Order(String what) implements Serializable {}

    @Test
    void who_sets_an_object_may_have_it_back_whatever_its_class() throws Exception {
        ObjectMessage message = session.createObjectMessage(new Order("tea"));
        assertThat(message.getObject()).isEqualTo(new Order("tea"));
        assertThat(message.isBodyAssignableTo(Order.class)).isTrue();
        session.createProducer(queue()).send(message);
        assertThat(message.getBody(Order.class)).isEqualTo(new Order("tea"));
    }

    @Test
    void plain_objects_of_the_jdk_arrive() throws Exception {
        for (Serializable object :
                new Serializable[] {"text", 7, 7L, 7.5, true, UUID.randomUUID(), new HashMap<>(Map.of("k", 1))}) {
            ObjectMessage received = roundTrip(session.createObjectMessage(object));
            assertThat(received.getObject()).isEqualTo(object);
        }
        ObjectMessage nothing = roundTrip(session.createObjectMessage(null));
        assertThat(nothing.getObject()).isNull();
    }

    @Test
    void what_cannot_be_serialised_is_refused_at_once() {
        ArrayList<Object> holdsThread = new ArrayList<>(List.of(Thread.currentThread()));
        assertThatThrownBy(() -> session.createObjectMessage(holdsThread)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> session.createObjectMessage().setObject(holdsThread))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void a_received_object_is_read_only_until_it_is_cleared() throws Exception {
        ObjectMessage received = roundTrip(session.createObjectMessage("a"));
        assertThatThrownBy(() -> received.setObject("b")).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThat(received.getObject()).isNull();
        received.setObject("b");
        assertThat(received.getObject()).isEqualTo("b");
    }

    // ---- getBody

    @Test
    void the_body_of_a_text_can_be_had_as_what_a_string_is() throws Exception {
        TextMessage received = roundTrip(session.createTextMessage("a"));
        assertThat(received.getBody(String.class)).isEqualTo("a");
        assertThat(received.getBody(CharSequence.class)).isEqualTo("a");
        assertThat(received.getBody(Object.class)).isEqualTo("a");
        assertThat(received.isBodyAssignableTo(String.class)).isTrue();
        assertThat(received.isBodyAssignableTo(Integer.class)).isFalse();
        assertThatThrownBy(() -> received.getBody(Integer.class)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void a_body_that_is_not_there_is_null_whatever_it_is_asked_for_as() throws Exception {
        for (Class<? extends Message> kind : List.of(TextMessage.class, MapMessage.class, ObjectMessage.class)) {
            Message received = roundTrip(empty(kind));
            assertThat(received.getBody(Date.class)).as(kind.getName()).isNull();
            assertThat(received.isBodyAssignableTo(Date.class))
                    .as(kind.getName())
                    .isTrue();
        }
    }

    // ---- all

    @Test
    void what_was_sent_does_not_change_with_the_message_afterwards() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        TextMessage text = session.createTextMessage("first");
        text.setIntProperty("p", 1);
        producer.send(text);
        text.setText("second");
        text.setIntProperty("p", 2);
        producer.send(text);
        MessageConsumer consumer = session.createConsumer(queue);
        Message first = receive(consumer);
        Message second = receive(consumer);
        assertThat(text(first)).isEqualTo("first");
        assertThat(first.getIntProperty("p")).isEqualTo(1);
        assertThat(text(second)).isEqualTo("second");
        assertThat(second.getIntProperty("p")).isEqualTo(2);
    }

    @Test
    void a_message_can_be_read_when_its_session_and_connection_are_closed() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        Session own = connection.createSession();
        TextMessage message = (TextMessage) receive(own.createConsumer(queue));
        own.close();
        connection.close();
        assertThat(message.getText()).isEqualTo("a");
        assertThat(message.getJMSDestination()).isEqualTo(queue);
        message.clearBody();
        message.setText("b");
        assertThat(message.getText()).isEqualTo("b");
    }

    @Test
    void a_received_message_can_be_sent_on() throws Exception {
        MapMessage sent = session.createMapMessage();
        sent.setShort("short", (short) 1);
        sent.setStringProperty("p", "x");
        Message once = roundTrip(sent);
        MapMessage twice = (MapMessage) roundTrip(once);
        assertThat(twice.getObject("short")).isEqualTo((short) 1);
        assertThat(twice.getStringProperty("p")).isEqualTo("x");
        assertThat(twice.getJMSMessageID()).isEqualTo(once.getJMSMessageID());
    }

    @Test
    void a_large_body_arrives_whole() throws Exception {
        byte[] body = new byte[2 * 1024 * 1024];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31);
        }
        BytesMessage sent = session.createBytesMessage();
        sent.writeBytes(body);
        BytesMessage received = roundTrip(sent);
        assertThat(received.getBodyLength()).isEqualTo(body.length);
        assertThat(received.getBody(byte[].class)).isEqualTo(body);
    }
}
