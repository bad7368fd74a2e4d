// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.disk.DelegatingDisk;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {

    @TempDir
    private Path folder;

    private SpaceDisk disk;
    private StoreDriver driver;
    private Store store;

    /** A disk whose fill level the test says. */
    private static final class SpaceDisk extends DelegatingDisk {

        private int usedPercent;

        SpaceDisk(Path folder) throws IOException {
            super(FileDisk.at(folder));
        }

        @Override
        public long totalBytes() {
            return 1_000_000;
        }

        @Override
        public long freeBytes() {
            return (100 - usedPercent) * 10_000L;
        }
    }

    @BeforeEach
    void open() throws IOException {
        disk = new SpaceDisk(folder);
        driver = new StoreDriver(disk);
        store = driver.open();
        driver.topic("T", 2);
    }

    @Test
    void old_segments_go_at_the_hour() {
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        driver.clock.advance(Duration.ofDays(4));
        driver.fill("T", 0, 2 * StoreDriver.SEGMENT_BYTES);
        long before = store.log().minPosition();

        clean();
        assertThat(store.log().minPosition()).as("at ten o'clock").isEqualTo(before);
        driver.clock.advance(Duration.ofHours(18));
        clean();

        assertThat(store.log().minPosition())
                .as("at four o'clock")
                .isGreaterThanOrEqualTo(2 * StoreDriver.SEGMENT_BYTES);
        assertReadable("T", 0);
        assertThat(driver.queue("T", 0).minOffset()).isPositive();
    }

    @Test
    void young_segments_stay() {
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        driver.clock.advance(Duration.ofHours(18));

        clean();

        assertThat(store.log().minPosition()).isZero();
    }

    @Test
    void old_segments_go_at_any_hour_when_the_disk_is_above_the_first_mark() {
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        driver.clock.advance(Duration.ofDays(4));
        driver.fill("T", 0, StoreDriver.SEGMENT_BYTES);

        disk.usedPercent = 75;
        clean();
        assertThat(store.log().minPosition()).isZero();
        disk.usedPercent = 76;
        clean();

        assertThat(store.log().minPosition()).isPositive();
    }

    @Test
    void young_segments_go_when_the_disk_is_above_the_second_mark_but_never_the_one_being_written() {
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        disk.usedPercent = 86;

        clean();

        long[] starts = store.log().segmentStarts();
        assertThat(starts).hasSize(1);
        assertReadable("T", 0);
    }

    @Test
    void at_most_ten_segments_go_at_once() {
        driver.fill("T", 0, 14 * StoreDriver.SEGMENT_BYTES);
        disk.usedPercent = 86;

        clean();
        assertThat(store.log().minPosition()).isEqualTo(10L * StoreDriver.SEGMENT_BYTES);
        clean();

        assertThat(store.log().segmentStarts()).hasSize(1);
    }

    @Test
    void above_the_third_mark_messages_are_refused_and_accepted_again_below_it() throws Exception {
        disk.usedPercent = 91;
        clean();

        assertThatThrownBy(() -> driver.trySend("T", 0, Map.of(), 1))
                .isInstanceOf(AppendRefusedException.class)
                .hasMessageContaining("diskSpaceWarningLevelRatio");
        assertThat(store.log().state().kind()).isEqualTo(LogState.Kind.DISK_FULL);
        store.topics().remove("nothing");
        disk.usedPercent = 90;
        clean();

        driver.send("T", 0);
        assertThat(store.log().state().kind()).isEqualTo(LogState.Kind.OPEN);
    }

    @Test
    void a_hold_keeps_what_it_needs() {
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        long[] needed = {StoreDriver.SEGMENT_BYTES + 5};
        store.addRetentionHold(() -> needed[0]);
        disk.usedPercent = 86;

        clean();
        assertThat(store.log().minPosition()).isEqualTo(StoreDriver.SEGMENT_BYTES);
        needed[0] = Long.MAX_VALUE;
        clean();

        assertThat(store.log().segmentStarts()).hasSize(1);
    }

    @Test
    void the_messages_of_a_queue_that_nobody_has_attached_to_yet_are_kept() throws Exception {
        // Where they are: CleanerTest says what becomes of them otherwise.
        driver.config = driver.config.withRetention(driver.config.retention().withCleaning(Duration.ZERO, 0));
        store = driver.restart();
        store.topics()
                .put(new TopicConfig(
                        "Q",
                        1,
                        1,
                        6,
                        TopicConfig.SINGLE_TAG,
                        0,
                        false,
                        Map.of(DestinationKind.ATTRIBUTE, DestinationKind.QUEUE.word())));
        driver.fill("T", 0, 2 * StoreDriver.SEGMENT_BYTES);
        long waiting = driver.send("Q", 0);
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        disk.usedPercent = 89;

        clean();

        assertThat(store.log().minPosition())
                .isEqualTo(waiting / StoreDriver.SEGMENT_BYTES * StoreDriver.SEGMENT_BYTES);
        assertThat(driver.positions("Q", 0)).containsExactly(waiting);

        Cursor cursor = store.cursors().getOrCreate(new CursorName("Q", 0, CursorName.QUEUE), 0);
        clean();
        assertThat(driver.positions("Q", 0)).containsExactly(waiting);

        store.cursors().remove(cursor);
        store.topics().remove("Q");
        driver.clock.advance(Duration.ofMinutes(1));
        clean();
        assertThat(store.log().minPosition()).isGreaterThan(waiting);
    }

    @Test
    void a_cursor_keeps_what_it_has_not_passed() throws Exception {
        driver.topic("Q", 1);
        store.cursors().getOrCreate(new CursorName("Q", 0, "all"), 0);
        long position = driver.send("Q", 0);
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        disk.usedPercent = 86;

        clean();

        assertThat(store.log().minPosition()).isLessThanOrEqualTo(position);
        assertThat(driver.positions("Q", 0)).containsExactly(position);
    }

    @Test
    void everything_but_the_messages_outlives_its_segment() throws Exception {
        driver.topic("Empty", 3);
        driver.topic("Gone", 1);
        driver.send("Empty", 1);
        driver.send("Empty", 1);
        driver.send("Gone", 0);
        store.offsets().commit("G", "Empty", 1, 2);
        store.offsets().flush();
        store.topics().remove("Gone");
        driver.send("T", 0, Map.of("KEYS", "early"));
        driver.fill("T", 0, 3 * StoreDriver.SEGMENT_BYTES);
        disk.usedPercent = 86;

        clean();

        ConsumeQueue empty = driver.queue("Empty", 1);
        assertThat(empty.minOffset()).isEqualTo(2);
        assertThat(empty.maxOffset()).isEqualTo(2);
        assertThat(driver.query("T", "early")).isEmpty();
        assertRebuildable();
        assertThat(store.topics().get("Empty")).isNotNull();
        assertThat(store.topics().get("Gone")).isNull();
        assertThat(store.offsets().get("G", "Empty", 1)).isEqualTo(2);
        long position = driver.send("Empty", 1);
        assertThat(driver.positions("Empty", 1)).containsExactly(position);
        assertThat(driver.queue("Empty", 1).maxOffset()).isEqualTo(3);
    }

    @Test
    void many_rounds_of_retention_leave_a_store_that_can_be_rebuilt() throws Exception {
        disk.usedPercent = 86;
        for (int round = 0; round < 8; round++) {
            driver.topic("R" + round, 2);
            driver.send("R" + round, 1, Map.of("KEYS", "r" + round));
            store.offsets().commit("G", "R" + round, 1, 1);
            store.housekeepOnce();
            driver.fill("T", round % 2, 2 * StoreDriver.SEGMENT_BYTES);
            clean();
            assertRebuildable();
        }
        assertThat(store.topics().size()).isEqualTo(9);
        assertThat(store.offsets().topicsOf("G")).hasSize(8);
    }

    /** The same digest after a restart from the snapshot, and after one from the log alone. */
    private void assertRebuildable() throws IOException {
        String before = store.digest();
        store = driver.killAndOpen();
        assertThat(store.digest()).isEqualTo(before);
        store.close();
        driver.deleteDerived(QueueTable.FOLDER);
        driver.deleteDerived(KeyIndex.FOLDER);
        driver.deleteDerived(SnapshotStore.FOLDER);
        store = driver.open();
        assertThat(store.recoveredFrom()).isEqualTo(store.log().minPosition());
        assertThat(store.digest()).isEqualTo(before);
    }

    private void assertReadable(String topic, int queueId) {
        ConsumeQueue queue = driver.queue(topic, queueId);
        QueueEntry entry = new QueueEntry();
        for (long offset = queue.minOffset(); offset < queue.maxOffset(); offset++) {
            assertThat(queue.read(offset, entry)).isTrue();
            var slice = store.log().read(entry.position(), entry.size());
            assertThat(slice).as("offset %d", offset).isNotNull();
            slice.release();
        }
        assertThat(queue.read(queue.minOffset() - 1, entry)).isFalse();
    }

    private void clean() {
        driver.clock.advance(Duration.ofSeconds(10));
        store.housekeepOnce();
    }
}
