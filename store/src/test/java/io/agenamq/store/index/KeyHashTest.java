// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyHashTest {

    @Test
    void the_hash_is_part_of_the_file_format_and_never_changes() {
        assertThat(hash("T", "")).isEqualTo(1113509737);
        assertThat(hash("T", "order-1")).isEqualTo(-1776790013);
        assertThat(hash("Orders", "7F0000010A2F18B4AAC20000000000FF")).isEqualTo(-2138527875);
    }

    @Test
    void where_in_a_buffer_the_key_is_does_not_matter() {
        byte[] key = "customer-4711-ü".getBytes(StandardCharsets.UTF_8);
        ByteBuffer direct = ByteBuffer.allocateDirect(100).put(13, key);

        assertThat(KeyHash.of("T", direct, 13, key.length))
                .isEqualTo(KeyHash.of("T", ByteBuffer.wrap(key), 0, key.length));
    }

    @Test
    void similar_keys_have_different_hashes() {
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            hashes.add(hash("T", "order-" + i));
        }

        // Of a perfect 32-bit hash one would expect 1.2 collisions.
        assertThat(hashes).hasSizeGreaterThan(99_980);
    }

    @Test
    void the_topic_is_part_of_the_hash() {
        assertThat(hash("T", "k")).isNotEqualTo(hash("U", "k"));
    }

    static int hash(String topic, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return KeyHash.of(topic, ByteBuffer.wrap(bytes), 0, bytes.length);
    }
}
