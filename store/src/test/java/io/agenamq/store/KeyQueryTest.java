// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages by key, over runs in memory and in files. A run of this store has 256 keys. */
class KeyQueryTest {

    private final SimulatedDisk disk = new SimulatedDisk();
    private final StoreDriver driver = new StoreDriver(disk);
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = driver.open();
        driver.topic("T", 1);
    }

    @Test
    void a_key_is_found_in_all_runs_newest_first() throws IOException {
        Deque<Long> expected = new ArrayDeque<>();
        for (int i = 0; i < 1000; i++) {
            long position = driver.send("T", 0, Map.of("KEYS", i % 100 == 0 ? "rare k" + i : "k" + i));
            if (i % 100 == 0) {
                expected.push(position);
            }
        }
        assertThat(driver.query("T", "rare")).containsExactlyElementsOf(expected);

        store.housekeepOnce();

        assertThat(disk.list(KeyIndex.FOLDER)).hasSizeGreaterThanOrEqualTo(3);
        assertThat(driver.query("T", "rare")).containsExactlyElementsOf(expected);
        store = driver.killAndOpen();
        assertThat(driver.query("T", "rare")).containsExactlyElementsOf(expected);
        List<Long> two = new ArrayList<>();
        store.keys().query("T", "rare", 0, Long.MAX_VALUE, 2, two::add);
        assertThat(two).containsExactlyElementsOf(expected.stream().limit(2).toList());
    }

    @Test
    void a_message_that_carries_a_key_several_times_is_found_once() {
        long position = driver.send("T", 0, Map.of("KEYS", "a b a  a", "UNIQ_KEY", "a"));

        assertThat(driver.query("T", "a")).containsExactly(position);
        assertThat(driver.query("T", "b")).containsExactly(position);
        assertThat(driver.query("T", "")).isEmpty();
    }

    @Test
    void keys_with_equal_hashes_are_told_apart() {
        // Found by trying; see the test of the hash, which never changes.
        long first = driver.send("T", 0, Map.of("KEYS", "k448827"));
        long second = driver.send("T", 0, Map.of("KEYS", "k1001143"));

        assertThat(driver.query("T", "k448827")).containsExactly(first);
        assertThat(driver.query("T", "k1001143")).containsExactly(second);
    }

    @Test
    void a_message_with_absurdly_many_keys_is_stored_and_found_by_the_first_of_them() {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            keys.append('k').append(i).append(' ');
        }

        long position = driver.send("T", 0, Map.of("KEYS", keys.toString()));

        assertThat(driver.query("T", "k0")).containsExactly(position);
        assertThat(driver.query("T", "k255")).containsExactly(position);
        assertThat(driver.query("T", "k256")).isEmpty();
    }

    @Test
    void a_time_range_leaves_out_what_is_older_and_newer() {
        List<Long> positions = new ArrayList<>();
        long start = driver.clock.millis();
        for (int minute = 0; minute < 10; minute++) {
            for (int i = 0; i < 100; i++) {
                driver.send("T", 0, Map.of("KEYS", "x" + i));
            }
            positions.add(driver.send("T", 0, Map.of("KEYS", "minute")));
            driver.clock.advance(Duration.ofMinutes(1));
        }
        store.housekeepOnce();

        List<Long> found = new ArrayList<>();
        store.keys().query("T", "minute", start + 120_000, start + 300_000, 100, found::add);

        assertThat(found).containsExactly(positions.get(5), positions.get(4), positions.get(3), positions.get(2));
    }

    @Test
    void a_damaged_or_missing_file_hides_messages_and_never_shows_wrong_ones() throws IOException {
        Map<String, Long> positions = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            positions.put("k" + i, driver.send("T", 0, Map.of("KEYS", "k" + i)));
        }
        store.housekeepOnce();
        List<String> files = disk.list(KeyIndex.FOLDER);
        Seeds.once(random -> {
            for (int i = 0; i < 300; i++) {
                String name = KeyIndex.FOLDER + "/" + files.get(0);
                disk.flipBit(name, random.nextInt(disk.bytes(name).length), random.nextInt(8));
            }
        });
        disk.delete(KeyIndex.FOLDER + "/" + files.get(1));

        int found = 0;
        for (Map.Entry<String, Long> key : positions.entrySet()) {
            List<Long> answer = driver.query("T", key.getKey());
            assertThat(answer).isSubsetOf(key.getValue());
            found += answer.size();
        }
        assertThat(found).isBetween(400, 999);
    }
}
