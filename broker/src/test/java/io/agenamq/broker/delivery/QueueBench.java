// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.JmsAttachment;
import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.command.JmsSweepRequest;
import io.agenamq.protocol.command.JmsSweepResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.Typing;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One JMS queue over a real store, without threads and without a network: what a test does here happens before the call returns. */
final class QueueBench {

    static final String QUEUE = "Orders";

    private static final int SEGMENT_BYTES = 256 * 1024;
    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);

    final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
    final FakeConnection connection = new FakeConnection();

    private final Path folder;
    private Disk disk;
    private Store store;
    private Destination destination;
    private Subscription subscription;
    private Window window;
    private int lastConsumer;

    /** What becomes of messages that come back. */
    RedeliveryPolicy policy = RedeliveryPolicy.ENDLESS;

    /** What is remembered of deliveries, also over a restart. */
    final DeliveryMemory memory = new DeliveryMemory(clock);

    /** Which part of the jitter a redelivery waits. */
    double chance;

    boolean paused;
    boolean exclusive;

    /** Whether there is no queue for dead letters, nor one to come. */
    boolean graveyardRefused;

    private final TreeMap<Long, List<Runnable>> alarms = new TreeMap<>();

    /** How many records were read from the log. */
    int recordsRead;

    /** How many turns an owner thread was asked for; they run before {@link #send} and the others return. */
    private final Deque<Runnable> turns = new ArrayDeque<>();

    private boolean stepping;

    QueueBench(Path folder) {
        this.folder = folder;
        open();
        try {
            store.topics().put(new TopicConfig(QUEUE, 1, 1, 6));
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
        attachToStore();
    }

    private void open() {
        try {
            disk = FileDisk.at(folder);
            store = Store.openStepped(
                    StoreConfig.defaults().withLog(LogConfig.defaults().withSegmentBytes(SEGMENT_BYTES)),
                    disk,
                    clock,
                    (what, cause) -> {
                        throw new AssertionError(what, cause);
                    });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void attachToStore() {
        try {
            Cursor cursor = store.cursors().getOrCreate(new CursorName(QUEUE, 0, CursorName.QUEUE), 0);
            window = new Window(store.queue(QUEUE, 0), cursor, true);
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
        destination = new Destination(
                QUEUE,
                store.log(),
                new BatchPool(store.log()::newBatch),
                this::later,
                clock,
                (what, cause) -> {
                    throw new AssertionError(what, cause);
                },
                (due, task) ->
                        alarms.computeIfAbsent(due, key -> new ArrayList<>()).add(task),
                this::deadLetterQueue);
        subscription = new Subscription(
                (queue, offset, entry) -> {
                    recordsRead++;
                    return store.message(queue, offset, entry);
                },
                List.of(window),
                Subscription.Kind.QUEUE,
                "",
                () -> new DeliveryRules(policy, paused, exclusive),
                () -> chance,
                memory);
        destination.subscriptions().add(subscription);
    }

    private String deadLetterQueue(String topic, Runnable whenMade) {
        if (graveyardRefused) {
            return null;
        }
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

    /** The properties of all dead letters. */
    List<Map<String, String>> deadLetters() {
        List<Map<String, String>> letters = new ArrayList<>();
        ConsumeQueue letterQueue = store.queue(DeadLetters.queueOf(QUEUE), 0);
        QueueEntry entry = new QueueEntry();
        for (long offset = 0; letterQueue != null && letterQueue.read(offset, entry); offset++) {
            RecordSlice slice = store.log().read(entry.position(), entry.size());
            letters.add(MessageProperties.toMap(
                    slice.buffer(),
                    MessageRecord.propertiesStart(slice.buffer(), 0),
                    MessageRecord.propertiesLength(slice.buffer(), 0)));
            slice.release();
        }
        return letters;
    }

    /** Lets time pass, and alarms go off that are due by then. */
    void pass(Duration time) {
        clock.advance(time);
        while (!alarms.isEmpty() && alarms.firstKey() <= clock.millis()) {
            alarms.pollFirstEntry().getValue().forEach(Runnable::run);
        }
    }

    /** How many alarms are set. */
    int alarmCount() {
        return alarms.values().stream().mapToInt(List::size).sum();
    }

    /** Lets all alarms go off, though nothing is due. */
    void falseAlarm() {
        List<Runnable> all = new ArrayList<>();
        alarms.values().forEach(all::addAll);
        alarms.clear();
        all.forEach(Runnable::run);
    }

    private void later(Runnable turn) {
        if (stepping) {
            turns.add(turn);
        } else {
            turn.run();
        }
    }

    /** From now on turns beyond the first are left for {@link #step}. */
    void stepping() {
        stepping = true;
    }

    /** Runs one more turn; false if there is none to run. */
    boolean step() {
        Runnable turn = turns.poll();
        if (turn != null) {
            turn.run();
        }
        return turn != null;
    }

    /** The process dies and starts again: everything written is there, nobody is attached. */
    void kill() {
        alarms.clear();
        try {
            disk.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        open();
        attachToStore();
    }

    /** The process ends in good order, with a snapshot, and starts again. */
    void restart() {
        alarms.clear();
        try {
            store.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        open();
        attachToStore();
    }

    void close() throws IOException {
        store.close();
    }

    Store store() {
        return store;
    }

    Window window() {
        return window;
    }

    Subscription subscription() {
        return subscription;
    }

    /** Stores a message with property {@code colour} and lets it be delivered. */
    void send(String colour) {
        send(colour, 0);
    }

    void send(String colour, long expiry) {
        send(colour, expiry, 0);
    }

    void send(String colour, long expiry, long deliverAt) {
        send(colour, expiry, deliverAt, QueueEntry.DEFAULT_PRIORITY);
    }

    void send(String colour, long expiry, long deliverAt, int priority) {
        send(colour, expiry, deliverAt, priority, null);
    }

    /** Sends a message of a group, or of none. */
    void sendToGroup(String group) {
        send("red", 0, 0, QueueEntry.DEFAULT_PRIORITY, group);
    }

    private void send(String colour, long expiry, long deliverAt, int priority, String group) {
        PropertyEncoder properties =
                new PropertyEncoder().clear().property("colour", colour).header(PropertyNames.TAGS, colour);
        if (group != null) {
            properties.property("JMSXGroupID", group);
        }
        if (expiry != 0) {
            properties.header("JMSExpiration", Long.toString(expiry));
        }
        if (priority != QueueEntry.DEFAULT_PRIORITY) {
            properties.header("JMSPriority", Integer.toString(priority));
        }
        if (deliverAt != 0) {
            properties.header("JMSDeliveryTime", Long.toString(deliverAt));
        }
        MessageBatch batch = store.log().newBatch();
        batch.add(new MessageDraft(
                QUEUE, 0, 0, 0, 1, PRODUCER, 0, 0, properties.build(), ByteBuffer.wrap(new byte[] {1})));
        try {
            store.log().append(batch);
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
        destination.arrived(() -> destination.stir(subscription));
    }

    AttachedConsumer attach(String selector, int messages) {
        try {
            Lane.Filter filter = Lane.Filter.of(Selector.parse(selector, Typing.STRICT));
            AttachedConsumer consumer = new AttachedConsumer(
                    ++lastConsumer, connection, destination, subscription, subscription.join(filter), null);
            act(() -> {
                subscription.add(consumer);
                consumer.addCredit(0, messages, Integer.MAX_VALUE);
            });
            return consumer;
        } catch (SelectorException e) {
            throw new AssertionError(e);
        }
    }

    /** The consumer comes again, with what it has in flight. */
    AttachedConsumer resume(AttachedConsumer former) {
        AttachedConsumer[] resumed = new AttachedConsumer[1];
        act(() -> {
            resumed[0] = former.resumedAs(++lastConsumer, connection, new JmsAttachment("client", former.id, 1));
            subscription.replace(former, resumed[0]);
        });
        return resumed[0];
    }

    void credit(AttachedConsumer consumer, int messages) {
        act(() -> consumer.addCredit(consumer.epoch(), messages, 0));
    }

    void acknowledge(AttachedConsumer consumer, long from, long to) {
        act(() -> subscription.acknowledge(consumer, from, to));
    }

    void release(AttachedConsumer consumer, long seen, boolean all, int messages) {
        release(consumer, seen, all, messages, (JmsFailure) null);
    }

    void release(AttachedConsumer consumer, long seen, boolean all, int messages, JmsFailure failure) {
        act(() -> {
            subscription.giveBack(consumer, seen, all, clock.millis(), ReleaseCause.of(failure));
            consumer.restart(consumer.epoch() + 1, messages, Integer.MAX_VALUE);
        });
    }

    void detach(AttachedConsumer consumer, long seen, boolean all) {
        act(() -> {
            subscription.giveBack(consumer, seen, all, clock.millis(), ReleaseCause.CLOSED);
            consumer.detach();
            subscription.remove(consumer);
        });
    }

    /** A transaction takes what a consumer has received; it is {@link #rollBack rolled back} or never decided. */
    HeldOffsets hold(AttachedConsumer consumer, long from, long to) {
        HeldOffsets held = new HeldOffsets();
        act(() -> subscription.hold(consumer, from, to, held));
        return held;
    }

    /** What a transaction held comes back. */
    void rollBack(HeldOffsets held) {
        act(() -> subscription.giveBack(held, clock.millis()));
    }

    /** Runs {@code known} when there is nothing more for a consumer at present. */
    void probe(AttachedConsumer consumer, int messages, Runnable known) {
        act(() -> {
            consumer.addCredit(consumer.epoch(), messages, Integer.MAX_VALUE);
            destination.afterTurn(() -> ConsumerHandler.whenAllIsDelivered(consumer, known));
        });
    }

    /** Takes messages out, for good or into another queue, part by part; answers how many. */
    long sweep(String selector, String target, long countMax) {
        long[] swept = {0};
        long offset = 0;
        long until = 0;
        do {
            JmsSweepRequest part = new JmsSweepRequest(QUEUE, 0, selector, target, offset, until, countMax - swept[0]);
            JmsSweepResponse[] answer = new JmsSweepResponse[1];
            act(() -> answer[0] = new Sweep(store.log(), new BatchPool(store.log()::newBatch), store::message)
                    .run(part, Checks.parse(selector), subscription, 0, 1));
            swept[0] += answer[0].count();
            offset = answer[0].offset();
            until = answer[0].until();
        } while (offset < until && swept[0] < countMax);
        return swept[0];
    }

    /** The queue goes on from another offset. */
    void seek(long offset) {
        act(() -> {
            try {
                Cursor cursor = store.cursors()
                        .replace(List.of(window.cursor()), List.of(offset))
                        .get(0);
                window = new Window(store.queue(QUEUE, 0), cursor, true);
                subscription.restart(List.of(window));
            } catch (AppendRefusedException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** What another queue holds: property {@code colour} of each message. */
    List<String> colours(String topic) {
        List<String> colours = new ArrayList<>();
        QueueEntry entry = new QueueEntry();
        for (long offset = 0; store.queue(topic, 0).read(offset, entry); offset++) {
            RecordSlice slice = store.log().read(entry.position(), entry.size());
            colours.add(MessageProperties.findInRecord(slice.buffer(), 0, "colour"));
            slice.release();
        }
        return colours;
    }

    /** Lets the queue look again, after something about it has changed. */
    void look() {
        act(() -> {});
    }

    private void act(Runnable task) {
        destination.submit(() -> {
            task.run();
            destination.stir(subscription);
        });
    }
}
