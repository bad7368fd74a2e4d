// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.Typing;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.disk.SimulatedCrash;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.hidden.HiddenTable;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.transaction.OutcomeTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Transactions that take from two queues and put into a third, on a disk that crashes: each is there with everything it did, or with nothing. Every second
 * one has stored its message before, hidden.
 */
class TransactionCrashTest {

    private static final String OUT = "Out";
    private static final List<String> IN = List.of("In-1", "In-2");
    private static final int INPUTS = 12;
    private static final String SESSION = "S";
    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);
    private static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));

    /** A broker's delivery from two queues, without threads and without a network. */
    private final class Broker {

        final Store store;
        final List<Input> inputs = new ArrayList<>();
        private final BatchPool batches;

        Broker(SimulatedDisk disk) throws Exception {
            StoreConfig config = StoreConfig.defaults()
                    .withLog(LogConfig.defaults().withSegmentBytes(64 * 1024))
                    .withSnapshotIntervalBytes(8 * 1024);
            store = Store.openStepped(config, disk, clock, FAULTS);
            batches = new BatchPool(store.log()::newBatch);
        }

        void fill() throws Exception {
            for (String queue : List.of(IN.get(0), IN.get(1), OUT)) {
                store.topics().put(new TopicConfig(queue, 1, 1, 6));
            }
            for (String queue : IN) {
                for (int i = 0; i < INPUTS; i++) {
                    MessageBatch batch = store.log().newBatch();
                    batch.add(draft(queue, ByteBuffer.allocate(30)));
                    store.log().append(batch);
                }
            }
        }

        void attach() throws Exception {
            for (String queue : IN) {
                inputs.add(new Input(queue));
            }
        }

        /** Takes from both queues, puts into the third, commits; undoes all if the log refuses. */
        boolean transact(long number, int count) {
            HeldDeliveries held = new HeldDeliveries(store.cursors(), clock, Destination::postAlways, done -> {});
            ByteBuffer body = ByteBuffer.allocate(2 * count * Long.BYTES);
            for (Input input : inputs) {
                for (int i = 0; i < count; i++) {
                    Delivered next = input.waiting.remove();
                    body.putLong(next.offset());
                    held.add(input.consumer, next.sequence(), next.sequence(), 1);
                }
            }
            boolean[] committed = {false};
            held.collect(() -> committed[0] = decide(held, number, body.flip()));
            inputs.forEach(input -> input.destination.work());
            return committed[0];
        }

        private boolean decide(HeldDeliveries held, long number, ByteBuffer body) {
            assertThat(held.isComplete()).isTrue();
            MessageBatch batch = batches.take();
            batch.add(draft(OUT, body));
            if (number % 2 == 0) {
                hide(number, batch);
            }
            held.payloads().forEach(payload -> batch.addControl(ControlType.CURSOR_COMMIT, payload));
            batch.addControl(ControlType.TRANSACTION_OUTCOME, OutcomeTable.committed(SESSION, number, clock.millis()));
            try {
                store.log().append(batch);
                held.settled();
                return true;
            } catch (AppendRefusedException refused) {
                held.giveBack();
                return false;
            } finally {
                batches.giveBack(batch);
            }
        }

        /** Stores what the batch has, hidden; it publishes that instead. */
        private void hide(long number, MessageBatch batch) {
            HiddenId id = new HiddenId(HiddenId.Kind.LOCAL, SESSION + number);
            MessageBatch hiding = batches.take();
            hiding.beginHiding(HiddenTable.hidden(id));
            assertThat(hiding.addFrom(batch)).isTrue();
            try {
                store.log().append(hiding);
            } catch (AppendRefusedException refused) {
                throw new AssertionError(refused);
            } finally {
                batches.giveBack(hiding);
            }
            batch.clear();
            batch.addPublication(store.hidden().publication(id));
        }

        /** What a reader of the third queue finds: per transaction the offsets that it took from both. */
        List<List<Long>> outputs() {
            List<List<Long>> all = new ArrayList<>();
            ConsumeQueue queue = store.queue(OUT, 0);
            QueueEntry entry = new QueueEntry();
            for (long offset = 0; queue != null && queue.read(offset, entry); offset++) {
                RecordSlice slice = store.log().read(entry.position(), entry.size());
                ByteBuffer record = slice.buffer();
                List<Long> taken = new ArrayList<>();
                int at = MessageRecord.bodyStart(record, 0);
                for (int i = 0; i < MessageRecord.bodyLength(record, 0); i += Long.BYTES) {
                    taken.add(record.getLong(at + i));
                }
                all.add(taken);
                slice.release();
            }
            return all;
        }

        /** The offsets of a queue that are settled. */
        Set<Long> settled(String queue) {
            Cursor cursor = store.cursors().get(new CursorName(queue, 0, CursorName.QUEUE));
            Set<Long> settled = new TreeSet<>();
            for (long offset = 0; cursor != null && offset < INPUTS; offset++) {
                if (cursor.isSettled(offset)) {
                    settled.add(offset);
                }
            }
            return settled;
        }

        private final class Input {

            final Destination destination;
            final AttachedConsumer consumer;
            final FakeConnection connection = new FakeConnection();
            final Deque<Delivered> waiting = new ArrayDeque<>();

            Input(String queue) throws Exception {
                Cursor cursor = store.cursors().getOrCreate(new CursorName(queue, 0, CursorName.QUEUE), 0);
                Window window = new Window(store.queue(queue, 0), cursor, true);
                destination = new Destination(
                        queue,
                        store.log(),
                        batches,
                        Runnable::run,
                        clock,
                        FAULTS,
                        (due, task) -> {},
                        (topic, whenMade) -> null);
                Subscription subscription = new Subscription(
                        store::message,
                        List.of(window),
                        Subscription.Kind.QUEUE,
                        CursorName.QUEUE,
                        () -> DeliveryRules.with(RedeliveryPolicy.ENDLESS),
                        () -> 0,
                        DeliveryMemory.none());
                destination.subscriptions().add(subscription);
                Lane.Filter all = Lane.Filter.of(Selector.parse(null, Typing.STRICT));
                consumer = new AttachedConsumer(1, connection, destination, subscription, subscription.join(all), null);
                destination.submit(() -> {
                    subscription.add(consumer);
                    consumer.addCredit(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
                    destination.stir(subscription);
                });
                waiting.addAll(connection.takeDelivered());
            }
        }
    }

    private static MessageDraft draft(String topic, ByteBuffer body) {
        return new MessageDraft(topic, 0, 0, 0, 1, PRODUCER, 0, 0, ByteBuffer.allocate(0), body);
    }

    /** Runs transactions until the disk crashes; answers how many were committed for certain, of which how many durably. */
    private int[] run(SimulatedDisk disk, Random random) throws Exception {
        int committed = 0;
        int durable = 0;
        try {
            Broker broker = new Broker(disk);
            broker.fill();
            broker.attach();
            for (int i = 1; i <= 5; i++) {
                assertThat(broker.transact(i, 1 + random.nextInt(2))).isTrue();
                committed = i;
                if (random.nextBoolean()) {
                    broker.store.log().flushOnce();
                    durable = i;
                }
                broker.store.housekeepOnce();
            }
        } catch (SimulatedCrash crashed) {
            assertThat(disk.isCrashed()).isTrue();
        }
        return new int[] {committed, durable};
    }

    private void check(SimulatedDisk disk, int committed, int durable, boolean kept) throws Exception {
        Broker broker = new Broker(disk);
        List<List<Long>> outputs = broker.outputs();
        for (int input = 0; input < IN.size(); input++) {
            Set<Long> taken = new TreeSet<>();
            for (List<Long> each : outputs) {
                int half = each.size() / 2;
                for (Long offset : each.subList(input * half, (input + 1) * half)) {
                    assertThat(taken.add(offset)).as("taken once").isTrue();
                }
            }
            assertThat(broker.settled(IN.get(input))).isEqualTo(taken);
        }
        assertThat(broker.store.outcomes().lastCommitted(SESSION)).isEqualTo(outputs.size());
        assertThat(outputs.size()).as("what was durable").isBetween(durable, committed + 1);
        if (kept) {
            assertThat(outputs.size()).as("what was written").isGreaterThanOrEqualTo(committed);
        }
    }

    @Test
    void a_commit_that_is_cut_at_any_operation_of_the_disk_is_there_as_a_whole_or_not_at_all() throws Exception {
        SimulatedDisk whole = new SimulatedDisk();
        assertThat(run(whole, new Random(1))[0]).isEqualTo(5);
        long operations = whole.operations();
        assertThat(operations).isGreaterThan(30);
        for (long at = 1; at <= operations; at++) {
            for (int fate = 0; fate < 3; fate++) {
                SimulatedDisk disk = new SimulatedDisk();
                disk.crashAt(at);
                int[] done = run(disk, new Random(1));
                disk.crash();
                switch (fate) {
                    case 0 -> disk.restartLosingAll();
                    case 1 -> disk.restartKeepingAll();
                    default -> disk.restart(new Random(at));
                }
                check(disk, done[0], done[1], fate == 1);
            }
        }
    }

    @Test
    void a_log_that_refuses_a_commit_leaves_everything_as_it_was_and_what_was_received_comes_again() throws Exception {
        Broker broker = new Broker(new SimulatedDisk());
        broker.fill();
        broker.attach();
        assertThat(broker.transact(1, 1)).isTrue();
        broker.store.topics().remove(OUT);

        assertThat(broker.transact(2, 2)).isFalse();

        for (Broker.Input input : broker.inputs) {
            assertThat(input.connection.takeDelivered())
                    .extracting(Delivered::offset, Delivered::deliveryNumber)
                    .containsExactly(tuple(1L, 2), tuple(2L, 2));
        }
        assertThat(broker.settled(IN.get(0))).containsExactly(0L);
        assertThat(broker.store.outcomes().lastCommitted(SESSION)).isEqualTo(1);
    }
}
