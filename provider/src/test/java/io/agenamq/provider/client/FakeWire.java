// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A wire to one broker whose connection the test makes and cuts, and whose answers it gives. Belongs to one thread; time is the test's. */
final class FakeWire implements Wire {

    /** Who is asked what became of branches. */
    volatile Checked checkListener = (broker, group, branch) -> {};

    static final String BROKER = "broker-a";

    /** Which one consumers read. */
    static final long SUBSCRIPTION = 77;

    private final ManualClock clock;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>((a, b) -> Long.compare(a.atNanos, b.atNanos));

    /** Where the broker listens, null while it does not. */
    @Nullable
    HostPort listening = new HostPort("127.0.0.1", 10911);

    private @Nullable HostPort connected;
    boolean closed;
    int reachCount;

    /** Messages that left, with the answers that the test owes. */
    final List<Integer> sent = new ArrayList<>();

    final Map<Integer, CompletableFuture<Void>> sendAnswers = new HashMap<>();
    final List<HostPort> sentTo = new ArrayList<>();

    /** Consumers that asked to be attached over the present connection. */
    final List<FakeConsumer> attached = new ArrayList<>();

    /** What was said about client identifiers. */
    final List<String> clientIds = new ArrayList<>();

    boolean clientIdInUse;

    private @Nullable String heldClientId;

    /** Temporary destinations that the broker has, and whom to tell that it has them no more. */
    final Map<String, Runnable> temporaries = new HashMap<>();

    boolean temporaryRefused;

    /** What the broker was told about temporary destinations, messages and consumers, in order. */
    final List<String> happened = new ArrayList<>();

    /** Whether an attachment is answered at once. */
    boolean attachAnswered = true;

    /** Commits that left, and messages of transactions; the answer to the last commit, which the test owes. */
    final List<String> transactions = new ArrayList<>();

    CompletableFuture<Void> commitAnswer = new CompletableFuture<>();

    /** What the broker says about every transaction; null while it does not answer in time. */
    @Nullable
    Outcome outcome = Outcome.COMMITTED;

    private record Task(long atNanos, Runnable task) {}

    /** Whether the broker knows consumers that come again. */
    boolean resumes = true;

    /** Whether frames with acknowledgements are written only when the test {@linkplain FakeConsumer#write says so}. */
    boolean acknowledgementsWait;

    /** Whether acknowledgements are answered at once. */
    boolean acknowledgementsAnswered = true;

    final class FakeConsumer implements WireConsumer {

        final ConsumerSpec spec;
        final int number;
        final int generation;
        final DeliverySink sink;
        final CompletableFuture<WireConsumer.Attached> answer = new CompletableFuture<>();
        final List<String> calls = new ArrayList<>();

        /** Acknowledgements that are not written. */
        final Deque<Runnable> unwritten = new ArrayDeque<>();

        /** Answers that the test owes, in the order of the requests. */
        final Deque<CompletableFuture<Void>> owed = new ArrayDeque<>();

        FakeConsumer(ConsumerSpec spec, int number, int generation, DeliverySink sink) {
            this.spec = spec;
            this.number = number;
            this.generation = generation;
            this.sink = sink;
        }

        void attachedAs(boolean resumed) {
            answer.complete(new WireConsumer.Attached(this, resumed, SUBSCRIPTION));
        }

        /** A record of no more than its place. */
        void deliver(int epoch, long sequence, int queueId, long offset) {
            sink.delivered(epoch, sequence, 1, recordAt(queueId, offset), 0, 1);
        }

        private CompletableFuture<Void> owing(String call) {
            CompletableFuture<Void> now = called(call);
            if (acknowledgementsAnswered || now.isCompletedExceptionally()) {
                return now;
            }
            CompletableFuture<Void> later = new CompletableFuture<>();
            owed.add(later);
            return later;
        }

        private CompletableFuture<Void> called(String call) {
            calls.add(call);
            return attached.contains(this)
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(new ClientException(Reason.CONNECTION_LOST, "cut"));
        }

        @Override
        public void credit(int epoch, int messages, int bytes) {
            calls.add("credit " + epoch + " " + messages);
        }

        @Override
        public CompletableFuture<Void> acknowledge(
                long from, long to, int epoch, int messages, int bytes, boolean durable) {
            return owing("acknowledge " + from + ".." + to + (messages > 0 ? " +" + messages : ""));
        }

