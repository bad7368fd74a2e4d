// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.record.MalformedRecordException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TypedBodyTest {

    /** One value of each type, in the order of the drawing. */
    private static final List<@Nullable Object> ONE_OF_EACH = Arrays.asList(
            null,
            true,
            (byte) -1,
            (short) 0x0102,
            'A',
            0x01020304,
            0x0102030405060708L,
            1.0f,
            -0.0,
            "é",
            "\uD800",
            new byte[] {7, 8});

    private static final String GOLDEN_VALUES =
            "6e  7a01  62ff  730102  630041  6901020304  6c0102030405060708  663f800000  648000000000000000"
                    + "  7400000002c3a9  7500000002d800  78000000020708";

    @Test
    void a_stream_has_these_bytes() {
        assertThat(bytes(TypedBody.encodeStream(ONE_OF_EACH))).isEqualTo(hex("01" + GOLDEN_VALUES));
    }

    @Test
    void a_map_has_these_bytes() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("a", 5);
        map.put("\uDC00", null);

        assertThat(bytes(TypedBody.encodeMap(map))).isEqualTo(hex("01 740000000161 6900000005 7500000002dc00 6e"));
    }

    @Test
    void the_bytes_of_today_are_read_for_ever() {
        assertThat(TypedBody.decodeStream(ByteBuffer.wrap(hex("01" + GOLDEN_VALUES))))
                .usingRecursiveComparison()
                .isEqualTo(ONE_OF_EACH);
    }

    @Test
    void a_body_without_values_is_its_version() {
        assertThat(bytes(TypedBody.encodeStream(List.of()))).containsExactly(1);
        assertThat(TypedBody.isEmpty(TypedBody.encodeMap(Map.of()))).isTrue();
        assertThat(TypedBody.isEmpty(TypedBody.encodeMap(Map.of("a", 1)))).isFalse();
        assertThat(TypedBody.decodeMap(TypedBody.encodeMap(Map.of()))).isEmpty();
    }

    @Test
    void every_value_comes_back_in_its_type() {
        Seeds.forEach(300, random -> {
            List<@Nullable Object> values = randomValues(random);
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            values.forEach(value -> map.put(randomText(random), value));

            List<@Nullable Object> stream = TypedBody.decodeStream(TypedBody.encodeStream(values));
            Map<String, @Nullable Object> named = TypedBody.decodeMap(TypedBody.encodeMap(map));

            assertThat(Arrays.deepEquals(stream.toArray(), values.toArray())).isTrue();
            assertThat(named.keySet()).containsExactlyElementsOf(map.keySet());
            assertThat(Arrays.deepEquals(named.values().toArray(), map.values().toArray()))
                    .isTrue();
        });
    }

    @Test
    void a_body_may_stand_anywhere_in_a_buffer() {
        ByteBuffer body = TypedBody.encodeStream(List.of(1, "two"));
        ByteBuffer wide = ByteBuffer.allocate(body.remaining() + 20);
        wide.put(11, bytes(body)).position(11).limit(11 + body.remaining());

        assertThat(TypedBody.decodeStream(wide.asReadOnlyBuffer())).containsExactly(1, "two");
        assertThat(wide.position()).isEqualTo(11);
    }

    @Test
    void damaged_bytes_are_a_clean_refusal() {
        Seeds.forEach(5, random -> {
            byte[] body = bytes(TypedBody.encodeStream(randomValues(random)));
            for (int round = 0; round < 20_000; round++) {
                if (round % 20 == 0) {
                    body = bytes(TypedBody.encodeStream(randomValues(random)));
                }
                body[random.nextInt(body.length)] = (byte) random.nextInt();
                ByteBuffer arrived = ByteBuffer.wrap(body, 0, random.nextInt(body.length + 1));
                readAsStream(arrived);
                readAsMap(arrived);
            }
        });
    }

    private static void readAsStream(ByteBuffer arrived) {
        try {
            // Every value takes a byte at least, so the list is never longer than the body.
            assertThat(TypedBody.decodeStream(arrived)).hasSizeLessThan(Math.max(1, arrived.remaining()));
        } catch (MalformedRecordException refused) {
            assertThat(refused.getStackTrace()).isEmpty();
        }
    }

    private static void readAsMap(ByteBuffer arrived) {
        try {
            TypedBody.decodeMap(arrived);
        } catch (MalformedRecordException refused) {
            assertThat(refused.getMessage()).contains("map");
        }
    }

    @Test
    void what_cannot_be_is_named() {
        assertRefused("", "a map or stream body without its version");
        assertRefused("02", "version 2 of a map or stream body; this reads 1");
        assertRefused("01 40", "no type of a map or stream body has the tag 64");
        assertRefused("01 69 0000", "a map or stream body ends inside a value");
        assertRefused("01 7a 02", "a boolean of a map or stream body is 2");
        assertRefused("01 75 00000001 00", "a text in a map or stream body ends inside a character");
        assertRefused("01 78 7fffffff 00", "a value of 2147483647 bytes in a map or stream body with 1 left");
        assertThatThrownBy(() -> TypedBody.decodeMap(ByteBuffer.wrap(hex("01 6900000005 6e"))))
                .hasMessage("a name in a map body is not text");
        assertThatThrownBy(() -> TypedBody.decodeMap(ByteBuffer.wrap(hex("01 7400000000 6e 7400000000 6e"))))
                .hasMessage("a name stands twice in a map body");
        assertThatThrownBy(() -> TypedBody.decodeMap(ByteBuffer.wrap(hex("01 7400000000"))))
                .hasMessage("a map or stream body ends inside a value");
        assertThatThrownBy(() -> TypedBody.encodeStream(List.of(List.of())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(String body, String why) {
        assertThatThrownBy(() -> TypedBody.decodeStream(ByteBuffer.wrap(hex(body))))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(why);
    }

    @Test
    void every_text_comes_back_as_it_was() {
        Seeds.forEach(300, random -> {
            String text = randomText(random);
            BodyKind kind = TextBody.kindOf(text);

            assertThat(TextBody.decode(kind, bytes(TextBody.encode(kind, text))))
                    .isEqualTo(text);
        });
        assertThat(TextBody.kindOf("Grüße \uD83D\uDE00")).isEqualTo(BodyKind.TEXT);
        assertThat(TextBody.kindOf("half \uD83D")).isEqualTo(BodyKind.UTF16_TEXT);
        assertThat(TextBody.decode(BodyKind.NULL_TEXT, new byte[0])).isNull();
    }

    private static List<@Nullable Object> randomValues(Random random) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            values.add(randomValue(random));
        }
        return values;
    }

    private static @Nullable Object randomValue(Random random) {
        return switch (random.nextInt(11)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> (char) random.nextInt();
            case 5 -> random.nextInt();
            case 6 -> random.nextLong();
            case 7 -> Float.intBitsToFloat(random.nextInt());
            case 8 -> Double.longBitsToDouble(random.nextLong());
            case 9 -> randomBytes(random);
            default -> randomText(random);
        };
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.append((char) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(0x80)));
        }
        return text.toString();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
