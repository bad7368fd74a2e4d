// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class PageSlotsTest {

    private final PageSlots slots = new PageSlots();

    @Test
    void slots_are_numbered_from_zero() {
        assertThat(slots.allocate()).isZero();
        assertThat(slots.allocate()).isOne();
        assertThat(slots.count()).isEqualTo(2);
    }

    @Test
    void without_snapshots_a_released_slot_is_free_at_once() {
        int slot = slots.allocate();

        slots.release(slot);

        assertThat(slots.allocate()).isEqualTo(slot);
    }

    @Test
    void a_slot_that_a_kept_snapshot_refers_to_is_not_reused() {
        int slot = slots.allocate();
        snapshot();
        slots.release(slot);

        assertThat(slots.freeCount()).isZero();
        snapshot();
        assertThat(slots.freeCount())
                .as("the first snapshot is the older generation now")
                .isZero();
        snapshot();
        assertThat(slots.freeCount()).as("the first snapshot is gone").isOne();
        assertThat(slots.allocate()).isEqualTo(slot);
    }

    @Test
    void a_slot_released_while_a_snapshot_is_written_waits_for_that_snapshot_to_go() {
        int slot = slots.allocate();
        slots.captured();
        slots.release(slot);
        assertThat(slots.freeCount()).isZero();
        slots.published();

        snapshot();
        assertThat(slots.freeCount()).isZero();
        snapshot();
        assertThat(slots.freeCount()).isOne();
    }

    @Test
    void an_abandoned_snapshot_frees_what_waited_for_it_alone() {
        int slot = slots.allocate();
        slots.captured();
        slots.release(slot);

        slots.abandoned();

        assertThat(slots.freeCount()).isOne();
    }

    @Test
    void after_loading_a_snapshot_unused_slots_wait_for_the_older_generation_to_go() {
        BitSet inUse = new BitSet();
        inUse.set(0);
        inUse.set(2);

        slots.load(4, inUse);

        assertThat(slots.freeCount()).isZero();
        assertThat(slots.allocate()).isEqualTo(4);
        snapshot();
        assertThat(slots.freeCount()).isZero();
        snapshot();
        assertThat(slots.freeCount()).isEqualTo(2);
    }

    private void snapshot() {
        slots.captured();
        slots.published();
    }
}
