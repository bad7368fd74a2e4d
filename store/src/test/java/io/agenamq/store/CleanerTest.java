// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.JmsQueueDriver.Seen;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.cursor.UnsettledMessages;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the log when messages of destinations with cursors are forgotten, consumed, or over. */
class CleanerTest {

    private static final int SEGMENT = StoreDriver.SEGMENT_BYTES;

    private SimulatedDisk disk;
    private StoreDriver driver;
    private JmsQueueDriver jms;

    @BeforeEach
    void open() throws IOException {
        disk = new SimulatedDisk();
        driver = new StoreDriver(disk);
        jms = new JmsQueueDriver(driver);
        driver.open();
    }

    @Test
    void one_forgotten_message_in_a_hundred_costs_three_segments_and_its_own_bytes() throws Exception {
        Cursor cursor = jms.queue("Q");
        Cursor traffic = jms.queue("Traffic");
        for (int i = 0; i < 10_000; i++) {
            jms.send("Q", i, 100 + i % 50);
            if (i % 100 == 99) {
                jms.settle(cursor, i + 1, offset -> offset % 100 != 42);
                jms.step();
            }
        }
        Map<Long, Seen> forgotten = jms.unsettled(cursor);
        for (int i = 0; i < 10_000; i++) {
            jms.send("Traffic", 10_000 + i, 100);
            if (i % 100 == 99) {
                jms.settle(traffic, i + 1, offset -> true);
                jms.step();
            }
        }
        jms.clean();

        assertThat(forgotten).hasSize(100);
        assertThat(driver.store().log().writtenPosition()).isGreaterThan(60L * SEGMENT);
        checkForgotten(cursor, forgotten);

        driver.killAndOpen();
        checkForgotten(jms.again(cursor), forgotten);

        String digest = driver.store().digest();
        rebuild();
        assertThat(driver.store().digest()).isEqualTo(digest);
        checkForgotten(jms.again(cursor), forgotten);

        // It goes on like this, with what was moved before.
        for (int i = 0; i < 3_000; i++) {
            jms.send("Traffic", 20_000 + i, 100);
        }
        jms.settle(jms.again(traffic), driver.queue("Traffic", 0).maxOffset(), offset -> true);
        jms.clean();
        checkForgotten(jms.again(cursor), forgotten);
        jms.settle(jms.again(cursor), 10_000, offset -> true);
        jms.clean();
        assertThat(jms.logBytes()).isLessThanOrEqualTo(3L * SEGMENT);
    }

    private void checkForgotten(Cursor cursor, Map<Long, Seen> forgotten) throws IOException {
        assertThat(jms.unsettled(cursor)).isEqualTo(forgotten);
        assertThat(jms.logBytes()).isLessThanOrEqualTo(3L * SEGMENT + jms.liveBytes(cursor));
        forgotten.forEach(
                (offset, seen) -> assertThat(driver.query("Q", seen.key())).containsExactly(jms.position("Q", offset)));
    }

    @Test
    void a_backlog_that_nobody_consumes_is_not_moved() throws Exception {
        Cursor cursor = jms.queue("Q");
        long first = jms.send("Q", 0, 100);
        for (int i = 1; i < 3_000; i++) {
            jms.send("Q", i, 100);
        }

        jms.clean();

        assertThat(jms.position("Q", 0)).isEqualTo(first);
        assertThat(jms.unsettled(cursor)).hasSize(3_000);
        assertThat(driver.store().log().minPosition()).isZero();
    }

    @Test
    void consumed_segments_behind_a_backlog_are_freed_when_that_is_worth_it() throws Exception {
        Cursor cursor = jms.queue("Q");
        Cursor traffic = jms.queue("Traffic");
        int backlog = 0;
        while (driver.store().log().writtenPosition() < 2L * SEGMENT) {
            jms.send("Q", backlog++, 100);
        }
        int sent = 0;
        while (driver.store().log().writtenPosition() < 12L * SEGMENT) {
            jms.send("Traffic", 100_000 + sent++, 100);
        }
        jms.settle(traffic, sent, offset -> true);
        jms.clean();

        assertThat(jms.logBytes()).isLessThanOrEqualTo(3L * SEGMENT + jms.liveBytes(cursor));
        assertThat(jms.unsettled(cursor)).hasSize(backlog);
    }

