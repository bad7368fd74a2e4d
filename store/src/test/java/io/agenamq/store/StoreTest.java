// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.disk.StoreInUseException;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    @TempDir
    private Path folder;

    private StoreDriver driver;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        driver = new StoreDriver(FileDisk.at(folder));
        store = driver.open();
    }

    @Test
    void a_message_is_in_its_queue_when_the_append_returns() {
        List<String> arrivals = new ArrayList<>();
        store.onArrival((queue, max) -> arrivals.add(queue.topic() + "/" + queue.queueId() + " < " + max));
        driver.topic("T", 2);

        long position = driver.send("T", 1, Map.of("TAGS", "a"));

        QueueEntry entry = new QueueEntry();
        assertThat(driver.queue("T", 1).read(0, entry)).isTrue();
        assertThat(entry.position()).isEqualTo(position);
        assertThat(entry.tagHash()).isEqualTo("a".hashCode());
        assertThat(entry.storeTime()).isEqualTo(driver.clock.millis());
        RecordSlice slice = store.log().read(entry.position(), entry.size());
        assertThat(slice).isNotNull();
        slice.release();
        assertThat(arrivals).containsExactly("T/1 < 1");
    }

    @Test
    void a_message_for_a_queue_that_does_not_exist_is_refused() {
        driver.topic("T", 1);

        assertThatThrownBy(() -> driver.trySend("T", 1, Map.of(), 1)).isInstanceOf(AppendRefusedException.class);
        assertThatThrownBy(() -> driver.trySend("U", 0, Map.of(), 1)).isInstanceOf(AppendRefusedException.class);

        driver.send("T", 0);
        assertThat(driver.queue("T", 0).maxOffset()).isOne();
    }

    @Test
    void a_store_belongs_to_one_opener() {
        assertThatThrownBy(() -> new StoreDriver(FileDisk.at(folder)).open()).isInstanceOf(StoreInUseException.class);
    }

    @Test
    void a_restart_changes_nothing() throws IOException {
        someHistory();
        String before = store.digest();

        store = driver.restart();

        assertThat(store.digest()).isEqualTo(before);
        assertThat(store.recoveredFrom())
                .as("nothing to replay")
                .isEqualTo(store.log().writtenPosition());
    }

    @Test
    void a_kill_changes_nothing() throws IOException {
        someHistory();
        String before = store.digest();

        store = driver.killAndOpen();

        assertThat(store.digest()).isEqualTo(before);
    }

    @Test
    void a_restart_after_a_kill_replays_from_the_newest_snapshot() throws IOException {
        someHistory();
        assertThat(store.snapshot()).isTrue();
        long snapshot = store.log().writtenPosition();
        driver.send("T0", 0);
        String before = store.digest();

        store = driver.killAndOpen();

        assertThat(store.recoveredFrom()).isEqualTo(snapshot);
        assertThat(store.digest()).isEqualTo(before);
    }

    @Test
    void every_derived_file_can_be_deleted() throws IOException {
        String[][] cases = {
            {QueueTable.FOLDER},
            {KeyIndex.FOLDER},
            {SnapshotStore.FOLDER},
            {QueueTable.FOLDER, KeyIndex.FOLDER, SnapshotStore.FOLDER}
        };
        someHistory();
        String before = store.digest();
        for (String[] folders : cases) {
            store.close();
            for (String each : folders) {
                driver.deleteDerived(each);
            }

            store = driver.open();

            assertThat(store.digest()).isEqualTo(before);
            assertThat(store.recoveredFrom()).as("%s", (Object) folders).isZero();
        }
    }

    @Test
    void a_damaged_snapshot_is_passed_over_for_the_one_before() throws IOException {
        someHistory();
        assertThat(store.snapshot()).isTrue();
        long older = store.log().writtenPosition();
        someHistory();
        String before = store.digest();
        store.close();
        List<String> snapshots = driver.disk().list(SnapshotStore.FOLDER);
        assertThat(snapshots).hasSize(2);
        flipByteInTheMiddle(SnapshotStore.FOLDER + "/" + snapshots.get(1));

        store = driver.open();

        assertThat(store.recoveredFrom()).isBetween(older, store.log().writtenPosition() - 1);
        assertThat(store.digest()).isEqualTo(before);
        store.close();
        flipByteInTheMiddle(SnapshotStore.FOLDER + "/"
                + driver.disk().list(SnapshotStore.FOLDER).get(0));
        flipByteInTheMiddle(SnapshotStore.FOLDER + "/"
                + driver.disk().list(SnapshotStore.FOLDER).get(1));

        store = driver.open();

        assertThat(store.recoveredFrom()).isZero();
        assertThat(store.digest()).isEqualTo(before);
    }

    @Test
    void at_most_two_snapshots_are_kept() throws IOException {
        for (int i = 0; i < 5; i++) {
            someHistory();
            assertThat(store.snapshot()).isTrue();
        }

        assertThat(driver.disk().list(SnapshotStore.FOLDER)).hasSize(2);
    }

    @Test
    void messages_are_found_by_key_newest_first() {
        driver.topic("T", 1);
        driver.topic("U", 1);
        long first = driver.send("T", 0, Map.of("KEYS", "order-1 customer-7", "UNIQ_KEY", "AA01"));
        driver.clock.advance(Duration.ofSeconds(10));
        long second = driver.send("T", 0, Map.of("KEYS", "order-2 customer-7", "UNIQ_KEY", "AA02"));
        driver.send("U", 0, Map.of("KEYS", "customer-7"));

        assertThat(driver.query("T", "customer-7")).containsExactly(second, first);
        assertThat(driver.query("T", "order-1")).containsExactly(first);
        assertThat(driver.query("T", "AA02")).containsExactly(second);
        assertThat(driver.query("T", "order-1 customer-7")).isEmpty();
        assertThat(driver.query("T", "nothing")).isEmpty();
        List<Long> early = new ArrayList<>();
        long now = driver.clock.millis();
        store.keys().query("T", "customer-7", 0, now - 1, 10, early::add);
        assertThat(early).containsExactly(first);
        List<Long> late = new ArrayList<>();
        store.keys().query("T", "customer-7", now, now, 10, late::add);
        assertThat(late).containsExactly(second);
        List<Long> one = new ArrayList<>();
        store.keys().query("T", "customer-7", 0, now, 1, one::add);
        assertThat(one).containsExactly(second);
    }

    @Test
    void committed_offsets_survive_a_close_and_a_flush() throws IOException {
        driver.topic("T", 2);
        store.offsets().commit("G", "T", 1, 5);
        store.housekeepOnce();
        store.offsets().commit("G", "T", 0, 3);

        store = driver.killAndOpen();
        assertThat(store.offsets().get("G", "T", 1)).isEqualTo(5);
        assertThat(store.offsets().get("G", "T", 0)).as("not flushed").isEqualTo(-1);
        store.offsets().commit("G", "T", 0, 4);
        store = driver.restart();
        assertThat(store.offsets().get("G", "T", 0)).isEqualTo(4);
    }

    @Test
    void a_removed_topic_takes_its_offsets_along_and_its_namesake_starts_anew() throws Exception {
        driver.topic("T", 1);
        driver.fill("T", 0, 10_000);
        store.offsets().commit("G", "T", 0, 5);
        store.housekeepOnce();

        store.topics().remove("T");
        driver.topic("T", 1);
        driver.send("T", 0);
        String before = store.digest();

        assertThat(store.offsets().get("G", "T", 0)).isEqualTo(-1);
        assertThat(driver.queue("T", 0).maxOffset()).isOne();
        store = driver.killAndOpen();
        assertThat(store.digest()).isEqualTo(before);
    }

    @Test
    void a_store_with_threads_takes_snapshots_by_itself() throws IOException {
        store.close();
        store = Store.open(driver.config, FileDisk.at(folder), driver.clock, (what, cause) -> {});
        driver.adopt(store);
        driver.topic("T", 1);

        driver.fill("T", 0, 5L * StoreDriver.SEGMENT_BYTES);

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> !FileDisk.at(folder).list(SnapshotStore.FOLDER).isEmpty());
        store.close();
    }

    /** Topics, messages, keys, groups and offsets, a topic that comes and goes, over several segments. */
    private void someHistory() throws IOException {
        for (int topic = 0; topic < 4; topic++) {
            driver.topic("T" + topic, 3);
        }
        for (int i = 0; i < 2000; i++) {
            driver.send("T" + i % 4, i % 3, Map.of("KEYS", "k" + i % 100, "TAGS", "t" + i % 7));
            if (i % 50 == 0) {
                store.offsets().commit("G" + i % 3, "T" + i % 4, i % 3, i);
                store.housekeepOnce();
            }
        }
        try {
            store.topics().remove("T3");
            store.offsets().flush();
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
    }

    private void flipByteInTheMiddle(String name) throws IOException {
        try (DiskFile file = driver.disk().open(name)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long middle = file.size() / 2;
            file.readFully(middle, one);
            one.put(0, (byte) ~one.get(0)).flip();
            file.writeFully(middle, one);
        }
    }
}
