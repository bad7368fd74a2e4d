// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.log.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ten thousand topics cost, counted in objects and arrays rather than measured. The bound of the whole server is 300 MB; queues may have a
 * third of it.
 */
class ManyQueuesTest {

    private static final int TOPICS = 10_000;
    private static final long MEGABYTE = 1024 * 1024;

    @TempDir
    private Path folder;

    private StoreDriver driver;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        driver = new StoreDriver(FileDisk.at(folder));
        driver.config = driver.config.withLog(LogConfig.defaults()).withSnapshotIntervalBytes(64 * MEGABYTE);
        store = driver.open();
    }

    @Test
    void an_idle_topic_with_eight_queues_costs_a_kilobyte() {
        topics(8);

        assertThat(store.queueMemoryBytes() / TOPICS).isLessThan(1100);
    }

    @Test
    void a_queue_with_a_few_messages_costs_half_a_kilobyte() {
        topics(1);
        for (int topic = 0; topic < TOPICS; topic++) {
            driver.send("topic-" + topic, 0);
        }

        assertThat(store.queueMemoryBytes() / TOPICS).isLessThan(750);
    }

    @Test
    void a_busy_queue_costs_its_tail_however_many_messages_it_has() throws IOException {
        topics(1);
        for (int round = 0; round < 4; round++) {
            for (int topic = 0; topic < TOPICS; topic++) {
                driver.sendTo("topic-" + topic, 30);
            }
            store.housekeepOnce();
            assertThat(store.queueMemoryBytes()).isLessThan(100 * MEGABYTE / 2);
        }
        store.snapshot();
        driver.send("topic-0", 0);
        store.snapshot();

        assertThat(store.queueMemoryBytes()).as("idle again").isLessThan(5 * MEGABYTE);
        String before = store.digest();
        store = driver.killAndOpen();
        assertThat(store.digest()).isEqualTo(before);
        assertThat(store.queueMemoryBytes()).isLessThan(5 * MEGABYTE);
    }

    private void topics(int queues) {
        for (int topic = 0; topic < TOPICS; topic++) {
            driver.topic("topic-" + topic, queues);
        }
    }
}
