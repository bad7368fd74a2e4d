// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Golden bytes of both header encodings, and what the decoder forgives and refuses. */
class FrameCodecTest {

    private static final Header TOPIC_A = out -> out.put("topic", "TopicA");

    @Test
    void a_json_request_has_the_bytes_of_the_official_client() {
        ByteBuffer frame = FrameCodec.encode(HeaderEncoding.JSON, 105, 7, 0, null, TOPIC_A, Body.EMPTY);

        String header =
                "{\"code\":105,\"extFields\":{\"topic\":\"TopicA\"},\"flag\":0,\"language\":\"JAVA\",\"opaque\":7,"
                        + "\"serializeTypeCurrentRPC\":\"JSON\",\"version\":479}";
        assertThat(hex(frame)).isEqualTo("0000008400000080" + hex(header));
    }

    @Test
    void a_binary_request_has_the_bytes_of_the_official_client() {
        ByteBuffer frame = FrameCodec.encode(HeaderEncoding.BINARY, 105, 7, 0, null, TOPIC_A, Body.EMPTY);

        assertThat(hex(frame))
                .isEqualTo("0000002a" + "01000026" + "0069" + "00" + "01df" + "00000007" + "00000000" + "00000000"
                        + "00000011" + "0005" + "746f706963" + "00000006" + "546f70696341");
    }

    @Test
    void a_minimal_response_is_enough() {
        Frame frame = decodeJson("{\"code\":0,\"flag\":1,\"opaque\":7}", "body");

        assertThat(frame.code()).isZero();
        assertThat(frame.opaque()).isEqualTo(7);
        assertThat(frame.isResponse()).isTrue();
        assertThat(frame.remark()).isNull();
        assertThat(text(frame.body())).isEqualTo("body");
    }

    @Test
    void numbers_stand_for_texts_and_the_reverse() {
        Frame frame = decodeJson(
                " { \"code\" : \"11\" , \"opaque\":-3,\"flag\":\"2\",\"version\":401,\"language\":\"COBOL\",\"remark\":null,"
                        + "\"unknown\":[1,{\"a\":[]}],\"extFields\":{\"queueId\":4,\"flag\":true,\"gone\":null,\"deep\":{\"x\":1}} } ",
                "");

        assertThat(frame.code()).isEqualTo(11);
        assertThat(frame.opaque()).isEqualTo(-3);
        assertThat(frame.isOneway()).isTrue();
        assertThat(frame.version()).isEqualTo(401);
        assertThat(Language.of(frame.language())).isEqualTo(Language.OTHER);
        assertThat(frame.fields().requireInt("queueId")).isEqualTo(4);
        assertThat(frame.fields().flag("flag", false)).isTrue();
        assertThat(frame.fields().has("gone")).isFalse();
        assertThat(frame.fields().text("deep")).isEqualTo("{\"x\":1}");
    }

    @Test
    void escapes_become_raw_bytes() {
        Frame frame = decodeJson(
                "{\"code\":310,\"extFields\":{\"i\":\"KEYS\\u0001k\\\"1\\u0002\\u00e9\\u20ac\\ud83d\\ude00\\n\\ud83d\",\"j\":\"7\"}}",
                "");

        String expected = "KEYS\u0001k\"1\u0002\u00e9\u20ac\ud83d\ude00\n?";
        assertThat(frame.fields().text("i")).isEqualTo(expected);
        ByteBuffer bytes = frame.fields().bytes("i");
        assertThat(bytes).isNotNull();
        assertThat(bytes.position()).isZero();
        assertThat(bytes.isReadOnly()).isTrue();
        assertThat(text(bytes)).isEqualTo(expected);
        assertThat(frame.fields().requireInt("j")).isEqualTo(7);
    }

    @Test
    void of_a_repeated_field_the_last_one_counts() {
        assertThat(decodeJson("{\"code\":1,\"extFields\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}}", "")
                        .fields()
                        .text("a"))
                .isEqualTo("3");
    }

    @Test
    void numbers_are_exact_to_their_last_bit() {
        Header header = out -> {
            out.put("min", Long.MIN_VALUE);
            out.put("max", Long.MAX_VALUE);
            out.put("over", "9223372036854775808");
            out.put("under", "-9223372036854775809");
            out.put("int", (long) Integer.MAX_VALUE + 1);
            out.put("none", "");
            out.put("word", "12x");
        };

        for (HeaderEncoding encoding : HeaderEncoding.values()) {
            Fields fields = decode(FrameCodec.encode(encoding, 1, 1, 0, null, header, Body.EMPTY))
                    .fields();
            assertThat(fields.requireLong("min")).isEqualTo(Long.MIN_VALUE);
            assertThat(fields.requireLong("max")).isEqualTo(Long.MAX_VALUE);
            for (String key : new String[] {"over", "under", "word"}) {
                assertThatThrownBy(() -> fields.longOr(key, 0))
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("field " + key);
            }
            assertThatThrownBy(() -> fields.requireInt("int"))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("32 bits");
            assertThatThrownBy(() -> fields.requireText("absent"))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("absent is missing")
                    .extracting(e -> ((ProtocolException) e).code())
                    .isEqualTo(1);
            assertThat(fields.intOr("absent", 5)).isEqualTo(5);
        }
    }