        @Override
        public CompletableFuture<Void> acknowledge(Supplier<Acknowledgement> atLast) {
            if (!wireIsBusy()) {
                return WireConsumer.super.acknowledge(atLast);
            }
            CompletableFuture<Void> answer = new CompletableFuture<>();
            owed.add(answer);
            unwritten.add(() -> {
                Acknowledgement all = atLast.get();
                calls.add("acknowledge " + all.from() + ".." + all.to() + " +" + all.messages());
            });
            return answer;
        }

        private boolean wireIsBusy() {
            return acknowledgementsWait && attached.contains(this);
        }

        /** The oldest acknowledgement that waits is written. */
        void write() {
            unwritten.remove().run();
        }

        @Override
        public CompletableFuture<Void> settle(long subscription, JmsPlaces places) {
            StringBuilder call = new StringBuilder("settle " + subscription);
            for (JmsPlaces.Range range : places.ranges()) {
                call.append(' ').append(range.fate()).append(' ').append(range.queueId());
                call.append(':').append(range.first()).append("..").append(range.last());
            }
            return owing(call.toString());
        }

        @Override
        public CompletableFuture<Void> release(
                int epoch, long seen, boolean all, int messages, int bytes, @Nullable JmsFailure failure) {
            return called("release " + epoch);
        }

        @Override
        public CompletableFuture<Void> probe(int epoch, int messages, int bytes, boolean drain) {
            return called("probe");
        }

        @Override
        public CompletableFuture<Void> detach(long seen, boolean all) {
            return called("detach " + all);
        }
    }

    FakeWire(ManualClock clock) {
        this.clock = clock;
    }

    // ---- for the test

    void connect() {
        connected = listening;
    }

    /** The connection ends as a network connection does: first what is unanswered fails, then consumers are told. */
    void cut() {
        connected = null;
        commitAnswer.completeExceptionally(new ClientException(Reason.CONNECTION_LOST, "cut"));
        List<CompletableFuture<Void>> unanswered = List.copyOf(sendAnswers.values());
        sendAnswers.clear();
        unanswered.forEach(answer -> answer.completeExceptionally(new ClientException(Reason.CONNECTION_LOST, "cut")));
        List<Runnable> lost = List.copyOf(temporaries.values());
        temporaries.clear();
        lost.forEach(Runnable::run);
        List<FakeConsumer> consumers = List.copyOf(attached);
        attached.clear();
        for (FakeConsumer consumer : consumers) {
            consumer.owed.forEach(
                    owed -> owed.completeExceptionally(new ClientException(Reason.CONNECTION_LOST, "cut")));
            if (!consumer.answer.completeExceptionally(new ClientException(Reason.CONNECTION_LOST, "cut"))) {
                long unused = consumer.sink.lost();
            }
        }
    }

    /** The broker answers a message. */
    void store(int number) {
        CompletableFuture<Void> answer = sendAnswers.remove(number);
        if (answer == null) {
            throw new AssertionError(number + " is not on its way");
        }
        answer.complete(null);
    }

    /** Lets time pass, and what was planned happen. */
    void pass(Duration duration) {
        long end = clock.getAsLong() + duration.toNanos();
        while (!tasks.isEmpty() && tasks.peek().atNanos <= end) {
            Task next = tasks.remove();
            clock.advance(Duration.ofNanos(Math.max(0, next.atNanos - clock.getAsLong())));
            if (!closed) {
                next.task.run();
            }
        }
        clock.advance(Duration.ofNanos(end - clock.getAsLong()));
    }

    boolean isIdle() {
        return tasks.isEmpty();
    }

    static OutgoingMessage message(int number) {
        return new OutgoingMessage(
                0, ByteBuffer.allocate(0), ByteBuffer.allocate(4).putInt(0, number), true, 0);
    }

    static ByteBuffer recordAt(int queueId, long offset) {
        InetSocketAddress host = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        ByteBuffer empty = ByteBuffer.allocate(0);
        ByteBuffer record = ByteBuffer.allocate(200);
        MessageDraft draft = new MessageDraft("Orders", queueId, 0, 0, 0, host, 0, 0, empty, empty);
        int length = MessageRecord.encode(draft, host, record, 0);
        MessageRecord.assign(record, 0, offset, 0, 0);
        return record.limit(length);
    }

