// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.HostPort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way to one broker: where it is, and what waits while there is no connection to it.
 *
 * <p>Two things wait: messages that were not sent, in their order, and consumers that lost their connection. As long as anything waits, one round
 * after another is made: reach the broker, send what was held, attach what was lost, and then wait a while if something is left. Whatever has
 * waited for the link's patience is given up.
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

    // Guarded by this.
    private final Deque<HeldSend> held = new ArrayDeque<>();
    private final List<Attachment> lost = new ArrayList<>();
    private boolean recovering;

    private record HeldSend(Route route, OutgoingMessage message, CompletableFuture<Void> answer, long heldAtNanos) {}

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

    /** Connects, unless connected; completes with the home as it is reached now. */
    CompletableFuture<Route.Home> reach(Route.Home home) {
        return wire.reach(broker, address).thenApply(at -> {
            address = at;
            return home.at(at);
        });
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
        CompletableFuture<Void> answer = new CompletableFuture<>();
        synchronized (this) {
            if (link.isClosed()) {
                return CompletableFuture.failedFuture(link.closedFailure());
            } else if (held.size() >= HELD_COUNT_MAX) {
                return CompletableFuture.failedFuture(new ClientException(
                        Reason.TOO_MUCH,
                        held.size() + " messages wait for a connection to broker " + broker + " already"));
            }
            held.add(new HeldSend(route, message, answer, nanoTime()));
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
            CompletableFuture<Void> answer = wire.send(first.route().via(broker, address), first.message());
            if (isUnsent(answer)) {
                return;
            }
            synchronized (this) {
                // It is the first still, unless the end of the link failed it.
                var unused = held.remove(first);
            }
            pass(answer, first.answer());
        }
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
            outcomes.add(
                    wire.attach(attachment.home().at(address), attachment.spec().again(), 0, 0, attachment)
                            .thenAccept(attachment::resume)
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

    // ---- rounds: one at a time, as long as recovering

    private void round() {
        var unused = wire.reach(broker, address)
                .thenCompose(at -> {
                    address = at;
                    return link.takeClientIdAgain();
                })
                .thenCompose(taken -> {
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
        boolean giveUp;
        boolean again;
        synchronized (this) {
            while (!held.isEmpty() && (refused || isOver(held.peek().heldAtNanos()))) {
                unsent.add(held.poll());
            }
            holding = !held.isEmpty();
            lost.removeIf(Attachment::isEnded);
            giveUp = lost.stream().anyMatch(attachment -> refused || isOver(attachment.lostAtNanos()));
            if (giveUp) {
                lost.clear();
            }
            again = !held.isEmpty() || !lost.isEmpty();
            recovering = again;
            if (!again) {
                backoff.reset();
            }
        }
        String why = "broker " + broker + " at " + address + " cannot be reached"
                + (failure == null ? "" : ": " + failure.getMessage());
        unsent.forEach(send -> send.answer()
                .completeExceptionally(new ClientException(
                        refused ? Reason.NOT_ALLOWED : Reason.UNREACHABLE,
                        why + "; the message was not sent",
                        failure)));
        if (giveUp) {
            link.giveUp(new ClientException(
                    refused ? Reason.NOT_ALLOWED : Reason.CONNECTION_LOST,
                    "the connection was lost and did not come back: " + why,
                    failure));
        }
        if (again) {
            wire.after(backoff.next(), this::round);
        }
    }

    private boolean isOver(long sinceNanos) {
        return nanoTime() - sinceNanos >= link.patienceNanos();
    }

    /** Fails what is held; the link is closed already, so that no more can be. */
    void close() {
        List<HeldSend> unsent;
        synchronized (this) {
            unsent = List.copyOf(held);
            held.clear();
            lost.clear();
        }
        unsent.forEach(send -> send.answer().completeExceptionally(link.closedFailure()));
    }
}
