// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Withdrawable;
import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The asynchronous sends of one session whose listeners have not been told. They are told in the order of the sends, one at a time, never on the
 * sending thread (Jakarta Messaging 3.1 §7.3), by a task that runs on the executor while there is somebody to tell. Any thread; the lock is
 * its own and not held while a listener runs.
 */
final class Completions {

    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private static final int LOOK_SECONDS = 1;

    private final SessionState state;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final Deque<PendingSend> pending = new ArrayDeque<>();
    private boolean telling;
    private boolean ended;

    private record PendingSend(CompletableFuture<Void> answer, Message message, CompletionListener listener) {}

    Completions(SessionState state, Executor executor) {
        this.state = state;
        this.executor = executor;
    }

    /**
     * Tells {@code listener} what becomes of a send, after those that were added before.
     *
     * @throws JMSException if the session has ended while the message was being sent: then nobody is told but the sender
     */
    void add(CompletableFuture<Void> answer, Message message, CompletionListener listener) throws JMSException {
        lock.lock();
        try {
            if (ended) {
                throw Failures.jms(
                        "cannot send",
                        new ClientException(
                                ClientException.Reason.CLOSED, "the session was closed meanwhile" + Sender.IN_DOUBT));
            }
            pending.add(new PendingSend(answer, message, listener));
        } finally {
            lock.unlock();
        }
        var unused = answer.whenComplete((done, failure) -> tellIfDone());
    }

    /**
     * Waits until every listener was told. What has waited for a connection until time is up is not sent any more; what is on its way has a time-out of
     * its own.
     *
     * @param nanosMax for how long messages may wait for a connection
     */
    void awaitAll(long nanosMax) {
        awaitAll(nanosMax, false);
    }

    /** The same for the end of the session: what comes afterwards is refused. */
    void end(long nanosMax) {
        awaitAll(nanosMax, true);
    }

    private void awaitAll(long nanosMax, boolean atEnd) {
        lock.lock();
        try {
            long left = nanosMax;
            boolean withdrawn = false;
            while (!pending.isEmpty()) {
                // Unless somebody does already: there may have been no thread for it.
                tellIfDone();
                if (withdrawn || !hasWithdrawable()) {
                    awaitChange();
                } else if (left > 0) {
                    left = await(left);
                } else {
                    withdrawAll();
                    withdrawn = true;
                }
            }
            // In the same hold of the lock: no send comes between.
            ended |= atEnd;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasWithdrawable() {
        for (PendingSend send : pending) {
            if (send.answer() instanceof Withdrawable && !send.answer().isDone()) {
                return true;
            }
        }
        return false;
    }

    /** For at most a while; who is interrupted waits on, and is interrupted afterwards. */
    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    private void awaitChange() {
        boolean interrupted = Thread.interrupted();
        try {
            boolean unused = changed.await(LOOK_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** An interrupted thread waits no longer. */
    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    private long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Whoever is told of it is told on another thread. */
    private void withdrawAll() {
        for (PendingSend send : List.copyOf(pending)) {
            if (send.answer() instanceof Withdrawable held) {
                held.withdraw();
            }
        }
    }

    private void tellIfDone() {
        lock.lock();
        try {
            PendingSend first = pending.peek();
            if (telling || first == null || !first.answer().isDone()) {
                return;
            }
            telling = true;
        } finally {
            lock.unlock();
        }
        try {
            executor.execute(this::tellAll);
        } catch (Error noThread) {
            // Who waits for it, or the next answer, tries again.
            LOG.warn("no thread for completion listeners", noThread);
            lock.lock();
            try {
                telling = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void tellAll() {
        state.setCompletionThread(Thread.currentThread());
        for (PendingSend done = next(false); done != null; done = next(true)) {
            tell(done);
        }
    }

    /**
     * The next send whose listener is to be told, null if there is none.
     *
     * @param told whether the one before was told, so that nobody has to wait for it any more
     */
    private @Nullable PendingSend next(boolean told) {
        lock.lock();
        try {
            if (told) {
                pending.poll();
                changed.signalAll();
            }
            PendingSend first = pending.peek();
            if (first != null && first.answer().isDone()) {
                return first;
            }
            // Before anybody else can begin to tell.
            state.setCompletionThread(null);
            telling = false;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private static void tell(PendingSend send) {
        try {
            try {
                Failures.await(send.answer(), "cannot send", Sender.IN_DOUBT);
            } catch (JMSException failed) {
                send.listener().onException(send.message(), failed);
                return;
            }
            send.listener().onCompletion(send.message());
        } catch (Throwable foreign) {
            // Whatever it was, also a checked exception of another language, the next listeners have to be told.
            LOG.warn("a completion listener failed", foreign);
        }
    }
}