    Route.Home home() {
        return new Route.Home(BROKER, new HostPort("127.0.0.1", 10911), 1);
    }

    Route route() {
        return new Route("Orders", DestinationKind.QUEUE, List.of(home()));
    }

    // ---- the wire

    private <T> CompletableFuture<T> unreachable() {
        return CompletableFuture.failedFuture(new ClientException(Reason.UNREACHABLE, "nobody listens"));
    }

    @Override
    public CompletableFuture<Void> open() {
        return listening == null ? unreachable() : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create) {
        if (name.equals("Refused")) {
            return CompletableFuture.failedFuture(new ClientException(Reason.WRONG_KIND, "it is a topic"));
        }
        return listening == null ? unreachable() : CompletableFuture.completedFuture(route());
    }

    @Override
    public boolean isConnected(HostPort broker) {
        return broker.equals(connected);
    }

    @Override
    public CompletableFuture<HostPort> reach(String broker, HostPort lastKnown) {
        reachCount++;
        if (listening == null) {
            return unreachable();
        }
        if (connected == null && heldClientId != null) {
            clientIds.add(heldClientId + " true");
            if (clientIdInUse) {
                return CompletableFuture.failedFuture(new ClientException(Reason.CLIENT_ID_IN_USE, "somebody has it"));
            }
        }
        connected = listening;
        return CompletableFuture.completedFuture(listening);
    }

    @Override
    public CompletableFuture<Void> send(Route route, OutgoingMessage message) {
        HostPort address = route.homeOf(message.lane()).address();
        if (!address.equals(connected)) {
            return unreachable();
        }
        int number = message.body().getInt(0);
        happened.add("send " + number);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        sent.add(number);
        sentTo.add(address);
        sendAnswers.put(number, answer);
        return answer;
    }

