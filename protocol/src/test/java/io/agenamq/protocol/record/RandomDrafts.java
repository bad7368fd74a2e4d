// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Drafts of every shape for tests, and damage for encoded bytes. */
public final class RandomDrafts {

    private RandomDrafts() {}

    /** A draft with random content; topics are made of one to forty characters, some of them not ASCII. */
    public static MessageDraft draft(Random random) {
        return draft(random, topic(random), random.nextInt(8));
    }

    /** A draft with random content for one queue. */
    public static MessageDraft draft(Random random, String topic, int queueId) {
        byte[] body = new byte[random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(200)];
        random.nextBytes(body);
        MessageProperties.Builder properties = new MessageProperties.Builder();
        for (int i = random.nextInt(4); i > 0; i--) {
            properties.put("k" + random.nextInt(5), "value " + random.nextInt() + (random.nextInt(5) == 0 ? "é€" : ""));
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(body.length).put(body).flip();
        return new MessageDraft(
                topic,
                queueId,
                random.nextInt(),
                random.nextInt(4),
                random.nextLong(),
                host(random),
                random.nextInt(16),
                random.nextInt(),
                properties.build(),
                random.nextBoolean() ? bytes : ByteBuffer.wrap(body));
    }

    /** An IPv4 or IPv6 address with a port. */
    public static InetSocketAddress host(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(address);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), random.nextInt(0x10000));
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Changes something within the first {@code length} bytes: a bit, a byte, an integer or a run of bytes. */
    public static void mutate(Random random, ByteBuffer bytes, int length) {
        int at = random.nextInt(length);
        switch (random.nextInt(5)) {
            case 0 -> bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
            case 1 -> bytes.put(at, (byte) random.nextInt());
            case 2 -> bytes.putInt(Math.min(at, length - Integer.BYTES), interesting(random));
            case 3 -> bytes.putShort(Math.min(at, length - Short.BYTES), (short) interesting(random));
            default -> {
                for (int i = at, end = Math.min(length, at + random.nextInt(16)); i < end; i++) {
                    bytes.put(i, (byte) random.nextInt());
                }
            }
        }
    }

    private static int interesting(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Integer.MAX_VALUE;
            case 3 -> Integer.MIN_VALUE;
            case 4 -> random.nextInt(300);
            default -> random.nextInt();
        };
    }

    private static String topic(Random random) {
        StringBuilder topic = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            topic.append(random.nextInt(30) == 0 ? 'ä' : (char) ('a' + random.nextInt(26)));
        }
        return topic.toString();
    }
}
