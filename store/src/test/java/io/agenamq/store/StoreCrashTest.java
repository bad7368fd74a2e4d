// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.cursor.SubscriptionTable;
import io.agenamq.store.disk.SimulatedCrash;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The promise of the whole store, for arbitrary requests interleaved with crashes: after a crash the store is what its log says, whatever became
 * of the derived files, and the log says everything that was durable.
 */
class StoreCrashTest {

    @Test
    void after_any_crash_the_store_is_what_its_log_says() {
        Seeds.forEach(60, random -> new History(random).run(6));
    }

    @Test
    @Tag("long")
    void after_any_crash_the_store_is_what_its_log_says_many_times() {
        Seeds.forEach(5000, random -> new History(random).run(10));
    }

    @Test
    void a_crash_at_every_operation_of_a_small_history() throws Exception {
        long operations = smallHistory(new SimulatedDisk(), Long.MAX_VALUE).disk.operations();
        assertThat(operations).isGreaterThan(150);
        for (long at = 1; at <= operations; at++) {
            for (int fate = 0; fate < 3; fate++) {
                SimulatedDisk disk = new SimulatedDisk();
                History history = smallHistory(disk, at);
                switch (fate) {
                    case 0 -> disk.restartLosingAll();
                    case 1 -> disk.restartKeepingAll();
                    default -> disk.restart(new Random(at));
                }
                history.checkAfterCrash("operation " + at + ", fate " + fate);
            }
        }
    }

    /** Topics, messages, offsets, a snapshot, retention, another snapshot, a removal; stops at the given operation of the disk. */
    private static History smallHistory(SimulatedDisk disk, long crashAt) throws IOException {
        History history = new History(new Random(7), disk, 4 * 1024, 4 * 1024);
        disk.crashAt(crashAt);
        try {
            history.open();
            history.putTopic("A", 2);
            history.putTopic("B", 1);
            history.subscribeTo("A", "s");
            history.subscribeTo("B", "t");
            for (int i = 0; i < 30; i++) {
                history.send("A", i % 2, 1);
            }
            history.send("B", 0, 1);
            history.hide("x", "A", 1, 3);
            history.hide("y", "B", 0, 2);
            history.send("A", 1, 1);
            history.hide("x", "A", 0, 2);
            history.commitOffset("G", "A", 0, 5);
            history.store().housekeepOnce();
            history.flush();
            history.store().snapshot();
            for (int i = 0; i < 40; i++) {
                history.send("A", 0, 3);
            }
            history.publish("x");
            history.removeTopic("B");
            history.publish("y");
            history.hide("z", "A", 1, 2);
            history.subscribeTo("A", "t");
            history.store().snapshot();
            history.subscribeTo("A", "s");
            history.fillDisk();
            history.clean();
            disk.capacity(Long.MAX_VALUE / 2);
            history.clean();
            history.putTopic("B", 1);
            history.send("B", 0, 1);
            history.store().snapshot();
            for (int i = 0; i < 10; i++) {
                history.send("A", 1, 1);
            }
            history.publish("z");
            history.store().close();
        } catch (SimulatedCrash expected) {
            assertThat(disk.isCrashed()).isTrue();
        }
        return history;
    }

    /** A store on a disk that crashes, and a list of what happened to it. */
    private static final class History {

        private record Event(long endPosition, Consumer<StoreModel> change) {}

        private final Random random;
        private final SimulatedDisk disk;
        private final StoreDriver driver;
        private final List<Event> events = new ArrayList<>();
        private Consumer<StoreModel> inFlight = model -> {};
        private StoreModel model = new StoreModel();
        private long durable;
        private int messages;

        History(Random random) {
            this(random, new SimulatedDisk(), (8 * 1024) << random.nextInt(3), (4 * 1024) << random.nextInt(4));
        }

        History(Random random, SimulatedDisk disk, int segmentBytes, int snapshotBytes) {
            this.random = random;
            this.disk = disk;
            this.driver = new StoreDriver(disk);
            driver.config = driver.config
                    .withLog(driver.config.log().withSegmentBytes(segmentBytes))
                    .withSnapshotIntervalBytes(snapshotBytes);
        }

        Store store() {
            return driver.store();
        }

        void open() throws IOException {
            driver.open();
        }

