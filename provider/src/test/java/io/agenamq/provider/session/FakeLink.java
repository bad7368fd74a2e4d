// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.provider.client.BranchAt;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ConsumerLink;
import io.agenamq.provider.client.ConsumerSpec;
import io.agenamq.provider.client.DeliverySink;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.OutgoingMessage;
import io.agenamq.provider.client.Page;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.client.Temporaries;
import io.agenamq.provider.xa.ResourceManagers;
import io.agenamq.remoting.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A link to nowhere: the test delivers what it likes, and owes the answers to acknowledgements. */
final class FakeLink implements Link {

    private static final HostPort BROKER = new HostPort("127.0.0.1", 10911);
    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    /** Of sessions that work in no branches. */
    static final XaTerms XA = new XaTerms(new ResourceManagers().branchesOf(List.of(), null), true);

    /** Consumers in the order in which they were attached. */
    final List<FakeConsumer> consumers = new CopyOnWriteArrayList<>();

    /** Whether what is given back, and the end of a consumer, are answered. */
    volatile boolean answersReleases = true;

    /** The answer to each message of a transaction. */
    CompletableFuture<Void> sendAnswer = CompletableFuture.completedFuture(null);

    /** How many messages each transaction had that was committed, and what its sender is told. */
    final List<Integer> commits = new CopyOnWriteArrayList<>();

    volatile @Nullable ClientException commitRefusal;

    /** The answer to commits, if that is not given at once. */
    volatile @Nullable CompletableFuture<Void> commitAnswer;

    /** The answers to parts of branches. */
    final List<CompletableFuture<Long>> endAnswers = new CopyOnWriteArrayList<>();

    /** What happens while a message is sent. */
    volatile Runnable onSend = () -> {};

    /** Whether the broker says at once that there is nothing. */
    volatile boolean answersProbes = true;

    volatile @Nullable ClientException sendRefusal;

    final AtomicInteger resolveCount = new AtomicInteger();

    volatile boolean closed;

    /** Whether consumers are attached at once; otherwise when {@link #attachAnswers} say so. */
    volatile boolean answersAttachments = true;

    final List<CompletableFuture<ConsumerLink>> attachAnswers = new CopyOnWriteArrayList<>();

    final class FakeConsumer implements ConsumerLink {

        final DeliverySink sink;
        final List<String> calls = new ArrayList<>();
        private final Deque<CompletableFuture<Void>> owed = new ArrayDeque<>();
        private long lastSequence;
        private int epoch;
        private int credit;

        FakeConsumer(DeliverySink sink) {
            this.sink = sink;
        }

        /** Delivers messages of native producers. */
        void deliver(int count) {
            deliver(count, ByteBuffer.allocate(0));
        }

        /** Delivers messages whose time is over. */
        void deliverExpired(int count) {
            deliver(
                    count,
                    new PropertyEncoder()
                            .clear()
                            .header(JmsProperties.EXPIRATION, "1")
                            .build());
        }

        private void deliver(int count, ByteBuffer properties) {
            for (int i = 0; i < count; i++) {
                ByteBuffer body = ByteBuffer.allocate(4).putInt(0, i);
                ByteBuffer record = ByteBuffer.allocate(300);
                MessageDraft draft = new MessageDraft("Orders", 0, 0, 0, 1, HOST, 0, 0, properties.duplicate(), body);
                int length = MessageRecord.encode(draft, HOST, record, 0);
                int inEpoch;
                long sequence;
                synchronized (this) {
                    inEpoch = epoch;
                    sequence = ++lastSequence;
                    credit--;
                }
                sink.delivered(inEpoch, sequence, 1, record, 0, length);
            }
        }

        /** Delivers what is no record. */
        void deliverUnreadable() {
            int inEpoch;
            long sequence;
            synchronized (this) {
                inEpoch = epoch;
                sequence = ++lastSequence;
                credit--;
            }
            sink.delivered(inEpoch, sequence, 1, ByteBuffer.allocate(8), 0, 8);
        }

        /** How many messages may be delivered. */
        synchronized int credit() {
            return credit;
        }

        /** Answers the oldest acknowledgement that was not answered. */
        void answer(@Nullable ClientException refusal) {
            CompletableFuture<Void> next;
            synchronized (this) {
                next = owed.remove();
            }
            if (refusal == null) {
                next.complete(null);
            } else {
                next.completeExceptionally(refusal);
            }
        }

