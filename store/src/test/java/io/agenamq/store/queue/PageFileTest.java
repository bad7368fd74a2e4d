// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageFileTest {

    @Test
    void windows_cover_all_slots_without_gap_or_overlap() {
        int expectedWindow = 0;
        for (int slot = 0; slot < 4000; slot++) {
            if (slot == PageFile.firstOf(expectedWindow + 1)) {
                expectedWindow++;
            }
            assertThat(PageFile.windowOf(slot)).as("slot %d", slot).isEqualTo(expectedWindow);
        }
    }

    @Test
    void windows_double_until_they_are_256_pages_long() {
        assertThat(new int[] {
                    PageFile.firstOf(0), PageFile.firstOf(1), PageFile.firstOf(2), PageFile.firstOf(3),
                    PageFile.firstOf(6), PageFile.firstOf(7), PageFile.firstOf(8), PageFile.firstOf(9)
                })
                .containsExactly(0, 4, 8, 16, 128, 256, 512, 768);
    }
}