    @Test
    void a_topic_with_two_durable_subscriptions_keeps_what_either_wants() throws Exception {
        jms.create("T", DestinationKind.TOPIC, Map.of());
        Cursor slow = jms.cursor("T", "slow");
        Cursor fast = jms.cursor("T", "fast");
        for (int i = 0; i < 4_000; i++) {
            jms.send("T", i, 100);
        }
        jms.settle(fast, 3_990, offset -> offset != 17);
        jms.settle(slow, 4_000, offset -> offset % 500 != 3);
        Map<Long, Seen> wantedBySlow = jms.unsettled(slow);
        Map<Long, Seen> wantedByFast = jms.unsettled(fast);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(jms.logBytes()).isLessThanOrEqualTo(3L * SEGMENT + jms.liveBytes(slow) + jms.liveBytes(fast));
        rebuild();
        assertThat(jms.unsettled(jms.again(slow))).isEqualTo(wantedBySlow);
        assertThat(jms.unsettled(jms.again(fast))).isEqualTo(wantedByFast);
    }

    @Test
    void a_queue_that_nobody_has_attached_to_keeps_everything() throws Exception {
        jms.create("Q", DestinationKind.QUEUE, Map.of());
        jms.send("Q", 1, 100);
        fillWithConsumed(6);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(jms.unsettled(jms.cursor("Q", CursorName.QUEUE)).get(0L))
                .extracting(Seen::key)
                .isEqualTo("M1");
    }

    @Test
    void a_message_queue_that_a_topic_gets_later_is_kept_for_the_durable_subscriptions_that_are_there()
            throws Exception {
        jms.create("T", DestinationKind.TOPIC, Map.of());
        DurableSubscription audit = driver.store()
                .subscriptions()
                .put(new SubscriptionKey("app", "audit"), "T", null, false, false, () -> List.of(0L));
        TopicConfig one = driver.store().topics().get("T");
        driver.store().topics().put(new TopicConfig("T", 2, 2, 6, one.topicFilterType(), 0, false, one.attributes()));
        driver.send("T", 1, Map.of(PropertyNames.UNIQUE_KEY, "M1"));
        fillWithConsumed(6);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(jms.read(driver.queue("T", 1), 0)).extracting(Seen::key).isEqualTo("M1");
        driver.store().subscriptions().remove(audit);
        fillWithConsumed(6);
        jms.clean();
        assertThat(jms.read(driver.queue("T", 1), 0)).isNull();
    }

    @Test
    void expired_messages_go_unless_they_are_to_become_dead_letters() throws Exception {
        Cursor forgotten = jms.queue("Q");
        jms.create("Kept", DestinationKind.QUEUE, Map.of(UnsettledMessages.EXPIRED_ATTRIBUTE, "true"));
        Map<String, String> brief = Map.of(
                JmsProperties.EXPIRATION, Long.toString(driver.clock.millis() + 1000), PropertyNames.UNIQUE_KEY, "X");
        driver.send("Q", 0, brief);
        driver.send("Kept", 0, brief);
        fillWithConsumed(6);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(driver.queue("Q", 0).read(0, new QueueEntry())).isFalse();
        assertThat(driver.queue("Q", 0).minOffset()).isEqualTo(1);
        assertThat(jms.read(driver.queue("Kept", 0), 0)).extracting(Seen::key).isEqualTo("X");
        assertThat(forgotten.floor()).isZero();
    }

    @Test
    void native_messages_hold_their_segment_until_they_are_old() throws Exception {
        driver.topic("Native", 1);
        Cursor cursor = jms.queue("Q");
        jms.send("Q", 1, 100);
        driver.send("Native", 0);
        fillWithConsumed(6);

        jms.clean();
        assertThat(driver.store().log().minPosition()).isZero();

        driver.clock.advance(Duration.ofDays(4));
        driver.clock.advance(Duration.ofHours(18));
        fillWithConsumed(2);
        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(driver.queue("Native", 0).minOffset()).isEqualTo(1);
        assertThat(jms.unsettled(cursor)).hasSize(1);
    }

