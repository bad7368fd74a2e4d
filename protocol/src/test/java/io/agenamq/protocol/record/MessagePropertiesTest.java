// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagePropertiesTest {

    @Test
    void a_value_is_found_with_and_without_the_last_separator() {
        assertThat(MessageProperties.find(utf8("a\u00011\u0002TAGS\u0001x\u0002"), "TAGS"))
                .isEqualTo("x");
        assertThat(MessageProperties.find(utf8("a\u00011\u0002TAGS\u0001x"), "TAGS"))
                .isEqualTo("x");
        assertThat(MessageProperties.find(utf8("a\u00011\u0002TAGS\u0001x"), "TAG"))
                .isNull();
        assertThat(MessageProperties.find(utf8(""), "TAGS")).isNull();
    }

    @Test
    void the_later_of_two_equal_names_counts() {
        ByteBuffer bytes = utf8("k\u0001first\u0002other\u00011\u0002k\u0001second\u0002");

        assertThat(MessageProperties.find(bytes, "k")).isEqualTo("second");
        assertThat(MessageProperties.toMap(bytes)).containsExactly(Map.entry("k", "second"), Map.entry("other", "1"));
    }

    @Test
    void entries_without_a_name_or_a_value_are_ignored() {
        ByteBuffer bytes = utf8("\u0001v\u0002n\u0001\u0002nothing\u0002\u0002\u0001\u0002n\u0001v\u0001w\u0002");

        assertThat(MessageProperties.toMap(bytes)).containsExactly(Map.entry("n", "v\u0001w"));
    }

    @Test
    void a_tag_has_the_hash_of_its_string() {
        MessageProperties cursor = new MessageProperties();

        assertThat(cursor.reset(utf8("TAGS\u0001TagA")).next()).isTrue();
        assertThat(cursor.valueHash()).isEqualTo(2598919);
        assertThat(cursor.reset(utf8("TAGS\u0001Käse")).next()).isTrue();
        assertThat(cursor.valueHash()).isEqualTo("Käse".hashCode());
    }

    @Test
    void names_and_values_outside_of_ascii_come_back() {
        ByteBuffer bytes = MessageProperties.of(Map.of("größe", "€ 😀"));

        assertThat(MessageProperties.find(bytes, "größe")).isEqualTo("€ 😀");
        assertThat(MessageProperties.find(bytes, "grosse")).isNull();
    }

    @Test
    void separators_in_names_and_values_are_refused() {
        MessageProperties.Builder builder = new MessageProperties.Builder();

        assertThatThrownBy(() -> builder.put("a\u0001", "v")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.put("a", "é\u0002")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.put("", "v")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void raw_properties_are_closed_before_others_follow() {
        ByteBuffer bytes = new MessageProperties.Builder()
                .append(utf8("a\u00011"))
                .append(utf8(""))
                .put("b", "2")
                .build();

        assertThat(bytes).isEqualTo(utf8("a\u00011\u0002b\u00012\u0002"));
    }

    @Test
    void any_map_comes_back() {
        Seeds.forEach(300, random -> {
            Map<String, String> map = new LinkedHashMap<>();
            for (int i = random.nextInt(10); i > 0; i--) {
                map.put("name" + random.nextInt(), "v" + Character.toString(0x20 + random.nextInt(0xD000)));
            }

            ByteBuffer bytes = MessageProperties.of(map);

            assertThat(MessageProperties.toMap(bytes)).isEqualTo(map);
            map.forEach((name, value) ->
                    assertThat(MessageProperties.find(bytes, name)).isEqualTo(value));
        });
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
