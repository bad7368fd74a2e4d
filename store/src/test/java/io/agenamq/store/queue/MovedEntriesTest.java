// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Against a sorted map. */
class MovedEntriesTest {

    @Test
    void it_is_a_map_from_offsets_to_entries() {
        Seeds.forEach(50, MovedEntriesTest::compare);
    }

    private static void compare(Random random) {
        MovedEntries moved = new MovedEntries();
        TreeMap<Long, Long> model = new TreeMap<>();
        long span = 1L << (3 + random.nextInt(14));
        long position = 0;
        for (int step = 0; step < 500; step++) {
            if (random.nextInt(30) == 0) {
                long below = (long) (position * random.nextDouble());
                int before = model.size();
                model.values().removeIf(at -> at < below);
                assertThat(moved.dropBelow(below)).isEqualTo(before - model.size());
            } else {
                long offset = (long) (span * random.nextDouble());
                position += 1 + random.nextInt(1000);
                assertThat(moved.put(offset, entry(position, offset))).isEqualTo(model.put(offset, position) == null);
            }
            check(moved, model, (long) (span * random.nextDouble()));
        }
    }

    private static long[] entry(long position, long offset) {
        long[] words = new long[ConsumeQueueEntry.WORDS];
        words[ConsumeQueueEntry.POSITION] = position;
        words[ConsumeQueueEntry.STORE_TIME] = offset * 10;
        return words;
    }

    private static void check(MovedEntries moved, NavigableMap<Long, Long> model, long offset) {
        assertThat(moved.count()).isEqualTo(model.size());
        assertThat(moved.lowest()).isEqualTo(model.isEmpty() ? MovedEntries.NONE : model.firstKey());
        QueueEntry entry = new QueueEntry();
        assertThat(moved.read(offset, entry)).isEqualTo(model.containsKey(offset));
        if (model.containsKey(offset)) {
            assertThat(entry.position()).isEqualTo(model.get(offset));
        }
        Map<Long, Long> all = new TreeMap<>();
        moved.forEach((each, at) -> all.put(each, at.position()));
        assertThat(all).isEqualTo(model);
        Long from = model.ceilingKey(offset);
        assertThat(moved.firstStoredFrom(offset * 10, Long.MAX_VALUE)).isEqualTo(from == null ? Long.MAX_VALUE : from);
        Long by = model.floorKey(offset);
        assertThat(moved.lastStoredBy(offset * 10, Long.MAX_VALUE)).isEqualTo(by == null ? 0 : by);
    }
}
