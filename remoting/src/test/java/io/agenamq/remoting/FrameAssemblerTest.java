// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameAssemblerTest {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final FrameAssembler assembler = new FrameAssembler(allocator);

    @Test
    void frames_do_not_depend_on_how_the_stream_is_cut() {
        Seeds.forEach(300, random -> {
            List<byte[]> frames = frames(random);
            byte[] stream = stream(frames);
            List<byte[]> seen = new ArrayList<>();
            int at = 0;
            while (at < stream.length) {
                int length = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 10 : 5000));
                arrive(stream, at, length, 65_536);
                at += length;
                for (ByteBuffer frame = assembler.next(); frame != null; frame = assembler.next()) {
                    byte[] copy = new byte[frame.remaining()];
                    frame.get(copy);
                    seen.add(copy);
                    if (random.nextInt(4) == 0) {
                        // A pause: what is left is kept and handed out later.
                        break;
                    }
                }
                assembler.settle();
            }
            for (ByteBuffer frame = assembler.next(); frame != null; frame = assembler.next()) {
                byte[] copy = new byte[frame.remaining()];
                frame.get(copy);
                seen.add(copy);
            }

            assertThat(assembler.settle()).isZero();
            assertThat(seen).hasSameSizeAs(frames);
            for (int i = 0; i < frames.size(); i++) {
                assertThat(seen.get(i)).isEqualTo(frames.get(i));
            }
            assertThat(allocator.metric().usedDirectMemory()).isZero();
        });
    }

    @Test
    void memory_follows_the_bytes_that_arrived_and_not_the_length_they_claim() {
        byte[] piece = new byte[1000];
        ByteBuffer.wrap(piece).putInt(FrameCodec.MAX_FRAME_BYTES);
        for (int i = 1; i <= 100; i++) {
            arrive(piece, 0, piece.length, 65_536);
            assertThat(assembler.next()).isNull();

            assertThat(assembler.settle()).isEqualTo(i * piece.length);
            assertThat(allocator.metric().usedDirectMemory()).isLessThanOrEqualTo(65_536 + 2L * i * piece.length);
        }
        assembler.clear();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void a_small_rest_does_not_hold_a_large_read_buffer() {
        byte[] stream = stream(List.of(new byte[30_000], new byte[10]));
        arrive(stream, 0, stream.length - 3, 65_536);
        assertThat(assembler.next()).isNotNull();
        assertThat(assembler.next()).isNull();

        assertThat(assembler.settle()).isEqualTo(11);

        assertThat(allocator.metric().usedDirectMemory()).isLessThan(1024);
        assembler.clear();
    }

    @Test
    void impossible_lengths_are_refused() {
        for (int length : new int[] {-1, 0, 3, Integer.MIN_VALUE, Integer.MAX_VALUE, FrameCodec.MAX_FRAME_BYTES + 1}) {
            arrive(ByteBuffer.allocate(4).putInt(length).array(), 0, 4, 64);

            assertThatThrownBy(assembler::next)
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("a frame length of " + length);
            assembler.clear();
        }
    }

    private void arrive(byte[] stream, int at, int length, int bufferBytes) {
        ByteBuf in = allocator.directBuffer(Math.max(length, bufferBytes));
        in.writeBytes(stream, at, length);
        assembler.add(in);
    }

    private static List<byte[]> frames(Random random) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            byte[] frame = new byte[4 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 300)];
            random.nextBytes(frame);
            frames.add(frame);
        }
        return frames;
    }

    private static byte[] stream(List<byte[]> frames) {
        ByteBuffer stream = ByteBuffer.allocate(
                frames.stream().mapToInt(frame -> 4 + frame.length).sum());
        frames.forEach(frame -> stream.putInt(frame.length).put(frame));
        return stream.array();
    }
}
