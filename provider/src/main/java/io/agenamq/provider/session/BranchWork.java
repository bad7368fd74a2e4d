// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.session.TransactionWork.Sent;
import io.agenamq.provider.xa.BranchWorker;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionInProgressException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's part in branches of a transaction manager. Between {@link #begin} and {@link #finish} what it sends and receives belongs to a branch; otherwise each
 * message is sent, and acknowledged, for itself (Jakarta Connectors 2.1 §7.6: work outside of a transaction takes effect at once).
 *
 * <p>A manager whose time is over may end a branch under the session's own thread, which then goes on and knows nothing. What it does must not take effect by
 * itself, so the session refuses to work until it is in a branch again.
 *
 * <p>Begun and finished by any thread; guarded by the session's lock, which comes first.
 */
final class BranchWork implements Coordination, BranchWorker {

    private static final Logger LOG = LoggerFactory.getLogger(BranchWork.class);
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final AgenaConnection connection;
    private final SessionState state;
    private final Settlement settlement;
    private final TransactionWork work;

    // Guarded by the session's lock.
    private CompletableFuture<Void> answered = DONE; // when the brokers have said something to whatever was handed over
    private @Nullable Thread beganBy;

    BranchWork(AgenaConnection connection, SessionState state, Settlement settlement, TransactionWork work) {
        this.connection = connection;
        this.state = state;
        this.settlement = settlement;
        this.work = work;
    }

    // ---- for the session

    @Override
    public boolean isTransacted() {
        return true;
    }

    @Override
    public void requireOwn() throws JMSException {
        throw new TransactionInProgressException("the transactions of this session are ended by a transaction manager");
    }

    @Override
    public @Nullable TransactionWork present() throws JMSException {
        state.lock();
        try {
            settlement.requireUninterrupted();
            return settlement.isInBranch() ? work : null;
        } finally {
            state.unlock();
        }
    }

    /** What has not been handed over is undone; {@link #finish}, if it comes, says so. The mode stays, so that nothing of it is acknowledged. */
    @Override
    public void forget() {
        work.forget();
    }

    @Override
    public void awaitLast(long nanosMax) {
        CompletableFuture<Void> last;
        state.lock();
        try {
            last = answered;
        } finally {
            state.unlock();
        }
        try {
            last.get(Math.max(0, nanosMax), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            // The branch knows, or will know.
            LOG.debug("a part of a branch was not handed over", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- for the manager

    @Override
    public boolean begin() {
        state.lock();
        try {
            if (state.isEnding()) {
                return false;
            }
            settlement.beginBranch();
            beganBy = Thread.currentThread();
            return true;
        } finally {
            state.unlock();
        }
    }

    @Override
    public Handover finish(JmsBranch branch, Duration timeout) {
        Map<String, CompletableFuture<Long>> answers = new HashMap<>();
        state.lock();
        try {
            ClientException impossible = work.impossible();
            CompletableFuture<Void> asked = impossible != null
                    ? CompletableFuture.failedFuture(impossible)
                    : settlement.commit(received -> {
                        handOver(branch, received, timeout, answers);
                        return DONE;
                    });
            if (asked.isCompletedExceptionally()) {
                ClientException why = asked.handle((done, failure) -> ClientException.of(failure))
                        .join();
                undo();
                return new Handover(Map.of(), why);
            }
            work.next();
            settlement.endBranch();
            answers.values().forEach(this::remember);
            return new Handover(answers, null);
        } finally {
            state.unlock();
        }
    }

    /** Each broker gets what concerns it. Under the session's lock, so that deliveries are named over the connections that they came by. */
    private void handOver(
            JmsBranch branch,
            Map<String, List<Link.Settled>> received,
            Duration timeout,
            Map<String, CompletableFuture<Long>> answers) {
        Set<String> brokers = new HashSet<>(received.keySet());
        work.sent().forEach(sent -> brokers.add(sent.home().broker()));
        for (String broker : brokers) {
            Sent sent = work.sentTo(broker);
            answers.put(
                    broker,
                    connection
                            .link()
                            .end(
                                    branch,
                                    work.id(),
                                    sent == null ? null : sent.home(),
                                    sent == null ? 0 : sent.messageCount(),
                                    received.getOrDefault(broker, List.of()),
                                    timeout));
        }
    }

    /** Under the lock. */
    private void remember(CompletableFuture<Long> answer) {
        CompletableFuture<Void> heard = answer.handle((life, failure) -> {
            if (failure != null) {
                // The branch is going to be rolled back, and has not got the deliveries.
                settlement.giveBackInFlight();
            }
            return null;
        });
        answered = answered.isDone() ? heard : CompletableFuture.allOf(answered, heard);
    }

    @Override
    public void abandon() {
        state.lock();
        try {
            undo();
            if (Thread.currentThread() != beganBy) {
                settlement.interrupt();
            }
        } finally {
            state.unlock();
        }
    }

    private void undo() {
        work.forget();
        // Before the mode changes: in a branch nothing of this is acknowledged.
        var unused = settlement.giveBack();
        settlement.endBranch();
    }
}
