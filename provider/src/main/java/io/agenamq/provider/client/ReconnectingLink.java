// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.provider.client.ClientException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A link that makes good the loss of connections by itself, for as long as its patience goes.
 *
 * <ul>
 *   <li>Consumers are attached again, with their selector, wherever the name servers say that their broker is. What was not settled the
 *       broker delivers again, in order, marked as redelivered if the application has seen it.
 *   <li>A message that was certainly not sent is sent when there is a connection again, in its order. One that was on its way when the
 *       connection was cut fails with {@link Reason#CONNECTION_LOST}: it may be stored or not, and is not sent a second time.
 *   <li>An acknowledgement that was not answered is made again with its consumer: what was settled comes to nobody a second time.
 *   <li>A commit whose answer is missing is asked for until its outcome is known; one whose connection was cut before is rolled back.
 *   <li>Temporary destinations are made again before anything that may be about them; what was in them is lost.
 *   <li>Questions, and attaching for the first time, are asked again.
 * </ul>
 *
 * <p>What has waited for the whole of {@link LinkConfig#reconnectTimeout} fails with {@link Reason#UNREACHABLE}. If it is a consumer, the link gives
 * up the broker that it is at, and tells its listener: see {@link BrokerPath}.
 */
final class ReconnectingLink implements Link {

    private final Wire wire;
    private final long patienceNanos;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final ConcurrentMap<String, BrokerPath> paths = new ConcurrentHashMap<>();
    private final HeldTemporaries temporaries;
    private final BranchRequests branches;
    private final Memberships memberships;

    /** What was asked and is not answered, perhaps for want of a connection. */
    private final Set<Question<?>> unanswered = ConcurrentHashMap.newKeySet();

    private final AtomicInteger lastConsumer = new AtomicInteger();
    private volatile Consumer<ClientException> lostListener = lost -> {};
    private volatile boolean closed;

    /**
     * A link over a wire that is not open yet.
     *
     * @param patienceNanos how long a lost connection is tried again, 0 for not at all
     * @param nanoClock nanoseconds since some moment
     * @param random spreads attempts; must be thread-safe
     */
    ReconnectingLink(Wire wire, long patienceNanos, LongSupplier nanoClock, RandomGenerator random) {
        this.wire = wire;
        this.patienceNanos = patienceNanos;
        this.nanoClock = nanoClock;
        this.random = random;
        this.temporaries = new HeldTemporaries(wire, this);
        this.branches = new BranchRequests(wire, this);
        this.memberships = new Memberships(wire, this);
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** How long anything may wait for a connection. */
    long patienceNanos() {
        return patienceNanos;
    }

    /** The same for what any broker may do; when all are given up, nothing waits. */
    private long anyPatienceNanos() {
        for (BrokerPath path : paths.values()) {
            if (!path.isGivenUp()) {
                return patienceNanos;
            }
        }
        return paths.isEmpty() ? patienceNanos : 0;
    }

    boolean isClosed() {
        return closed;
    }

    /** The way to a broker that something was asked of before, null if there is none. */
    @Nullable
    BrokerPath knownPath(String broker) {
        return paths.get(broker);
    }

    /** The way to a broker. */
    BrokerPath path(Route.Home home) {
        return paths.computeIfAbsent(
                home.broker(), broker -> new BrokerPath(broker, home.address(), wire, this, new Backoff(random)));
    }

    // ---- the link

    /** Fails without waiting: who is told at once that a connection cannot be made can do something about it. */
    @Override
    public CompletableFuture<Void> open() {
        return wire.open();
    }

    @Override
    public CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create) {
        return insist(() -> wire.resolve(name, kind, create)).thenApply(route -> {
            for (Route.Home home : route.homes()) {
                BrokerPath known = paths.get(home.broker());
                if (known != null) {
                    known.moved(home.address());
                }
            }
            return route;
        });
    }

    @Override
    public CompletableFuture<Void> send(Route route, OutgoingMessage message) {
        return path(route.homeOf(message.lane())).send(route, message);
    }

    @Override
    public CompletableFuture<ConsumerLink> attach(
            Route.Home home, ConsumerSpec spec, int messages, int bytes, DeliverySink sink) {
        BrokerPath path = path(home);
        Attachment attachment = new Attachment(path, home, spec, lastConsumer.incrementAndGet(), sink);
        CompletableFuture<ConsumerLink> answer = insist(path, () -> {
            int losses = attachment.lossCount();
            return path.reach(home)
                    .thenCompose(at -> path.attach(at, attachment, spec, messages, bytes))
                    .thenApply(link -> attachment.begin(link, losses));
        });
        return answer.whenComplete((link, failure) -> {
            if (failure != null) {
                path.ended(attachment);
            }
        });
    }

    @Override
    public boolean isReached(Route.Home home) {
        return path(home).isReached();
    }

    @Override
    public CompletableFuture<Void> tryReach(Route.Home home) {
        return path(home).reach(home).thenApply(at -> null);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        wire.after(delay, task);
    }

    // ---- transactions

    @Override
    public CompletableFuture<Void> reach(Route.Home home) {
        BrokerPath path = path(home);
        return insist(path, () -> path.reach(home)).thenApply(at -> null);
    }

    @Override
    public CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered) {
        return path(route.homeOf(message.lane())).send(transaction, index, route, message, answered);
    }

    @Override
    public CompletableFuture<Void> commit(
            JmsTransaction transaction,
            Route.@Nullable Home home,
            int messages,
            List<Settled> settled,
            boolean durable) {
        Route.Home at = home;
        List<Settled> present = new ArrayList<>(settled.size());
        for (Settled each : settled) {
            if (!(each.consumer() instanceof Attachment attachment)) {
                throw new IllegalArgumentException("not a consumer of this link: " + each.consumer());
            }
            ConsumerLink link = attachment.current();
            if (link == null) {
                return cut();
            }
            if (at == null) {
                at = attachment.home();
            } else if (!at.broker().equals(attachment.home().broker())) {
                return rolledBack("it concerns destinations on brokers " + at.broker() + " and "
                        + attachment.home().broker()
                        + "; transactions over several brokers are not available in this version of AgenaMQ");
            }
            present.add(each.over(link));
            attachment.leaveToTransaction(each.from(), each.to());
        }
        if (at == null) {
            return CompletableFuture.completedFuture(null);
        }
        BrokerPath path = path(at);
        Route.Home there = path.now(at);
        long sinceNanos = nanoTime();
        return wire.commit(there, transaction, messages, present, durable).exceptionallyCompose(failure -> {
            ClientException why = ClientException.of(failure);
            return why.isInDoubt()
                    ? resolve(path, there, transaction, sinceNanos, why)
                    : CompletableFuture.failedFuture(why);
        });
    }

    /** Nobody has seen the answer to a commit: asks until the broker says what became of it. */
    private CompletableFuture<Void> resolve(
            BrokerPath path, Route.Home home, JmsTransaction transaction, long sinceNanos, ClientException doubt) {
        return insist(path, () -> path.reach(home)
                        .thenCompose(at -> wire.outcome(at, transaction, Duration.ofNanos(nanoTime() - sinceNanos)))
                        .exceptionallyCompose(ReconnectingLink::askAgainIfLate))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(doubt))
                .thenCompose(outcome -> switch (outcome) {
                    case COMMITTED -> CompletableFuture.completedFuture(null);
                    case ROLLED_BACK ->
                        rolledBack("the connection was lost before the broker had decided: " + doubt.getMessage());
                    case UNKNOWN -> CompletableFuture.failedFuture(doubt);
                });
    }

    private static CompletableFuture<Outcome> askAgainIfLate(Throwable failure) {
        ClientException why = ClientException.of(failure);
        return CompletableFuture.failedFuture(
                why.reason() == Reason.TIMED_OUT
                        ? new ClientException(Reason.CONNECTION_LOST, String.valueOf(why.getMessage()), why)
                        : why);
    }

    private static CompletableFuture<Void> cut() {
        return rolledBack("a connection that it had received over was lost");
    }

    private static CompletableFuture<Void> rolledBack(String why) {
        return CompletableFuture.failedFuture(new ClientException(Reason.TRANSACTION_ROLLED_BACK, why));
    }

    @Override
    public void rollback(JmsTransaction transaction, Route.Home home) {
        wire.rollback(path(home).now(home), transaction);
    }

    // ---- branches

    @Override
    public CompletableFuture<Long> end(
            JmsBranch branch,
            JmsTransaction part,
            Route.@Nullable Home home,
            int messages,
            List<Settled> settled,
            Duration timeout) {
        return branches.end(branch, part, home, messages, settled, timeout);
    }

    @Override
    public CompletableFuture<Boolean> prepare(JmsBranch branch, String broker, String decider, long life) {
        return branches.prepare(branch, broker, decider, life);
    }

    @Override
    public CompletableFuture<Void> decide(
            JmsBranch branch, String broker, boolean commit, boolean onePhase, long life) {
        return branches.decide(branch, broker, commit, onePhase, life);
    }

    @Override
    public CompletableFuture<Void> announce(JmsBranch branch, String broker, boolean commit) {
        return branches.announce(branch, broker, commit);
    }

    @Override
    public void join(String group, Asked asked) {
        memberships.join(group, asked);
    }

    @Override
    public CompletableFuture<List<BranchAt>> recover(JmsBranch.Kind kind) {
        return branches.recover(kind, Set.copyOf(paths.keySet()));
    }

    @Override
    public CompletableFuture<Void> forget(JmsBranch branch, String broker) {
        return branches.forget(branch, broker);
    }

    // ---- browsing, names

    @Override
    public CompletableFuture<Page> browse(
            Route.Home home,
            String topic,
            int queueId,
            @Nullable String selector,
            long offset,
            long until,
            int messages) {
        BrokerPath path = path(home);
        return insist(path, () -> path.browse(home, topic, queueId, selector, offset, until, messages));
    }

    /** Not asked again: when it was asked before the connection was lost, the answer would be that there is none. */
    @Override
    public CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId) {
        return wire.unsubscribe(name, clientId, Set.copyOf(paths.keySet()));
    }

    @Override
    public CompletableFuture<Void> vacate(Route route, JmsSubscription subscription) {
        return insist(() -> wire.vacate(route, subscription));
    }

    /** Giving it back waits for nothing: without a connection it is free. */
    @Override
    public CompletableFuture<Void> clientId(String clientId, String owner, boolean held) {
        return held ? insist(() -> wire.clientId(clientId, owner, true)) : wire.clientId(clientId, owner, false);
    }

    @Override
    public Temporaries temporaries() {
        return temporaries;
    }

    @Override
    public void onLost(Consumer<ClientException> listener) {
        lostListener = listener;
    }

    @Override
    public void close() {
        closed = true;
        paths.values().forEach(BrokerPath::close);
        unanswered.forEach(question -> question.answer.completeExceptionally(closedFailure()));
        wire.close();
    }

    ClientException closedFailure() {
        return new ClientException(Reason.CLOSED, "the connection was closed");
    }

    // ---- patience

    /** Asks again and again, as long as it is for want of a connection that there is no answer. */
    <T> CompletableFuture<T> insist(Supplier<CompletableFuture<T>> attempt) {
        return insist(attempt, this::anyPatienceNanos);
    }

    /** The same for a question to one broker. */
    <T> CompletableFuture<T> insist(BrokerPath path, Supplier<CompletableFuture<T>> attempt) {
        return insist(attempt, path::patienceNanos);
    }

    /** The same with another patience. */
    <T> CompletableFuture<T> insist(Supplier<CompletableFuture<T>> attempt, LongSupplier patience) {
        Question<T> question = new Question<>(attempt, patience);
        unanswered.add(question);
        var unused = question.answer.whenComplete((value, failure) -> unanswered.remove(question));
        if (closed) {
            question.answer.completeExceptionally(closedFailure());
        } else {
            question.ask();
        }
        return question.answer;
    }

    private final class Question<T> {

        private final Supplier<CompletableFuture<T>> attempt;
        private final LongSupplier patience;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final Backoff backoff = new Backoff(random);
        private final long sinceNanos = nanoTime();

        Question(Supplier<CompletableFuture<T>> attempt, LongSupplier patience) {
            this.attempt = attempt;
            this.patience = patience;
        }

        void ask() {
            var unused = attempt.get().whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                    return;
                }
                ClientException why = ClientException.of(failure);
                if (why.isConnectionFailure() && nanoTime() - sinceNanos < patience.getAsLong()) {
                    wire.after(backoff.next(), this::ask);
                } else {
                    answer.completeExceptionally(why);
                }
            });
        }
    }

    /** What was lost at one broker could not be had again in time. */
    void gaveUp(ClientException failure) {
        if (!closed) {
            lostListener.accept(failure);
        }
    }
}
