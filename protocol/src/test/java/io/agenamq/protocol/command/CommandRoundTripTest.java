// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command, with random content, through both encodings and back; and what happens to it when its bytes are damaged. */
class CommandRoundTripTest {

    private static final int SEED_COUNT = 200;
    private static final int MUTATION_COUNT = 10;

    static List<Class<?>> headers() {
        return RandomCommands.headers();
    }

    static List<Class<?>> bodies() {
        return RandomCommands.bodies();
    }

    @ParameterizedTest
    @MethodSource("headers")
    void a_header_comes_back_in_both_encodings(Class<?> type) {
        Seeds.forEach(SEED_COUNT, random -> {
            Header header = (Header) RandomCommands.random(type, random);
            for (HeaderEncoding encoding : HeaderEncoding.values()) {
                Object read = RandomCommands.read(type, Fields.class, fields(encoding, header));

                assertThat(read).isEqualTo(header);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("headers")
    void a_damaged_header_is_read_or_refused(Class<?> type) {
        Seeds.forEach(SEED_COUNT, random -> {
            Header header = (Header) RandomCommands.random(type, random);
            for (HeaderEncoding encoding : HeaderEncoding.values()) {
                ByteBuffer frame = FrameCodec.encode(encoding, 1, 1, 0, null, header, Body.EMPTY);
                for (int i = 0; i < MUTATION_COUNT; i++) {
                    ByteBuffer damaged = damaged(frame.position(Integer.BYTES), random);
                    refusedAtMost(() -> RandomCommands.read(
                            type, Fields.class, FrameCodec.decode(damaged).fields()));
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_body_comes_back(Class<?> type) {
        Seeds.forEach(SEED_COUNT, random -> {
            JsonBody body = (JsonBody) RandomCommands.random(type, random);

            assertThat(readBody(type, bytes(body))).isEqualTo(body);
        });
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_damaged_body_is_read_or_refused(Class<?> type) {
        Seeds.forEach(SEED_COUNT, random -> {
            ByteBuffer bytes = bytes((JsonBody) RandomCommands.random(type, random));
            for (int i = 0; i < MUTATION_COUNT && bytes.hasRemaining(); i++) {
                ByteBuffer damaged = damaged(bytes, random);
                refusedAtMost(() -> readBody(type, damaged));
            }
        });
    }

    @Test
    void nothing_was_forgotten() {
        assertThat(headers()).hasSizeGreaterThan(25).contains(SendMessageRequest.class, PullMessageRequest.class);
        assertThat(bodies()).hasSizeGreaterThan(20).contains(HeartbeatBody.class, TopicRouteData.class);
    }

    @Test
    void a_message_comes_back_from_its_long_names() {
        Seeds.forEach(SEED_COUNT, random -> {
            SendMessageRequest message = (SendMessageRequest) RandomCommands.random(SendMessageRequest.class, random);
            for (HeaderEncoding encoding : HeaderEncoding.values()) {
                assertThat(SendMessageRequest.readFrom(fields(encoding, message.withLongNames())))
                        .isEqualTo(message);
            }
        });
    }

    @Test
    void configuration_items_come_back_as_far_as_their_code_reads() {
        KeyValueRequest item = new KeyValueRequest("ns", "k", "v");

        for (HeaderEncoding encoding : HeaderEncoding.values()) {
            Fields fields = fields(encoding, item);
            assertThat(KeyValueRequest.readItem(fields)).isEqualTo(item);
            assertThat(KeyValueRequest.readKey(fields)).isEqualTo(new KeyValueRequest("ns", "k", null));
            assertThat(KeyValueRequest.readNamespace(fields)).isEqualTo(new KeyValueRequest("ns", null, null));
        }
    }

    @Test
    void a_registration_comes_back_in_both_forms_and_damaged_ones_are_refused() {
        Seeds.forEach(SEED_COUNT, random -> {
            RegisterBrokerBody any = (RegisterBrokerBody) RandomCommands.random(RegisterBrokerBody.class, random);
            assertThat(RegisterBrokerBody.parse(bytes(any), false)).isEqualTo(any);

            // Order and flags do not travel in the compressed form, and its names have no blanks.
            RegisterBrokerBody body = new RegisterBrokerBody(
                    any.dataVersion(),
                    any.topics().stream()
                            .map(topic -> new TopicConfig(
                                    "T" + Integer.toHexString(topic.topicName().hashCode()),
                                    topic.readQueueNums(),
                                    topic.writeQueueNums(),
                                    topic.perm(),
                                    TopicConfig.SINGLE_TAG,
                                    0,
                                    false,
                                    new TreeMap<>(topic.attributes())))
                            .toList(),
                    any.filterServerList());
            byte[] compressed = body.toCompressed();
            assertThat(RegisterBrokerBody.parse(ByteBuffer.wrap(compressed), true))
                    .isEqualTo(body);
            for (int i = 0; i < MUTATION_COUNT; i++) {
                ByteBuffer damaged = damaged(ByteBuffer.wrap(compressed), random);
                refusedAtMost(() -> RegisterBrokerBody.parse(damaged, true));
            }
        });
    }

    private static Object readBody(Class<?> type, ByteBuffer bytes) {
        return RandomCommands.reader(type, ByteBuffer.class) != null
                ? RandomCommands.read(type, ByteBuffer.class, bytes)
                : RandomCommands.read(type, JsonReader.class, JsonReader.of(bytes));
    }

    private static ByteBuffer bytes(JsonBody body) {
        JsonWriter out = new JsonWriter();
        body.writeTo(out);
        return out.toBytes();
    }

    private static Fields fields(HeaderEncoding encoding, Header header) {
        ByteBuffer frame = FrameCodec.encode(encoding, 1, 1, 0, null, header, Body.EMPTY);
        return FrameCodec.decode(frame.position(Integer.BYTES)).fields();
    }

    private static ByteBuffer damaged(ByteBuffer bytes, Random random) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(copy.length);
            copy[at] = switch (random.nextInt(3)) {
                case 0 -> (byte) random.nextInt();
                case 1 -> (byte) (copy[at] ^ (1 << random.nextInt(8)));
                default -> copy[random.nextInt(copy.length)];
            };
        }
        return ByteBuffer.wrap(copy, 0, copy.length - random.nextInt(Math.min(copy.length, 3)));
    }

    private static void refusedAtMost(Runnable reading) {
        try {
            reading.run();
        } catch (ProtocolException refused) {
            assertThat(refused.code()).isPositive();
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
