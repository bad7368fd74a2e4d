// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryCountsTest {

    @Test
    void counts_behave_like_a_map() {
        Seeds.forEach(200, random -> {
            DeliveryCounts counts = new DeliveryCounts();
            Map<Long, Integer> model = new HashMap<>();
            for (int step = 0; step < 500; step++) {
                long offset = random.nextInt(100);
                if (random.nextInt(3) == 0) {
                    counts.remove(offset);
                    model.remove(offset);
                } else {
                    counts.put(offset, step + 1);
                    model.put(offset, step + 1);
                }
                assertThat(counts.size()).isEqualTo(model.size());
            }

            Map<Long, Integer> seen = new HashMap<>();
            counts.forEach(seen::put);

            assertThat(seen).isEqualTo(model);
            model.forEach((offset, count) -> assertThat(counts.get(offset)).isEqualTo(count));
        });
    }
}