    @Test
    void what_a_reader_without_a_lasting_cursor_may_want_stays_as_long_as_native_messages() throws Exception {
        jms.create("T", DestinationKind.TOPIC, Map.of());
        jms.send("T", 1, 100);
        Cursor listening = new Cursor(0, new CursorName("T", 0, ""), 0);
        driver.store().transientCursors().add(listening);
        fillWithConsumed(6);
        jms.clean();
        assertThat(driver.store().log().minPosition()).isZero();

        CursorProgress progress = new CursorProgress();
        progress.settle(0);
        listening.apply(progress);
        driver.store().offsets().commit("G", "T", 0, 0);
        jms.clean();
        assertThat(driver.store().log().minPosition()).isZero();

        driver.store().offsets().commit("G", "T", 0, 1);
        jms.clean();
        assertThat(driver.store().log().minPosition()).isPositive();
    }

    @Test
    void settled_messages_stay_for_as_long_as_they_are_to_be_remembered() throws Exception {
        driver.config =
                driver.config.withRetention(driver.config.retention().withCleaning(Duration.ofHours(2), 1 << 20));
        driver.restart();
        fillWithConsumed(6);
        driver.clock.advance(Duration.ofHours(1));
        jms.clean();
        assertThat(driver.store().log().minPosition()).isZero();

        driver.clock.advance(Duration.ofHours(1));
        jms.send("Traffic", 9, 100);
        fillWithConsumed(1);
        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
    }

    @Test
    void without_a_cleaner_a_forgotten_message_keeps_what_is_behind_it() throws Exception {
        driver.config = driver.config.withRetention(driver.config.retention().withCleaning(Duration.ZERO, 0));
        driver.restart();
        jms.queue("Q");
        long position = jms.send("Q", 1, 100);
        fillWithConsumed(6);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isZero();
        assertThat(jms.position("Q", 0)).isEqualTo(position);
    }

    @Test
    void only_so_many_bytes_are_moved_per_second() throws Exception {
        driver.config = driver.config.withRetention(driver.config.retention().withCleaning(Duration.ZERO, 1000));
        driver.restart();
        Cursor cursor = jms.queue("Q");
        for (int i = 0; i < 100; i++) {
            jms.send("Q", i, 100);
        }
        fillWithConsumed(6);
        long written = driver.store().log().writtenPosition();
        driver.clock.advance(Duration.ofSeconds(11));

        for (int i = 0; i < 20; i++) {
            jms.step();
        }

        long moved = 0;
        for (long offset = 0; offset < 100; offset++) {
            moved += jms.position("Q", offset) >= written ? 1 : 0;
        }
        // Two seconds and what may be moved at once, and one message that had begun in each step.
        assertThat(moved).isBetween(1L, 3 * 1000 / 200 + 21L);
        assertThat(jms.unsettled(cursor)).hasSize(100);
        assertThat(driver.store().log().minPosition()).isZero();
    }

    @Test
    void readers_keep_what_they_hold_and_find_what_was_moved() throws Exception {
        Cursor cursor = jms.queue("Q");
        jms.send("Q", 1, 100);
        ConsumeQueue queue = driver.queue("Q", 0);
        QueueEntry entry = new QueueEntry();
        queue.read(0, entry);
        RecordSlice held = driver.store().message(queue, 0, entry);
        long before = entry.position();
        fillWithConsumed(6);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isGreaterThan(before);
        assertThat(held.buffer().getInt(0)).isEqualTo(entry.size());
        held.release();
        RecordSlice again = driver.store().message(queue, 0, entry);
        assertThat(again).isNotNull();
        assertThat(again.position()).isEqualTo(entry.position()).isNotEqualTo(before);
        again.release();
        assertThat(jms.unsettled(cursor)).hasSize(1);
    }

    @Test
    void a_damaged_message_is_not_moved_and_holds_its_segment_until_that_is_old() throws Exception {
        Cursor cursor = jms.queue("Q");
        jms.send("Q", 1, 100);
        jms.send("Q", 2, 100);
        fillWithConsumed(6);
        driver.store().log().flushOnce();
        disk.flipBit("commitlog/00000000000000000000", jms.position("Q", 0) + 120, 3);

        jms.clean();
        assertThat(driver.store().log().minPosition()).isZero();
        assertThat(jms.position("Q", 1)).as("the other one").isGreaterThan(SEGMENT);

        driver.clock.advance(Duration.ofDays(4));
        driver.clock.advance(Duration.ofHours(18));
        fillWithConsumed(2);
        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(driver.queue("Q", 0).read(0, new QueueEntry())).isFalse();
        assertThat(jms.read(driver.queue("Q", 0), 1)).extracting(Seen::key).isEqualTo("M2");
        assertThat(cursor.isSettled(0)).isFalse();
    }

