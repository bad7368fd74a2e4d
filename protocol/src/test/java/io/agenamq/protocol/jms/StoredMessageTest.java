// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.Typing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoredMessageTest {

    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    private final PropertyEncoder encoder = new PropertyEncoder();

    @Test
    void every_property_comes_back_with_its_type_and_value() {
        Seeds.forEach(300, random -> {
            Map<String, @Nullable Object> given = new HashMap<>();
            encoder.clear();
            for (int i = random.nextInt(12); i > 0; i--) {
                given.put(randomName(random), randomValue(random));
            }
            given.forEach(encoder::property);
            StoredMessage message = stored(encoder.build());

            Map<String, @Nullable Object> seen = new HashMap<>();
            message.forEachProperty(
                    (name, value) -> assertThat(seen.put(name, value)).isNull());

            assertThat(seen).isEqualTo(given);
            given.forEach((name, value) -> {
                if (!name.startsWith("JMS")) {
                    assertThat(message.get(name)).isEqualTo(value);
                }
            });
        });
    }

    private static String randomName(Random random) {
        String[] names = {
            "a",
            // letters that also stand for a type
            "i",
            "b",
            "colour",
            "KEYS",
            "TAGS",
            "WAIT",
            "JMSXGroupID",
            "JMS_AGENA_TYPES",
            "JMS_AGENA_P_x",
            "a,b",
            "é",
            "x-y.z",
            "%0001",
            "n\u0001",
            "\uD800"
        };
        return names[random.nextInt(names.length)] + (random.nextBoolean() ? "" : random.nextInt(3));
    }

    private static @Nullable Object randomValue(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> "a\u0001b\u0002c%00,";
            case 3 -> "\uD83D\uDE00 and a half \uDE00";
            case 4 -> random.nextBoolean();
            case 5 -> (byte) random.nextInt();
            case 6 -> (short) random.nextInt();
            case 7 -> random.nextInt();
            case 8 -> random.nextLong();
            case 9 ->
                new Float[] {-0.0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, random.nextFloat()}
                        [random.nextInt(5)];
            case 10 ->
                new Double[] {-0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, random.nextDouble()}
                        [random.nextInt(5)];
            default -> "text " + random.nextInt();
        };
    }

    @Test
    void plain_properties_stand_as_plain_text_for_native_consumers() {
        ByteBuffer raw = encoder.clear()
                .property("city", "Bern")
                .property("pieces", 3)
                .property("fragile", true)
                .build();

        assertThat(MessageProperties.toMap(raw))
                .containsEntry("city", "Bern")
                .containsEntry("pieces", "3")
                .containsEntry("fragile", "true")
                .containsEntry(JmsProperties.TYPES, "ipieces,zfragile")
                .hasSize(4);
    }

    @Test
    void texts_alone_need_no_list_of_types() {
        assertThat(MessageProperties.toMap(
                        encoder.clear().property("city", "Bern").build()))
                .containsOnlyKeys("city");
    }

    @Test
    void a_property_of_the_application_never_becomes_one_of_rocketmq() {
        Map<String, String> stored = MessageProperties.toMap(encoder.clear()
                .property("DELAY", "3")
                .property("TRAN_MSG", true)
                .build());

        assertThat(stored).doesNotContainKeys("DELAY", "TRAN_MSG");
    }

    @Test
    void a_selector_sees_headers_and_typed_properties() throws SelectorException {
        ByteBuffer raw = encoder.clear()
                .header("TAGS", "invoice")
                .header("UNIQ_KEY", "00AB")
                .header(JmsProperties.CORRELATION_ID, "c 1")
                .header(JmsProperties.PRIORITY, "7")
                .property("weight", 2.5)
                .property("note", "")
                .build();
        StoredMessage message = stored(raw);

        assertThat(matches("JMSType = 'invoice' AND JMSMessageID = 'ID:00AB'", message))
                .isTrue();
        assertThat(matches("JMSCorrelationID = 'c 1' AND JMSPriority > 6", message))
                .isTrue();
        assertThat(matches("JMSDeliveryMode = 'PERSISTENT' AND JMSTimestamp = 1234", message))
                .isTrue();
        assertThat(matches("weight = 2.5 AND note = '' AND nothing IS NULL", message))
                .isTrue();
        assertThat(matches("weight = '2.5'", message)).isFalse();
        assertThat(matches("JMSXDeliveryCount = 2", message)).isTrue();
    }

    @Test
    void a_native_message_reads_as_texts_with_its_keys_as_correlation_id() {
        StoredMessage message = stored(MessageProperties.of(Map.of(
                "KEYS", "order-7", "TAGS", "new", "city", "Bern", "CLUSTER", "c", "UNIQ_KEY", "AB", "WAIT", "true")));
        Map<String, @Nullable Object> seen = new HashMap<>();
        message.forEachProperty(seen::put);

        assertThat(seen).isEqualTo(Map.of("city", "Bern"));
        assertThat(message.type()).isEqualTo("new");
        assertThat(message.correlationId()).isEqualTo("order-7");
        assertThat(message.bodyKind()).isNull();
        assertThat(message.isPersistent()).isTrue();
        assertThat(message.priority()).isEqualTo(4);
    }

    @Test
    void an_empty_or_awkward_header_comes_back_as_it_was() {
        StoredMessage message = stored(encoder.clear()
                .header("TAGS", "")
                .header(JmsProperties.CORRELATION_ID, "a\u0001b")
                .header(JmsProperties.BODY, BodyKind.TEXT.word())
                .build());

        assertThat(message.type()).isEmpty();
        assertThat(message.correlationId()).isEqualTo("a\u0001b");
        assertThat(message.replyTo()).isNull();
        assertThat(message.bodyKind()).isEqualTo(BodyKind.TEXT);
    }

    @Test
    void other_classes_are_refused() {
        assertThatThrownBy(() -> encoder.clear().property("when", Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> encoder.clear().property("", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean matches(String selector, StoredMessage message) throws SelectorException {
        return Selector.parse(selector, Typing.STRICT).matches(message);
    }

    private static StoredMessage stored(ByteBuffer properties) {
        MessageDraft draft =
                new MessageDraft("T", 0, 0, 0, 1234, HOST, 0, 0, properties, ByteBuffer.wrap(new byte[] {1}));
        ByteBuffer record = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        MessageRecord.encode(draft, HOST, record, 0);
        return new StoredMessage().reset(record, 0, 2);
    }
}
