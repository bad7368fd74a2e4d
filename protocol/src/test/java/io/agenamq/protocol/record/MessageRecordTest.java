// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MessageRecordTest {

    /** Encoded by an official client class: topic T, body b, tag x, user property a=1; its encoder leaves the CRC 0. */
    private static final String GOLDEN_BY_CLIENT =
            "00000068 daa320a7 00000000 00000000 00000000 0000000000000000 0000000000000000"
                    + " 00000000 0000000000000000 7f000001 00000001 0000000000000000 7f000001 00002a9f 00000000 0000000000000000"
                    + " 00000001 62 01 54 000b 6101310254414753017802";

    /** The fixed part of a record that an official broker stored: body hello, topic TopicA. */
    private static final String GOLDEN_BY_BROKER =
            "daa320a7 3610a686 00000001 00000000 0000000000000000 0000000000000000 00000000"
                    + " 000001a1f8c0cf17 7f000001 00008852 000001a1f8c0cf6c 7f000001 000078bf 00000000 0000000000000000 00000005"
                    + " 68656c6c6f 06 546f70696341";

    private static final InetSocketAddress BORN = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final InetSocketAddress STORE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    @Test
    void a_record_has_the_bytes_that_an_official_client_encodes() {
        MessageDraft draft = new MessageDraft(
                "T",
                0,
                0,
                0,
                0,
                BORN,
                0,
                0,
                new MessageProperties.Builder().put("a", "1").put("TAGS", "x").build(),
                utf8("b"));
        ByteBuffer buffer = ByteBuffer.allocate(MessageRecord.bytesMax(draft));

        int length = MessageRecord.encode(draft, STORE, buffer, 0);

        byte[] expected = hex(GOLDEN_BY_CLIENT);
        ByteBuffer.wrap(expected).putInt(8, MessageRecord.bodyCrc(buffer, 0));
        assertThat(HexFormat.of().formatHex(buffer.array(), 0, length))
                .isEqualTo(HexFormat.of().formatHex(expected));
    }

    @Test
    void a_record_has_the_bytes_that_an_official_broker_stores() {
        MessageDraft draft = new MessageDraft(
                "TopicA",
                1,
                0,
                0,
                0x1a1f8c0cf17L,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0x8852),
                0,
                0,
                utf8("KEYS\u0001k\u0002"),
                utf8("hello"));
        ByteBuffer buffer = ByteBuffer.allocate(1000);

        int length =
                MessageRecord.encode(draft, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0x78bf), buffer, 0);
        MessageRecord.assign(buffer, 0, 0, 0, 0x1a1f8c0cf6cL);

        byte[] expected = hex(GOLDEN_BY_BROKER);
        assertThat(HexFormat.of().formatHex(buffer.array(), 4, 4 + expected.length))
                .isEqualTo(HexFormat.of().formatHex(expected));
        assertThat(length).isEqualTo(4 + expected.length + 2 + 7);
    }

    @Test
    void every_field_comes_back_from_any_kind_of_buffer_at_any_index() {
        Seeds.forEach(500, random -> {
            MessageDraft draft = RandomDrafts.draft(random);
            InetSocketAddress storeHost = RandomDrafts.host(random);
            int at = random.nextInt(50);
            int size = at + MessageRecord.bytesMax(draft);
            ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
            long offset = random.nextInt(1000);
            long position = random.nextLong() >>> 1;

            int length = MessageRecord.encode(draft, storeHost, buffer, at);
            MessageRecord.assign(buffer, at, offset, position, 99);

            assertThat(MessageRecord.defect(buffer, at, length)).isEqualTo(RecordDefect.NONE);
            assertThat(MessageRecord.bodyIsSound(buffer, at)).isTrue();
            assertThat(MessageRecord.length(buffer, at)).isEqualTo(length);
            assertThat(MessageRecord.topic(buffer, at)).isEqualTo(draft.topic());
            assertThat(MessageRecord.topicIs(buffer, at, draft.topic().getBytes(StandardCharsets.UTF_8)))
                    .isTrue();
            assertThat(MessageRecord.queueId(buffer, at)).isEqualTo(draft.queueId());
            assertThat(MessageRecord.flag(buffer, at)).isEqualTo(draft.flag());
            assertThat(MessageRecord.queueOffset(buffer, at)).isEqualTo(offset);
            assertThat(MessageRecord.position(buffer, at)).isEqualTo(position);
            assertThat(MessageRecord.bornTimestamp(buffer, at)).isEqualTo(draft.bornTimestamp());
            assertThat(MessageRecord.bornHost(buffer, at)).isEqualTo(draft.bornHost());
            assertThat(MessageRecord.storeTimestamp(buffer, at)).isEqualTo(99);
            assertThat(MessageRecord.storeHost(buffer, at)).isEqualTo(storeHost);
            assertThat(MessageRecord.reconsumeTimes(buffer, at)).isEqualTo(draft.reconsumeTimes());
            assertThat(MessageRecord.preparedPosition(buffer, at)).isEqualTo(draft.preparedPosition());
            assertThat(buffer.slice(MessageRecord.bodyStart(buffer, at), MessageRecord.bodyLength(buffer, at)))
                    .isEqualTo(draft.body());
            assertThat(buffer.slice(
                            MessageRecord.propertiesStart(buffer, at), MessageRecord.propertiesLength(buffer, at)))
                    .isEqualTo(draft.properties());
        });
    }

    @Test
    void zeroed_space_is_no_record() {
        assertThat(MessageRecord.defect(ByteBuffer.allocate(4096), 0, 4096)).isEqualTo(RecordDefect.LENGTH);
    }

    @Test
    void what_does_not_fit_into_a_record_is_refused_with_the_reason() {
        ByteBuffer buffer = ByteBuffer.allocate(100_000);

        assertThatThrownBy(() -> MessageRecord.encode(draft("t".repeat(128), utf8("")), STORE, buffer, 0))
                .hasMessageContaining("topic of 128 bytes");
        assertThatThrownBy(() -> MessageRecord.encode(draft("", utf8("")), STORE, buffer, 0))
                .hasMessageContaining("topic of 0 bytes");
        assertThatThrownBy(() -> MessageRecord.encode(draft("t", ByteBuffer.allocate(32768)), STORE, buffer, 0))
                .hasMessageContaining("properties of 32768 bytes");
    }

    @Test
    void a_million_mutated_records_are_read_or_called_defective_and_nothing_else() {
        Seeds.once(random -> mutate(random, 1_000_000));
    }

    @Test
    @Tag("long")
    void a_hundred_million_mutated_records_are_read_or_called_defective_and_nothing_else() {
        Seeds.once(random -> mutate(random, 100_000_000));
    }

    private static void mutate(Random random, int rounds) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        MessageProperties properties = new MessageProperties();
        int length = 0;
        for (int round = 0; round < rounds; round++) {
            if (round % 20 == 0) {
                length = MessageRecord.encode(RandomDrafts.draft(random), STORE, buffer, 0);
            }
            for (int i = random.nextInt(4); i >= 0; i--) {
                RandomDrafts.mutate(random, buffer, length);
            }
            // Exactly the bytes that "arrived", so that any read beyond them throws.
            ByteBuffer arrived = buffer.slice(0, random.nextInt(8) == 0 ? random.nextInt(length + 1) : length);

            if (MessageRecord.defect(arrived, 0, arrived.limit()) == RecordDefect.NONE) {
                readEverything(arrived, properties);
            }
        }
    }

    private static void readEverything(ByteBuffer record, MessageProperties properties) {
        MessageRecord.bodyIsSound(record, 0);
        MessageRecord.topic(record, 0);
        MessageRecord.bornHost(record, 0);
        MessageRecord.storeHost(record, 0);
        MessageRecord.storeTimestamp(record, 0);
        MessageRecord.reconsumeTimes(record, 0);
        MessageRecord.preparedPosition(record, 0);
        properties.resetToRecord(record, 0);
        while (properties.next()) {
            properties.nameIs("TAGS");
            properties.valueHash();
        }
    }

    private static MessageDraft draft(String topic, ByteBuffer properties) {
        return new MessageDraft(topic, 0, 0, 0, 0, BORN, 0, 0, properties, utf8("body"));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }
}
