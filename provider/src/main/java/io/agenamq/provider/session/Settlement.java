// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static jakarta.jms.Session.AUTO_ACKNOWLEDGE;
import static jakarta.jms.Session.CLIENT_ACKNOWLEDGE;
import static jakarta.jms.Session.DUPS_OK_ACKNOWLEDGE;
import static jakarta.jms.Session.SESSION_TRANSACTED;

import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Link;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the deliveries of one session are settled, and what comes back. The acknowledge mode decides:
 *
 * <ul>
 *   <li>AUTO: each message when it is handed over ({@code receive}) or its listener has returned. Nobody waits for the answer: an acknowledgement
 *       without one is made again when the connection was lost, before the broker delivers to anybody what is in flight (ADR 7). At most {@value
 *       #UNANSWERED_MAX} messages are without an answer at a time.
 *   <li>DUPS_OK: the same, some messages later.
 *   <li>CLIENT: everything the session has delivered, when a message is acknowledged; answered when it is on disk.
 *   <li>INDIVIDUAL: one message, when it is acknowledged; answered in the same way.
 *   <li>TRANSACTED: the same with the commit of the {@link LocalTransaction}.
 * </ul>
 *
 * <p>A session that works for a transaction manager is AUTO, and TRANSACTED as long as it works in a branch ({@link BranchWork}).
 *
 * <p>When the broker refuses what nobody waits for, the next {@code receive} fails, or the connection's exception listener is told if the session
 * has message listeners; once, until an acknowledgement succeeds. Those messages are acknowledged again with the next ones.
 */
final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /** In DUPS_OK, so many messages are settled together. */
    private static final int LAZY_MESSAGES_MAX = 32;

    /** Messages that are acknowledged without an answer: enough for the way to the broker and back, few to be repeated if this process dies. */
    static final int UNANSWERED_MAX = 128;

    private final int ownMode;
    private final SessionState state;
    private final Consumers consumers;
    private final Consumer<ClientException> problems;

    private volatile @Nullable Read lastRead;

    // Guarded by the state's lock.
    private boolean inBranch;
    private boolean interrupted; // its branch was ended by another thread than its own
    private final Deque<Batch> unanswered = new ArrayDeque<>();
    private int unansweredCount;
    private int awayCount; // of these, what waits for a lost connection: it must not hold up other brokers
    private int awaiting; // threads that wait for answers
    private Runnable onRoom = () -> {};
    private @Nullable ClientException refused; // and nobody was told yet
    private boolean refusing; // somebody was told
    private boolean lostSome; // of what the application has seen and not acknowledged in CLIENT mode

    /** Acknowledgements of one source that are answered together. */
    private static final class Batch {
        final Source source;
        final CompletableFuture<Void> answer;
        final long before;
        final int period;
        int count;

        Batch(Source source, CompletableFuture<Void> answer, long before, int period) {
            this.source = source;
            this.answer = answer;
            this.before = before;
            this.period = period;
        }
    }

    /**
     * A settlement of nothing.
     *
     * @param problems is told of refusals where no call could fail; called under the state's lock
     */
    Settlement(int mode, SessionState state, Consumers consumers, Consumer<ClientException> problems) {
        this.ownMode = mode;
        this.state = state;
        this.consumers = consumers;
        this.problems = problems;
    }

    /** Says what to do when there is {@linkplain #isFull room} again. */
    void onRoom(Runnable task) {
        onRoom = task;
    }

    // ---- by the mode; under the lock

    private int mode() {
        return inBranch ? SESSION_TRANSACTED : ownMode;
    }

    /** Whether the application says when everything it has seen is settled: CLIENT and TRANSACTED. */
    boolean isByClient() {
        return mode() == CLIENT_ACKNOWLEDGE || mode() == SESSION_TRANSACTED || isIndividual();
    }

    private boolean isIndividual() {
        return ownMode == AgenaSession.INDIVIDUAL_ACKNOWLEDGE;
    }

    /** From now on what is handed over belongs to a branch; also what a listener has at this moment. */
    void beginBranch() {
        inBranch = true;
        if (interrupted) {
            interrupted = false;
            onRoom.run();
        }
    }

    /** It belongs to none any more. What the branch has received and nobody has taken comes back: see {@link #commit} and {@link #recover}. */
    void endBranch() {
        inBranch = false;
    }

    boolean isInBranch() {
        return inBranch;
    }

    /** Nothing is handed over, nor sent, until another branch begins: see {@link BranchWork}. */
    void interrupt() {
        interrupted = true;
        state.signal();
    }

    void requireUninterrupted() throws JMSException {
        if (interrupted) {
            throw new IllegalStateException(
                    "the transaction that this session worked in was ended by another thread, perhaps because its time was "
                            + "over; nothing is done until it works in a transaction again",
                    ClientException.Reason.TRANSACTION_ROLLED_BACK.name());
        }
    }

    /** A message is done with; where the application says what is settled, only credit moves. */
    void settle(Source source) {
        if (source.isGone()) {
            return;
        }
        switch (mode()) {
            case AUTO_ACKNOWLEDGE -> {
                // After a recover the message is not this session's to acknowledge.
                acknowledgeSoon(source);
            }
            case DUPS_OK_ACKNOWLEDGE -> {
                if (source.unacknowledgedCount() >= LAZY_MESSAGES_MAX || source.consumer.buffer.isEmpty()) {
                    acknowledgeSoon(source);
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
        Source source = delivery.source();
        if (!isByClient()) {
            acknowledgeSoon(source);
            return;
        }
        if (isIndividual() && delivery.isCurrent()) {
            var unused = source.acknowledgeOne(delivery.sequence(), false);
        }
        // It took its credit as others do: without this a window of expired messages would be the last one.
        settle(source);
    }

    /** A listener failed. In a mode that acknowledges by itself the message comes again, before those behind it, until the broker has enough of it. */
    void settleFailed(Delivery delivery, Throwable thrown) {
        Source source = delivery.source();
        if (delivery.isCurrent()) {
            source.failed(delivery.sequence(), thrown);
        }
        if (isByClient()) {
            settle(source);
        } else if (source.hasUnacknowledged()) {
            source.consumer.buffer.removeIf(waiting -> waiting.source() == source);
            var unused = source.release(true, !state.isEnding());
        }
    }

    /**
     * A source's connection is lost. In CLIENT mode what is not acknowledged will be delivered again, and the application has to know; in the others
     * there is at most what a listener is busy with, or what is to be acknowledged some time.
     *
     * @return the last sequence number that the application has seen
     */
    long lost(Source source) {
        lostSome |= isByClient() && source.hasUnacknowledged();
        boolean wasFull = isFull();
        long seen = source.detachedByLoss(isByClient());
        countAway();
        if (wasFull && !isFull()) {
            onRoom.run();
        }
        return seen;
    }

    /** A source's connection is there again. */
    void restarted() {
        countAway();
    }

    private void countAway() {
        awayCount = 0;
        for (Batch batch : unanswered) {
            awayCount += batch.source.isLost() ? batch.count : 0;
        }
    }

    /** A source ends: what was to be settled some time is settled now. */
    void settleLast(Source source) {
        if (!isByClient()) {
            acknowledgeSoon(source);
        }
    }

    // ---- acknowledgements that nobody waits for; under the lock

    private void acknowledgeSoon(Source source) {
        if (!source.hasUnacknowledged()) {
            return;
        }
        int period = source.period();
        long before = source.acknowledged();
        int count = (int) source.unacknowledgedCount();
        CompletableFuture<Void> answer = source.acknowledgeSeen(false);
        Batch last = unanswered.peekLast();
        if (last != null && last.answer == answer) {
            last.count += count;
            unansweredCount += count;
            awayCount += source.isLost() ? count : 0;
            return;
        }
        Batch batch = new Batch(source, answer, before, period);
        batch.count = count;
        unanswered.add(batch);
        unansweredCount += count;
        awayCount += source.isLost() ? count : 0;
        var unused = answer.whenComplete((done, failure) -> answered(batch, failure));
    }

    /** Any thread. */
    private void answered(Batch batch, @Nullable Throwable failure) {
        state.lock();
        try {
            boolean wasFull = isFull();
            unanswered.remove(batch);
            unansweredCount -= batch.count;
            awayCount -= batch.source.isLost() ? batch.count : 0;
            if (failure == null) {
                refusing = false;
                refused = null;
            } else {
                batch.source.acknowledgementFailed(batch.before, batch.period);
                refused(ClientException.of(failure));
            }
            if (wasFull) {
                onRoom.run();
            }
            if (wasFull || awaiting > 0 || refused != null) {
                state.signal();
            }
        } finally {
            state.unlock();
        }
    }

    private void refused(ClientException why) {
        LOG.debug("an acknowledgement failed", why);
        if (refusing || why.isConnectionFailure() || why.reason() == ClientException.Reason.CLOSED) {
            // Told before; or the end of the connection says it.
            return;
        }
        refusing = true;
        if (consumers.hasListener()) {
            problems.accept(why);
        } else {
            refused = why;
        }
    }

    /** Whether nothing more may be handed over: so much is without an answer, or the session must not work. */
    boolean isFull() {
        return interrupted || unansweredCount - awayCount >= UNANSWERED_MAX;
    }

    /** Fails if the broker has refused an acknowledgement that nobody waited for, or the session must not work. */
    void requireAccepted() throws JMSException {
        requireUninterrupted();
        ClientException why = refused;
        if (why != null) {
            refused = null;
            throw Failures.jms("messages of before are not acknowledged and may come again", why);
        }
    }

    /**
     * Waits until everything that was acknowledged is answered, or time is up; then it may come again.
     *
     * @param source whose, null for all
     * @param nanosMax for how long
     */
    void awaitAnswers(@Nullable Source source, long nanosMax) {
        long left = nanosMax;
        awaiting++;
        while (left > 0 && hasUnanswered(source)) {
            left = state.awaitChangeUnlessInterrupted(left);
        }
        awaiting--;
    }

    private boolean hasUnanswered(@Nullable Source source) {
        for (Batch batch : unanswered) {
            if (source == null || batch.source == source) {
                return true;
            }
        }
        return false;
    }

    // ---- acknowledgements that are waited for

    /** One source's part of an acknowledgement, of what is behind {@code before}. */
    private record Part(Source source, long before, int epoch, int period, CompletableFuture<Void> answer) {}

    private static Part acknowledgeSeen(Source source, boolean durable) {
        long before = source.acknowledged();
        return new Part(source, before, source.epoch(), source.period(), source.acknowledgeSeen(durable));
    }

    /**
     * An acknowledgement says that the connection is lost for good. This may be earlier than the news itself, and what waits here must not be
     * handed over in between. Under the lock.
     */
    private static void connectionLost(Part part) {
        Source source = part.source();
        if (source.epoch() == part.epoch()) {
            source.consumer.buffer.removeIf(waiting -> waiting.source() == source);
            long unused = source.detachedByLoss(true);
        }
    }

    // ---- what the application asks for

    /**
     * What {@code Message.acknowledge} does: in CLIENT mode everything delivered so far, in INDIVIDUAL mode that message, in the others nothing. Fails
     * without acknowledging anything if that message went back to the broker with a lost connection. Waits for the disk.
     */
    void acknowledge(Source source, int epoch, long sequence) throws JMSException {
        state.lock();
        try {
            state.requireOpenLocked();
            if (ownMode != CLIENT_ACKNOWLEDGE && !isIndividual()) {
                return;
            }
            if (source.wasLostSince(epoch)) {
                throw deliveredAgain();
            }
            lostSome = false;
        } finally {
            state.unlock();
        }
        if (isIndividual()) {
            acknowledgeOne(source, sequence);
        } else {
            acknowledgeAll();
        }
    }

    private void acknowledgeOne(Source source, long sequence) throws JMSException {
        CompletableFuture<Void> answer;
        int period;
        state.lock();
        try {
            period = source.period();
            answer = source.acknowledgeOne(sequence, true);
        } finally {
            state.unlock();
        }
        if (answer == null) {
            return;
        }
        try {
            Failures.await(answer, "cannot acknowledge", "; the message may be delivered again");
        } catch (JMSException failed) {
            state.lock();
            try {
                source.acknowledgementOfOneFailed(sequence, period);
            } finally {
                state.unlock();
            }
            throw failed;
        }
    }

    /** A message is made for the application. */
    void read(Source source, int epoch, long sequence) {
        lastRead = new Read(source, epoch, sequence);
    }

    private record Read(Source source, int epoch, long sequence) {}

    /**
     * What {@code JMSContext.acknowledge} does: in CLIENT mode the same without a message, so that it fails, once, if any message went back; in INDIVIDUAL
     * mode the message that was delivered last.
     */
    void acknowledge() throws JMSException {
        Read last = lastRead;
        if (isIndividual() && last != null) {
            acknowledge(last.source(), last.epoch(), last.sequence());
            return;
        }
        state.lock();
        try {
            state.requireOpenLocked();
            if (ownMode != CLIENT_ACKNOWLEDGE) {
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
            if (ownMode != CLIENT_ACKNOWLEDGE) {
                return;
            }
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
            part.source().acknowledgementFailed(part.before(), part.period());
            if (part.source().consumer.closed) {
                consumers.linger(part.source());
            }
        } finally {
            state.unlock();
        }
    }

    /** Asks for what becomes of deliveries, by broker. Under the session's lock; must not block. */
    @FunctionalInterface
    interface Asking {
        CompletableFuture<Void> with(Map<String, List<Link.Settled>> received);
    }

    /**
     * Asks for a commit of everything that the session has seen. It fails without asking if a part of that is the broker's again; an answer that it
     * is not committed must be followed by {@link #recover}.
     */
    CompletableFuture<Void> commit(Asking asking) {
        state.lock();
        try {
            if (state.isEndingForCaller()) {
                // Another thread closes the session, and with it the transaction ends.
                return CompletableFuture.failedFuture(
                        new ClientException(ClientException.Reason.TRANSACTION_ROLLED_BACK, "its session was closed"));
            } else if (lostSome) {
                return CompletableFuture.failedFuture(new ClientException(
                        ClientException.Reason.TRANSACTION_ROLLED_BACK,
                        "a connection was lost since messages were received over it, or what was received before was refused; they are "
                                + "delivered again"));
            }
            Map<String, List<Link.Settled>> seen = new LinkedHashMap<>();
            for (Source source : consumers.sources()) {
                if (source.hasUnacknowledged()) {
                    seen.computeIfAbsent(source.broker(), any -> new ArrayList<>())
                            .add(source.settleSeen());
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
        state.requireOpen();
        for (CompletableFuture<Void> answer : giveBack()) {
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

    /**
     * The same for what the broker has in flight, although the application has done with it: a transaction was to settle it, and will not. A listener's message
     * comes again as well.
     */
    void giveBackInFlight() {
        state.lock();
        try {
            for (Source source : consumers.sources()) {
                // What the next branch has received meanwhile goes back with it, so that one cannot be committed
                // either.
                lostSome |= isByClient() && source.hasUnacknowledged();
                var unused = source.release(true, state.isDelivering() && !source.consumer.closed);
            }
        } finally {
            state.unlock();
        }
    }

    /** The same without waiting. */
    List<CompletableFuture<Void>> giveBack() {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        state.lock();
        try {
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
        return answers;
    }
}
