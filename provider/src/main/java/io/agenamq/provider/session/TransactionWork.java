// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.OutgoingMessage;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a session has sent in its present transaction, whoever ends that: one part at each broker that it has sent to. What it has received is the
 * {@link Settlement}'s.
 *
 * <pre>
 *   send ──▶ broker: kept, in its order, mostly without an answer          what was wrong with one: known at a checkpoint, or at the end
 * </pre>
 *
 * <p>Sends do not wait for answers, except that after so many messages or bytes one is answered, and the next such one waits for that: so a
 * session has a bounded number of bytes on their way, and learns early that its transaction is too large. Belongs to the session's thread.
 */
final class TransactionWork {

    /** So many messages, or bytes, may follow one another without an answer. */
    private static final int UNANSWERED_MESSAGES_MAX = 256;

    private static final int UNANSWERED_BYTES_MAX = 256 * 1024;

    private final AgenaConnection connection;
    private final TransactionHome place;
    private final String session;

    private long number = 1;
    private final Map<String, Sent> sent = new LinkedHashMap<>();
    private final Set<AgenaDestination> destinations = new LinkedHashSet<>();
    private boolean cut; // a connection was lost under it
    private @Nullable ClientException refused; // why it can only be rolled back

    /** What it has sent to one broker. */
    static final class Sent {

        private final Route.Home home;
        private int messageCount;
        private boolean persistent;
        private int unansweredMessages;
        private int unansweredBytes;
        private @Nullable CompletableFuture<Void> checkpoint;

        private Sent(Route.Home home) {
            this.home = home;
        }

        Route.Home home() {
            return home;
        }

        int messageCount() {
            return messageCount;
        }

        boolean isPersistent() {
            return persistent;
        }
    }

    TransactionWork(AgenaConnection connection, TransactionHome place) {
        this.connection = connection;
        this.place = place;
        this.session = connection.nextMessageKey();
    }

    JmsTransaction id() {
        return new JmsTransaction(session, number);
    }

    /** The broker that the present transaction is on, null if it has done nothing yet, or may be on several. */
    @Nullable
    String broker() {
        return place.broker();
    }

    /** What it has sent, to each broker. */
    List<Sent> sent() {
        return new ArrayList<>(sent.values());
    }

    /** What it has sent to a broker, null for nothing. */
    @Nullable
    Sent sentTo(String broker) {
        return sent.get(broker);
    }

    /**
     * Sends a message. Waits for a connection before the first one, and for the broker now and then.
     *
     * @param answered whether the answer is wanted; otherwise it completes when the message has left
     * @throws JMSException if the transaction cannot take it: then it can only be rolled back
     */
    CompletableFuture<Void> send(AgenaDestination destination, Route route, OutgoingMessage message, boolean answered)
            throws JMSException {
        Route.Home to = route.homeOf(message.lane());
        boolean first = place.isFree();
        if (!place.join(to.broker())) {
            throw place.spanning(destination.toString(), to.broker());
        }
        try {
            return send(destination, route, to, message, answered);
        } catch (JMSException failed) {
            if (first && sent.isEmpty()) {
                place.clear();
            }
            throw failed;
        }
    }

    private CompletableFuture<Void> send(
            AgenaDestination destination, Route route, Route.Home to, OutgoingMessage message, boolean answered)
            throws JMSException {
        requireNotRefused();
        Sent known = sent.get(to.broker());
        Sent there = known == null ? new Sent(to) : known;
        there.unansweredMessages++;
        there.unansweredBytes +=
                message.body().remaining() + message.properties().remaining();
        boolean full =
                there.unansweredMessages >= UNANSWERED_MESSAGES_MAX || there.unansweredBytes >= UNANSWERED_BYTES_MAX;
        if (full) {
            awaitCheckpoint(there);
        }
        CompletableFuture<Void> answer = begin(there, route, message, answered || full);
        there.messageCount++;
        there.persistent |= message.durable();
        sent.put(to.broker(), there);
        destinations.add(destination);
        if (full) {
            there.checkpoint = answer;
            there.unansweredMessages = 0;
            there.unansweredBytes = 0;
        }
        if (isUnsent(answer)) {
            cut = true;
        }
        return answered ? answer : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> begin(Sent there, Route route, OutgoingMessage message, boolean answered)
            throws JMSException {
        Link link = connection.link();
        CompletableFuture<Void> answer = link.send(id(), there.messageCount + 1, route, message, answered);
        if (there.messageCount == 0 && isUnsent(answer)) {
            // Nothing is lost yet: as every send, the first one waits for a connection.
            Failures.await(link.reach(there.home), "cannot send", "; the message was not sent");
            answer = link.send(id(), 1, route, message, answered);
        }
        return answer;
    }

    private static boolean isUnsent(CompletableFuture<Void> answer) {
        return answer.isCompletedExceptionally()
                && answer.handle((done, failure) -> ClientException.of(failure).reason())
                                .join()
                        == Reason.UNREACHABLE;
    }

    private void awaitCheckpoint(Sent there) throws JMSException {
        CompletableFuture<Void> before = there.checkpoint;
        there.checkpoint = null;
        if (before == null) {
            return;
        }
        ClientException failure = before.handle((done, failed) -> failed == null ? null : ClientException.of(failed))
                .join();
        if (failure == null) {
            return;
        }
        if (failure.isInDoubt() || failure.isConnectionFailure()) {
            cut = true;
        } else {
            refused = failure;
            requireNotRefused();
        }
    }

    private void requireNotRefused() throws JMSException {
        ClientException why = refused;
        if (why != null) {
            throw Failures.jms("the transaction can only be rolled back", why);
        }
    }

    /** Why it cannot be committed, as far as that is known here; null if it may. */
    @Nullable
    ClientException impossible() {
        ClientException why = refused;
        if (why != null) {
            return rolledBack(String.valueOf(why.getMessage()), why);
        }
        return cut ? rolledBack("the connection was lost since it began", null) : null;
    }

    static ClientException rolledBack(String why, @Nullable ClientException cause) {
        return new ClientException(Reason.TRANSACTION_ROLLED_BACK, why, cause);
    }

    /** Destinations are looked for again: something was wrong with one of them. */
    void forgetRoutes() {
        destinations.forEach(connection::forgetRoute);
    }

    /** Lets the brokers forget what it has sent, and begins the next one. */
    void forget() {
        for (Sent each : sent.values()) {
            connection.link().rollback(id(), each.home);
        }
        next();
    }

    /** What it has sent is decided, or somebody else's; the next transaction begins. */
    void next() {
        number++;
        sent.clear();
        place.clear();
        destinations.clear();
        cut = false;
        refused = null;
    }
}
