// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.broker.delivery.Deliveries;
import io.agenamq.broker.delivery.DeliveryConfig;
import io.agenamq.broker.delivery.DestinationCatalog;
import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.broker.delivery.HomeAuthority.Verdict;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchEndRequest;
import io.agenamq.protocol.command.JmsBranchPrepareRequest;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.Connection;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.ProgressPayloads;
import io.agenamq.store.disk.SimulatedCrash;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.transaction.BranchId;
import io.agenamq.store.transaction.DecidedBranch;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Branches that take from a queue and put into another, on a disk that crashes: each is prepared, committed or rolled back with everything it did, or with nothing,
 * what was answered stands, and what is prepared can still be decided both ways.
 */
class BranchCrashTest {

    private static final String IN = "In";
    private static final String OUT = "Out";
    private static final int INPUTS = 12;
    private static final int BRANCHES = 6;
    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);
    private static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private static final Connection CONNECTION = (Connection) Proxy.newProxyInstance(
            BranchCrashTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("attachment")) {
                    return null;
                }
                throw new UnsupportedOperationException(method.getName());
            });

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));

    /** What a client was told. */
    private static final class Reply implements BranchReply {

        boolean done;
        boolean durable = true;
        long position;

        @Nullable
        String refusal;

        @Override
        public InetSocketAddress onBehalfOf() {
            return PRODUCER;
        }

        @Override
        public void done(Header answer) {
            done = true;
        }

        @Override
        public void doneWhenDurable(Header answer, long end) {
            done = true;
            durable = false;
            position = end;
        }

        @Override
        public void refuse(int code, String why, Header header) {
            refusal = code + " " + why;
        }
    }

    /** A broker's branches, without a network. */
    private final class Broker implements AutoCloseable {

        final Store store;
        final Deliveries deliveries;
        final LocalTransactions transactions;
        final Branches branches;

        Broker(SimulatedDisk disk) throws Exception {
            StoreConfig config = StoreConfig.defaults()
                    .withLog(LogConfig.defaults().withSegmentBytes(64 * 1024))
                    .withSnapshotIntervalBytes(16 * 1024);
            store = Store.openStepped(config, disk, clock, FAULTS);
            deliveries = new Deliveries(
                    DeliveryConfig.waiting(0),
                    store,
                    new Catalog(store),
                    (topic, take) -> CompletableFuture.completedFuture(Verdict.HERE),
                    clock,
                    () -> 0,
                    (due, task) -> {},
                    FAULTS,
                    Thread::new);
            // Two of the larger messages are in memory, and not three.
            transactions = new LocalTransactions(
                    new TransactionConfig(
                            72 * 1024, 1 << 20, 1000, config.log().batchBytesMax(), 1000, 1000, 1000, 1000),
                    store,
                    deliveries,
                    clock);
            branches = transactions.branches();
            branches.restore();
        }

        void fill() throws Exception {
            for (String queue : List.of(IN, OUT)) {
                store.topics()
                        .put(new TopicConfig(
                                queue,
                                1,
                                1,
                                6,
                                TopicConfig.SINGLE_TAG,
                                0,
                                false,
                                Map.of(DestinationKind.ATTRIBUTE, DestinationKind.QUEUE.word())));
            }
            store.cursors().getOrCreate(new CursorName(IN, 0, CursorName.QUEUE), 0);
            for (int i = 0; i < INPUTS; i++) {
                MessageBatch batch = store.log().newBatch();
                batch.add(draft(IN, ByteBuffer.allocate(30)));
                store.log().append(batch);
            }
        }

        /** Ends one part: it has taken offset {@code number}, and says so as often as it is large. */
        Reply end(int number) throws Exception {
            OpenTransaction part = transactions.take(CONNECTION, new JmsTransaction("S", number));
            int messages = number % 2 == 0 ? 3 : 1;
            for (int i = 1; i <= messages; i++) {
                ByteBuffer body = ByteBuffer.allocate(number % 2 == 0 ? 7 * 1024 : 100);
                part.expect(i);
                part.add(draft(OUT, body.putLong(0, number)), body.capacity() + 200);
            }
            Reply reply = new Reply();
            JmsBranch branch = branch(number);
            branches.end(
                    id(number),
                    new JmsBranchEndRequest(branch, part.id(), messages, false, 0),
                    part,
                    held(number),
                    reply);
            return reply;
        }

        private HeldDeliveries held(int offset) throws Exception {
            CursorProgress progress = new CursorProgress();
            progress.settle(offset);
            ProgressPayloads payloads = new ProgressPayloads();
            payloads.add(cursor().id(), progress);
            CountDownLatch held = new CountDownLatch(1);
            HeldDeliveries deliveriesOfPart = deliveries.holdAgain(payloads.payloads(), held::countDown);
            assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(deliveriesOfPart.count()).isEqualTo(1);
            return deliveriesOfPart;
        }

        Reply prepare(int number) {
            Reply reply = new Reply();
            branches.prepare(id(number), new JmsBranchPrepareRequest(branch(number), ""), reply);
            return reply;
        }

        Reply decide(int number, boolean commit, boolean onePhase) {
            Reply reply = new Reply();
            branches.decide(id(number), new Branch.Decision(commit, onePhase, true, false), 0, reply);
            return reply;
        }

        private Cursor cursor() {
            Cursor cursor = store.cursors().get(new CursorName(IN, 0, CursorName.QUEUE));
            assertThat(cursor).isNotNull();
            return cursor;
        }

        /** The branches whose messages are in the queue; all of one or none. */
        Set<Integer> published() {
            Map<Integer, Integer> counts = new HashMap<>();
            ConsumeQueue queue = store.queue(OUT, 0);
            QueueEntry entry = new QueueEntry();
            for (long offset = 0; queue != null && queue.read(offset, entry); offset++) {
                RecordSlice slice = store.log().read(entry.position(), entry.size());
                ByteBuffer record = slice.buffer();
                counts.merge((int) record.getLong(MessageRecord.bodyStart(record, 0)), 1, Integer::sum);
                slice.release();
            }
            counts.forEach((number, count) -> assertThat(count).isEqualTo(number % 2 == 0 ? 3 : 1));
            return new TreeSet<>(counts.keySet());
        }

        Set<Integer> settled() {
            Set<Integer> settled = new TreeSet<>();
            Cursor cursor = store.cursors().get(new CursorName(IN, 0, CursorName.QUEUE));
            for (int offset = 0; cursor != null && offset < INPUTS; offset++) {
                if (cursor.isSettled(offset)) {
                    settled.add(offset);
                }
            }
            return settled;
        }

        boolean isPrepared(int number) {
            return store.branches().findPrepared(id(number)) != null;
        }

        @Override
        public void close() {
            deliveries.close();
        }
    }

    /** The topics that there are. */
    private record Catalog(Store store) implements DestinationCatalog {

        @Override
        public @Nullable TopicConfig find(String name) {
            return store.topics().get(name);
        }

        @Override
        public @Nullable ProtocolException whyNotCreated(String name) {
            return null;
        }

        @Override
        public TopicConfig create(String name, DestinationKind kind) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void whenAnnounced(Runnable task) {
            task.run();
        }

        @Override
        public void configure(String name, String attribute, @Nullable String value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TopicConfig createDeadLetterQueue(String name) {
            throw new UnsupportedOperationException();
        }
    }

    private static MessageDraft draft(String topic, ByteBuffer body) {
        return new MessageDraft(topic, 0, 0, 0, 1, PRODUCER, 0, 0, ByteBuffer.allocate(0), body);
    }

    private static JmsBranch branch(int number) {
        return JmsBranch.xa(1, new byte[] {(byte) number}, new byte[0]);
    }

    private static BranchId id(int number) {
        return new BranchId("", branch(number).toString());
    }

    /** What a client knows of its branches when the lights go out. */
    private static final class Known {
        final Map<Integer, Reply> prepared = new HashMap<>();
        final Map<Integer, Reply> decided = new HashMap<>();
        final Map<Integer, Boolean> asked = new HashMap<>();
        long durable;

        boolean isCertain(@Nullable Reply reply, boolean everythingKept) {
            return reply != null && reply.done && (everythingKept || reply.durable || reply.position <= durable);
        }
    }

    private Known run(SimulatedDisk disk, Random random) {
        Known known = new Known();
        try (Broker broker = new Broker(disk)) {
            broker.fill();
            for (int number = 0; number < BRANCHES; number++) {
                assertThat(broker.end(number).refusal).isNull();
                boolean onePhase = number == 3;
                if (!onePhase) {
                    known.prepared.put(number, broker.prepare(number));
                    flush(broker, known, random);
                }
                if (number != 1 && number != 4) {
                    boolean commit = number != 2;
                    known.asked.put(number, commit);
                    known.decided.put(number, broker.decide(number, commit, onePhase));
                    flush(broker, known, random);
                }
                broker.store.housekeepOnce();
            }
        } catch (SimulatedCrash crashed) {
            assertThat(disk.isCrashed()).isTrue();
        } catch (Exception | AssertionError failed) {
            throw new AssertionError("before the crash", failed);
        }
        return known;
    }

    private static void flush(Broker broker, Known known, Random random) {
        if (random.nextBoolean()) {
            broker.store.log().flushOnce();
            known.durable = broker.store.log().durablePosition();
        }
    }

    private void check(SimulatedDisk disk, Known known, boolean everythingKept) throws Exception {
        List<Integer> waiting = new ArrayList<>();
        Set<Integer> committed = new TreeSet<>();
        try (Broker broker = new Broker(disk)) {
            for (int number = 0; number < BRANCHES; number++) {
                DecidedBranch decision = broker.store.branches().findDecided(id(number));
                if (decision != null) {
                    assertThat(known.asked).containsKey(number);
                    assertThat(decision.committed()).isEqualTo(known.asked.get(number));
                    if (decision.committed()) {
                        committed.add(number);
                    }
                } else {
                    assertThat(known.isCertain(known.decided.get(number), everythingKept))
                            .as("a decision that was answered")
                            .isFalse();
                }
                if (broker.isPrepared(number)) {
                    assertThat(decision).isNull();
                    waiting.add(number);
                } else if (decision == null) {
                    assertThat(known.isCertain(known.prepared.get(number), everythingKept))
                            .as("a branch that was said to be prepared")
                            .isFalse();
                }
            }
            assertThat(broker.published()).isEqualTo(committed);
            assertThat(broker.settled()).isEqualTo(committed);
            assertThat(broker.branches.all()).hasSize(waiting.size());
            for (int number : waiting) {
                boolean commit = number % 2 == 0;
                assertThat(broker.decide(number, commit, false).refusal).isNull();
                if (commit) {
                    committed.add(number);
                }
            }
            assertThat(broker.published()).isEqualTo(committed);
            // By the owner of the destination, who may be at work on another thread.
            await().atMost(Duration.ofSeconds(60)).until(() -> broker.settled().equals(committed));
            assertThat(broker.store.hidden().open()).isEmpty();
            broker.store.log().flushOnce();
        }
        disk.crash();
        disk.restartLosingAll();
        try (Broker broker = new Broker(disk)) {
            assertThat(broker.published()).isEqualTo(committed);
            assertThat(broker.settled()).isEqualTo(committed);
            assertThat(broker.branches.all()).isEmpty();
        }
    }

    @Test
    void a_branch_that_is_cut_at_any_operation_of_the_disk_is_in_a_state_that_it_was_brought_to() throws Exception {
        SimulatedDisk whole = new SimulatedDisk();
        Known all = run(whole, new Random(1));
        assertThat(all.decided.values()).allMatch(reply -> reply.done);
        long operations = whole.operations();
        assertThat(operations).isGreaterThan(30);
        for (long at = 1; at <= operations; at++) {
            SimulatedDisk disk = new SimulatedDisk();
            disk.crashAt(at);
            Known known = run(disk, new Random(1));
            disk.crash();
            // Every operation of the disk is cut, each with another fate of what was not forced.
            boolean everythingKept = at % 3 == 1;
            if (everythingKept) {
                disk.restartKeepingAll();
            } else if (at % 3 == 0) {
                disk.restartLosingAll();
            } else {
                disk.restart(new Random(at));
            }
            check(disk, known, everythingKept);
        }
    }
}