    @Test
    void a_topic_that_is_removed_takes_its_moved_messages_with_it() throws Exception {
        jms.queue("Q");
        jms.send("Q", 1, 100);
        fillWithConsumed(6);
        jms.clean();
        assertThat(driver.store().log().minPosition()).isPositive();

        driver.store().topics().remove("Q");
        jms.queue("Q");
        assertThat(driver.queue("Q", 0).maxOffset()).isZero();
        assertThat(driver.queue("Q", 0).read(0, new QueueEntry())).isFalse();

        String digest = driver.store().digest();
        rebuild();
        assertThat(driver.store().digest()).isEqualTo(digest);
    }

    @Test
    void offsets_are_found_by_time_over_gaps() throws Exception {
        Cursor cursor = jms.queue("Q");
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            driver.clock.advance(Duration.ofMillis(10));
            times.add(driver.clock.millis());
            jms.send("Q", i, 100);
        }
        jms.settle(cursor, 1_900, offset -> offset != 5 && offset != 60);
        jms.clean();
        ConsumeQueue queue = driver.queue("Q", 0);
        assertThat(queue.minOffset()).isEqualTo(5);
        assertThat(queue.read(6, new QueueEntry())).isFalse();

        assertThat(queue.offsetAt(times.get(0), false)).isEqualTo(5);
        assertThat(queue.offsetAt(times.get(5), false)).isEqualTo(5);
        assertThat(queue.offsetAt(times.get(6), false)).isEqualTo(60);
        assertThat(queue.offsetAt(times.get(1_950), false)).isEqualTo(1_950);
        assertThat(queue.offsetAt(times.get(4), true)).isZero();
        assertThat(queue.offsetAt(times.get(30), true)).isEqualTo(5);
        assertThat(queue.offsetAt(times.get(60), true)).isEqualTo(60);
        assertThat(queue.offsetAt(times.get(1_950), true)).isEqualTo(1_950);
    }

    @Test
    void the_cleaner_frees_a_disk_that_is_full() throws Exception {
        Cursor cursor = jms.queue("Q");
        jms.send("Q", 1, 100);
        fillWithConsumed(6);
        driver.store().log().flushOnce();
        driver.store().housekeepOnce();
        disk.capacity(disk.usedBytes());
        int sent = 0;
        while (driver.store().log().state().kind() != LogState.Kind.DISK_FULL) {
            try {
                driver.trySend("Traffic", 0, Map.of(), 100);
                sent++;
            } catch (AppendRefusedException full) {
                break;
            }
            driver.store().housekeepOnce();
            assertThat(sent).isLessThan(10_000);
        }
        Cursor traffic = jms.cursor("Traffic", CursorName.QUEUE);
        jms.settle(traffic, driver.queue("Traffic", 0).maxOffset(), offset -> true);

        jms.clean();

        assertThat(driver.store().log().minPosition()).isPositive();
        assertThat(driver.store().log().state().kind()).isEqualTo(LogState.Kind.OPEN);
        assertThat(jms.unsettled(cursor)).hasSize(1);
        driver.send("Traffic", 0);
    }

    /** Traffic of another queue, all of it consumed. */
    private void fillWithConsumed(int segments) throws Exception {
        Cursor traffic = driver.store().topics().get("Traffic") == null
                ? jms.queue("Traffic")
                : jms.cursor("Traffic", CursorName.QUEUE);
        driver.fill("Traffic", 0, (long) segments * SEGMENT);
        jms.settle(traffic, driver.queue("Traffic", 0).maxOffset(), offset -> true);
    }

    private void rebuild() throws IOException {
        driver.store().close();
        driver.deleteDerived(QueueTable.FOLDER);
        driver.deleteDerived(KeyIndex.FOLDER);
        driver.deleteDerived(SnapshotStore.FOLDER);
        driver.open();
        assertThat(driver.store().recoveredFrom())
                .isEqualTo(driver.store().log().minPosition());
    }
}
