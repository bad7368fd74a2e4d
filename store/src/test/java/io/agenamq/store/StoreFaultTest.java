// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks that fill up, fail to force, and change their bytes. */
class StoreFaultTest {

    /** Length of an entry in the page file. */
    private static final int ENTRY_BYTES = 48;

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

    @Test
    void an_old_entry_that_names_another_message_is_noticed_and_not_followed() throws IOException {
        for (int i = 0; i < 200; i++) {
            driver.send("T", 0);
        }
        store.close();
        swapEntries("queues/1.pages", 3, 5);

        store = driver.open();

        ConsumeQueue queue = driver.queue("T", 0);
        for (long offset = 0; offset < 200; offset++) {
            QueueEntry entry = new QueueEntry();
            assertThat(queue.read(offset, entry)).isTrue();
            if (offset == 3 || offset == 5) {
                long at = offset;
                assertThatThrownBy(() -> store.message(queue, at, entry))
                        .isInstanceOf(CorruptRecordException.class)
                        .hasMessageContaining("is not the message at offset " + at + " of T/0");
            } else {
                RecordSlice slice = store.message(queue, offset, entry);
                assertThat(MessageRecord.queueOffset(slice.buffer(), 0)).isEqualTo(offset);
                slice.release();
            }
        }
        store.close();
    }

    @Test
    void an_old_entry_that_names_a_place_behind_the_log_is_damage_and_not_a_message_that_is_gone() throws IOException {
        for (int i = 0; i < 200; i++) {
            driver.send("T", 0);
        }
        store.close();
        // The position is the first of its words.
        disk.flipBit("queues/1.pages", 3 * ENTRY_BYTES + 2, 1);

        store = driver.open();

        ConsumeQueue queue = driver.queue("T", 0);
        QueueEntry entry = new QueueEntry();
        assertThat(queue.read(3, entry)).isTrue();
        assertThatThrownBy(() -> store.message(queue, 3, entry))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("is not in the log");
        store.close();
    }

    private void swapEntries(String file, int one, int other) {
        byte[] bytes = disk.bytes(file);
        byte[] first = Arrays.copyOfRange(bytes, one * ENTRY_BYTES, (one + 1) * ENTRY_BYTES);
        byte[] second = Arrays.copyOfRange(bytes, other * ENTRY_BYTES, (other + 1) * ENTRY_BYTES);
        disk.overwrite(file, (long) one * ENTRY_BYTES, second);
        disk.overwrite(file, (long) other * ENTRY_BYTES, first);
    }
}