    @Override
    public CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered) {
        if (!route.homeOf(message.lane()).address().equals(connected)) {
            return unreachable();
        }
        transactions.add("send " + transaction + " " + index);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> commit(
            Route.Home home, JmsTransaction transaction, int messages, List<Link.Settled> settled, boolean durable) {
        if (!home.address().equals(connected)) {
            return CompletableFuture.failedFuture(
                    new ClientException(Reason.TRANSACTION_ROLLED_BACK, "the connection was lost"));
        }
        transactions.add("commit " + transaction + " " + messages + " " + settled.size());
        commitAnswer = new CompletableFuture<>();
        return commitAnswer;
    }

    @Override
    public void rollback(Route.Home home, JmsTransaction transaction) {
        if (home.address().equals(connected)) {
            transactions.add("rollback " + transaction);
        }
    }

    @Override
    public CompletableFuture<Outcome> outcome(Route.Home home, JmsTransaction transaction, Duration inDoubt) {
        if (!home.address().equals(connected)) {
            return unreachable();
        }
        Outcome known = outcome;
        return known == null
                ? CompletableFuture.failedFuture(new ClientException(Reason.TIMED_OUT, "no answer"))
                : CompletableFuture.completedFuture(known);
    }

    @Override
    public CompletableFuture<WireConsumer.Attached> attach(
            Route.Home home,
            ConsumerSpec spec,
            int number,
            int generation,
            int messages,
            int bytes,
            DeliverySink sink) {
        if (!home.address().equals(connected)) {
            return unreachable();
        }
        happened.add("attach " + spec.topic());
        FakeConsumer consumer = new FakeConsumer(spec, number, generation, sink);
        attached.add(consumer);
        if (attachAnswered) {
            consumer.attachedAs(generation > 1 && resumes);
        }
        return consumer.answer;
    }

    @Override
    public CompletableFuture<Page> browse(
            Route.Home home,
            String topic,
            int queueId,
            @Nullable String selector,
            long offset,
            long until,
            int messages) {
        attached.forEach(consumer -> consumer.calls.add("browse"));
        return home.address().equals(connected)
                ? CompletableFuture.completedFuture(new Page(ByteBuffer.allocate(0), 0, 0))
                : unreachable();
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId, Set<String> expected) {
        return connected == null ? unreachable() : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> vacate(Route route, JmsSubscription subscription) {
        return connected == null ? unreachable() : CompletableFuture.completedFuture(null);
    }

    /** What was asked about branches over the present connection, with the answers that the test owes, in their order. */
    final List<String> branchCalls = new ArrayList<>();

    final Deque<CompletableFuture<?>> branchAnswers = new ArrayDeque<>();

    private <T> CompletableFuture<T> branchCall(String call) {
        if (connected == null) {
            return CompletableFuture.failedFuture(new ClientException(Reason.CONNECTION_LOST, "cut"));
        }
        branchCalls.add(call);
        CompletableFuture<T> answer = new CompletableFuture<>();
        branchAnswers.add(answer);
        return answer;
    }

    @Override
    public CompletableFuture<Long> end(
            Route.Home home,
            JmsBranch branch,
            JmsTransaction part,
            int messages,
            List<Link.Settled> settled,
            Duration timeout) {
        return branchCall("end " + messages + " messages, " + settled.size() + " settled");
    }

    @Override
    public CompletableFuture<Boolean> prepare(Route.Home home, JmsBranch branch, String decider, long life) {
        return branchCall("prepare");
    }

    @Override
    public CompletableFuture<Void> announce(Route.Home home, JmsBranch branch, boolean commit) {
        return branchCall(commit ? "announce commit" : "announce rollback");
    }

    @Override
    public CompletableFuture<Void> join(Route.Home home, String group) {
        return branchCall("join " + group);
    }

    @Override
    public void onCheck(Checked listener) {
        checkListener = listener;
    }

    @Override
    public CompletableFuture<Void> decide(
            Route.Home home, JmsBranch branch, boolean commit, boolean onePhase, long life) {
        return branchCall((commit ? "commit" : "rollback") + (onePhase ? " in one phase" : ""));
    }

    @Override
    public CompletableFuture<List<JmsBranchInfo>> recover(Route.Home home, JmsBranch.Kind kind) {
        return branchCall("recover");
    }

    @Override
    public CompletableFuture<Void> forget(Route.Home home, JmsBranch branch) {
        return branchCall("forget");
    }

    @Override
    public CompletableFuture<List<Route.Home>> brokers() {
        HostPort at = listening;
        return at == null
                ? CompletableFuture.failedFuture(new ClientException(Reason.UNREACHABLE, "nobody is there"))
                : CompletableFuture.completedFuture(List.of(new Route.Home(BROKER, at, 1)));
    }

    @Override
    public CompletableFuture<Route.Home> anyBroker() {
        return listening == null ? unreachable() : CompletableFuture.completedFuture(home());
    }

    @Override
    public CompletableFuture<Route.Home> broker(String name) {
        if (listening == null) {
            return unreachable();
        }
        return name.equals(BROKER)
                ? CompletableFuture.completedFuture(home())
                : CompletableFuture.failedFuture(new ClientException(Reason.NO_SUCH_DESTINATION, "no such broker"));
    }

    @Override
    public CompletableFuture<Void> createTemporary(HostPort broker, JmsCreateTemporaryRequest wanted, Runnable lost) {
        if (!broker.equals(connected)) {
            return unreachable();
        }
        if (temporaryRefused) {
            return CompletableFuture.failedFuture(new ClientException(Reason.TOO_MUCH, "there are too many"));
        }
        happened.add("create " + wanted.topic());
        temporaries.put(wanted.topic(), lost);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> deleteTemporary(HostPort broker, String topic) {
        if (!broker.equals(connected)) {
            return unreachable();
        }
        happened.add("delete " + topic);
        return temporaries.remove(topic) == null
                ? CompletableFuture.failedFuture(new ClientException(Reason.NO_SUCH_DESTINATION, "there is none"))
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> deleteTemporaries(HostPort broker) {
        temporaries.clear();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> requireThere(HostPort broker, String topic, DestinationKind kind) {
        if (!broker.equals(connected)) {
            return unreachable();
        }
        return temporaries.containsKey(topic)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new ClientException(Reason.NO_SUCH_DESTINATION, "there is none"));
    }

    @Override
    public CompletableFuture<Void> clientId(String clientId, String owner, boolean held) {
        if (connected == null) {
            return unreachable();
        }
        clientIds.add(clientId + " " + held);
        heldClientId = held && !clientIdInUse ? clientId : null;
        return clientIdInUse
                ? CompletableFuture.failedFuture(new ClientException(Reason.CLIENT_ID_IN_USE, "somebody has it"))
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        tasks.add(new Task(clock.getAsLong() + delay.toNanos(), task));
    }

    @Override
    public void close() {
        closed = true;
        cut();
    }
}
