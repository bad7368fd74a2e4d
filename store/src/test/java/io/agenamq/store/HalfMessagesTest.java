// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.SysFlag;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.RecordSlice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Half messages: stored once among all others, seen by nobody until they are decided, each for itself. */
class HalfMessagesTest {

    private StoreDriver driver;
    private HalfDriver halves;

    @BeforeEach
    void open() throws IOException {
        driver = new StoreDriver(new SimulatedDisk());
        halves = new HalfDriver(driver);
        driver.open();
        driver.topic("T", 2);
    }

    @Test
    void a_half_message_is_in_no_queue_and_found_by_no_key_until_it_is_committed() throws Exception {
        List<Long> ids = halves.send("T", 0, 1, 3);
        driver.sendBatch("T", 0, 1, 1);

        assertThat(halves.keys("T", 0)).containsExactly("M1");
        assertThat(driver.query("T", "H2")).isEmpty();
        HalfMessage half = halves.find(ids.get(1));
        assertThat(half.producerGroup()).isEqualTo(HalfDriver.GROUP);
        assertThat(half.immunitySeconds()).isEqualTo(7);
        assertThat(half.storeTime()).isEqualTo(driver.clock.millis());

        halves.decide(List.of(ids.get(2), ids.get(0)), List.of(ids.get(1)));
        assertThat(halves.keys("T", 0)).containsExactly("M1", "H3", "H1");
        assertThat(driver.query("T", "H2")).isEmpty();
        assertThat(driver.query("T", "H3")).hasSize(1);
        assertThat(halves.undecided()).isEmpty();
    }

    @Test
    void a_committed_one_says_so_and_where_it_was_prepared() throws Exception {
        long id = halves.send("T", 1, 1, 1).get(0);
        driver.clock.advance(Duration.ofMinutes(1));
        halves.decide(List.of(id), List.of());

        RecordSlice slice =
                driver.store().log().recordAt(driver.positions("T", 1).get(0));
        assertThat(slice).isNotNull();
        assertThat(SysFlag.transaction(MessageRecord.sysFlag(slice.buffer(), 0)))
                .isEqualTo(SysFlag.TRANSACTION_COMMIT);
        assertThat(MessageRecord.preparedPosition(slice.buffer(), 0)).isEqualTo(id);
        assertThat(MessageRecord.queueOffset(slice.buffer(), 0)).isZero();
        assertThat(MessageRecord.storeTimestamp(slice.buffer(), 0)).isEqualTo(driver.clock.millis());
        slice.release();
    }

    @Test
    void a_claim_is_one_at_a_time_and_does_not_outlive_the_process() throws Exception {
        long id = halves.send("T", 0, 1, 1).get(0);
        assertThat(halves.find(id).claim()).isTrue();
        assertThat(halves.find(id).claim()).isFalse();
        halves.find(id).release();
        assertThat(halves.find(id).claim()).isTrue();

        driver.killAndOpen();

        assertThat(halves.find(id).claim()).isTrue();
    }

    @Test
    void what_cannot_be_published_stays_undecided() throws Exception {
        driver.topic("U", 1);
        long gone = halves.send("U", 0, 1, 1).get(0);
        long there = halves.send("T", 0, 2, 1).get(0);
        driver.store().topics().remove("U");

        assertThatThrownBy(() -> halves.decide(List.of(there, gone), List.of()))
                .isInstanceOf(AppendRefusedException.class);
        assertThat(halves.undecided()).containsOnlyKeys(gone, there);

        halves.decide(List.of(there), List.of(gone));
        assertThat(halves.keys("T", 0)).containsExactly("H2");
        assertThat(halves.undecided()).isEmpty();
    }

