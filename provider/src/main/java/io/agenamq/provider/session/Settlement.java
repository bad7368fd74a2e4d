// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static jakarta.jms.Session.AUTO_ACKNOWLEDGE;
import static jakarta.jms.Session.CLIENT_ACKNOWLEDGE;
import static jakarta.jms.Session.DUPS_OK_ACKNOWLEDGE;
import static jakarta.jms.Session.SESSION_TRANSACTED;

import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Link;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the deliveries of one session are settled, and what comes back. The acknowledge mode decides:
 *
 * <ul>
 *   <li>AUTO: each message when it is handed over ({@code receive}) or its listener has returned. Before the next message is handed over, the
 *       answer of the broker is there: at most the last message is ever in doubt.
 *   <li>DUPS_OK: some later, without an answer.
 *   <li>CLIENT: everything the session has delivered, when a message is acknowledged; answered when it is on disk.
 *   <li>TRANSACTED: the same with the commit of the {@link LocalTransaction}.
 * </ul>
 */
final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /** In DUPS_OK, so many messages are settled together. */
    private static final int LAZY_MESSAGES_MAX = 32;

    private final int mode;
    private final SessionState state;
    private final Consumers consumers;

    // Guarded by the state's lock.
    private @Nullable Part unconfirmed; // the last acknowledgement in AUTO mode
    private boolean lostSome; // of what the application has seen and not acknowledged in CLIENT mode

    Settlement(int mode, SessionState state, Consumers consumers) {
        this.mode = mode;
        this.state = state;
        this.consumers = consumers;
    }

    // ---- by the mode; under the lock

    /** Whether the application says when everything it has seen is settled: CLIENT and TRANSACTED. */
    boolean isByClient() {
        return mode == CLIENT_ACKNOWLEDGE || mode == SESSION_TRANSACTED;
    }

    /** A message is done with; where the application says what is settled, only credit moves. */
    void settle(Source source) {
        if (source.isGone()) {
            return;
        }
        switch (mode) {
            case AUTO_ACKNOWLEDGE -> {
                // After a recover the message is not this session's to acknowledge.
                if (source.hasUnacknowledged()) {
                    unconfirmed = acknowledgeSeen(source, false);
                }
            }
            case DUPS_OK_ACKNOWLEDGE -> {
                if (source.unacknowledgedCount() >= LAZY_MESSAGES_MAX || source.consumer.buffer.isEmpty()) {
                    source.acknowledgeSeenLater();
                }
            }
            default -> {
                if (!source.isPull()) {
                    source.returnCredit();
                }
            }
        }
    }

    /** A message expired while it waited here: nobody wants it any more, except who acknowledges by himself. */
    void settleExpired(Delivery delivery) {
        if (!isByClient() && delivery.isCurrent()) {
            delivery.source().acknowledgeSeenLater();
        }
    }

    /** A listener failed. In a mode that acknowledges by itself the message comes again, before those behind it, until the broker has enough of it. */
    void settleFailed(Delivery delivery) {
        Source source = delivery.source();
        if (isByClient()) {
            settle(source);
        } else if (!delivery.isCurrent() || state.isEnding()) {
            // It is the broker's again, or will be with the end of the session.
            return;
        } else {
            source.consumer.buffer.removeIf(waiting -> waiting.source() == source);
            var unused = source.release(true, true);
        }
    }

    /** A source's connection is lost: what is not acknowledged will be delivered again, and in CLIENT mode the application has to know. */
    void lost(Source source) {
        lostSome |= isByClient() && source.hasUnacknowledged();
    }

    /** A source ends: what was to be settled some time is settled now. */
    void settleLast(Source source) {
        if (mode == DUPS_OK_ACKNOWLEDGE) {
            source.acknowledgeSeenLater();
        }
    }

    // ---- the answer that AUTO mode waits for

    /** One source's part of an acknowledgement, of what is behind {@code before}. */
    private record Part(Source source, long before, int epoch, CompletableFuture<Void> answer) {

        boolean isLost() {
            return answer.isCompletedExceptionally()
                    && answer.handle((done, failure) ->
                                            ClientException.of(failure).reason())
                                    .join()
                            == ClientException.Reason.CONNECTION_LOST;
        }
    }

    private static Part acknowledgeSeen(Source source, boolean durable) {
        long before = source.acknowledged();
        return new Part(source, before, source.epoch(), source.acknowledgeSeen(durable));
    }

    /** Whether the answer is missing. Under the lock. */
    boolean isUnconfirmed() {
        Part last = unconfirmed;
        if (last == null || !last.answer().isDone()) {
            return last != null;
        }
        unconfirmed = null;
        if (last.isLost()) {
            connectionLost(last);
        }
        return false;
    }

    /** Runs a task when the answer that was missing comes; not at all if none was. Under the lock. */
    void whenConfirmed(Runnable task) {
        if (unconfirmed != null) {
            var unused = unconfirmed.answer().whenComplete((done, failure) -> task.run());
        }
    }

    /**
     * Makes sure that the last acknowledgement has reached the broker. If the connection was lost first, the message may come again: that is what
     * the mode allows, and the redelivered mark says. Waits.
     */
    void confirmLast() throws JMSException {
        Part last;
        state.lock();
        try {
            last = unconfirmed;
            unconfirmed = null;
        } finally {
            state.unlock();
        }
        if (last != null) {
            confirm(last, "the last message may not be acknowledged and come again");
        }
    }

    private void confirm(Part last, String doing) throws JMSException {
        try {
            Failures.await(last.answer(), doing);
        } catch (JMSException failed) {
            if (!Failures.isConnectionLost(failed)) {
                throw failed;
            }
            LOG.debug("the last acknowledgement is in doubt", failed);
            state.lock();
            try {
                connectionLost(last);
            } finally {
                state.unlock();
            }
        }
    }

    /**
     * An acknowledgement says that the connection is lost. This may be earlier than the news itself, and what waits here must not be handed over in
     * between: all of it would come again. Under the lock.
     */
    private static void connectionLost(Part part) {
        Source source = part.source();
        if (source.epoch() == part.epoch()) {
            source.consumer.buffer.removeIf(waiting -> waiting.source() == source);
            source.detachedByLoss();
        }
    }

    /** The same at the end of a session, where nobody is left to be told. */
    void confirmLastIgnoringFailure() {
        try {
            confirmLast();
        } catch (JMSException failed) {
            LOG.debug("the last acknowledgement of a closing session failed", failed);
        }
    }

    // ---- what the application asks for

    /**
     * What {@code Message.acknowledge} does: in CLIENT mode everything delivered so far, in the others nothing. Fails without acknowledging
     * anything if that message went back to the broker with a lost connection. Waits for the disk.
     */
    void acknowledge(Source source, int epoch) throws JMSException {
        state.lock();
        try {
            state.requireOpenLocked();
            if (mode != CLIENT_ACKNOWLEDGE) {
                return;
            }
            if (source.wasLostSince(epoch)) {
                throw deliveredAgain();
            }
            lostSome = false;
        } finally {
            state.unlock();
        }
        acknowledgeAll();
    }

    /** What {@code JMSContext.acknowledge} does: the same without a message, so that it fails, once, if any message went back. */
    void acknowledge() throws JMSException {
        state.lock();
        try {
            state.requireOpenLocked();
            if (mode != CLIENT_ACKNOWLEDGE) {
                return;
            }
            if (lostSome) {
                lostSome = false;
                throw deliveredAgain();
            }
        } finally {
            state.unlock();
        }
        acknowledgeAll();
    }

    private static JMSException deliveredAgain() {
        return new JMSException(
                "nothing is acknowledged: the connection was lost since the message was delivered; if it came from a "
                        + "queue, it is delivered again",
                ClientException.Reason.CONNECTION_LOST.name());
    }

    private void acknowledgeAll() throws JMSException {
        List<Part> parts = new ArrayList<>();
        state.lock();
        try {
            for (Source source : consumers.sources()) {
                if (source.hasUnacknowledged()) {
                    parts.add(acknowledgeSeen(source, true));
                }
            }
            consumers.forgetLingering();
        } finally {
            state.unlock();
        }
        JMSException failure = null;
        for (Part part : parts) {
            try {
                Failures.await(part.answer(), "cannot acknowledge", "; messages may be delivered again");
            } catch (JMSException e) {
                failure = e;
                failed(part, Failures.isConnectionLost(e));
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void failed(Part part, boolean lost) {
        state.lock();
        try {
            if (lost) {
                connectionLost(part);
                return;
            }
            part.source().acknowledgementFailed(part.before(), part.epoch());
            if (part.source().consumer.closed) {
                consumers.linger(part.source());
            }
        } finally {
            state.unlock();
        }
    }

    /**
     * Asks for a commit of everything that the session has seen. It fails without asking if a part of that is the broker's again; an answer that it
     * is not committed must be followed by {@link #recover}.
     */
    CompletableFuture<Void> commit(LocalTransaction.Asking asking) {
        state.lock();
        try {
            if (lostSome) {
                return CompletableFuture.failedFuture(new ClientException(
                        ClientException.Reason.TRANSACTION_ROLLED_BACK,
                        "a connection was lost since messages were received over it; they are delivered again"));
            }
            List<Link.Settled> seen = new ArrayList<>();
            for (Source source : consumers.sources()) {
                if (source.hasUnacknowledged()) {
                    seen.add(source.settleSeen());
                }
            }
            consumers.forgetLingering();
            // Under the lock, so that the consumers are asked for over the connections that they have now.
            return asking.with(seen);
        } finally {
            state.unlock();
        }
    }

    /**
     * Gives back everything that is not acknowledged; it comes again from the oldest on, marked as redelivered. A listener that calls this gives
     * back the message that it has. Waits for the broker.
     */
    void recover() throws JMSException {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        state.lock();
        try {
            state.requireOpenLocked();
            for (AgenaConsumer consumer : consumers.open()) {
                consumer.buffer.clear();
            }
            for (Source source : consumers.sources()) {
                if (!state.isInListener()) {
                    settleLast(source);
                }
                answers.add(source.release(true, state.isStarted() && !source.consumer.closed));
            }
            consumers.forgetLingering();
            lostSome = false;
        } finally {
            state.unlock();
        }
        for (CompletableFuture<Void> answer : answers) {
            try {
                Failures.await(answer, "cannot recover");
            } catch (JMSException failed) {
                // Without the connection the broker has everything back already.
                if (!Failures.isConnectionLost(failed)) {
                    throw failed;
                }
            }
        }
    }
}
