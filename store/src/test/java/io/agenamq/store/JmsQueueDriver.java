// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.ProgressPayloads;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Speaks of destinations with cursors: sends numbered messages, settles some, and looks at what is left. */
final class JmsQueueDriver {

    final StoreDriver driver;

    JmsQueueDriver(StoreDriver driver) {
        this.driver = driver;
    }

    Store store() {
        return driver.store();
    }

    /** What is left of a message: all that a client sees of it. */
    record Seen(String key, long storeTime, int bodyBytes, int bodyCrc) {}

    void create(String name, DestinationKind kind, Map<String, String> attributes) throws AppendRefusedException {
        Map<String, String> all = new HashMap<>(attributes);
        all.put(DestinationKind.ATTRIBUTE, kind.word());
        store().topics().put(new TopicConfig(name, 1, 1, 6, TopicConfig.SINGLE_TAG, 0, false, all));
    }

    Cursor queue(String name) throws AppendRefusedException {
        create(name, DestinationKind.QUEUE, Map.of());
        return cursor(name, CursorName.QUEUE);
    }

    Cursor cursor(String topic, String subscription) throws AppendRefusedException {
        return store().cursors().getOrCreate(new CursorName(topic, 0, subscription), 0);
    }

    /** Sends a message with the unique key M{@code number}. */
    long send(String topic, int number, int bodyBytes) {
        return driver.send(topic, 0, Map.of(PropertyNames.UNIQUE_KEY, "M" + number), bodyBytes);
    }

    /** Settles the offsets below {@code end} that are meant and are not settled. */
    void settle(Cursor cursor, long end, LongPredicate meant) throws AppendRefusedException {
        CursorProgress progress = new CursorProgress();
        for (long offset = cursor.nextUnsettled(0); offset < end; offset = cursor.nextUnsettled(offset + 1)) {
            if (meant.test(offset)) {
                progress.settle(offset);
            }
        }
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(cursor.id(), progress);
        MessageBatch batch = store().log().newBatch();
        for (ByteBuffer payload : payloads.payloads()) {
            batch.addControl(ControlType.CURSOR, payload);
        }
        if (!batch.isEmpty()) {
            store().log().append(batch);
        }
    }

    /** Lets as much time pass as a survey waits for, and then enough steps for what it plans. */
    void clean() {
        driver.clock.advance(Duration.ofSeconds(11));
        for (int i = 0; i < 200; i++) {
            step();
        }
    }

    /** One round of housekeeping, a tenth of a second later. */
    void step() {
        driver.clock.advance(Duration.ofMillis(100));
        store().housekeepOnce();
    }

    /** What a cursor has not settled, by offset; every message must be readable. */
    Map<Long, Seen> unsettled(Cursor cursor) {
        Map<Long, Seen> left = new TreeMap<>();
        ConsumeQueue queue = driver.queue(cursor.name().topic(), 0);
        for (long offset = cursor.nextUnsettled(0);
                offset < queue.maxOffset();
                offset = cursor.nextUnsettled(offset + 1)) {
            Seen seen = read(queue, offset);
            assertThat(seen).as("message at offset %d of %s", offset, queue).isNotNull();
            assertThat(offset).isGreaterThanOrEqualTo(queue.minOffset());
            left.put(offset, seen);
        }
        return left;
    }

    /** The message at an offset, null if there is none any more. */
    @Nullable
    Seen read(ConsumeQueue queue, long offset) {
        QueueEntry entry = new QueueEntry();
        if (!queue.read(offset, entry)) {
            return null;
        }
        RecordSlice slice = store().message(queue, offset, entry);
        if (slice == null) {
            return null;
        }
        try {
            ByteBuffer record = slice.buffer();
            assertThat(MessageRecord.bodyIsSound(record, 0)).isTrue();
            return new Seen(
                    String.valueOf(MessageProperties.findInRecord(record, 0, PropertyNames.UNIQUE_KEY)),
                    MessageRecord.storeTimestamp(record, 0),
                    MessageRecord.bodyLength(record, 0),
                    MessageRecord.bodyCrc(record, 0));
        } finally {
            slice.release();
        }
    }

    long position(String topic, long offset) {
        QueueEntry entry = new QueueEntry();
        assertThat(driver.queue(topic, 0).read(offset, entry)).isTrue();
        return entry.position();
    }

    /** Bytes of the records that a cursor has not settled. */
    long liveBytes(Cursor cursor) {
        ConsumeQueue queue = driver.queue(cursor.name().topic(), 0);
        QueueEntry entry = new QueueEntry();
        long bytes = 0;
        for (long offset = cursor.nextUnsettled(0);
                offset < queue.maxOffset();
                offset = cursor.nextUnsettled(offset + 1)) {
            assertThat(queue.read(offset, entry)).isTrue();
            bytes += entry.size();
        }
        return bytes;
    }

    /** Bytes that the files of the log take. */
    long logBytes() throws IOException {
        long bytes = 0;
        for (String name : driver.disk().list("commitlog")) {
            if (!name.equals("mark")) {
                try (var file = driver.disk().open("commitlog/" + name)) {
                    bytes += file.size();
                }
            }
        }
        return bytes;
    }

    /** The cursor as it is after a restart. */
    Cursor again(Cursor cursor) {
        Cursor now = store().cursors().get(cursor.name());
        assertThat(now).isNotNull();
        return now;
    }
}
