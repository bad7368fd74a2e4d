// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.HostPort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way to one broker: where it is, and what waits while there is no connection to it.
 *
 * <p>Three things wait: messages that were not sent, in their order, and temporary destinations and consumers that lost their connection. As long as
 * anything waits, one round after another is made: reach the broker, make the destinations again, send what was held, attach the consumers, and then
 * wait a while if something is left. Whatever has waited for the link's patience is given up; from then on, and until the broker is reached, everything
 * is tried once and nothing waits. Other brokers are not concerned.
 *
 * <p>A message is held only if it is certain that it was not sent; one whose connection was cut before the answer came fails, because nobody
 * knows. As long as one is held, all later ones are held behind it.
 *
 * <p>Any thread; nothing blocks; the wire and the sinks are not called under the lock.
 */
final class BrokerPath {

    /** A client that sends without waiting for answers may hold so many messages; more is refused. */
    static final int HELD_COUNT_MAX = 10_000;

    private final String broker;
    private final Wire wire;
    private final ReconnectingLink link;
    private final Backoff backoff;
    private volatile HostPort address;

    /** Whether messages are held; set and cleared under the lock. */
    private volatile boolean holding;

    /** Those that have begun and not ended. */
    private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();

    // Guarded by this.
    private final Deque<HeldSend> held = new ArrayDeque<>();
    private final List<Attachment> lost = new ArrayList<>();
    private final List<HeldTemporary> lostTemporaries = new ArrayList<>();
    private CompletableFuture<Void> restoring = CompletableFuture.completedFuture(null);
    private boolean recovering;
    private volatile boolean givenUp;

    /** A message that waits for a connection, and the answer to its sender. */
    private static final class HeldSend extends CompletableFuture<Void> implements Withdrawable {
        private final BrokerPath path;
        final Route route;
        final OutgoingMessage message;
        final long heldAtNanos;
        private final AtomicBoolean decided = new AtomicBoolean();
        private volatile @Nullable ClientException failure;

        HeldSend(BrokerPath path, Route route, OutgoingMessage message, long heldAtNanos) {
            this.path = path;
            this.route = route;
            this.message = message;
            this.heldAtNanos = heldAtNanos;
        }

        /** Whether the caller, and nobody else, decides what becomes of it: sent, or failed. */
        boolean decide() {
            return decided.compareAndSet(false, true);
        }

        /** It was not sent after all. */
        void undecide() {
            decided.set(false);
            ClientException meanwhile = failure;
            if (meanwhile != null) {
                fail(meanwhile);
            }
        }

        void fail(ClientException why) {
            failure = why;
            if (decide()) {
                completeExceptionally(why);
            }
        }

        @Override
        public void withdraw() {
            fail(new ClientException(
                    Reason.UNREACHABLE,
                    "there is no connection and its sender waits no longer; the message was not sent"));
            // It takes no room from those that wait.
            path.drop(this);
        }
    }

    BrokerPath(String broker, HostPort address, Wire wire, ReconnectingLink link, Backoff backoff) {
        this.broker = broker;
        this.address = address;
        this.wire = wire;
        this.link = link;
        this.backoff = backoff;
    }

    long nanoTime() {
        return link.nanoTime();
    }

    /** Where the broker is, or was. */
    HostPort address() {
        return address;
    }

    /** Connects, unless connected; completes with the home as it is reached now, when what the connection has to have is there. */
    CompletableFuture<Route.Home> reach(Route.Home home) {
        return reach().thenApply(home::at);
    }

    private CompletableFuture<HostPort> reach() {
        return wire.reach(broker, address).thenCompose(at -> {
            address = at;
            givenUp = false;
            return restoreTemporaries(at).thenApply(done -> at);
        });
    }

    /** The name servers say where the broker is now. */
    void moved(HostPort to) {
        address = to;
    }

    /** Whether a message that is sent now leaves at once. */
    boolean isReached() {
        return !holding && wire.isConnected(address);
    }

    /** A home that is this broker, where it is as far as is known. */
    Route.Home now(Route.Home home) {
        return home.at(address);
    }

    // ---- messages

