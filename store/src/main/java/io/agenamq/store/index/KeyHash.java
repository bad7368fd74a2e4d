// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.index;

import java.nio.ByteBuffer;

/**
 * The hash that stands for (topic, key) in the index. It is part of the file format: another function needs another version of run files.
 * Eight bytes at a time, since it runs under the append lock for every key.
 */
final class KeyHash {

    private static final long K = 0x9E3779B97F4A7C15L;

    private KeyHash() {}

    /** Hash of the key in {@code length} bytes of UTF-8 at index {@code start} of a big-endian buffer. */
    static int of(String topic, ByteBuffer key, int start, int length) {
        // String.hashCode is specified, so it may stand in a file.
        long hash = (topic.hashCode() * K) ^ length;
        int end = start + length;
        int at = start;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = mix(hash ^ key.getLong(at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = (rest << Byte.SIZE) | (key.get(at) & 0xFF);
        }
        hash = mix(hash ^ rest);
        return (int) (hash >>> 32);
    }

    private static long mix(long value) {
        long product = value * K;
        return product ^ (product >>> 29);
    }
}
