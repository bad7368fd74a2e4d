// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.RandomDrafts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class BatchHeaderTest {

    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    /** Position 4096, 96 bytes of it not forced, one record of 95 bytes: topic t, body abc, no properties. */
    private static final String GOLDEN = "a6e7a0b1 0000007f 0000000000001000 00000000 00000060 0001 0000 98245082"
            + " 0000005f daa320a7 352441c2 00000000 00000000 0000000000000000 0000000000001020 00000000"
            + " 0000000000000000 7f000001 00001267 00000000000f4240 7f000001 00002a9f 00000000 0000000000000000"
            + " 00000003 616263 01 74 0000";

    /** The rest of a segment, 1000 bytes, from position 8000 on. */
    private static final String GOLDEN_END = "a6e7a0b1 000003e8 0000000000001f40 00000000 00000000 0000 0001 1a5a81d1";

    private final CRC32C crc = new CRC32C();

    @Test
    void a_batch_has_the_bytes_that_are_on_disks_already() {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        int length = BatchHeader.BYTES
                + MessageRecord.encode(LogModel.draft("t", 0, "abc"), HOST, buffer, BatchHeader.BYTES);
        MessageRecord.assign(buffer, BatchHeader.BYTES, 0, 4096 + BatchHeader.BYTES, 1_000_000);

        BatchHeader.write(buffer, length, 4096, 0, 4000, 1, crc);

        assertThat(hex(buffer, length)).isEqualTo(GOLDEN.replace(" ", ""));
        assertThat(BatchHeader.isSound(buffer, 0, length, 4096, crc)).isTrue();
        assertThat(BatchHeader.witnessedPosition(buffer, 0)).isEqualTo(4000);
        assertThat(BatchHeader.endsSegment(buffer, 0)).isFalse();
    }

    @Test
    void an_end_of_a_segment_has_the_bytes_that_are_on_disks_already() {
        ByteBuffer buffer = ByteBuffer.allocate(BatchHeader.BYTES);

        BatchHeader.writeSegmentEnd(buffer, 1000, 8000, 0, 8000, crc);

        assertThat(hex(buffer, BatchHeader.BYTES)).isEqualTo(GOLDEN_END.replace(" ", ""));
        assertThat(BatchHeader.isSound(buffer, 0, BatchHeader.BYTES, 8000, crc)).isTrue();
        assertThat(BatchHeader.endsSegment(buffer, 0)).isTrue();
    }

    @Test
    void zeroed_space_is_no_batch() {
        assertThat(BatchHeader.isSound(ByteBuffer.allocate(4096), 0, 4096, 0, crc))
                .isFalse();
    }

    @Test
    void a_batch_is_sound_at_its_own_position_only() {
        ByteBuffer buffer = batch(LogModel.draft("t", 0, "abc"), 4096);

        assertThat(BatchHeader.isSound(buffer, 0, buffer.limit(), 4096, crc)).isTrue();
        assertThat(BatchHeader.isSound(buffer, 0, buffer.limit(), 8192, crc)).isFalse();
        assertThat(BatchHeader.isSound(buffer, 0, buffer.limit() - 1, 4096, crc))
                .isFalse();
    }

    @Test
    void every_flipped_bit_is_noticed() {
        Seeds.forEach(5, random -> {
            ByteBuffer buffer = batch(RandomDrafts.draft(random), 4096);
            for (int bit = 0; bit < 8 * buffer.limit(); bit++) {
                int at = bit / 8;
                byte before = buffer.get(at);
                buffer.put(at, (byte) (before ^ 1 << bit % 8));
                assertThat(BatchHeader.isSound(buffer, 0, buffer.limit(), 4096, crc))
                        .as("bit %s", bit)
                        .isFalse();
                buffer.put(at, before);
            }
            assertThat(BatchHeader.isSound(buffer, 0, buffer.limit(), 4096, crc))
                    .isTrue();
        });
    }

    @Test
    void a_million_mutated_batches_are_sound_only_if_nothing_has_changed() {
        Seeds.once(random -> {
            ByteBuffer original = batch(RandomDrafts.draft(random), 4096);
            for (int round = 0; round < 1_000_000; round++) {
                if (round % 100 == 0) {
                    original = batch(RandomDrafts.draft(random), 4096);
                }
                ByteBuffer mutated = ByteBuffer.allocate(original.limit())
                        .put(original.duplicate())
                        .flip();
                RandomDrafts.mutate(random, mutated, mutated.limit());
                ByteBuffer arrived =
                        mutated.slice(0, random.nextInt(4) == 0 ? random.nextInt(mutated.limit()) : mutated.limit());

                boolean sound = BatchHeader.isSound(arrived, 0, arrived.limit(), 4096, crc);

                assertThat(sound).isEqualTo(arrived.equals(original));
            }
        });
    }

    private ByteBuffer batch(MessageDraft draft, long position) {
        ByteBuffer buffer = ByteBuffer.allocate(BatchHeader.BYTES + MessageRecord.bytesMax(draft));
        int length = BatchHeader.BYTES + MessageRecord.encode(draft, HOST, buffer, BatchHeader.BYTES);
        MessageRecord.assign(buffer, BatchHeader.BYTES, 7, position + BatchHeader.BYTES, 99);
        BatchHeader.write(buffer.limit(length), length, position, 0, position, 1, crc);
        return buffer;
    }

    private static String hex(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