    @Test
    void a_detached_frame_does_not_share_its_body() {
        byte[] bytes = FrameCodec.encode(HeaderEncoding.BINARY, 5, 6, 0, "why", TOPIC_A, Body.of(new byte[] {1, 2, 3}))
                .array();
        Frame frame = FrameCodec.decode(ByteBuffer.wrap(bytes, 4, bytes.length - 4));

        Frame kept = frame.detach();
        Arrays.fill(bytes, (byte) 0);

        assertThat(kept.body()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(kept.remark()).isEqualTo("why");
        assertThat(kept.fields().text("topic")).isEqualTo("TopicA");
    }

    @Test
    void nested_json_is_bounded() {
        int depth = FrameCodec.MAX_JSON_DEPTH;

        decodeJson("{\"code\":1,\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}", "");

        assertThatThrownBy(() -> decodeJson("{\"code\":1,\"x\":" + "[{\"a\":".repeat(100_000), ""))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("nested deeper");
    }

    @Test
    void what_is_not_a_header_is_refused() {
        for (String header : new String[] {
            "",
            "{",
            "[]",
            "null",
            "hello",
            "{\"code\":1",
            "{\"code\":1}x",
            "{\"code\":x1}",
            "{\"code\":}",
            "{code:1}",
            "{\"code\":1,}",
            "{}",
            "{\"code\":99999999999}",
            "{\"code\":1,\"remark\":\"\\u00",
            "{\"code\":1,\"remark\":\"\\q\"}",
            "{\"code\":1,\"extFields\":[]}",
            "{\"code\":1,\"x\":[}}",
            "{\"code\":1,\"x\":\"",
            "{\"code\":1,\"x\":\"\\"
        }) {
            assertThatThrownBy(() -> decodeJson(header, "body")).as(header).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void lengths_that_lie_are_refused() {
        assertRefused("00");
        assertRefused("01000020" + "0069");
        assertRefused("ff000000");
        assertRefused("02000000");
        String head = "0069" + "00" + "01df" + "00000007" + "00000000";
        assertRefused("01000015" + head + "7fffffff" + "00000000");
        assertRefused("01000015" + head + "ffffffff" + "00000000");
        assertRefused("01000015" + head + "00000000" + "00000001");
        assertRefused("01000017" + head + "00000000" + "00000002" + "0005");
        assertRefused("01000017" + head + "00000000" + "00000002" + "ffff");
        assertRefused("0100001c" + head + "00000000" + "00000007" + "0001" + "61" + "7fffffff");
    }

    @Test
    void a_header_with_too_many_fields_is_refused() {
        Header many = out -> {
            for (int i = 0; i <= HeaderFields.COUNT_MAX; i++) {
                out.put("k" + i, i);
            }
        };

        assertThatThrownBy(() -> decode(FrameCodec.encode(HeaderEncoding.JSON, 1, 1, 0, null, many, Body.EMPTY)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void what_no_peer_could_read_is_not_written() {
        assertThatThrownBy(() -> FrameCodec.encode(HeaderEncoding.BINARY, 200_050, 1, 0, null, TOPIC_A, Body.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FrameCodec.encode(
                        HeaderEncoding.JSON, 1, 1, 0, null, TOPIC_A, Body.of(new byte[FrameCodec.MAX_FRAME_BYTES])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(String hexAfterLength) {
        assertThatThrownBy(
                        () -> FrameCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hexAfterLength))))
                .as(hexAfterLength)
                .isInstanceOf(ProtocolException.class);
    }

    private static Frame decodeJson(String header, String body) {
        byte[] headerBytes = header.getBytes(StandardCharsets.UTF_8);
        byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(4 + headerBytes.length + bodyBytes.length)
                .putInt(headerBytes.length)
                .put(headerBytes)
                .put(bodyBytes)
                .flip();
        return FrameCodec.decode(frame);
    }

    private static Frame decode(ByteBuffer wholeFrame) {
        return FrameCodec.decode(wholeFrame.position(Integer.BYTES));
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return HexFormat.of().formatHex(copy);
    }

    private static String hex(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
