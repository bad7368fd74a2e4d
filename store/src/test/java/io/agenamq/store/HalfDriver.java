// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.SysFlag;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sends and decides half messages on a {@link StoreDriver}. Their unique keys are H with a number. */
final class HalfDriver {

    static final String GROUP = "bank";

    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);

    private final StoreDriver driver;

    HalfDriver(StoreDriver driver) {
        this.driver = driver;
    }

    /** Stores half messages with the numbers from {@code first} on in one batch, and answers what they are called. */
    List<Long> send(String topic, int queueId, int first, int count) throws AppendRefusedException {
        MessageBatch batch = driver.store().log().newBatch();
        for (int i = 0; i < count; i++) {
            batch.add(half(topic, queueId, first + i));
        }
        driver.store().log().append(batch);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            assertThat(batch.queueOffset(i)).isEqualTo(batch.position(i));
            ids.add(batch.position(i));
        }
        return ids;
    }

    static MessageDraft half(String topic, int queueId, int number) {
        return new MessageDraft(
                topic,
                queueId,
                0,
                SysFlag.TRANSACTION_PREPARED,
                1,
                PRODUCER,
                0,
                0,
                MessageProperties.of(Map.of(
                        PropertyNames.UNIQUE_KEY,
                        "H" + number,
                        PropertyNames.PRODUCER_GROUP,
                        GROUP,
                        PropertyNames.CHECK_IMMUNITY_TIME,
                        "7")),
                ByteBuffer.wrap(new byte[50]));
    }

    HalfMessage find(long id) {
        HalfMessage half = driver.store().halves().find(id);
        assertThat(half).as("half message %d", id).isNotNull();
        return half;
    }

    /** One batch that publishes some and discards others. */
    void decide(List<Long> committed, List<Long> rolledBack) throws AppendRefusedException {
        MessageBatch batch = driver.store().log().newBatch();
        if (!committed.isEmpty()) {
            batch.addPublication(driver.store()
                    .halves()
                    .publication(committed.stream().map(this::find).toList()));
        }
        if (!rolledBack.isEmpty()) {
            batch.addControl(
                    ControlType.HIDDEN_DISCARDED,
                    HalfTable.discarded(rolledBack.stream().map(this::find).toList()));
        }
        driver.store().log().append(batch);
    }

    void check(List<Long> ids) throws AppendRefusedException {
        MessageBatch batch = driver.store().log().newBatch();
        batch.addControl(
                ControlType.HALVES_CHECKED,
                HalfTable.checkedOnceMore(ids.stream().map(this::find).toList(), driver.clock.millis()));
        driver.store().log().append(batch);
    }

    /** How often each undecided one was checked, by what it is called. */
    Map<Long, Integer> undecided() {
        Map<Long, Integer> checks = new TreeMap<>();
        driver.store().halves().all().values().forEach(half -> checks.put(half.id(), half.checks()));
        assertThat(driver.store().halves().count()).isEqualTo(checks.size());
        return checks;
    }

    /** Unique keys of what can be read from a queue. */
    List<String> keys(String topic, int queueId) {
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

    /** All that is derived from the log is lost. */
    void rebuild() throws IOException {
        driver.store().log().flush();
        driver.disk().close();
        for (String folder : new String[] {QueueTable.FOLDER, KeyIndex.FOLDER, SnapshotStore.FOLDER}) {
            driver.deleteDerived(folder);
        }
        driver.open();
    }
}
