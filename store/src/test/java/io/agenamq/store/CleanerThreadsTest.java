// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.store.JmsQueueDriver.Seen;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.queue.ConsumeQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cleaner at work with real threads and files, under the eyes of readers. */
class CleanerThreadsTest {

    private static final int MESSAGES = 30_000;
    private static final int FORGOTTEN_EVERY = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong settledTo = new AtomicLong();
    private volatile boolean done;

    @Test
    void readers_always_find_what_nobody_has_settled() throws Exception {
        StoreConfig config = StoreConfig.defaults()
                .withLog(LogConfig.defaults().withSegmentBytes(StoreDriver.SEGMENT_BYTES))
                .withSnapshotIntervalBytes(StoreDriver.SEGMENT_BYTES);
        StoreDriver driver = new StoreDriver(FileDisk.at(folder));
        driver.adopt(Store.open(
                config, driver.disk(), InstantSource.system(), (what, cause) -> failure.compareAndSet(null, cause)));
        JmsQueueDriver jms = new JmsQueueDriver(driver);
        Cursor cursor = jms.queue("Q");
        CompletableFuture<?>[] readers = {
            CompletableFuture.runAsync(() -> readForgotten(jms, new Random(1))),
            CompletableFuture.runAsync(() -> readForgotten(jms, new Random(2)))
        };

        for (int i = 0; i < MESSAGES && failure.get() == null; i++) {
            jms.send("Q", i, 100);
            if (i % FORGOTTEN_EVERY == FORGOTTEN_EVERY - 1) {
                jms.settle(cursor, i + 1, offset -> offset % FORGOTTEN_EVERY != 0);
                settledTo.set(i + 1);
            }
        }
        long limit = 3L * StoreDriver.SEGMENT_BYTES + jms.liveBytes(cursor);
        await().atMost(PATIENCE).until(() -> failure.get() != null || logBytes(driver.store()) <= limit);
        done = true;
        CompletableFuture.allOf(readers).join();

        assertThat(failure.get()).isNull();
        assertThat(new ArrayList<>(jms.unsettled(cursor).values()))
                .extracting(Seen::key)
                .hasSize(MESSAGES / FORGOTTEN_EVERY)
                .startsWith("M0", "M100", "M200");
        driver.store().close();
    }

    /** With the segment that is prepared. */
    private static long logBytes(Store store) {
        return (store.log().segmentStarts().length + 1L) * StoreDriver.SEGMENT_BYTES;
    }

    private void readForgotten(JmsQueueDriver jms, Random random) {
        ConsumeQueue queue = jms.driver.queue("Q", 0);
        try {
            while (!done && failure.get() == null) {
                long end = settledTo.get();
                if (end == 0) {
                    Thread.onSpinWait();
                    continue;
                }
                long offset = random.nextInt((int) end / FORGOTTEN_EVERY) * (long) FORGOTTEN_EVERY;
                assertThat(queue.minOffset()).isZero();
                assertThat(jms.read(queue, offset))
                        .as("offset %d of %s", offset, queue)
                        .isNotNull()
                        .extracting(Seen::key)
                        .isEqualTo("M" + offset);
            }
        } catch (Throwable problem) {
            failure.compareAndSet(null, problem);
        }
    }
}
