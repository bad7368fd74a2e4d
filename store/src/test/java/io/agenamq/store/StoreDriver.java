// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.hidden.HiddenTable;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.Publication;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.retention.RetentionConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Drives a store without threads: speaks of topics, messages, kills and restarts. Segments are small, so that little work fills many. */
final class StoreDriver {

    static final int SEGMENT_BYTES = 64 * 1024;

    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);

    /** Ten in the morning: not an hour in which old segments are dropped by themselves. */
    final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));

    StoreConfig config = StoreConfig.defaults()
            .withLog(LogConfig.defaults().withSegmentBytes(SEGMENT_BYTES))
            .withRetention(new RetentionConfig(Duration.ofDays(3), Set.of(4), ZoneOffset.UTC, 75, 85, 90, 10))
            .withSnapshotIntervalBytes(SEGMENT_BYTES);

    private final FaultHandler faults = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private Disk disk;
    private Store store;
    private MessageBatch batch;

    StoreDriver(Disk disk) {
        this.disk = disk;
    }

    Store open() throws IOException {
        adopt(Store.openStepped(config, disk, clock, faults));
        return store;
    }

    /** Drives a store that somebody else opened. */
    void adopt(Store opened) {
        store = opened;
        batch = opened.log().newBatch();
    }

    Store store() {
        return store;
    }

    Disk disk() {
        return disk;
    }

    /** Ends the store in good order and opens it again. */
    Store restart() throws IOException {
        store.close();
        return open();
    }

    /** The process dies: everything written is there, nothing is closed. */
    Store killAndOpen() throws IOException {
        disk.close();
        return open();
    }

    /** Goes on with another disk: what a crash left of this one. */
    Store openOn(Disk other) throws IOException {
        disk = other;
        return open();
    }

    void topic(String name, int queues) {
        try {
            store.topics().put(new TopicConfig(name, queues, queues, 6));
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
    }

    /** Appends one message and returns its position. */
    long send(String topic, int queueId) {
        return send(topic, queueId, Map.of());
    }

    long send(String topic, int queueId, Map<String, String> properties) {
        return send(topic, queueId, properties, 100);
    }

    long send(String topic, int queueId, Map<String, String> properties, int bodyBytes) {
        try {
            return trySend(topic, queueId, properties, bodyBytes);
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
    }

    long trySend(String topic, int queueId, Map<String, String> properties, int bodyBytes)
            throws AppendRefusedException {
        batch.clear();
        batch.add(draft(topic, queueId, properties, bodyBytes));
        store.log().append(batch);
        return batch.position(0);
    }

    /** Appends messages to queue 0 of a topic in one batch. */
    void sendTo(String topic, int count) {
        batch.clear();
        for (int i = 0; i < count; i++) {
            batch.add(draft(topic, 0, Map.of(), 10));
        }
        try {
            store.log().append(batch);
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
    }

    /** Appends messages with the unique keys M{@code first} and following in one batch. */
    void sendBatch(String topic, int queueId, int first, int count) throws AppendRefusedException {
        batch.clear();
        for (int i = 0; i < count; i++) {
            batch.add(draft(topic, queueId, Map.of("UNIQ_KEY", "M" + (first + i)), 50));
        }
        store.log().append(batch);
    }

    static HiddenId hiddenId(String name) {
        return new HiddenId(HiddenId.Kind.LOCAL, name);
    }

    /** Appends messages with the unique keys M{@code first} and following in one batch, hidden. */
    void hide(String name, String topic, int queueId, int first, int count) throws AppendRefusedException {
        batch.clear();
        batch.beginHiding(HiddenTable.hidden(hiddenId(name)));
        for (int i = 0; i < count; i++) {
            batch.add(draft(topic, queueId, Map.of("UNIQ_KEY", "M" + (first + i)), 50));
        }
        store.log().append(batch);
    }

    /** Publishes what is hidden under a name. */
    void publish(String name) throws AppendRefusedException {
        Publication publication = store.hidden().publication(hiddenId(name));
        assertThat(publication).as("hidden messages of %s", name).isNotNull();
        batch.clear();
        batch.addPublication(publication);
        store.log().append(batch);
    }

    void discard(String name) throws AppendRefusedException {
        batch.clear();
        batch.addControl(ControlType.HIDDEN_DISCARDED, HiddenTable.discarded(hiddenId(name)));
        store.log().append(batch);
    }

    static MessageDraft draft(String topic, int queueId, Map<String, String> properties, int bodyBytes) {
        return new MessageDraft(
                topic,
                queueId,
                0,
                0,
                1,
                PRODUCER,
                0,
                0,
                MessageProperties.of(properties),
                ByteBuffer.wrap(new byte[bodyBytes]));
    }

    /** Appends messages of one topic until the log has grown by so many bytes. */
    void fill(String topic, int queueId, long bytes) {
        long end = store.log().writtenPosition() + bytes;
        while (store.log().writtenPosition() < end) {
            send(topic, queueId);
        }
    }

    ConsumeQueue queue(String topic, int queueId) {
        ConsumeQueue queue = store.queue(topic, queueId);
        assertThat(queue).as("%s/%d", topic, queueId).isNotNull();
        return queue;
    }

    /** Positions of all messages that can be read from a queue. */
    List<Long> positions(String topic, int queueId) {
        ConsumeQueue queue = queue(topic, queueId);
        List<Long> positions = new ArrayList<>();
        QueueEntry entry = new QueueEntry();
        for (long offset = queue.minOffset(); offset < queue.maxOffset(); offset++) {
            assertThat(queue.read(offset, entry))
                    .as("%s offset %d", queue, offset)
                    .isTrue();
            positions.add(entry.position());
        }
        return positions;
    }

    List<Long> query(String topic, String key) {
        List<Long> found = new ArrayList<>();
        store.keys().query(topic, key, 0, Long.MAX_VALUE, 1000, found::add);
        return found;
    }

    void deleteDerived(String folder) throws IOException {
        for (String name : disk.list(folder)) {
            disk.delete(folder + "/" + name);
        }
    }
}
