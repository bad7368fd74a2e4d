// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.store.disk.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads append, read and wait while segments are prepared, forced and retired under them. */
class CommitLogConcurrencyTest {

    private static final int THREADS = 4;
    private static final int BATCHES = 1500;
    private static final LogConfig CONFIG =
            LogConfig.defaults().withSegmentBytes(64 * 1024).withFlushInterval(Duration.ofMillis(20));

    @TempDir
    Path directory;

    private final LogModel model = new LogModel();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @Test
    void appends_of_many_threads_keep_their_order_and_get_their_answers() throws Exception {
        CommitLog log = open();
        Housekeeper housekeeper = new Housekeeper(Duration.ofMillis(5), List.of(log::housekeepOnce), this::bug);
        log.onHousekeepingWanted(housekeeper::wake);
        housekeeper.start();
        log.start();
        CountDownLatch answers = new CountDownLatch(THREADS * BATCHES);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            threads.add(new Thread(() -> guarded(() -> appendAll(log, number, answers))));
        }
        AtomicBoolean done = new AtomicBoolean();
        Thread reader = new Thread(() -> guarded(() -> readAround(log, done)));
        threads.forEach(Thread::start);
        reader.start();

        for (Thread thread : threads) {
            thread.join();
        }
        boolean answered = answers.await(60, TimeUnit.SECONDS);
        done.set(true);
        reader.join();

        assertThat(failures).isEmpty();
        assertThat(answered).isTrue();
        housekeeper.close();
        log.close();
        checkOrder(model.applied);
        LogModel again = new LogModel();
        CommitLog reopened = CommitLog.open(CONFIG, FileDisk.at(directory), InstantSource.system(), this::bug);
        reopened.replay(0, again);
        assertThat(again.applied).isEqualTo(model.applied);
        reopened.close();
    }

    @Test
    void segments_are_retired_under_readers() throws Exception {
        CommitLog log = open();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(new Thread(() -> guarded(() -> readAround(log, done))));
        }
        readers.forEach(Thread::start);
        MessageBatch batch = log.newBatch();
        for (int i = 0; i < 3000; i++) {
            batch.clear();
            batch.add(LogModel.draft("t0", 0, "0 " + i + " 0 " + "x".repeat(300)));
            log.append(batch);
            if (i % 100 == 99) {
                log.flush();
                log.retire(log.writtenPosition() - 2L * CONFIG.segmentBytes());
            }
        }
        done.set(true);
        for (Thread reader : readers) {
            reader.join();
        }

        assertThat(failures).isEmpty();
        assertThat(log.segmentStarts().length).isLessThan(5);
        log.close();
    }

    private void appendAll(CommitLog log, int thread, CountDownLatch answers) throws Exception {
        MessageBatch batch = log.newBatch();
        for (int i = 0; i < BATCHES; i++) {
            batch.clear();
            int count = 1 + i % 4;
            for (int j = 0; j < count; j++) {
                batch.add(LogModel.draft("t" + (i + j) % 3, thread % 2, thread + " " + i + " " + j + " "));
            }
            log.append(batch);
            long end = batch.endPosition();
            log.whenDurable(end, new PositionWaiter() {
                @Override
                public void durable(long durablePosition) {
                    if (durablePosition < end) {
                        failures.add(new AssertionError("durable up to " + durablePosition + ", not to " + end));
                    }
                    answers.countDown();
                }

                @Override
                public void failed(String reason) {
                    failures.add(new AssertionError(reason));
                }
            });
        }
    }

    /** Reads records here and there; each is the one that was appended, or it is gone. */
    private void readAround(CommitLog log, AtomicBoolean done) {
        int turn = 0;
        while (!done.get()) {
            long position;
            int size;
            String text;
            synchronized (model) {
                int known = model.applied.size();
                if (known == 0) {
                    continue;
                }
                int recent = Math.min(known, 600);
                turn = (turn + 37) % recent;
                int i = known - 1 - turn;
                position = model.positions.get(i);
                size = model.sizes.get(i);
                text = model.applied.get(i);
            }
            RecordSlice slice = log.read(position, size);
            if (slice == null) {
                assertThat(position).isLessThan(log.minPosition());
            } else {
                assertThat(LogModel.text(slice.buffer(), 0)).isEqualTo(text);
                slice.release();
            }
        }
    }

    /** The records of a batch are together, and the batches of a thread in order. */
    private static void checkOrder(List<String> applied) {
        Map<String, Integer> next = new HashMap<>();
        int total = 0;
        for (int at = 0; at < applied.size(); ) {
            String[] first = applied.get(at).split(" ");
            int batch = Integer.parseInt(first[1]);
            assertThat(batch).isEqualTo(next.getOrDefault(first[0], 0));
            next.put(first[0], batch + 1);
            for (int j = 0; j <= batch % 4; j++, at++) {
                assertThat(applied.get(at)).isEqualTo(first[0] + " " + batch + " " + j + " ");
            }
            total++;
        }
        assertThat(total).isEqualTo(THREADS * BATCHES);
    }

    private CommitLog open() throws IOException {
        CommitLog log = CommitLog.open(CONFIG, FileDisk.at(directory), InstantSource.system(), this::bug);
        log.serve(model, model, appended -> {});
        return log;
    }

    private void bug(String what, Throwable cause) {
        failures.add(cause);
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private interface Work {
        void run() throws Exception;
    }
}
