// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.command.JmsSweepRequest;
import io.agenamq.protocol.command.JmsSweepResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages are moved from one queue to another on a disk that crashes. */
class MoveCrashTest {

    private static final String FROM = "From";
    private static final String TO = "To";
    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);
    private static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
    private SimulatedDisk disk;
    private Store store;
    private Subscription subscription;

    private void open() throws Exception {
        StoreConfig config = StoreConfig.defaults().withLog(LogConfig.defaults().withSegmentBytes(256 * 1024));
        store = Store.openStepped(config, disk, clock, FAULTS);
    }

    private Cursor cursor() throws Exception {
        return store.cursors().getOrCreate(new CursorName(FROM, 0, CursorName.QUEUE), 0);
    }

    private void attach() throws Exception {
        subscription = new Subscription(
                store::message,
                List.of(new Window(store.queue(FROM, 0), cursor(), true)),
                Subscription.Kind.QUEUE,
                CursorName.QUEUE,
                () -> DeliveryRules.with(RedeliveryPolicy.ENDLESS),
                () -> 0,
                DeliveryMemory.none());
    }

    /** The message says its offset, and is blue or red. */
    private void send(Random random) throws Exception {
        ByteBuffer properties = new PropertyEncoder()
                .clear()
                .property("colour", random.nextBoolean() ? "blue" : "red")
                .build();
        ByteBuffer body = ByteBuffer.allocate(Long.BYTES + random.nextInt(3000))
                .putLong(0, store.queue(FROM, 0).maxOffset());
        MessageBatch batch = store.log().newBatch();
        batch.add(new MessageDraft(FROM, 0, 0, 0, 1, PRODUCER, 0, 0, properties, body));
        store.log().append(batch);
    }

    private void move(String selector, long countMax) {
        long moved = 0;
        long offset = 0;
        long until = 0;
        do {
            JmsSweepRequest part = new JmsSweepRequest(FROM, 0, selector, TO, offset, until, countMax - moved);
            JmsSweepResponse done = new Sweep(store.log(), new BatchPool(store.log()::newBatch), store::message)
                    .run(part, Checks.parse(selector), subscription, 0, 1);
            moved += done.count();
            offset = done.offset();
            until = done.until();
        } while (offset < until && moved < countMax);
        assertThat(moved).isLessThanOrEqualTo(countMax);
    }

    private void crash(Random random) throws Exception {
        disk.crash();
        switch (random.nextInt(3)) {
            case 0 -> disk.restartLosingAll();
            case 1 -> disk.restartKeepingAll();
            default -> disk.restart(random);
        }
        open();
    }

    private List<Long> moved() {
        List<Long> offsets = new ArrayList<>();
        ConsumeQueue queue = store.queue(TO, 0);
        QueueEntry entry = new QueueEntry();
        for (long offset = 0; queue.read(offset, entry); offset++) {
            RecordSlice slice = store.log().read(entry.position(), entry.size());
            offsets.add(slice.buffer().getLong(MessageRecord.bodyStart(slice.buffer(), 0)));
            slice.release();
        }
        return offsets;
    }

    @Test
    void after_any_crash_a_message_is_in_exactly_one_of_the_two_queues() {
        Seeds.forEach(25, random -> {
            try {
                disk = new SimulatedDisk();
                open();
                store.topics().put(new TopicConfig(FROM, 1, 1, 6));
                store.topics().put(new TopicConfig(TO, 1, 1, 6));
                attach();
                store.log().flushOnce();
                for (int crash = 0; crash < 4; crash++) {
                    for (int step = random.nextInt(60); step > 0; step--) {
                        switch (random.nextInt(6)) {
                            case 0 -> store.log().flushOnce();
                            case 1 -> move(random.nextBoolean() ? null : "colour = 'red'", 1 + random.nextInt(400));
                            default -> {
                                for (int i = random.nextInt(random.nextInt(10) == 0 ? 600 : 8); i > 0; i--) {
                                    send(random);
                                }
                            }
                        }
                    }
                    crash(random);
                    List<Long> moved = moved();
                    assertThat(moved).as("each is there once").doesNotHaveDuplicates();
                    for (long offset = 0; offset < store.queue(FROM, 0).maxOffset(); offset++) {
                        assertThat(cursor().isSettled(offset))
                                .as("message %s is in one queue", offset)
                                .isEqualTo(moved.contains(offset));
                    }
                    attach();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }
}
