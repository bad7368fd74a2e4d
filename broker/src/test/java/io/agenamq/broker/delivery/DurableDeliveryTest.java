// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.Typing;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.log.AppendRefusedException;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A durable subscription with a selector on a disk that crashes. */
class DurableDeliveryTest {

    private static final String TOPIC = "News";
    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);
    private static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
    private SimulatedDisk disk;
    private Store store;
    private DurableSubscription durable;
    private Destination destination;
    private Subscription subscription;
    private FakeConnection connection;
    private AttachedConsumer consumer;

    @BeforeEach
    void create() throws Exception {
        disk = new SimulatedDisk();
        open();
        store.topics().put(new TopicConfig(TOPIC, 1, 1, 6));
        durable = store.subscriptions()
                .put(new SubscriptionKey("app", "audit"), TOPIC, "colour = 'red'", false, false, () -> List.of(0L));
        store.log().flushOnce();
        attach();
    }

    private void open() throws Exception {
        StoreConfig config = StoreConfig.defaults().withLog(LogConfig.defaults().withSegmentBytes(256 * 1024));
        store = Store.openStepped(config, disk, clock, FAULTS);
    }

    private void attach() throws Exception {
        assertThat(store.subscriptions().get(durable.key())).isEqualTo(durable);
        Window window = new Window(store.queue(TOPIC, 0), store.cursors().get(durable.cursor(0)), true);
        destination = new Destination(
                TOPIC,
                store.log(),
                new BatchPool(store.log()::newBatch),
                Runnable::run,
                clock,
                FAULTS,
                (due, task) -> {},
                this::deadLetterQueue);
        subscription = new Subscription(
                store::message,
                List.of(window),
                Subscription.Kind.DURABLE,
                durable.id(),
                () -> DeliveryRules.with(new RedeliveryPolicy(2, 0, false)),
                () -> 0,
                DeliveryMemory.none());
        destination.subscriptions().add(subscription);
        connection = new FakeConnection();
        Lane.Filter filter = Lane.Filter.of(Selector.parse(durable.selector(), Typing.STRICT));
        consumer = new AttachedConsumer(1, connection, destination, subscription, subscription.join(filter), null);
        act(() -> {
            subscription.add(consumer);
            consumer.addCredit(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
        });
    }

    private void act(Runnable task) {
        destination.submit(() -> {
            task.run();
            destination.stir(subscription);
        });
    }

    private void send(String colour) throws Exception {
        MessageBatch batch = store.log().newBatch();
        ByteBuffer properties =
                new PropertyEncoder().clear().property("colour", colour).build();
        ByteBuffer body =
                ByteBuffer.allocate(Long.BYTES).putLong(0, store.queue(TOPIC, 0).maxOffset());
        batch.add(new MessageDraft(TOPIC, 0, 0, 0, 1, PRODUCER, 0, 0, properties, body));
        store.log().append(batch);
        destination.arrived(() -> destination.stir(subscription));
    }

    private String deadLetterQueue(String topic, Runnable whenMade) {
        String queue = DeadLetters.queueOf(topic);
        if (store.queue(queue, 0) == null) {
            try {
                store.topics().put(new TopicConfig(queue, 1, 1, 6));
            } catch (AppendRefusedException e) {
                throw new AssertionError(e);
            }
        }
        return queue;
    }

    /** The offsets that the dead letters had as messages. */
    private List<Long> deadLetters() {
        List<Long> offsets = new ArrayList<>();
        ConsumeQueue letters = store.queue(DeadLetters.queueOf(TOPIC), 0);
        QueueEntry entry = new QueueEntry();
        for (long offset = 0; letters != null && letters.read(offset, entry); offset++) {
            RecordSlice slice = store.log().read(entry.position(), entry.size());
            offsets.add(slice.buffer().getLong(MessageRecord.bodyStart(slice.buffer(), 0)));
            slice.release();
        }
        return offsets;
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

    /** A message of the topic; positions are ends of the log, -1 for never. */
    private static final class Message {
        final boolean wanted;
        long deliveredBehind = -1;
        long deliveredAt = -1;
        long acknowledgedAt = -1;

        Message(boolean wanted) {
            this.wanted = wanted;
        }
    }

    @Test
    void
            after_any_crash_exactly_what_matches_and_is_not_acknowledged_or_dead_comes_in_order_and_marked_if_it_came_before() {
        Seeds.forEach(25, random -> {
            try {
                create();
                List<Message> messages = new ArrayList<>();
                for (int crash = 0; crash < 4; crash++) {
                    run(random, messages);
                    crash(random);
                    checkAfterCrash(messages);
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private void run(Random random, List<Message> messages) throws Exception {
        Map<Long, Long> inFlight = new HashMap<>();
        for (int step = random.nextInt(120); step > 0; step--) {
            long before = store.log().writtenPosition();
            switch (random.nextInt(8)) {
                case 0 -> store.log().flushOnce();
                case 1, 2 -> {
                    if (!inFlight.isEmpty()) {
                        long sequence = new ArrayList<>(inFlight.keySet()).get(random.nextInt(inFlight.size()));
                        act(() -> subscription.acknowledge(consumer, sequence, sequence));
                        messages.get((int) (long) inFlight.remove(sequence)).acknowledgedAt =
                                store.log().writtenPosition();
                    }
                }
                case 3 -> {
                    act(() -> subscription.giveBack(
                            consumer, Long.MAX_VALUE - 1, true, clock.millis(), ReleaseCause.LOST));
                    inFlight.clear();
                }
                default -> {
                    boolean wanted = random.nextInt(3) == 0;
                    messages.add(new Message(wanted));
                    send(wanted ? "red" : "blue");
                }
            }
            for (Delivered delivered : connection.takeDelivered()) {
                inFlight.put(delivered.sequence(), delivered.offset());
                Message message = messages.get((int) delivered.offset());
                assertThat(message.wanted).as("%s is wanted", delivered).isTrue();
                if (message.deliveredAt < 0) {
                    message.deliveredBehind = before;
                    message.deliveredAt = store.log().writtenPosition();
                }
            }
        }
    }

    private void checkAfterCrash(List<Message> messages) throws Exception {
        long end = store.log().writtenPosition();
        messages.subList((int) store.queue(TOPIC, 0).maxOffset(), messages.size())
                .clear();
        List<Long> dead = deadLetters();
        assertThat(dead).as("each dead letter is there once").doesNotHaveDuplicates();
        List<Long> expected = new ArrayList<>();
        for (long offset = 0; offset < messages.size(); offset++) {
            Message message = messages.get((int) offset);
            if (message.acknowledgedAt > end) {
                message.acknowledgedAt = -1;
            }
            if (message.deliveredBehind >= end) {
                message.deliveredAt = -1;
            }
            if (message.wanted && message.acknowledgedAt < 0 && !dead.contains(offset)) {
                expected.add(offset);
            }
        }

        attach();

        List<Delivered> delivered = connection.takeDelivered();
        assertThat(delivered).extracting(Delivered::offset).isEqualTo(expected);
        for (Delivered each : delivered) {
            Message message = messages.get((int) each.offset());
            // A turn that ends with dead letters is several batches: if it was cut in between, either answer is right.
            boolean isCut = message.deliveredAt > end;
            assertThat(each.deliveryNumber() > 1)
                    .as("%s is marked as redelivered", each)
                    .isEqualTo(isCut ? each.deliveryNumber() > 1 : message.deliveredAt >= 0);
            if (message.deliveredAt < 0) {
                message.deliveredBehind = end;
                message.deliveredAt = store.log().writtenPosition();
            }
        }
        // Gives them to nobody again, so that the next run begins with nothing in flight.
        act(() -> subscription.acknowledge(consumer, 0, Long.MAX_VALUE));
        for (long offset : expected) {
            messages.get((int) offset).acknowledgedAt = store.log().writtenPosition();
        }
        if (!expected.isEmpty()) {
            assertThat(store.cursors().get(durable.cursor(0)).unsettledBelow(messages.size()))
                    .isZero();
        }
    }

    @Test
    void what_the_selector_does_not_select_costs_no_record() throws Exception {
        long before = store.log().writtenPosition();
        send("blue");
        long each = store.log().writtenPosition() - before;

        for (int i = 0; i < 100; i++) {
            send("blue");
        }
        assertThat(store.log().writtenPosition()).isEqualTo(before + 101 * each);
        assertThat(subscription.windows().get(0).knowsMoreThanCursor()).isFalse();

        send("red");
        act(() -> subscription.acknowledge(consumer, 1, 1));
        assertThat(store.cursors().get(durable.cursor(0)).floor()).isEqualTo(102);
    }

    @Test
    void a_subscription_without_consumers_costs_nothing_when_a_message_is_published() throws Exception {
        act(() -> {
            consumer.detach();
            subscription.remove(consumer);
        });
        long before = store.log().writtenPosition();
        send("red");
        long each = store.log().writtenPosition() - before;

        send("red");

        assertThat(store.log().writtenPosition()).isEqualTo(before + 2 * each);
        attach();
        assertThat(connection.takeDelivered()).extracting(Delivered::offset).containsExactly(0L, 1L);
    }
}