    @Test
    void undecided_ones_are_moved_out_of_the_way_and_stay_what_they_are() throws Exception {
        JmsQueueDriver jms = new JmsQueueDriver(driver);
        List<Long> ids = halves.send("T", 0, 1, 3);
        halves.check(ids.subList(0, 2));
        Map<Long, Integer> expected = halves.undecided();
        fillAndSettle(jms, 6);
        jms.clean();

        assertThat(driver.store().log().minPosition()).isGreaterThan(4L * StoreDriver.SEGMENT_BYTES);
        assertThat(halves.undecided()).isEqualTo(expected);
        String digest = driver.store().digest();
        driver.killAndOpen();
        assertThat(driver.store().digest()).isEqualTo(digest);
        halves.rebuild();
        assertThat(halves.undecided()).isEqualTo(expected);

        halves.decide(List.of(ids.get(1), ids.get(0)), List.of(ids.get(2)));
        assertThat(halves.keys("T", 0)).containsExactly("H2", "H1");
        assertThat(driver.query("T", "H1")).hasSize(1);
        driver.restart();
        assertThat(halves.keys("T", 0)).containsExactly("H2", "H1");
        halves.rebuild();
        assertThat(halves.keys("T", 0)).containsExactly("H2", "H1");
        assertThat(halves.undecided()).isEmpty();
    }

    @Test
    void one_that_is_being_decided_is_not_moved_meanwhile() throws Exception {
        JmsQueueDriver jms = new JmsQueueDriver(driver);
        List<Long> ids = halves.send("T", 0, 1, 2);
        assertThat(halves.find(ids.get(0)).claim()).isTrue();
        fillAndSettle(jms, 6);
        jms.clean();

        assertThat(driver.store().log().minPosition()).isZero();
        assertThat(halves.find(ids.get(0)).position()).isEqualTo(ids.get(0));
        halves.decide(List.of(ids.get(0)), List.of());
        jms.clean();
        assertThat(halves.keys("T", 0)).containsExactly("H1");
        assertThat(halves.find(ids.get(1)).claim()).isTrue();
    }

    private void fillAndSettle(JmsQueueDriver jms, int segments) throws AppendRefusedException {
        Cursor traffic = jms.queue("Traffic");
        int number = 1000;
        long end = driver.store().log().writtenPosition() + (long) segments * StoreDriver.SEGMENT_BYTES;
        while (driver.store().log().writtenPosition() < end) {
            jms.send("Traffic", number++, 100);
        }
        jms.settle(traffic, driver.queue("Traffic", 0).maxOffset(), offset -> true);
    }

    /** What happened is simple to say: lists of what was sent and decided. After any restart the store must say the same. */
    @Test
    void any_sequence_of_decisions_and_restarts_shows_each_committed_message_once() {
        Seeds.forEach(20, random -> {
            try {
                run(random);
            } catch (IOException | AppendRefusedException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    private void run(Random random) throws IOException, AppendRefusedException {
        open();
        // Nothing of it is ever settled, so that whatever becomes visible stays so.
        new JmsQueueDriver(driver).queue("Q");
        Map<Long, Integer> undecided = new TreeMap<>();
        Map<Long, String> names = new TreeMap<>();
        List<String> visible = new ArrayList<>();
        int number = 0;
        for (int step = 0; step < 60; step++) {
            int dice = random.nextInt(13);
            List<Long> some = undecided.keySet().stream()
                    .filter(id -> random.nextInt(3) == 0)
                    .toList();
            if (dice < 4) {
                int count = 1 + random.nextInt(4);
                for (long id : halves.send("Q", 0, number, count)) {
                    undecided.put(id, 0);
                    names.put(id, "H" + number++);
                }
            } else if (dice < 6) {
                driver.sendBatch("Q", 0, number, 2);
                visible.add("M" + number);
                visible.add("M" + (number + 1));
                number += 2;
            } else if (dice < 8 && !some.isEmpty()) {
                List<Long> committed = some.subList(0, random.nextInt(some.size() + 1));
                halves.decide(committed, some.subList(committed.size(), some.size()));
                committed.forEach(id -> visible.add(names.get(id)));
                some.forEach(undecided::remove);
            } else if (dice < 9 && !some.isEmpty()) {
                halves.check(some);
                some.forEach(id -> undecided.merge(id, 1, Integer::sum));
            } else if (dice == 9) {
                driver.killAndOpen();
            } else if (dice == 10) {
                driver.restart();
            } else if (dice == 11) {
                halves.rebuild();
            } else if (dice == 12) {
                // The cleaner has something to do, and moves what is undecided.
                JmsQueueDriver jms = new JmsQueueDriver(driver);
                fillAndSettle(jms, 2);
                jms.clean();
            }
            assertThat(halves.undecided()).isEqualTo(undecided);
            assertThat(halves.keys("Q", 0)).isEqualTo(visible);
        }
    }
}
