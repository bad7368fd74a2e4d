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
import jakarta.jms.TransactionRolledBackException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The present transaction of a transacted session, one after another: what it has sent, and how it ends. What it has received is the
 * {@link Settlement}'s.
 *
 * <pre>
 *   send ──▶ broker: kept, in its order, mostly without an answer          what was wrong with one: known at a checkpoint, or at commit
 *   commit ──▶ committed │ rolled back │ in doubt ──ask──▶ committed │ rolled back          in each case the next transaction begins
 * </pre>
 *
 * <p>Sends do not wait for answers, except that after so many messages or bytes one is answered, and the next such one waits for that: so a
 * session has a bounded number of bytes on their way, and learns early that its transaction is too large. Belongs to the session's thread.
 */
final class LocalTransaction {

    /** So many messages, or bytes, may follow one another without an answer. */
    private static final int UNANSWERED_MESSAGES_MAX = 256;

    private static final int UNANSWERED_BYTES_MAX = 256 * 1024;

    private final AgenaConnection connection;
    private final Settlement settlement;
    private final String session;

    private long number = 1;
    private int messageCount;
    private boolean persistent;
    private Route.@Nullable Home home;
    private final TransactionHome place;
    private final Set<AgenaDestination> destinations = new LinkedHashSet<>();
    private int unansweredMessages;
    private int unansweredBytes;
    private @Nullable CompletableFuture<Void> checkpoint;
    private boolean cut; // the connection was lost under it
    private @Nullable ClientException refused; // why it cannot be committed

    LocalTransaction(AgenaConnection connection, Settlement settlement, TransactionHome place) {
        this.place = place;
        this.connection = connection;
        this.settlement = settlement;
        this.session = connection.nextMessageKey();
    }

    private JmsTransaction id() {
        return new JmsTransaction(session, number);
    }

    /** The broker that the present transaction is on, null if it has done nothing yet. */
    @Nullable
    String broker() {
        return place.broker();
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
            if (first && messageCount == 0) {
                place.clear();
            }
            throw failed;
        }
    }

    private CompletableFuture<Void> send(
            AgenaDestination destination, Route route, Route.Home to, OutgoingMessage message, boolean answered)
            throws JMSException {
        requireNotRefused();
        unansweredMessages++;
        unansweredBytes += message.body().remaining() + message.properties().remaining();
        boolean full = unansweredMessages >= UNANSWERED_MESSAGES_MAX || unansweredBytes >= UNANSWERED_BYTES_MAX;
        if (full) {
            awaitCheckpoint();
        }
        CompletableFuture<Void> answer = begin(route, to, message, answered || full);
        home = to;
        messageCount++;
        persistent |= message.durable();
        destinations.add(destination);
        if (full) {
            checkpoint = answer;
            unansweredMessages = 0;
            unansweredBytes = 0;
        }
        if (isUnsent(answer)) {
            cut = true;
        }
        return answered ? answer : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> begin(Route route, Route.Home to, OutgoingMessage message, boolean answered)
            throws JMSException {
        Link link = connection.link();
        CompletableFuture<Void> answer = link.send(id(), messageCount + 1, route, message, answered);
        if (messageCount == 0 && isUnsent(answer)) {
            // Nothing is lost yet: as every send, the first one waits for a connection.
            Failures.await(link.reach(to), "cannot send", "; the message was not sent");
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

    private void awaitCheckpoint() throws JMSException {
        CompletableFuture<Void> before = checkpoint;
        checkpoint = null;
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

    /** Ends it with everything that it has sent stored and everything that it has received settled, or with nothing of that. Waits. */
    void commit() throws JMSException {
        JMSException failure = null;
        try {
            ClientException why = refused;
            if (why != null) {
                throw Failures.jms("cannot commit", rolledBack(String.valueOf(why.getMessage()), why));
            }
            if (cut) {
                throw Failures.jms("cannot commit", rolledBack("the connection was lost since it began", null));
            }
            // Not knowing the outcome, nobody could give back what a commit that is rolled back has received.
            Failures.awaitInAnyCase(begin(), "cannot commit", "; nobody knows whether the transaction is committed");
        } catch (JMSException rolledBackOrInDoubt) {
            failure = rolledBackOrInDoubt;
        }
        if (failure != null) {
            destinations.forEach(connection::forgetRoute);
        }
        if (failure instanceof TransactionRolledBackException) {
            try {
                rollback();
            } catch (JMSException alsoFailed) {
                // What the application has to know is that nothing was committed.
                failure.addSuppressed(alsoFailed);
            }
        } else {
            next();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private CompletableFuture<Void> begin() {
        return settlement.commit(received -> {
            if (received.isEmpty() && messageCount == 0) {
                return CompletableFuture.completedFuture(null);
            }
            return connection.link().commit(id(), home, messageCount, received, persistent || !received.isEmpty());
        });
    }

    private static ClientException rolledBack(String why, @Nullable ClientException cause) {
        return new ClientException(Reason.TRANSACTION_ROLLED_BACK, why, cause);
    }

    /** Forgets what it has sent and gives back what it has received. Waits for the broker. */
    void rollback() throws JMSException {
        forget();
        settlement.recover();
    }

    /** Forgets what it has sent; what it has received goes back with the session's consumers. */
    void forget() {
        Route.Home there = home;
        if (there != null) {
            connection.link().rollback(id(), there);
        }
        next();
    }

    private void next() {
        number++;
        messageCount = 0;
        persistent = false;
        home = null;
        place.clear();
        destinations.clear();
        unansweredMessages = 0;
        unansweredBytes = 0;
        checkpoint = null;
        cut = false;
        refused = null;
    }

    /** Deliveries that a commit settles. */
    @FunctionalInterface
    interface Asking {
        CompletableFuture<Void> with(List<Link.Settled> received);
    }
}
