// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.DelegatingDisk;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything at once with real threads and files: appends, reads, topics that come and go, snapshots, retention. */
class StoreThreadsTest {

    private static final int APPENDERS = 3;
    private static final int BATCHES = 4_000;
    private static final int RETENTION_SECONDS_MAX = 60;

    @TempDir
    private Path folder;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final Map<String, Long> arrivals = new ConcurrentHashMap<>();

    /** A disk that is always full enough for young segments to be dropped. */
    private static final class AlmostFullDisk extends DelegatingDisk {

        AlmostFullDisk(Path folder) throws IOException {
            super(FileDisk.at(folder));
        }

        @Override
        public long totalBytes() {
            return 100;
        }

        @Override
        public long freeBytes() {
            return 14;
        }
    }

    @Test
    void readers_and_writers_never_see_anything_but_whole_entries_of_their_own_queue() throws Exception {
        StoreConfig config = StoreConfig.defaults()
                .withLog(LogConfig.defaults().withSegmentBytes(512 * 1024))
                .withSnapshotIntervalBytes(256 * 1024);
        // A hundred times as fast, so that retention, which comes every ten seconds, comes often.
        long start = System.currentTimeMillis();
        InstantSource clock = () -> Instant.ofEpochMilli(start + (System.currentTimeMillis() - start) * 100);
        Store store = Store.open(config, new AlmostFullDisk(folder), clock, (what, cause) -> fail(cause));
        for (int topic = 0; topic < 5; topic++) {
            store.topics().put(new TopicConfig("T" + topic, 3, 3, 6));
        }
        store.onArrival((queue, max) -> arrivals.merge(queue.topic() + queue.queueId(), max, Math::max));

        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < APPENDERS; i++) {
            int seed = i;
            threads.add(start("appender-" + i, () -> append(store, new Random(seed))));
        }
        Thread reader = start("reader", () -> read(store, new Random(7)));
        Thread changer = start("changer", () -> change(store, new Random(8)));
        for (Thread thread : threads) {
            thread.join();
        }
        done.set(true);
        reader.join();
        changer.join();

        assertThat(failure.get()).isNull();
        assertThat(store.log().minPosition()).as("retention was at work").isPositive();
        store.close();
        StoreDriver driver = new StoreDriver(FileDisk.at(folder));
        driver.config = config;
        Store reopened = driver.open();
        for (int topic = 0; topic < 4; topic++) {
            for (int queueId = 0; queueId < 3; queueId++) {
                ConsumeQueue queue = driver.queue("T" + topic, queueId);
                assertThat(arrivals.get("T" + topic + queueId))
                        .as("last arrival")
                        .isEqualTo(queue.maxOffset());
            }
        }
        String digest = reopened.digest();
        reopened.close();
        for (String derived : new String[] {QueueTable.FOLDER, KeyIndex.FOLDER, SnapshotStore.FOLDER}) {
            driver.deleteDerived(derived);
        }
        assertThat(driver.open().digest()).isEqualTo(digest);
        driver.store().close();
    }

    private void append(Store store, Random random) {
        MessageBatch batch = store.log().newBatch();
        // A fast machine is through with its batches before retention comes round, so appends go on until it has.
        long deadline = System.nanoTime() + RETENTION_SECONDS_MAX * 1_000_000_000L;
        for (int i = 0; failure.get() == null; i++) {
            if (i >= BATCHES && (store.log().minPosition() > 0 || System.nanoTime() > deadline)) {
                return;
            }
            batch.clear();
            for (int n = 1 + random.nextInt(8); n > 0; n--) {
                batch.add(StoreDriver.draft(
                        "T" + random.nextInt(5), random.nextInt(3), Map.of("KEYS", "k" + random.nextInt(50)), 200));
            }
            try {
                store.log().append(batch);
            } catch (AppendRefusedException e) {
                // T4 comes and goes.
                assertThat(e.reason()).isEqualTo(AppendRefusedException.Reason.UNKNOWN_QUEUE);
            }
        }
    }

    private void read(Store store, Random random) {
        QueueEntry entry = new QueueEntry();
        while (!done.get() && failure.get() == null) {
            ConsumeQueue queue = store.queue("T" + random.nextInt(5), random.nextInt(3));
            if (queue == null) {
                continue;
            }
            long min = queue.minOffset();
            long max = queue.maxOffset();
            if (min == max) {
                continue;
            }
            long offset = random.nextBoolean() ? max - 1 : min + (long) (random.nextDouble() * (max - min));
            if (!queue.read(offset, entry)) {
                // Only retention and removal take an entry away.
                assertThat(offset).isLessThan(queue.minOffset());
                continue;
            }
            RecordSlice slice = store.log().read(entry.position(), entry.size());
            if (slice == null) {
                assertThat(entry.position()).isLessThan(store.log().minPosition());
                continue;
            }
            assertThat(MessageRecord.queueOffset(slice.buffer(), 0)).isEqualTo(offset);
            assertThat(MessageRecord.queueId(slice.buffer(), 0)).isEqualTo(queue.queueId());
            assertThat(MessageRecord.topic(slice.buffer(), 0)).isEqualTo(queue.topic());
            slice.release();
            if (random.nextInt(50) == 0) {
                int[] found = new int[1];
                store.keys().query("T1", "k" + random.nextInt(50), 0, Long.MAX_VALUE, 5, position -> found[0]++);
                assertThat(found[0]).isLessThanOrEqualTo(5);
            }
        }
    }

    private void change(Store store, Random random) {
        try {
            while (!done.get() && failure.get() == null) {
                store.topics().put(new TopicConfig("T4", 1 + random.nextInt(4), 1, 6));
                for (int i = 0; i < 20; i++) {
                    store.offsets().commit("G" + random.nextInt(3), "T" + random.nextInt(5), random.nextInt(3), i);
                    store.offsets().get("G0", "T0", 0);
                }
                store.topics().remove("T4");
            }
        } catch (AppendRefusedException e) {
            fail(e);
        }
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        fail(e);
                    }
                },
                name);
        thread.start();
        return thread;
    }

    private void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
    }
}
