// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageFormatException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The conversion table of Jakarta Messaging 3.1 §3.5.4, cell by cell. */
class PropertyValueTest {

    private interface Conversion {
        Object read(Object value) throws Exception;
    }

    private static final Map<String, Conversion> CONVERSIONS = Map.of(
            "boolean", PropertyValue::toBoolean,
            "byte", PropertyValue::toByte,
            "short", PropertyValue::toShort,
            "int", PropertyValue::toInt,
            "long", PropertyValue::toLong,
            "float", PropertyValue::toFloat,
            "double", PropertyValue::toDouble,
            "String", PropertyValue::toText);

    private static final Map<Object, List<String>> READABLE = Map.of(
            true,
            List.of("boolean", "String"),
            (byte) 7,
            List.of("byte", "short", "int", "long", "String"),
            (short) 7,
            List.of("short", "int", "long", "String"),
            7,
            List.of("int", "long", "String"),
            7L,
            List.of("long", "String"),
            7f,
            List.of("float", "double", "String"),
            7d,
            List.of("double", "String"));

    @Test
    void a_property_can_be_read_as_what_the_table_allows_and_as_nothing_else() {
        READABLE.forEach((value, readable) -> CONVERSIONS.forEach((type, conversion) -> {
            if (readable.contains(type)) {
                assertThatNothingIsThrown(conversion, value);
            } else {
                assertThatThrownBy(() -> conversion.read(value))
                        .as("%s as %s", value.getClass(), type)
                        .isInstanceOf(MessageFormatException.class);
            }
        }));
    }

    private static void assertThatNothingIsThrown(Conversion conversion, Object value) {
        try {
            assertThat(conversion.read(value).toString().replace(".0", ""))
                    .isEqualTo(value.toString().replace(".0", ""));
        } catch (Exception e) {
            throw new AssertionError(value.getClass() + " should be readable", e);
        }
    }

    @Test
    void a_text_is_parsed() throws Exception {
        assertThat(PropertyValue.toBoolean("TRUE")).isTrue();
        assertThat(PropertyValue.toBoolean("yes")).isFalse();
        assertThat(PropertyValue.toByte("-7")).isEqualTo((byte) -7);
        assertThat(PropertyValue.toLong("9000000000")).isEqualTo(9_000_000_000L);
        assertThat(PropertyValue.toDouble("1e3")).isEqualTo(1000d);
        assertThatThrownBy(() -> PropertyValue.toInt("seven")).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void a_missing_property_is_read_like_the_value_of_null() throws Exception {
        assertThat(PropertyValue.toBoolean(null)).isFalse();
        assertThat(PropertyValue.toText(null)).isNull();
        assertThatThrownBy(() -> PropertyValue.toByte(null)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> PropertyValue.toShort(null)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> PropertyValue.toInt(null)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> PropertyValue.toLong(null)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> PropertyValue.toFloat(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> PropertyValue.toDouble(null)).isInstanceOf(NullPointerException.class);
    }
}