    /** Sends a message of a transaction, which is never held: without its connection the transaction is over. */
    CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered) {
        return wire.send(transaction, index, route.via(broker, address), message, answered);
    }

    /** Sends a message whose home is this broker, at once or when the broker is reached. */
    CompletableFuture<Void> send(Route route, OutgoingMessage message) {
        if (!holding) {
            CompletableFuture<Void> answer = wire.send(route.via(broker, address), message);
            if (!isUnsent(answer)) {
                return answer;
            }
        }
        return hold(route, message);
    }

    private CompletableFuture<Void> hold(Route route, OutgoingMessage message) {
        HeldSend answer = new HeldSend(this, route, message, nanoTime());
        synchronized (this) {
            if (link.isClosed()) {
                return CompletableFuture.failedFuture(link.closedFailure());
            } else if (held.size() >= HELD_COUNT_MAX) {
                return CompletableFuture.failedFuture(new ClientException(
                        Reason.TOO_MUCH,
                        held.size() + " messages wait for a connection to broker " + broker + " already"));
            }
            held.add(answer);
            holding = true;
            if (recovering) {
                return answer;
            }
            recovering = true;
        }
        round();
        return answer;
    }

    /** Whether the wire says that it has not sent this. */
    private static boolean isUnsent(CompletableFuture<Void> answer) {
        if (!answer.isCompletedExceptionally()) {
            return false;
        }
        boolean[] unsent = {false};
        var unused = answer.whenComplete(
                (done, failure) -> unsent[0] = ClientException.of(failure).reason() == Reason.UNREACHABLE);
        return unsent[0];
    }

    /** Sends what is held, as long as it gets off. Whoever sends meanwhile finds that messages are held, and queues up. */
    private void sendHeld() {
        while (true) {
            HeldSend first;
            synchronized (this) {
                first = held.peek();
                if (first == null) {
                    holding = false;
                    return;
                }
            }
            if (!first.decide()) {
                drop(first);
                continue;
            }
            CompletableFuture<Void> answer = wire.send(first.route.via(broker, address), first.message);
            if (isUnsent(answer)) {
                first.undecide();
                return;
            }
            drop(first);
            pass(answer, first);
        }
    }

    /** It is the first still, unless it was withdrawn or the end of the link failed it. */
    private synchronized void drop(HeldSend first) {
        var unused = held.remove(first);
    }

    private static <T> void pass(CompletableFuture<T> from, CompletableFuture<T> to) {
        var unused = from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(ClientException.of(failure));
            }
        });
    }

    // ---- consumers

    /** Attaches a consumer, for the first time or again. */
    CompletableFuture<WireConsumer.Attached> attach(
            Route.Home home, Attachment attachment, ConsumerSpec spec, int messages, int bytes) {
        attachments.add(attachment);
        return wire.attach(home, spec, attachment.number(), attachment.nextGeneration(), messages, bytes, attachment);
    }

    /** Reads a page of a message queue, where everything that was acknowledged over this path is gone. */
    CompletableFuture<Page> browse(
            Route.Home home,
            String topic,
            int queueId,
            @Nullable String selector,
            long offset,
            long until,
            int messages) {
        return reach(home).thenCompose(at -> {
            attachments.forEach(Attachment::hurry);
            return wire.browse(at, topic, queueId, selector, offset, until, messages);
        });
    }

    /** A consumer has ended. */
    void ended(Attachment attachment) {
        attachments.remove(attachment);
    }

    /** A consumer has lost its connection. On an event loop. */
    void lost(Attachment attachment) {
        synchronized (this) {
            lost.add(attachment);
            if (recovering) {
                return;
            }
            recovering = true;
        }
        // Not at once: the broker has to notice that the old connection is gone, too.
        endRound(null);
    }

    private CompletableFuture<Void> attachLost() {
        List<Attachment> toAttach;
        synchronized (this) {
            toAttach = List.copyOf(lost);
            lost.clear();
        }
        List<CompletableFuture<Void>> outcomes = new ArrayList<>();
        for (Attachment attachment : toAttach) {
            if (attachment.isEnded()) {
                continue;
            }
            int losses = attachment.lossCount();
            outcomes.add(attach(
                            attachment.home().at(address),
                            attachment,
                            attachment.spec().again(),
                            0,
                            0)
                    .thenAccept(answer -> attachment.resume(answer, losses))
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            synchronized (this) {
                                lost.add(attachment);
                            }
                        }
                    }));
        }
        return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new));
    }

    // ---- temporary destinations

    /** A temporary destination has lost its connection. Messages are held until it is there again: they may be for it. On an event loop. */
    void lost(HeldTemporary temporary) {
        synchronized (this) {
            lostTemporaries.add(temporary);
            holding = true;
            if (recovering) {
                return;
            }
            recovering = true;
        }
        wire.after(backoff.next(), this::round);
    }

    /** Makes what was lost again. Completes in any case: what could not be made is tried in the next round, and refused to whoever asks for it. */
    private CompletableFuture<Void> restoreTemporaries(HostPort at) {
        List<HeldTemporary> toRestore;
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            if (!restoring.isDone() || lostTemporaries.isEmpty()) {
                return restoring;
            }
            toRestore = List.copyOf(lostTemporaries);
            lostTemporaries.clear();
            restoring = done;
        }
        List<CompletableFuture<Void>> outcomes = new ArrayList<>();
        for (HeldTemporary temporary : toRestore) {
            if (!temporary.isEnded()) {
                outcomes.add(wire.createTemporary(at, temporary.request(), temporary::lost)
                        .exceptionally(failure -> {
                            synchronized (this) {
                                lostTemporaries.add(temporary);
                            }
                            return null;
                        }));
            }
        }
        var unused = CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .whenComplete((all, failure) -> done.complete(null));
        return done;
    }

    // ---- rounds: one at a time, as long as recovering

    private void round() {
        var unused = reach().thenCompose(at -> {
                    sendHeld();
                    return attachLost();
                })
                .whenComplete((done, failure) -> endRound(failure == null ? null : ClientException.of(failure)));
    }

    /**
     * Gives up what has waited for too long, and begins another round in a while if something is left. A broker that does not let this client
     * in any more will not do so in a while either: then everything is given up.
     */
    private void endRound(@Nullable ClientException failure) {
        boolean refused = failure != null && failure.reason() == Reason.NOT_ALLOWED;
        List<HeldSend> unsent = new ArrayList<>();
        List<Attachment> abandoned = List.of();
        boolean giveUp;
        boolean again;
        synchronized (this) {
            while (!held.isEmpty() && (refused || isOver(held.peek().heldAtNanos))) {
                unsent.add(held.poll());
            }
            lost.removeIf(Attachment::isEnded);
            lostTemporaries.removeIf(HeldTemporary::isEnded);
            giveUp = lost.stream().anyMatch(attachment -> refused || isOver(attachment.lostAtNanos()))
                    || lostTemporaries.stream().anyMatch(temporary -> refused || isOver(temporary.lostAtNanos()));
            if (giveUp) {
                givenUp = true;
                abandoned = List.copyOf(lost);
                lost.clear();
                lostTemporaries.clear();
            }
            // A round that failed has perhaps not made them again, and messages may be for them.
            holding = !held.isEmpty() || (failure != null && !lostTemporaries.isEmpty());
            again = !held.isEmpty() || !lost.isEmpty() || !lostTemporaries.isEmpty();
            recovering = again;
            if (!again) {
                backoff.reset();
            }
        }
        String why = "broker " + broker + " at " + address + " cannot be reached"
                + (failure == null ? "" : ": " + failure.getMessage());
        unsent.forEach(send -> send.fail(new ClientException(
                refused ? Reason.NOT_ALLOWED : Reason.UNREACHABLE, why + "; the message was not sent", failure)));
        if (giveUp) {
            ClientException gone = new ClientException(
                    refused ? Reason.NOT_ALLOWED : Reason.CONNECTION_LOST,
                    "the connection was lost and did not come back: " + why,
                    failure);
            abandoned.forEach(attachment -> attachment.fail(gone));
            link.gaveUp(gone);
        }
        if (again) {
            wire.after(backoff.next(), this::round);
        }
    }

    private boolean isOver(long sinceNanos) {
        return nanoTime() - sinceNanos >= patienceNanos();
    }

    /** Whether consumers were lost here, and the broker was not reached since. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** How long anything may wait for a connection to this broker. */
    long patienceNanos() {
        return givenUp ? 0 : link.patienceNanos();
    }

    /** Fails what is held or not answered; the link is closed already, so that no more can be. */
    void close() {
        List<HeldSend> unsent;
        synchronized (this) {
            unsent = List.copyOf(held);
            held.clear();
            lost.clear();
            lostTemporaries.clear();
        }
        unsent.forEach(send -> send.fail(link.closedFailure()));
        attachments.forEach(attachment -> attachment.fail(link.closedFailure()));
        attachments.clear();
    }
}