        /** What was asked for since the last call. */
        synchronized List<String> takeCalls() {
            List<String> taken = List.copyOf(calls);
            calls.clear();
            return taken;
        }

        private synchronized CompletableFuture<Void> called(String call, boolean answered) {
            calls.add(call);
            if (answered) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> answer = new CompletableFuture<>();
            owed.add(answer);
            return answer;
        }

        @Override
        public synchronized void credit(int inEpoch, int messages, int bytes) {
            credit += messages;
        }

        @Override
        public CompletableFuture<Void> acknowledge(
                long from, long to, int inEpoch, int messages, int bytes, boolean durable) {
            credit(inEpoch, messages, bytes);
            return called("acknowledge " + from + ".." + to, false);
        }

        @Override
        public CompletableFuture<Void> release(
                int newEpoch, long seen, boolean all, int messages, int bytes, @Nullable JmsFailure failure) {
            synchronized (this) {
                epoch = newEpoch;
                credit = messages;
            }
            return called("release " + seen + (all ? " all" : ""), answersReleases);
        }

        @Override
        public CompletableFuture<Void> probe(int inEpoch, int messages, int bytes, boolean drain) {
            credit(inEpoch, messages, bytes);
            return called("probe", answersProbes);
        }

        @Override
        public CompletableFuture<Void> detach(long seen, boolean all) {
            return called("detach " + seen + (all ? " all" : ""), answersReleases);
        }
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create) {
        resolveCount.incrementAndGet();
        return CompletableFuture.completedFuture(new Route(name, kind, List.of(new Route.Home("broker-a", BROKER, 1))));
    }

    @Override
    public CompletableFuture<Void> send(Route route, OutgoingMessage message) {
        onSend.run();
        ClientException refusal = sendRefusal;
        return refusal == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(refusal);
    }

    @Override
    public CompletableFuture<ConsumerLink> attach(
            Route.Home home, ConsumerSpec spec, int messages, int bytes, DeliverySink sink) {
        FakeConsumer consumer = new FakeConsumer(sink);
        consumers.add(consumer);
        if (answersAttachments) {
            return CompletableFuture.completedFuture(consumer);
        }
        CompletableFuture<ConsumerLink> answer = new CompletableFuture<>();
        attachAnswers.add(answer);
        return answer;
    }

    @Override
    public CompletableFuture<Void> reach(Route.Home home) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered) {
        return sendAnswer;
    }

    @Override
    public CompletableFuture<Void> commit(
            JmsTransaction transaction,
            Route.@Nullable Home home,
            int messages,
            List<Link.Settled> settled,
            boolean durable) {
        commits.add(messages);
        CompletableFuture<Void> later = commitAnswer;
        if (later != null) {
            return later;
        }
        ClientException refusal = commitRefusal;
        return refusal == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(refusal);
    }

    @Override
    public void rollback(JmsTransaction transaction, Route.Home home) {}

    @Override
    public CompletableFuture<Long> end(
            JmsBranch branch,
            JmsTransaction part,
            Route.@Nullable Home home,
            int messages,
            List<Link.Settled> settled,
            Duration timeout) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        endAnswers.add(answer);
        return answer;
    }

    /** Nobody decides about branches here. */
    @Override
    public CompletableFuture<Boolean> prepare(JmsBranch branch, String broker, String decider, long life) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> decide(
            JmsBranch branch, String broker, boolean commit, boolean onePhase, long life) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> announce(JmsBranch branch, String broker, boolean commit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void join(String group, Asked asked) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<BranchAt>> recover(JmsBranch.Kind kind) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> forget(JmsBranch branch, String broker) {
        throw new UnsupportedOperationException();
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
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public boolean isReached(Route.Home home) {
        return true;
    }

    @Override
    public CompletableFuture<Void> tryReach(Route.Home home) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void after(Duration delay, Runnable task) {}

    @Override
    public CompletableFuture<Void> vacate(Route route, JmsSubscription subscription) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> clientId(String clientId, String owner, boolean held) {
        return CompletableFuture.completedFuture(null);
    }

    /** Nobody asks for any here. */
    @Override
    public Temporaries temporaries() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onLost(Consumer<ClientException> listener) {}

    @Override
    public void close() {
        closed = true;
    }
}
