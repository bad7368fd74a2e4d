// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BatchBodyTest {

    /** What a 5.x client sends for a message "one" with the property KEYS=b1. */
    private static final String GOLDEN = "00000021 00000000 00000000 00000000 00000003 6f6e65 0008 4b455953 01 6231 02";

    @Test
    void a_message_has_the_bytes_that_an_official_client_sends() {
        ByteBuffer body = ByteBuffer.wrap("one".getBytes(StandardCharsets.UTF_8));
        ByteBuffer properties =
                new MessageProperties.Builder().put("KEYS", "b1").build();
        ByteBuffer out = ByteBuffer.allocate(BatchBody.bytes(body, properties));

        BatchBody.encode(0, body, properties, out);

        byte[] expected = HexFormat.of().parseHex(GOLDEN.replace(" ", ""));
        assertThat(out.array()).isEqualTo(expected);
    }

    @Test
    void messages_come_back_in_order() {
        Seeds.forEach(100, random -> {
            ByteBuffer out = ByteBuffer.allocate(100_000);
            MessageDraft[] drafts = new MessageDraft[random.nextInt(20)];
            for (int i = 0; i < drafts.length; i++) {
                drafts[i] = RandomDrafts.draft(random);
                BatchBody.encode(drafts[i].flag(), drafts[i].body(), drafts[i].properties(), out);
            }

            BatchBody batch = new BatchBody().reset(out.flip());

            for (MessageDraft draft : drafts) {
                assertThat(batch.next()).isTrue();
                assertThat(batch.flag()).isEqualTo(draft.flag());
                assertThat(batch.body()).isEqualTo(draft.body());
                assertThat(batch.properties()).isEqualTo(draft.properties());
            }
            assertThat(batch.next()).isFalse();
        });
    }

    @Test
    void damaged_bytes_are_a_clean_refusal() {
        Seeds.once(random -> {
            ByteBuffer out = ByteBuffer.allocate(100_000);
            BatchBody batch = new BatchBody();
            for (int round = 0; round < 200_000; round++) {
                if (round % 10 == 0) {
                    out.clear();
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        MessageDraft draft = RandomDrafts.draft(random);
                        BatchBody.encode(0, draft.body(), draft.properties(), out);
                    }
                    out.flip();
                }
                RandomDrafts.mutate(random, out, out.limit());
                ByteBuffer arrived = out.slice(0, random.nextInt(out.limit() + 1));
                try {
                    batch.reset(arrived);
                    while (batch.next()) {
                        batch.body();
                        batch.properties();
                    }
                } catch (MalformedRecordException refused) {
                    assertThat(refused.getStackTrace()).isEmpty();
                }
            }
        });
    }

    @Test
    void a_length_beyond_the_bytes_is_named() {
        ByteBuffer body = ByteBuffer.allocate(30);
        body.putInt(0, Integer.MAX_VALUE);

        assertThatThrownBy(() -> new BatchBody().reset(body).next())
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("message of 2147483647 bytes in a batch body with 30 left");
    }
}
