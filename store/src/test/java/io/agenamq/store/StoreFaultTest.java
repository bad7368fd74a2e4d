// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks that fill up, fail to force, and change their bytes. */
class StoreFaultTest {

    private final SimulatedDisk disk = new SimulatedDisk();
    private final StoreDriver driver = new StoreDriver(disk);
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = driver.open();
        driver.topic("T", 2);
    }

    @Test
    void a_full_disk_stops_messages_and_nothing_else_and_space_brings_them_back() throws Exception {
        driver.fill("T", 0, 2 * StoreDriver.SEGMENT_BYTES);
        disk.capacity(disk.usedBytes());
        int stored = 0;
        try {
            while (true) {
                driver.trySend("T", 1, Map.of(), 500);
                stored++;
            }
        } catch (AppendRefusedException full) {
            assertThat(full.reason()).isEqualTo(AppendRefusedException.Reason.DISK_FULL);
        }
        store.housekeepOnce();
        assertThat(driver.positions("T", 1)).hasSize(stored);
        store.offsets().commit("G", "T", 1, stored);
        store.offsets().flush();

        disk.capacity(Long.MAX_VALUE / 2);
        driver.clock.advance(Duration.ofSeconds(1));
        store.housekeepOnce();

        driver.send("T", 1);
        String before = store.digest();
        store = driver.restart();
        assertThat(store.digest()).isEqualTo(before);
        assertThat(store.offsets().get("G", "T", 1)).isEqualTo(stored);
    }

    @Test
    void a_store_opens_on_a_full_disk() throws IOException {
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        store.log().flushOnce();
        String before = store.digest();
        disk.capacity(disk.usedBytes());

        store = driver.killAndOpen();

        assertThat(store.digest()).isEqualTo(before);
        assertThat(driver.positions("T", 0)).isNotEmpty();
        store.close();
    }

    @Test
    void after_a_failed_force_of_pages_no_snapshot_is_taken_and_the_last_good_one_is_used() throws IOException {
        driver.config = driver.config.withSnapshotIntervalBytes(100L * StoreDriver.SEGMENT_BYTES);
        store = driver.restart();
        driver.fill("T", 0, 2 * StoreDriver.SEGMENT_BYTES);
        store.housekeepOnce();
        assertThat(store.snapshot()).isTrue();
        long good = store.log().writtenPosition();
        driver.fill("T", 0, 2 * StoreDriver.SEGMENT_BYTES);
        store.housekeepOnce();
        store.log().flushOnce();

        disk.failForces(1);
        assertThat(store.snapshot()).isFalse();
        driver.fill("T", 0, StoreDriver.SEGMENT_BYTES);
        assertThat(store.snapshot()).as("a later force would lie").isFalse();
        store.log().flushOnce();
        String before = store.digest();
        disk.restartLosingAll();
        store = driver.openOn(disk);

        assertThat(store.recoveredFrom()).isLessThanOrEqualTo(good);
        assertThat(store.digest()).isEqualTo(before);
    }

    @Test
    void a_snapshot_that_cannot_be_written_leaves_nothing_behind() throws IOException {
        driver.fill("T", 0, 2 * StoreDriver.SEGMENT_BYTES);
        List<String> before = disk.list(SnapshotStore.FOLDER);
        disk.failWrites(1);

        assertThat(store.snapshot()).isFalse();

        assertThat(disk.list(SnapshotStore.FOLDER)).isEqualTo(before);
        assertThat(store.snapshot()).isTrue();
    }

    @Test
    void damage_in_the_middle_of_the_log_stops_writing_and_what_is_before_it_can_be_read() throws IOException {
        driver.fill("T", 0, StoreDriver.SEGMENT_BYTES / 2);
        long damaged = driver.send("T", 0);
        driver.fill("T", 0, StoreDriver.SEGMENT_BYTES);
        store.close();
        for (String folder : new String[] {QueueTable.FOLDER, KeyIndex.FOLDER, SnapshotStore.FOLDER}) {
            driver.deleteDerived(folder);
        }
        disk.flipBit("commitlog/00000000000000000000", damaged + 90, 3);

        store = driver.openOn(disk);

        assertThat(store.log().state().kind()).isEqualTo(LogState.Kind.DAMAGED);
        assertThatThrownBy(() -> driver.trySend("T", 0, Map.of(), 1)).isInstanceOf(AppendRefusedException.class);
        assertThat(driver.positions("T", 0))
                .allMatch(position -> position < damaged)
                .isNotEmpty();
        store.housekeepOnce();
        store.close();
        assertThat(disk.list(SnapshotStore.FOLDER))
                .as("half a state is no snapshot")
                .isEmpty();
    }
}
