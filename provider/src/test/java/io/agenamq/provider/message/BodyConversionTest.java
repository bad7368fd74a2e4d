// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageFormatException;
import jakarta.jms.StreamMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The conversion table of Jakarta Messaging 3.1 §3.11.3, cell by cell, for the bodies of map and stream messages. */
class BodyConversionTest {

    private interface FromMap {
        @Nullable
        Object read(MapMessage map, String name) throws JMSException;
    }

    private interface FromStream {
        @Nullable
        Object read(StreamMessage stream) throws JMSException;
    }

    private record Reading(FromMap fromMap, FromStream fromStream) {}

    private static final Map<String, Reading> READINGS = Map.of(
            "boolean", new Reading(MapMessage::getBoolean, StreamMessage::readBoolean),
            "byte", new Reading(MapMessage::getByte, StreamMessage::readByte),
            "short", new Reading(MapMessage::getShort, StreamMessage::readShort),
            "char", new Reading(MapMessage::getChar, StreamMessage::readChar),
            "int", new Reading(MapMessage::getInt, StreamMessage::readInt),
            "long", new Reading(MapMessage::getLong, StreamMessage::readLong),
            "float", new Reading(MapMessage::getFloat, StreamMessage::readFloat),
            "double", new Reading(MapMessage::getDouble, StreamMessage::readDouble),
            "String", new Reading(MapMessage::getString, StreamMessage::readString),
            "byte[]", new Reading(MapMessage::getBytes, BodyConversionTest::readWhole));

    private static final Map<Object, Set<String>> READABLE = table();

    private static Map<Object, Set<String>> table() {
        Map<Object, Set<String>> table = new LinkedHashMap<>();
        table.put(true, Set.of("boolean", "String"));
        table.put((byte) 7, Set.of("byte", "short", "int", "long", "String"));
        table.put((short) 7, Set.of("short", "int", "long", "String"));
        table.put('7', Set.of("char", "String"));
        table.put(7, Set.of("int", "long", "String"));
        table.put(7L, Set.of("long", "String"));
        table.put(7f, Set.of("float", "double", "String"));
        table.put(7d, Set.of("double", "String"));
        table.put("7", Set.of("boolean", "byte", "short", "int", "long", "float", "double", "String"));
        table.put(new byte[] {7}, Set.of("byte[]"));
        return table;
    }

    private static Object readWhole(StreamMessage stream) throws JMSException {
        byte[] buffer = new byte[10];
        return List.of(stream.readBytes(buffer), buffer[0]);
    }

    @Test
    void a_value_can_be_read_as_what_the_table_allows_and_as_nothing_else() throws Exception {
        for (Map.Entry<Object, Set<String>> row : READABLE.entrySet()) {
            for (Map.Entry<String, Reading> column : READINGS.entrySet()) {
                MapMessage map = mapOf(row.getKey());
                StreamMessage stream = streamOf(row.getKey());
                Reading reading = column.getValue();
                if (row.getValue().contains(column.getKey())) {
                    assertThat(reading.fromMap().read(map, "v")).isNotNull();
                    assertThat(reading.fromStream().read(stream)).isNotNull();
                } else {
                    String cell = row.getKey().getClass() + " as " + column.getKey();
                    assertThatThrownBy(() -> reading.fromMap().read(map, "v"))
                            .as(cell)
                            .isInstanceOf(MessageFormatException.class);
                    assertThatThrownBy(() -> reading.fromStream().read(stream))
                            .as(cell)
                            .isInstanceOf(MessageFormatException.class);
                    assertThat(stream.readObject()).as(cell + " did not move").isEqualTo(row.getKey());
                }
            }
        }
    }

    @Test
    void null_is_read_like_the_value_of_null() throws Exception {
        for (String type : List.of("byte", "short", "int", "long")) {
            assertNullFails(type, NumberFormatException.class);
        }
        for (String type : List.of("float", "double", "char")) {
            assertNullFails(type, NullPointerException.class);
        }
        assertThat(mapOf(null).getBoolean("v")).isFalse();
        assertThat(mapOf(null).getBoolean("missing")).isFalse();
        assertThat(mapOf(null).getString("v")).isNull();
        assertThat(mapOf(null).getBytes("missing")).isNull();
        assertThat(mapOf(null).getObject("missing")).isNull();
        assertThat(streamOf(null).readBoolean()).isFalse();
        assertThat(streamOf(null).readString()).isNull();
        assertThat(streamOf(null).readObject()).isNull();
        assertThat(streamOf(null).readBytes(new byte[1])).isEqualTo(-1);
    }

    private static void assertNullFails(String type, Class<? extends Exception> failure) throws Exception {
        Reading reading = READINGS.get(type);
        StreamMessage stream = streamOf(null);
        assertThatThrownBy(() -> reading.fromMap().read(mapOf(null), "v")).isInstanceOf(failure);
        assertThatThrownBy(() -> reading.fromMap().read(mapOf(null), "missing")).isInstanceOf(failure);
        assertThatThrownBy(() -> reading.fromStream().read(stream)).isInstanceOf(failure);
        assertThat(stream.readObject()).isNull();
    }

    @Test
    void a_text_that_does_not_parse_is_a_number_format_error() throws Exception {
        StreamMessage stream = streamOf("seven");
        assertThatThrownBy(() -> mapOf("seven").getInt("v")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(stream::readDouble).isInstanceOf(NumberFormatException.class);
        assertThat(stream.readString()).isEqualTo("seven");
        assertThat(mapOf("TRUE").getBoolean("v")).isTrue();
    }

    private static MapMessage mapOf(@Nullable Object value) throws JMSException {
        AgenaMapMessage map = new AgenaMapMessage();
        map.setObject("v", value);
        return map;
    }

    private static StreamMessage streamOf(@Nullable Object value) throws JMSException {
        AgenaStreamMessage stream = new AgenaStreamMessage();
        stream.writeObject(value);
        stream.reset();
        return stream;
    }
}