        void run(int crashes) {
            try {
                open();
                for (int crash = 0; crash < crashes; crash++) {
                    disk.crashAt(disk.operations() + 1 + random.nextInt(800));
                    try {
                        for (int step = 0; step < 1500 && !disk.isCrashed(); step++) {
                            step();
                        }
                        disk.crash();
                    } catch (SimulatedCrash expected) {
                        assertThat(disk.isCrashed()).isTrue();
                    }
                    switch (random.nextInt(4)) {
                        case 0 -> disk.restartLosingAll();
                        case 1 -> disk.restartKeepingAll();
                        default -> disk.restart(random);
                    }
                    disk.capacity(Long.MAX_VALUE / 2);
                    checkAfterCrash("crash " + crash);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void step() throws IOException {
            String topic = "T" + random.nextInt(5);
            switch (random.nextInt(60)) {
                case 0, 1, 2 -> putTopic(topic, 1 + random.nextInt(4));
                case 3 -> removeTopic(topic);
                case 4 -> putGroup("G" + random.nextInt(3), random.nextInt(20));
                case 5, 6 -> store().housekeepOnce();
                case 7, 8 -> flush();
                case 9 -> store().snapshot();
                case 10 -> {
                    fillDisk();
                    clean();
                    if (random.nextInt(4) > 0) {
                        disk.capacity(Long.MAX_VALUE / 2);
                        clean();
                    }
                }
                case 11 -> driver.clock.advance(Duration.ofSeconds(random.nextInt(20)));
                case 12 -> {
                    if (random.nextInt(10) == 0) {
                        restart();
                    }
                }
                case 13 -> cursor(topic);
                case 16, 17 -> subscribe(topic);
                case 18, 19, 20 -> {
                    if (model.hasTopic(topic)) {
                        hide(
                                "H" + random.nextInt(3),
                                topic,
                                random.nextInt(model.queues(topic)),
                                1 + random.nextInt(4));
                    }
                }
                case 21 -> publish("H" + random.nextInt(3));
                case 22 -> {
                    if (random.nextInt(3) == 0) {
                        discard("H" + random.nextInt(3));
                    }
                }
                case 14 -> {
                    if (random.nextInt(8) == 0) {
                        disk.failForces(1);
                    }
                }
                case 15 -> {
                    if (random.nextInt(8) == 0) {
                        disk.failWrites(1);
                    }
                }
                default -> {
                    if (!model.hasTopic(topic)) {
                        putTopic(topic, 2);
                        return;
                    }
                    if (random.nextInt(3) == 0) {
                        commitOffset(
                                "G" + random.nextInt(3),
                                topic,
                                random.nextInt(model.queues(topic)),
                                random.nextInt(1000));
                    }
                    send(topic, random.nextInt(model.queues(topic)), 1 + random.nextInt(3));
                }
            }
        }

        /** A close or an opening that the disk refuses ends the process; the machine may as well go with it. */
        private void restart() {
            try {
                driver.restart();
            } catch (IOException refused) {
                assertThat(refused).hasMessageMatching("(?s).*(Input/output error|forcing it failed|no space).*");
                disk.crash();
            }
        }

        void putTopic(String topic, int queues) {
            change(m -> m.putTopic(topic, queues), () -> store().topics()
                    .put(new TopicConfig(topic, queues, queues, 6)));
        }

        void removeTopic(String topic) {
            change(m -> m.removeTopic(topic), () -> store().topics().remove(topic));
        }

        private void putGroup(String group, int retries) {
            SubscriptionGroupConfig d = SubscriptionGroupConfig.withDefaults(group);
            SubscriptionGroupConfig config = new SubscriptionGroupConfig(
                    group, true, true, true, false, 1, retries, null, d.brokerId(), 1, true, 0, 15, Map.of());
            change(m -> m.putGroup(group, retries), () -> store().groups().put(config));
        }

        void send(String topic, int queueId, int count) {
            int first = messages;
            messages += count;
            change(
                    m -> {
                        for (int i = 0; i < count; i++) {
                            m.send(topic, queueId, key(first + i));
                        }
                    },
                    () -> driver.sendBatch(topic, queueId, first, count));
        }

        void hide(String name, String topic, int queueId, int count) {
            int first = messages;
            messages += count;
            change(
                    m -> {
                        for (int i = 0; i < count; i++) {
                            m.hide(name, topic, queueId, key(first + i));
                        }
                    },
                    () -> driver.hide(name, topic, queueId, first, count));
        }

        /** Publishes, or discards what can no longer be published. */
        void publish(String name) {
            if (!model.hides(name)) {
                return;
            }
            if (model.canPublish(name)) {
                change(m -> m.publish(name), () -> driver.publish(name));
                return;
            }
            try {
                driver.publish(name);
                throw new AssertionError("published to a queue that is not there");
            } catch (AppendRefusedException refused) {
                if (refused.reason() != AppendRefusedException.Reason.UNKNOWN_QUEUE) {
                    assertRefusedForAReason(refused);
                }
            }
            discard(name);
        }

        void discard(String name) {
            if (model.hides(name)) {
                change(m -> m.discard(name), () -> driver.discard(name));
            }
        }

        static String key(int number) {
            return "M" + number;
        }

        void commitOffset(String group, String topic, int queueId, long offset) {
            store().offsets().commit(group, topic, queueId, offset);
        }

        private void cursor(String topic) {
            try {
                if (model.hasTopic(topic)) {
                    store().cursors()
                            .getOrCreate(new CursorName(topic, 0, "s" + random.nextInt(3)), random.nextInt(10));
                }
            } catch (AppendRefusedException refused) {
                assertRefusedForAReason(refused);
            }
        }

        void subscribeTo(String topic, String name) {
            try {
                store().subscriptions()
                        .put(new SubscriptionKey(null, name), topic, null, false, false, () -> ends(topic));
            } catch (AppendRefusedException refused) {
                assertRefusedForAReason(refused);
            }
        }

        /** Creates, replaces or removes a durable subscription. */
        private void subscribe(String topic) {
            SubscriptionTable table = store().subscriptions();
            SubscriptionKey key = new SubscriptionKey(random.nextBoolean() ? null : "client", "s" + random.nextInt(3));
            DurableSubscription known = table.get(key);
            try {
                if (known != null && random.nextInt(3) == 0) {
                    table.remove(known);
                } else {
                    table.put(key, topic, "a = " + random.nextInt(9), false, random.nextBoolean(), () -> ends(topic));
                }
            } catch (AppendRefusedException refused) {
                assertRefusedForAReason(refused);
            }
        }

        private List<Long> ends(String topic) {
            List<Long> ends = new ArrayList<>();
            for (ConsumeQueue queue = store().queue(topic, 0); queue != null; ) {
                ends.add(queue.maxOffset());
                queue = store().queue(topic, ends.size());
            }
            return ends;
        }

        /** A subscription is there with all its cursors, or not at all. */
        private void checkSubscriptions(String when) {
            Set<String> expected = new HashSet<>();
            for (DurableSubscription subscription : store().subscriptions().all()) {
                assertThat(store().cursors().get(subscription.cursor(0)))
                        .as(when + ": the cursor of %s", subscription)
                        .isNotNull();
                expected.add(subscription.cursor(0).subscription());
            }
            for (Cursor cursor : store().cursors().all()) {
                String name = cursor.name().subscription();
                if (name.startsWith("durable ")) {
                    assertThat(expected)
                            .as(when + ": subscriptions with cursors")
                            .contains(name);
                }
            }
        }

        /** What the application was told to be durable. */
        void flush() {
            store().log().flushOnce();
            // After a failed force this stays where it was.
            durable = store().log().durablePosition();
        }

        void fillDisk() {
            disk.capacity(disk.usedBytes() * 100 / 87);
        }

        void clean() {
            driver.clock.advance(Duration.ofSeconds(10));
            store().housekeepOnce();
        }

        private interface Request {
            void run() throws AppendRefusedException;
        }

        /** A change that the store makes or refuses. */
        private void change(Consumer<StoreModel> change, Request request) {
            inFlight = change;
            try {
                request.run();
            } catch (AppendRefusedException refused) {
                inFlight = m -> {};
                assertRefusedForAReason(refused);
                return;
            }
            inFlight = m -> {};
            events.add(new Event(store().log().writtenPosition(), change));
            change.accept(model);
        }

        /** A full disk passes; after a failed write or force of the log the process is over. */
        private void assertRefusedForAReason(AppendRefusedException refused) {
            LogState.Kind kind = store().log().state().kind();
            assertThat(kind).as(refused.getMessage()).isIn(LogState.Kind.DISK_FULL, LogState.Kind.FAILED);
            if (kind == LogState.Kind.FAILED) {
                disk.crash();
            }
        }

        void checkAfterCrash(String when) throws IOException {
            open();
            long end = store().log().writtenPosition();
            assertThat(end).as(when + ": what was durable is there").isGreaterThanOrEqualTo(durable);
            model = new StoreModel();
            events.removeIf(event -> event.endPosition() > end);
            events.forEach(event -> event.change().accept(model));
            try {
                model.check(store());
            } catch (AssertionError without) {
                // The request during which the machine stopped may have been done.
                events.add(new Event(end, inFlight));
                inFlight.accept(model);
                try {
                    model.check(store());
                } catch (AssertionError with) {
                    with.addSuppressed(without);
                    throw new AssertionError(when + ": " + with.getMessage(), with);
                }
            }
            inFlight = m -> {};
            checkSubscriptions(when);

            // Whatever the snapshot and the derived files say, the log alone says the same.
            String digest = store().digest();
            SimulatedDisk rebuilt = disk.copyOfForced();
            for (String folder : new String[] {QueueTable.FOLDER, KeyIndex.FOLDER, SnapshotStore.FOLDER}) {
                for (String name : rebuilt.list(folder)) {
                    rebuilt.delete(folder + "/" + name);
                }
            }
            StoreDriver other = new StoreDriver(rebuilt);
            other.config = driver.config;
            assertThat(other.open().digest()).as(when).isEqualTo(digest);
        }
    }
}
