// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.command.RandomCommands;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Frames of every command with damaged bytes: the decoder answers with a frame or with {@link ProtocolException}, and what it allocates is
 * bounded by the bytes that are there, not by the lengths they claim.
 */
class FrameFuzzTest {

    private static final int ORIGINS_PER_COMMAND = 4;

    /** A header is copied once; its index has 16 bytes per field, at least 6 bytes each, and may have been grown by doubling. */
    private static final int ALLOCATED_PER_BYTE_MAX = 8;

    /** The frame, its parts, and a refusal with its text. */
    private static final int ALLOCATED_FIXED_MAX = 4096;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long sink;

    @Test
    void a_million_damaged_frames_are_decoded_or_refused() {
        Seeds.once(random -> fuzz(random, 1_000_000));
    }

    @Test
    @Tag("long")
    void a_hundred_million_damaged_frames_are_decoded_or_refused() {
        Seeds.once(random -> fuzz(random, 100_000_000));
    }

    private void fuzz(Random random, int count) {
        List<byte[]> origins = origins(random);
        int decoded = 0;
        for (int i = 0; i < count; i++) {
            byte[] origin = origins.get(random.nextInt(origins.size()));
            ByteBuffer damaged = damage(origin, origins, random);
            int length = damaged.remaining();

            long limit = ALLOCATED_FIXED_MAX + (long) ALLOCATED_PER_BYTE_MAX * length;
            long before = thread.getCurrentThreadAllocatedBytes();
            Frame frame = decode(damaged.duplicate());
            if (thread.getCurrentThreadAllocatedBytes() - before > limit) {
                // The first use of a line of code may link it, which is counted too; the second may not.
                before = thread.getCurrentThreadAllocatedBytes();
                frame = decode(damaged.duplicate());
                assertThat(thread.getCurrentThreadAllocatedBytes() - before)
                        .as("bytes allocated for a frame of %d bytes", length)
                        .isLessThanOrEqualTo(limit);
            }
            if (frame != null) {
                decoded++;
                touch(frame);
            }
        }
        // Neither everything nor nothing survives the damage, or the test would test little.
        assertThat(decoded).isBetween(count / 20, count - count / 20);
    }

    private static Frame decode(ByteBuffer bytes) {
        try {
            return FrameCodec.decode(bytes);
        } catch (ProtocolException refused) {
            return null;
        }
    }

    /** Reads everything that a handler could read. */
    private void touch(Frame frame) {
        frame.fields().forEach((key, value) -> {
            sink += key.length() + value.length();
            ByteBuffer bytes = frame.fields().bytes(key);
            sink += bytes == null ? 0 : bytes.remaining();
            try {
                sink += frame.fields().longOr(key, 0);
                sink += frame.fields().intOr(key, 0);
            } catch (ProtocolException notANumber) {
                sink++;
            }
        });
        sink += frame.body().remaining() + frame.code() + frame.opaque();
    }

    private static List<byte[]> origins(Random random) {
        List<byte[]> origins = new ArrayList<>();
        for (Class<?> type : RandomCommands.headers()) {
            for (int i = 0; i < ORIGINS_PER_COMMAND; i++) {
                Header header = (Header) RandomCommands.random(type, random);
                HeaderEncoding encoding = i % 2 == 0 ? HeaderEncoding.JSON : HeaderEncoding.BINARY;
                ByteBuffer frame = FrameCodec.encode(
                        encoding,
                        random.nextInt(400),
                        random.nextInt(),
                        random.nextInt(4),
                        random.nextBoolean() ? null : "a remark",
                        header,
                        Body.of(new byte[random.nextInt(32)]));
                byte[] origin = new byte[frame.remaining() - Integer.BYTES];
                frame.get(Integer.BYTES, origin);
                origins.add(origin);
            }
        }
        for (String hostile : new String[] {
            "{\"code\":1,\"x\":" + "[".repeat(40) + "]".repeat(40) + "}",
            "{\"code\":1,\"extFields\":{" + "\"\":\"\",".repeat(300) + "\"\":\"\"}}",
            "{\"code\":1,\"extFields\":{\"i\":\"" + "\\u0001".repeat(200) + "\"}}"
        }) {
            byte[] header = hostile.getBytes(StandardCharsets.UTF_8);
            origins.add(ByteBuffer.allocate(4 + header.length)
                    .putInt(header.length)
                    .put(header)
                    .array());
        }
        return origins;
    }

    private static ByteBuffer damage(byte[] origin, List<byte[]> others, Random random) {
        byte[] bytes = origin.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = bytes[random.nextInt(bytes.length)];
                case 3 -> {
                    // A length that claims too much or too little: four bytes anywhere.
                    int value = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(64) - 32;
                    if (at + 4 <= bytes.length) {
                        ByteBuffer.wrap(bytes).putInt(at, value);
                    }
                }
                default -> {
                    byte[] other = others.get(random.nextInt(others.size()));
                    int length = Math.min(random.nextInt(16), Math.min(other.length, bytes.length - at));
                    System.arraycopy(other, random.nextInt(other.length - length + 1), bytes, at, length);
                }
            }
        }
        int cut = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : 0;
        return ByteBuffer.wrap(bytes, 0, bytes.length - cut);
    }
}
