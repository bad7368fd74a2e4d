// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.JmsQueueDriver.Seen;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The promise of the cleaner, for arbitrary requests interleaved with crashes: whatever it moved and dropped, every message that some cursor has not
 * settled is at its offset, as it was sent; and the log alone says the same as the store.
 */
class CleanerCrashTest {

    @Test
    void whatever_was_moved_every_unsettled_message_is_there_after_any_crash() {
        Seeds.forEach(60, random -> new History(random).run(6));
    }

    @Test
    @Tag("long")
    void whatever_was_moved_every_unsettled_message_is_there_after_any_crash_many_times() {
        Seeds.forEach(3000, random -> new History(random).run(10));
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

    /** Two readers that forget something, segments that are emptied twice, a snapshot in between, and a removal; stops at the given operation. */
    private static History smallHistory(SimulatedDisk disk, long crashAt) throws IOException {
        History history = new History(new Random(11), disk, 4 * 1024, 12 * 1024);
        disk.crashAt(crashAt);
        try {
            history.open();
            history.create("Q", DestinationKind.QUEUE, CursorName.QUEUE);
            history.create("T", DestinationKind.TOPIC, "a", "b");
            for (int i = 0; i < 30; i++) {
                history.send(i % 3 == 0 ? "T" : "Q", 1);
            }
            history.hide("x", "Q", 6);
            history.hide("y", "T", 3);
            history.flush();
            history.settle("Q", CursorName.QUEUE, 0, 20, 6);
            history.settle("T", "a", 0, 10, 4);
            history.settle("T", "b", 0, 9, 5);
            history.quiet(3);
            history.store().snapshot();
            for (int i = 0; i < 25; i++) {
                history.send("Q", 1);
            }
            history.publish("x");
            history.publish("y");
            history.settle("Q", CursorName.QUEUE, 20, 44, 9);
            history.quiet(4);
            for (int i = 0; i < 20; i++) {
                history.send("Q", 2);
            }
            history.settle("Q", CursorName.QUEUE, 0, 80, 40);
            history.quiet(4);
            history.remove("T");
            history.quiet(2);
            if (crashAt == Long.MAX_VALUE) {
                assertThat(history.moves).as("steps that moved messages").isGreaterThanOrEqualTo(2);
                assertThat(history.store().log().minPosition()).isGreaterThan(3 * 4 * 1024);
            }
            history.store().close();
        } catch (SimulatedCrash expected) {
            assertThat(disk.isCrashed()).isTrue();
        }
        return history;
    }

    /** What there should be, as lists in memory: too simple to be wrong. */
    private static final class Model {

        final Map<String, List<String>> topics = new TreeMap<>();
        final Map<CursorName, Set<Long>> settled = new HashMap<>();
        final Map<String, List<Map.Entry<String, String>>> hidden = new TreeMap<>();

        void check(JmsQueueDriver jms) {
            assertThat(jms.store().topics().all())
                    .extracting(config -> config.topicName())
                    .containsExactlyInAnyOrderElementsOf(topics.keySet());
            Map<String, Integer> hiddenCounts = new TreeMap<>();
            jms.store()
                    .hidden()
                    .open()
                    .forEach(id ->
                            hiddenCounts.put(id.name(), jms.store().hidden().count(id)));
            Map<String, Integer> expected = new TreeMap<>();
            hidden.forEach((name, messages) -> expected.put(name, messages.size()));
            assertThat(hiddenCounts).isEqualTo(expected);
            topics.forEach((topic, keys) -> check(jms, topic, keys));
            assertThat(jms.store().cursors().all())
                    .extracting(Cursor::name)
                    .containsExactlyInAnyOrderElementsOf(settled.keySet());
        }

        private void check(JmsQueueDriver jms, String topic, List<String> keys) {
            ConsumeQueue queue = jms.driver.queue(topic, 0);
            assertThat(queue.maxOffset()).as("end of %s", queue).isEqualTo(keys.size());
            for (int offset = 0; offset < keys.size(); offset++) {
                boolean wanted = false;
                for (Map.Entry<CursorName, Set<Long>> each : settled.entrySet()) {
                    if (each.getKey().topic().equals(topic)) {
                        Cursor cursor = jms.store().cursors().get(each.getKey());
                        assertThat(cursor).isNotNull();
                        boolean done = each.getValue().contains((long) offset);
                        assertThat(cursor.isSettled(offset))
                                .as("offset %d is settled by %s", offset, cursor)
                                .isEqualTo(done);
                        wanted |= !done;
                    }
                }
                Seen seen = jms.read(queue, offset);
                if (wanted) {
                    assertThat(seen).as("offset %d of %s", offset, queue).isNotNull();
                }
                if (seen != null) {
                    assertThat(seen.key()).as("offset %d of %s", offset, queue).isEqualTo(keys.get(offset));
                    assertThat(jms.driver.query(topic, seen.key()))
                            .as("where key %s is", seen.key())
                            .containsExactly(jms.position(topic, offset));
                }
            }
        }
    }

    /** A store on a disk that crashes, and a list of what happened to it. */
    private static final class History {

        private record Event(long endPosition, Consumer<Model> change) {}

        private final Random random;
        private final SimulatedDisk disk;
        private final StoreDriver driver;
        private final JmsQueueDriver jms;
        private final List<Event> events = new ArrayList<>();
        private Consumer<Model> inFlight = model -> {};
        private Model model = new Model();
        private long durable;
        private int messages;
        private int moves;

        History(Random random) {
            this(random, new SimulatedDisk(), (4 * 1024) << random.nextInt(3), (4 * 1024) << random.nextInt(4));
        }

        History(Random random, SimulatedDisk disk, int segmentBytes, int snapshotBytes) {
            this.random = random;
            this.disk = disk;
            this.driver = new StoreDriver(disk);
            this.jms = new JmsQueueDriver(driver);
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
                    disk.crashAt(disk.operations() + 1 + random.nextInt(600));
                    try {
                        for (int step = 0; step < 1000 && !disk.isCrashed(); step++) {
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
            String topic = "D" + random.nextInt(3);
            if (!model.topics.containsKey(topic)) {
                if (random.nextBoolean()) {
                    create(topic, DestinationKind.QUEUE, CursorName.QUEUE);
                } else {
                    create(topic, DestinationKind.TOPIC, "a", "b");
                }
                return;
            }
            switch (random.nextInt(40)) {
                case 0 -> {
                    if (random.nextInt(4) == 0) {
                        remove(topic);
                    }
                }
                case 1, 2, 3, 4 -> quiet(1);
                case 5 -> quiet(1 + random.nextInt(6));
                case 6, 7 -> flush();
                case 8 -> store().snapshot();
                case 9 -> {
                    disk.capacity(disk.usedBytes() * 100 / (80 + random.nextInt(25)));
                    quiet(3);
                    if (random.nextInt(4) > 0) {
                        disk.capacity(Long.MAX_VALUE / 2);
                        quiet(1);
                    }
                }
                case 10 -> {
                    if (random.nextInt(8) == 0) {
                        disk.failForces(1);
                    }
                }
                case 11 -> {
                    if (random.nextInt(8) == 0) {
                        disk.failWrites(1);
                    }
                }
                case 12, 13, 14, 15, 16, 17, 18 -> settleSome(topic);
                case 19, 20, 21 -> hide("H" + random.nextInt(3), topic, 1 + random.nextInt(4));
                case 22, 23 -> publish("H" + random.nextInt(3));
                default -> send(topic, 1 + random.nextInt(3));
            }
        }

        private void settleSome(String topic) {
            long end = model.topics.get(topic).size();
            for (CursorName name : List.copyOf(model.settled.keySet())) {
                if (name.topic().equals(topic) && end > 0 && random.nextInt(3) > 0) {
                    long from = random.nextInt(4) == 0 ? 0 : Math.max(0, end - 60);
                    settle(topic, name.subscription(), from, end, 1 + random.nextInt(40));
                }
            }
        }

        void create(String topic, DestinationKind kind, String... subscriptions) {
            change(m -> m.topics.put(topic, new ArrayList<>()), () -> jms.create(topic, kind, Map.of()));
            for (String subscription : subscriptions) {
                if (model.topics.containsKey(topic)) {
                    change(
                            m -> m.settled.put(new CursorName(topic, 0, subscription), new HashSet<>()),
                            () -> jms.cursor(topic, subscription));
                }
            }
        }

        void remove(String topic) {
            change(
                    m -> {
                        m.topics.remove(topic);
                        m.settled.keySet().removeIf(name -> name.topic().equals(topic));
                    },
                    () -> store().topics().remove(topic));
        }

        void send(String topic, int count) {
            for (int i = 0; i < count; i++) {
                String key = "M" + messages;
                int number = messages++;
                change(
                        m -> m.topics.get(topic).add(key),
                        () -> driver.trySend(
                                topic, 0, Map.of(PropertyNames.UNIQUE_KEY, "M" + number), 20 + random.nextInt(100)));
            }
        }

        void hide(String name, String topic, int count) {
            int first = messages;
            messages += count;
            change(
                    m -> {
                        for (int i = 0; i < count; i++) {
                            m.hidden
                                    .computeIfAbsent(name, any -> new ArrayList<>())
                                    .add(Map.entry(topic, "M" + (first + i)));
                        }
                    },
                    () -> driver.hide(name, topic, 0, first, count));
        }

        /** Publishes, or discards if a destination is gone. */
        void publish(String name) {
            List<Map.Entry<String, String>> messagesOf = model.hidden.get(name);
            if (messagesOf == null) {
                return;
            }
            if (messagesOf.stream().allMatch(each -> model.topics.containsKey(each.getKey()))) {
                change(
                        m -> m.hidden
                                .remove(name)
                                .forEach(each -> m.topics.get(each.getKey()).add(each.getValue())),
                        () -> driver.publish(name));
            } else {
                change(m -> m.hidden.remove(name), () -> driver.discard(name));
            }
        }

        /** Settles what lies between, but for one in so many. */
        void settle(String topic, String subscription, long from, long end, int forgottenEvery) {
            CursorName name = new CursorName(topic, 0, subscription);
            Cursor cursor = store().cursors().get(name);
            if (cursor == null) {
                return;
            }
            change(
                    m -> {
                        for (long offset = from; offset < end; offset++) {
                            if (offset % forgottenEvery != 0) {
                                m.settled.get(name).add(offset);
                            }
                        }
                    },
                    () -> jms.settle(cursor, end, offset -> offset >= from && offset % forgottenEvery != 0));
        }

        /** What the application was told to be durable. */
        void flush() {
            store().log().flushOnce();
            // After a failed force this stays where it was.
            durable = store().log().durablePosition();
        }

        /** Lets a survey become due and steps that often. */
        void quiet(int steps) {
            driver.clock.advance(Duration.ofSeconds(11));
            for (int i = 0; i < steps; i++) {
                int before = store().movedMessages();
                jms.step();
                moves += store().movedMessages() > before ? 1 : 0;
            }
        }

        private interface Request {
            void run() throws AppendRefusedException;
        }

        /** A change that the store makes or refuses. */
        private void change(Consumer<Model> change, Request request) {
            inFlight = change;
            try {
                request.run();
            } catch (AppendRefusedException refused) {
                inFlight = m -> {};
                LogState.Kind kind = store().log().state().kind();
                assertThat(kind).as(refused.getMessage()).isIn(LogState.Kind.DISK_FULL, LogState.Kind.FAILED);
                if (kind == LogState.Kind.FAILED) {
                    disk.crash();
                }
                return;
            }
            inFlight = m -> {};
            events.add(new Event(store().log().writtenPosition(), change));
            change.accept(model);
        }

        void checkAfterCrash(String when) throws IOException {
            open();
            long end = store().log().writtenPosition();
            assertThat(end).as(when + ": what was durable is there").isGreaterThanOrEqualTo(durable);
            model = new Model();
            events.removeIf(event -> event.endPosition() > end);
            events.forEach(event -> event.change().accept(model));
            try {
                model.check(jms);
            } catch (AssertionError without) {
                // The request during which the machine stopped may have been done.
                events.add(new Event(end, inFlight));
                inFlight.accept(model);
                try {
                    model.check(jms);
                } catch (AssertionError with) {
                    with.addSuppressed(without);
                    throw new AssertionError(when + ": " + with.getMessage(), with);
                }
            }
            inFlight = m -> {};

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
