// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.MessageReference;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are stored once, seen by nobody, and published by reference. */
class HiddenMessagesTest {

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
        driver.topic("T", 2);
    }

    @Test
    void a_hidden_message_is_in_no_queue_and_found_by_no_key() throws Exception {
        driver.hide("tx", "T", 0, 1, 3);

        assertThat(driver.queue("T", 0).maxOffset()).isZero();
        assertThat(driver.query("T", "M2")).isEmpty();
        assertThat(driver.store().hidden().open()).containsExactly(StoreDriver.hiddenId("tx"));
    }

    @Test
    void the_order_of_the_offsets_is_the_order_of_the_publications() throws Exception {
        driver.hide("slow", "T", 0, 1, 2);
        driver.hide("fast", "T", 0, 11, 1);
        driver.sendBatch("T", 0, 21, 1);
        driver.hide("slow", "T", 1, 3, 1);
        driver.publish("fast");
        driver.clock.advance(Duration.ofSeconds(5));
        driver.sendBatch("T", 0, 22, 1);
        driver.publish("slow");
        driver.sendBatch("T", 0, 23, 1);

        checkOrder();
        driver.killAndOpen();
        checkOrder();
        rebuild();
        checkOrder();
    }

    private void checkOrder() {
        assertThat(keys("T", 0)).containsExactly("M21", "M11", "M22", "M1", "M2", "M23");
        assertThat(keys("T", 1)).containsExactly("M3");
        assertThat(driver.store().hidden().open()).isEmpty();
        assertThat(driver.query("T", "M2")).hasSize(1);
    }

    @Test
    void a_published_message_has_the_offset_place_and_time_of_its_publication() throws Exception {
        driver.sendBatch("T", 0, 1, 2);
        driver.hide("tx", "T", 0, 3, 1);
        driver.clock.advance(Duration.ofMinutes(1));
        driver.publish("tx");

        long place = driver.positions("T", 0).get(2);
        assertThat(driver.query("T", "M3")).containsExactly(place);
        RecordSlice slice = driver.store().log().recordAt(place);
        assertThat(slice).isNotNull();
        assertThat(MessageRecord.queueOffset(slice.buffer(), 0)).isEqualTo(2);
        assertThat(MessageRecord.position(slice.buffer(), 0)).isEqualTo(place);
        assertThat(MessageRecord.storeTimestamp(slice.buffer(), 0))
                .isEqualTo(driver.clock.instant().toEpochMilli());
        assertThat(MessageRecord.bodyIsSound(slice.buffer(), 0)).isTrue();
        slice.release();
    }

    @Test
    void a_reference_is_read_however_close_to_the_end_of_its_segment_it_stands() throws Exception {
        Set<Long> distances = new HashSet<>();
        for (int filler = 1; filler <= 300; filler++) {
            open();
            driver.hide("tx", "T", 0, 1, 2);
            while (SEGMENT - driver.store().log().writtenPosition() % SEGMENT > 1000) {
                driver.sendBatch("T", 1, 100, 1);
            }
            driver.trySend("T", 1, Map.of(), 300 + filler);
            driver.publish("tx");

            List<Long> places = driver.positions("T", 0);
            assertThat(driver.query("T", "M1")).containsExactly(places.get(0));
            assertThat(driver.query("T", "M2")).containsExactly(places.get(1));
            distances.add(SEGMENT - places.get(1) % SEGMENT);
        }
        assertThat(distances)
                .as("the smallest record is longer than a reference and what is behind it")
                .contains((long) MessageRecord.BYTES_MIN, MessageRecord.BYTES_MIN - 1L);
    }

    @Test
    void what_is_discarded_was_never_there() throws Exception {
        driver.hide("tx", "T", 0, 1, 3);
        driver.discard("tx");
        driver.sendBatch("T", 0, 4, 1);

        assertThat(keys("T", 0)).containsExactly("M4");
        assertThat(driver.store().hidden().open()).isEmpty();
        assertThat(driver.store().hidden().publication(StoreDriver.hiddenId("tx")))
                .isNull();
    }

    @Test
    void what_cannot_be_published_changes_nothing() throws Exception {
        driver.hide("tx", "T", 1, 1, 3);
        driver.hide("tx", "T", 0, 4, 1);
        driver.topic("U", 1);
        driver.hide("tx", "U", 0, 5, 1);
        driver.store().topics().remove("U");

        assertThatThrownBy(() -> driver.publish("tx")).isInstanceOfSatisfying(AppendRefusedException.class, refused -> {
            assertThat(refused.reason()).isEqualTo(AppendRefusedException.Reason.UNKNOWN_QUEUE);
        });
        driver.sendBatch("T", 1, 10, 1);
        driver.sendBatch("T", 0, 11, 1);
        assertThat(keys("T", 1)).containsExactly("M10");
        assertThat(keys("T", 0)).containsExactly("M11");
        assertThat(driver.store().hidden().open()).hasSize(1);
    }

    @Test
    void a_snapshot_knows_what_is_hidden() throws Exception {
        driver.hide("tx", "T", 0, 1, 3);
        driver.hide("tx", "T", 1, 4, 2);
        driver.store().close();
        driver.open();
        assertThat(driver.store().recoveredFrom())
                .isEqualTo(driver.store().log().writtenPosition());

        driver.publish("tx");

        assertThat(keys("T", 0)).containsExactly("M1", "M2", "M3");
        assertThat(keys("T", 1)).containsExactly("M4", "M5");
        assertThat(driver.query("T", "M5")).hasSize(1);
        String digest = driver.store().digest();
        rebuild();
        assertThat(driver.store().digest()).isEqualTo(digest);
    }

    @Test
    void the_log_is_kept_from_the_first_open_transaction_on() throws Exception {
        Cursor cursor = jms.queue("Q");
        driver.hide("tx", "Q", 0, 1, 2);
        fillAndSettle("Traffic", 6);
        jms.clean();
        assertThat(driver.store().log().minPosition()).isZero();

        driver.publish("tx");
        assertThat(jms.unsettled(cursor)).hasSize(2);
        jms.clean();
        checkKept(cursor);
        assertThat(driver.store().log().minPosition()).isGreaterThan(4L * SEGMENT);

        String digest = driver.store().digest();
        driver.killAndOpen();
        assertThat(driver.store().digest()).isEqualTo(digest);
        checkKept(jms.again(cursor));
        rebuild();
        assertThat(driver.store().digest()).isEqualTo(digest);
        checkKept(jms.again(cursor));
    }

    private void checkKept(Cursor cursor) {
        assertThat(jms.unsettled(cursor).values())
                .extracting(JmsQueueDriver.Seen::key)
                .containsExactly("M1", "M2");
        assertThat(driver.query("Q", "M2")).containsExactly(jms.position("Q", 1));
    }

    @Test
    void damage_of_the_hidden_record_or_of_its_reference_is_noticed_when_the_message_is_read() throws Exception {
        long hidden = driver.store().log().writtenPosition();
        driver.hide("tx", "T", 0, 1, 1);
        long hiddenEnd = driver.store().log().writtenPosition();
        driver.publish("tx");
        driver.fill("T", 1, 3L * SEGMENT);
        long reference = driver.positions("T", 0).get(0);
        for (long at = hidden; at < reference + MessageReference.BYTES; at = at == hiddenEnd - 1 ? reference : at + 1) {
            driver.store().close();
            disk.flipBit("commitlog/00000000000000000000", at, (int) (at % 8));
            driver.open();
            assertThat(driver.store().recoveredFrom()).isGreaterThan(2L * SEGMENT);
            assertThatThrownBy(() -> keys("T", 0)).as("byte %d", at).isInstanceOf(CorruptRecordException.class);
            disk.flipBit("commitlog/00000000000000000000", at, (int) (at % 8));
        }
        driver.restart();
        assertThat(keys("T", 0)).containsExactly("M1");
    }

    @Test
    void discarded_messages_hold_nothing() throws Exception {
        jms.queue("Q");
        driver.hide("tx", "Q", 0, 1, 2);
        fillAndSettle("Traffic", 4);
        driver.discard("tx");
        jms.clean();

        assertThat(driver.store().log().minPosition()).isGreaterThan(2L * SEGMENT);
    }

    @Test
    void a_published_native_message_is_as_old_as_its_publication() throws Exception {
        driver.hide("tx", "T", 0, 1, 1);
        driver.fill("T", 1, 3L * SEGMENT);
        driver.clock.advance(Duration.ofDays(4));
        driver.publish("tx");
        driver.fill("T", 1, 2L * SEGMENT);
        atFour();
        assertThat(driver.store().log().minPosition()).isZero();
        assertThat(keys("T", 0)).containsExactly("M1");

        driver.clock.advance(Duration.ofDays(4));
        driver.fill("T", 1, 2L * SEGMENT);
        atFour();
        assertThat(driver.store().log().minPosition()).isGreaterThan(2L * SEGMENT);
        String digest = driver.store().digest();
        rebuild();
        assertThat(driver.store().digest()).isEqualTo(digest);
    }

    private void atFour() {
        driver.clock.advance(Duration.ofHours(18));
        for (int i = 0; i < 20; i++) {
            driver.clock.advance(Duration.ofSeconds(11));
            driver.store().housekeepOnce();
        }
        driver.clock.advance(Duration.ofHours(6));
    }

    private void fillAndSettle(String topic, int segments) throws AppendRefusedException {
        Cursor traffic = jms.queue(topic);
        int number = 1000;
        long end = driver.store().log().writtenPosition() + (long) segments * SEGMENT;
        while (driver.store().log().writtenPosition() < end) {
            jms.send(topic, number++, 100);
        }
        jms.settle(traffic, driver.queue(topic, 0).maxOffset(), offset -> true);
    }

    private void rebuild() throws IOException {
        driver.store().log().flush();
        driver.disk().close();
        for (String folder : new String[] {QueueTable.FOLDER, KeyIndex.FOLDER, SnapshotStore.FOLDER}) {
            driver.deleteDerived(folder);
        }
        driver.open();
    }

    private List<String> keys(String topic, int queueId) {
        ConsumeQueue queue = driver.queue(topic, queueId);
        QueueEntry entry = new QueueEntry();
        List<String> keys = new ArrayList<>();
        for (long offset = queue.minOffset(); offset < queue.maxOffset(); offset++) {
            assertThat(queue.read(offset, entry)).isTrue();
            RecordSlice slice = driver.store().message(queue, offset, entry);
            assertThat(slice).as("offset %d", offset).isNotNull();
            keys.add(String.valueOf(MessageProperties.findInRecord(slice.buffer(), 0, PropertyNames.UNIQUE_KEY)));
            slice.release();
        }
        return keys;
    }
}
