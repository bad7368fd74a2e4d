// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.OffsetAssigner;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueTableTest {

    private static final int RECORD_BYTES = 200;

    @TempDir
    private Path folder;

    private Disk disk;
    private QueueTable table;
    private long position;

    @BeforeEach
    void open() throws IOException {
        disk = FileDisk.at(folder);
        table = new QueueTable(disk);
        position = 0;
    }

    @Test
    void a_declared_topic_has_its_queues_and_they_are_empty() {
        table.declare("T", 3);

        ConsumeQueue queue = queue("T", 2);
        assertThat(queue.topic()).isEqualTo("T");
        assertThat(queue.queueId()).isEqualTo(2);
        assertThat(queue.minOffset()).isZero();
        assertThat(queue.maxOffset()).isZero();
        assertThat(queue.read(0, new QueueEntry())).isFalse();
        assertThat(table.find("T", 3)).isNull();
        assertThat(table.find("T", -1)).isNull();
        assertThat(table.find("U", 0)).isNull();
    }

    @Test
    void a_queue_that_does_not_exist_has_no_next_offset() {
        table.declare("T", 1);

        assertThat(table.reserve("T", 1)).isEqualTo(OffsetAssigner.UNKNOWN_QUEUE);
        assertThat(table.reserve("U", 0)).isEqualTo(OffsetAssigner.UNKNOWN_QUEUE);
    }

    @Test
    void a_batch_is_seen_as_a_whole() {
        table.declare("T", 1);
        ConsumeQueue queue = queue("T", 0);

        add("T", 0, Map.of());
        add("T", 0, Map.of());
        assertThat(queue.maxOffset()).isZero();
        table.batchEnd();

        assertThat(queue.maxOffset()).isEqualTo(2);
    }

    @Test
    void offsets_given_back_are_given_again() {
        table.declare("T", 2);

        assertThat(table.reserve("T", 0)).isZero();
        assertThat(table.reserve("T", 0)).isEqualTo(1);
        assertThat(table.reserve("T", 1)).isZero();
        table.release("T", 1);
        table.release("T", 0);
        table.release("T", 0);

        assertThat(table.reserve("T", 1)).isZero();
        assertThat(table.reserve("T", 0)).isZero();
    }

    @Test
    void an_entry_has_what_the_record_says() {
        table.declare("T", 1);
        append("T", 0, Map.of("TAGS", "a", "JMSPriority", "7", "JMSExpiration", "99"));

        QueueEntry entry = new QueueEntry();
        assertThat(queue("T", 0).read(0, entry)).isTrue();

        assertThat(entry.position()).isZero();
        assertThat(entry.size()).isEqualTo(RECORD_BYTES);
        assertThat(entry.tagHash()).isEqualTo("a".hashCode());
        assertThat(entry.priority()).isEqualTo(7);
        assertThat(entry.expiry()).isEqualTo(99);
        assertThat(entry.storeTime()).isEqualTo(TestRecords.STORE_TIME);
        assertThat(entry.flags()).isEqualTo(QueueEntry.TAGGED);
        assertThat(entry.groupHash()).isZero();
        assertThat(entry.deliverAt()).isZero();
    }

    @Test
    void entries_are_found_in_memory_and_in_pages_alike() throws IOException {
        table.declare("T", 1);
        int count = 3 * PageFile.PAGE_ENTRIES + 100;
        for (int i = 0; i < count; i++) {
            append("T", 0, Map.of());
            if (i == count / 2) {
                table.file();
            }
        }
        assertAllThere(queue("T", 0), 0, count);

        table.file();

        assertAllThere(queue("T", 0), 0, count);
        assertThat(table.sealedChunks()).isZero();
    }

    @Test
    void a_reader_never_misses_an_entry_while_chunks_are_filed() throws Exception {
        table.declare("T", 1);
        ConsumeQueue queue = queue("T", 0);
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<String> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            QueueEntry entry = new QueueEntry();
            Random random = new Random(1);
            while (!done.get() && failure.get() == null) {
                long max = queue.maxOffset();
                if (max > 0) {
                    long offset = Math.max(0, max - 1 - random.nextInt(300));
                    if (!queue.read(offset, entry) || entry.position() != offset * RECORD_BYTES) {
                        failure.set("offset " + offset + " of " + max + ": " + entry);
                    }
                }
            }
        });
        Thread housekeeper = new Thread(() -> {
            try {
                while (!done.get()) {
                    table.file();
                }
            } catch (IOException e) {
                failure.set(e.toString());
            }
        });
        reader.start();
        housekeeper.start();

        for (int i = 0; i < 60_000 && failure.get() == null; i++) {
            append("T", 0, Map.of());
        }
        done.set(true);
        reader.join();
        housekeeper.join();

        assertThat(failure.get()).isNull();
    }

    @Test
    void appending_threads_file_chunks_themselves_when_the_housekeeper_is_far_behind() {
        table.declare("T", 64);
        for (int i = 0; i < 64 * 64 * 60; i++) {
            append("T", i % 64, Map.of());
            table.relieve();
        }

        assertThat(table.sealedChunks()).isLessThan(QueueTable.SEALED_SOFT_MAX + 64);
        for (int queueId = 0; queueId < 64; queueId++) {
            assertThat(queue("T", queueId).maxOffset()).isEqualTo(64 * 60);
        }
    }

    @Test
    void a_disk_that_refuses_pages_costs_memory_only() throws IOException {
        table.declare("T", 1);
        FailingDisk failing = new FailingDisk(disk);
        QueueTable onBadDisk = new QueueTable(failing);
        onBadDisk.declare("T", 1);
        table = onBadDisk;
        for (int i = 0; i < 1000; i++) {
            append("T", 0, Map.of());
        }

        failing.broken = true;
        assertThatThrownBy(onBadDisk::file).isInstanceOf(IOException.class);
        assertAllThere(queue("T", 0), 0, 1000);
        failing.broken = false;
        onBadDisk.file();

        assertAllThere(queue("T", 0), 0, 1000);
        assertThat(onBadDisk.sealedChunks()).isZero();
    }

    @Test
    void offsets_by_time_are_those_of_the_protocol() {
        table.declare("T", 1);
        long[] times = {100, 100, 200, 300, 300, 300, 400};
        for (long time : times) {
            append("T", 0, time, Map.of());
        }
        ConsumeQueue queue = queue("T", 0);

        assertThat(queue.offsetAt(50, false)).as("before all").isZero();
        assertThat(queue.offsetAt(100, false)).isZero();
        assertThat(queue.offsetAt(150, false)).isEqualTo(2);
        assertThat(queue.offsetAt(300, false)).isEqualTo(3);
        assertThat(queue.offsetAt(400, false)).isEqualTo(6);
        assertThat(queue.offsetAt(401, false)).as("behind all").isEqualTo(7);

        assertThat(queue.offsetAt(50, true)).as("none is as old").isZero();
        assertThat(queue.offsetAt(100, true)).isEqualTo(1);
        assertThat(queue.offsetAt(299, true)).isEqualTo(2);
        assertThat(queue.offsetAt(300, true)).isEqualTo(5);
        assertThat(queue.offsetAt(1000, true)).isEqualTo(6);
    }

    @Test
    void offsets_by_time_on_an_empty_queue_are_its_end() {
        table.declare("T", 1);

        assertThat(queue("T", 0).offsetAt(5, false)).isZero();
        assertThat(queue("T", 0).offsetAt(5, true)).isZero();
    }

    @Test
    void retention_raises_the_first_offset_and_frees_pages() throws IOException {
        table.declare("T", 1);
        for (int i = 0; i < 5000; i++) {
            append("T", 0, Map.of());
        }
        table.file();
        ConsumeQueue queue = queue("T", 0);

        table.retain(3000L * RECORD_BYTES);

        assertThat(queue.minOffset()).isEqualTo(3000);
        assertThat(queue.maxOffset()).isEqualTo(5000);
        assertThat(queue.read(2999, new QueueEntry())).isFalse();
        assertAllThere(queue, 3000, 5000);
        table.retain(Long.MAX_VALUE);
        assertThat(queue.minOffset()).isEqualTo(5000);
        append("T", 0, Map.of());
        assertAllThere(queue, 5000, 5001);
    }

    @Test
    void a_removed_topic_is_empty_for_good_and_its_namesake_starts_anew() throws IOException {
        table.declare("T", 1);
        for (int i = 0; i < 200; i++) {
            append("T", 0, Map.of());
        }
        ConsumeQueue old = queue("T", 0);

        table.remove("T");
        table.declare("T", 1);
        append("T", 0, Map.of());
        table.file();

        assertThat(old.minOffset()).isEqualTo(old.maxOffset());
        assertThat(old.read(10, new QueueEntry())).isFalse();
        assertThat(queue("T", 0).maxOffset()).isOne();
        assertThat(table.sealedChunks()).isZero();
    }

    @Test
    void in_a_replay_a_queue_goes_on_where_its_first_record_says() {
        replay("T", 2, 500);
        replay("T", 2, 501);
        table.batchEnd();

        assertThat(queue("T", 2).minOffset()).isEqualTo(500);
        assertThat(queue("T", 2).maxOffset()).isEqualTo(502);
        assertThat(queue("T", 0).maxOffset()).isZero();
    }

    @Test
    void the_end_of_a_queue_without_messages_is_restated() throws Exception {
        table.declare("T", 2);
        for (int i = 0; i < 100; i++) {
            append("T", 0, Map.of());
            append("T", 1, Map.of());
        }
        append("T", 1, Map.of());
        long cut = position - RECORD_BYTES;
        table.retain(cut);
        String before = digest(table);
        List<ByteBuffer> restated = new ArrayList<>();

        table.restate(cut, (type, payload) -> {
            assertThat(type).isEqualTo(ControlType.QUEUE_BASES);
            restated.add(ByteBuffer.allocate(payload.remaining()).put(payload).flip());
            table.apply(position, type, restated.get(restated.size() - 1));
            return position;
        });

        assertThat(restated).hasSize(1);
        assertThat(digest(table)).isEqualTo(before);
        QueueTable rebuilt = new QueueTable(FileDisk.at(folder.resolve("other")));
        table = rebuilt;
        replay("T", 1, 100, cut);
        rebuilt.batchEnd();
        rebuilt.apply(cut, ControlType.QUEUE_BASES, restated.get(0));
        assertThat(digest(rebuilt)).isEqualTo(before);
        assertThat(queue("T", 0).minOffset()).isEqualTo(100);
    }

    @Test
    void a_snapshot_brings_everything_back() throws IOException {
        Seeds.forEach(10, random -> {
            try {
                fresh(random);
                for (int round = 0; round < 6; round++) {
                    appendAtRandom(random, 500);
                    if (random.nextBoolean()) {
                        table.file();
                    }
                    if (random.nextInt(3) == 0) {
                        table.retain((long) (position * random.nextDouble()));
                    }
                    ByteBuffer section = snapshot();
                    table.trimIdle(Runnable::run);
                    String before = digest(table);

                    QueueTable loaded = new QueueTable(disk);
                    loaded.load(new StateInput(section));

                    assertThat(digest(loaded)).isEqualTo(before);
                    if (random.nextBoolean()) {
                        table.close();
                        table = loaded;
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void after_a_crash_no_page_of_the_loaded_snapshot_has_been_overwritten() throws IOException {
        Seeds.forEach(10, random -> {
            try {
                fresh(random);
                appendAtRandom(random, 20_000);
                List<ByteBuffer> generations = new ArrayList<>();
                List<String> digests = new ArrayList<>();
                for (int round = 0; round < 8; round++) {
                    // Published: everything up to here is on disk.
                    DerivedState.Capture capture = table.capture();
                    PayloadOutput out = new PayloadOutput();
                    capture.writeTo(out);
                    capture.published();
                    generations.add(out.payload());
                    digests.add(digest(table));

                    // What happens until the crash: appends, retention, removed topics, one more snapshot that is not
                    // published.
                    appendAtRandom(random, 5_000);
                    table.retain(position / 2);
                    table.remove("T" + random.nextInt(6));
                    for (int topic = 0; topic < 6; topic++) {
                        table.declare("T" + topic, 3);
                    }
                    table.file();
                    DerivedState.Capture torn = table.capture();
                    appendAtRandom(random, 5_000);
                    torn.writeTo(new PayloadOutput());
                    torn.abandoned();
                    table.file();

                    // Both generations that are kept must still read as they were written.
                    for (int g = Math.max(0, generations.size() - 2); g < generations.size(); g++) {
                        QueueTable loaded = new QueueTable(disk);
                        loaded.load(new StateInput(generations.get(g)));
                        assertThat(digest(loaded))
                                .as("generation %d of %d", g, generations.size())
                                .isEqualTo(digests.get(g));
                        loaded.close();
                    }
                }
                assertThat(table.slotCount()).as("slots are reused at all").isLessThan(400);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void a_snapshot_whose_page_file_is_gone_is_refused() throws IOException {
        table.declare("T", 1);
        for (int i = 0; i < 2000; i++) {
            append("T", 0, Map.of());
        }
        table.file();
        ByteBuffer section = snapshot();
        table.close();
        for (String name : disk.list(QueueTable.FOLDER)) {
            disk.delete(QueueTable.FOLDER + "/" + name);
        }

        QueueTable loaded = new QueueTable(disk);

        assertThatThrownBy(() -> loaded.load(new StateInput(section))).isInstanceOf(CorruptStateException.class);
        loaded.clear();
        assertThat(digest(loaded)).isEmpty();
    }

    @Test
    void an_idle_queue_leaves_memory_after_two_snapshots() throws IOException {
        table.declare("T", 1);
        for (int i = 0; i < 40; i++) {
            append("T", 0, Map.of());
        }
        long busy = table.memoryBytes();

        snapshot();
        table.trimIdle(Runnable::run);
        assertThat(table.memoryBytes()).isEqualTo(busy);
        snapshot();
        table.trimIdle(Runnable::run);

        assertThat(table.memoryBytes()).isLessThan(busy - 40 * 48);
        assertAllThere(queue("T", 0), 0, 40);
        append("T", 0, Map.of());
        assertAllThere(queue("T", 0), 0, 41);
        for (int i = 0; i < 200; i++) {
            append("T", 0, Map.of());
        }
        table.file();
        assertAllThere(queue("T", 0), 0, 241);
    }

    @Test
    void a_queue_whose_messages_are_gone_leaves_memory_too() throws IOException {
        table.declare("T", 1);
        for (int i = 0; i < 10; i++) {
            append("T", 0, Map.of());
        }
        snapshot();
        long busy = table.memoryBytes();
        table.retain(position);

        snapshot();
        table.trimIdle(Runnable::run);

        assertThat(table.memoryBytes()).isLessThan(busy - 10 * 48);
        append("T", 0, Map.of());
        assertAllThere(queue("T", 0), 10, 11);
    }

    @Test
    void a_queue_that_was_idle_for_a_snapshot_that_failed_and_grew_since_keeps_its_entries() throws IOException {
        table.declare("T", 1);
        for (int i = 0; i < 20; i++) {
            append("T", 0, Map.of());
        }
        snapshot();
        DerivedState.Capture failing = table.capture();
        failing.writeTo(new PayloadOutput());
        failing.abandoned();
        append("T", 0, Map.of());

        snapshot();
        table.trimIdle(Runnable::run);

        assertAllThere(queue("T", 0), 0, 21);
    }

    // ---- helpers ----

    private void fresh(Random random) throws IOException {
        disk = FileDisk.at(folder.resolve("s" + Long.toHexString(random.nextLong())));
        table = new QueueTable(disk);
        position = 0;
        for (int topic = 0; topic < 6; topic++) {
            table.declare("T" + topic, 3);
        }
    }

    private void appendAtRandom(Random random, int count) {
        int busy = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            int topic = random.nextInt(4) == 0 ? random.nextInt(6) : busy;
            append("T" + topic, random.nextInt(3), Map.of());
        }
    }

    private ByteBuffer snapshot() {
        DerivedState.Capture capture = table.capture();
        PayloadOutput out = new PayloadOutput();
        capture.writeTo(out);
        capture.published();
        return out.payload();
    }

    private ConsumeQueue queue(String topic, int queueId) {
        ConsumeQueue queue = table.find(topic, queueId);
        assertThat(queue).isNotNull();
        return queue;
    }

    private void append(String topic, int queueId, Map<String, String> properties) {
        append(topic, queueId, TestRecords.STORE_TIME, properties);
    }

    private void append(String topic, int queueId, long storeTime, Map<String, String> properties) {
        add(topic, queueId, storeTime, properties);
        table.batchEnd();
    }

    private void add(String topic, int queueId, Map<String, String> properties) {
        add(topic, queueId, TestRecords.STORE_TIME, properties);
    }

    private final RecordScan scan = new RecordScan();

    private void add(String topic, int queueId, long storeTime, Map<String, String> properties) {
        long offset = table.reserve(topic, queueId);
        scan.reset(TestRecords.encode(topic, queueId, offset, position, storeTime, properties), 0);
        table.message(topic, scan, position, RECORD_BYTES);
        position += RECORD_BYTES;
    }

    private void replay(String topic, int queueId, long offset) {
        replay(topic, queueId, offset, position);
        position += RECORD_BYTES;
    }

    private void replay(String topic, int queueId, long offset, long at) {
        scan.reset(TestRecords.encode(topic, queueId, offset, at, Map.of()), 0);
        table.message(topic, scan, at, RECORD_BYTES);
    }

    private static void assertAllThere(ConsumeQueue queue, long from, long to) {
        assertThat(queue.maxOffset()).isEqualTo(to);
        QueueEntry entry = new QueueEntry();
        long previous = -1;
        for (long offset = from; offset < to; offset++) {
            assertThat(queue.read(offset, entry)).as("offset %d", offset).isTrue();
            assertThat(entry.position()).as("offset %d", offset).isGreaterThan(previous);
            assertThat(entry.size()).isEqualTo(RECORD_BYTES);
            previous = entry.position();
        }
        assertThat(queue.read(to, entry)).isFalse();
    }

    private static String digest(DerivedState state) {
        StringBuilder out = new StringBuilder();
        state.digest(out);
        return out.toString();
    }
}
