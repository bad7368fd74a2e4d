// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BitPlaneTest {

    @Test
    void a_plane_behaves_like_a_sorted_set() {
        Seeds.forEach(200, random -> {
            BitPlane plane = new BitPlane();
            TreeSet<Long> model = new TreeSet<>();
            long base = random.nextBoolean() ? 0 : random.nextInt(1 << 20);
            int spread = 1 + random.nextInt(5_000);
            for (int step = 0; step < 400; step++) {
                step(random, plane, model, base, spread);
                assertThat(plane.count()).isEqualTo(model.size());
            }
        });
    }

    private static void step(Random random, BitPlane plane, NavigableSet<Long> model, long base, int spread) {
        long offset = base + random.nextInt(spread);
        switch (random.nextInt(7)) {
            case 0, 1 -> assertThat(plane.set(offset)).isEqualTo(model.add(offset));
            case 2 -> assertThat(plane.clear(offset)).isEqualTo(model.remove(offset));
            case 3 -> {
                long end = offset + random.nextInt(2_000);
                for (long at = offset; at < end; at++) {
                    plane.set(at);
                    model.add(at);
                }
            }
            case 4 -> {
                if (random.nextInt(10) == 0) {
                    plane.dropBelow(offset);
                    model.headSet(offset).clear();
                }
            }
            case 5 -> {
                Long next = model.ceiling(offset);
                assertThat(plane.nextSet(offset)).isEqualTo(next == null ? BitPlane.NONE : next);
                long clear = offset;
                while (model.contains(clear)) {
                    clear++;
                }
                assertThat(plane.nextClear(offset)).isEqualTo(clear);
            }
            default -> assertThat(plane.get(offset)).isEqualTo(model.contains(offset));
        }
    }

    @Test
    void a_full_plane_needs_no_words_and_can_be_opened_again() {
        BitPlane plane = new BitPlane();
        for (long offset = 1; offset < 100_000; offset++) {
            plane.set(offset);
        }

        assertThat(plane.nextClear(1)).isEqualTo(100_000);
        assertThat(plane.clear(50_000)).isTrue();

        assertThat(plane.nextClear(1)).isEqualTo(50_000);
        assertThat(plane.count()).isEqualTo(99_998);
    }
}
