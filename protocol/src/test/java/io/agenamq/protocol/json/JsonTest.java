// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void names_may_be_unquoted_numbers_or_whole_objects() {
        JsonReader in =
                JsonReader.of("{0:\"a\",-1:\"b\",plain_name:\"c\",{\"queueId\":0,\"x\":[\"}\"]}:\"d\",'single':\"e\"}");

        List<String> seen = new ArrayList<>();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            seen.add(name + "=" + in.text());
        }

        assertThat(seen).containsExactly("0=a", "-1=b", "plain_name=c", "{\"queueId\":0,\"x\":[\"}\"]}=d", "single=e");
        in.endOfText();
    }

    @Test
    void null_stands_for_everything_that_is_empty() {
        JsonReader in = JsonReader.of("[null,null,null,null,null,null]");

        in.beginArray();
        assertThat(in.nextElement()).isTrue();
        assertThat(in.text()).isNull();
        assertThat(in.nextElement()).isTrue();
        assertThat(in.longOr(7)).isEqualTo(7);
        assertThat(in.nextElement()).isTrue();
        assertThat(in.booleanOr(true)).isTrue();
        assertThat(in.nextElement()).isTrue();
        in.beginObject();
        assertThat(in.nextName()).isNull();
        assertThat(in.nextElement()).isTrue();
        in.beginArray();
        assertThat(in.nextElement()).isFalse();
        assertThat(in.nextElement()).isTrue();
        assertThat(in.doubleOr(0.5)).isEqualTo(0.5);
        assertThat(in.nextElement()).isFalse();
    }

    @Test
    void numbers_and_texts_stand_for_each_other() {
        JsonReader in = JsonReader.of("[\"12\",12,12.0,\"\",1,\"true\",0,{\"a\":1},\"1.5\"]");

        in.beginArray();
        in.nextElement();
        assertThat(in.intOr(0)).isEqualTo(12);
        in.nextElement();
        assertThat(in.text()).isEqualTo("12");
        in.nextElement();
        assertThat(in.longOr(0)).isEqualTo(12);
        in.nextElement();
        assertThat(in.intOr(3)).isEqualTo(3);
        in.nextElement();
        assertThat(in.booleanOr(false)).isTrue();
        in.nextElement();
        assertThat(in.booleanOr(false)).isTrue();
        in.nextElement();
        assertThat(in.booleanOr(true)).isFalse();
        in.nextElement();
        assertThat(in.text()).isEqualTo("{\"a\":1}");
        in.nextElement();
        assertThat(in.doubleOr(0)).isEqualTo(1.5);
    }

    @Test
    void values_of_another_kind_are_refused() {
        for (String json : new String[] {
            "12x", "\"12x\"", "99999999999", "1.5", "{}", "[1]", "NaN", "1e400", "tru", "nul",
        }) {
            assertThatThrownBy(() -> JsonReader.of(json).intOr(0)).as(json).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> JsonReader.of("\"x\"").beginObject()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> JsonReader.of("maybe").booleanOr(true)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void nesting_is_bounded_everywhere() {
        for (String deep : new String[] {"[", "{\"a\":", "{{\"a\":1}:", "{{"}) {
            assertThatThrownBy(() -> JsonReader.of(deep.repeat(100_000)).skip())
                    .as(deep)
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("nested deeper");
        }
        assertThatThrownBy(() -> {
                    JsonReader in = JsonReader.of("[".repeat(1000));
                    while (true) {
                        in.beginArray();
                        in.nextElement();
                    }
                })
                .isInstanceOf(ProtocolException.class);

        int most = JsonReader.DEPTH_MAX;
        JsonReader.of("[".repeat(most) + "]".repeat(most)).skip();
    }

    @Test
    void the_writer_quotes_and_separates() {
        JsonWriter out = new JsonWriter();

        out.beginObject()
                .field("text", "a\"b\\c\n\u0001\u00e9\ud83d\ude00")
                .field("none", (String) null)
                .field("number", -5)
                .field("ratio", 0.5)
                .field("nan", Double.NaN)
                .field("flag", true)
                .field("list", List.of("x", "y"))
                .name("nested")
                .beginArray()
                .beginObject()
                .endObject()
                .value(1)
                .beginArray()
                .endArray()
                .endArray()
                .endObject();

        assertThat(out.toString())
                .isEqualTo(
                        "{\"text\":\"a\\\"b\\\\c\\n\\u0001\u00e9\ud83d\ude00\",\"number\":-5,\"ratio\":0.5,\"nan\":0.0,"
                                + "\"flag\":true,\"list\":[\"x\",\"y\"],\"nested\":[{},1,[]]}");
        assertThat(JsonReader.of(out.toBytes()).rawText()).isEqualTo(out.toString());
    }

    @Test
    void every_text_comes_back() {
        Seeds.forEach(2000, random -> {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.appendCodePoint(
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(0x20);
                            case 1 -> "\"\\/'{}[]:,".charAt(random.nextInt(10));
                            case 2 -> 0x20 + random.nextInt(0x60);
                            default -> validPoint(random);
                        });
            }
            JsonWriter out = new JsonWriter().beginObject().field(text.toString(), text.toString());

            JsonReader in = JsonReader.of(out.endObject().toBytes());
            in.beginObject();
            assertThat(in.nextName()).isEqualTo(text.toString());
            assertThat(in.text()).isEqualTo(text.toString());
            assertThat(in.nextName()).isNull();
        });
    }

    @Test
    void a_reader_over_other_memory_reads_the_same() {
        byte[] json = "xx[\"a\",\"b\"]yy".getBytes(StandardCharsets.UTF_8);
        ByteBuffer heap = ByteBuffer.wrap(json).position(2).limit(json.length - 2);
        ByteBuffer direct = ByteBuffer.allocateDirect(json.length).put(json);
        direct.position(2).limit(json.length - 2);

        for (ByteBuffer bytes : List.of(heap, heap.slice(), direct, heap.asReadOnlyBuffer())) {
            int position = bytes.position();
            assertThat(JsonReader.of(bytes).texts()).containsExactly("a", "b");
            assertThat(bytes.position()).isEqualTo(position);
        }
    }

    @Test
    void mutated_texts_are_read_or_refused() {
        byte[] origin = "{\"a\":[1,2.5,\"x\\u00e9\\n\",null,true],{\"k\":{\"z\":0}}:{0:\"v\"},'q':\"\\\"\"}"
                .getBytes(StandardCharsets.UTF_8);
        Seeds.forEach(20_000, random -> {
            byte[] mutated = origin.clone();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                mutated[random.nextInt(mutated.length)] =
                        random.nextBoolean() ? (byte) random.nextInt() : origin[random.nextInt(origin.length)];
            }
            ByteBuffer cut = ByteBuffer.wrap(mutated, 0, mutated.length - random.nextInt(3));
            try {
                walk(JsonReader.of(cut));
                JsonReader.of(cut).skip();
            } catch (ProtocolException refused) {
                assertThat(refused).hasMessageContaining("malformed JSON");
            }
        });
    }

    private static void walk(JsonReader in) {
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (name.equals("a")) {
                in.beginArray();
                while (in.nextElement()) {
                    in.text();
                }
            } else {
                in.skip();
            }
        }
        in.endOfText();
    }

    private static int validPoint(Random random) {
        int point = random.nextInt(Character.MAX_CODE_POINT + 1);
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? '?' : point;
    }
}
