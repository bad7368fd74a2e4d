// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of a session share: how far its life has come, and the one lock that guards its consumers, what they hold, and who is at
 * work on them.
 *
 * <pre>
 *   stopped ⇄ started ──▶ closing ──▶ closed        closing: nothing new begins; what runs is waited for
 * </pre>
 *
 * <p>A listener that runs while the session is closing is one of those that are waited for, and may use everything until it returns (Jakarta
 * Messaging 3.1 §6.1.8).
 *
 * <p>The lock is never held while user code runs, nor while anything is waited for but its own condition, which is signalled on every change
 * that somebody may wait for. Methods say whether they want the lock to be held; the others take it themselves.
 */
final class SessionState {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private boolean started;
    private boolean closing;
    private boolean closed;
    private @Nullable Thread listenerThread;
    private @Nullable Thread completionThread;

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    void requireOpen() throws IllegalStateException {
        lock.lock();
        try {
            requireOpenLocked();
        } finally {
            lock.unlock();
        }
    }

    /** The same for a consumer of the session, which may be closed by itself. */
    void requireOpen(AgenaConsumer consumer) throws IllegalStateException {
        lock.lock();
        try {
            requireOpenLocked(consumer);
        } finally {
            lock.unlock();
        }
    }

    /** Who runs a completion listener from now on, null for nobody. */
    void setCompletionThread(@Nullable Thread thread) {
        lock.lock();
        try {
            completionThread = thread;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the calling thread is in a completion listener of this session. */
    boolean isInCompletion() {
        lock.lock();
        try {
            return completionThread == Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the calling thread is in a listener of this session, of messages or of completions. */
    boolean isOwnCallback() {
        lock.lock();
        try {
            return isOwnCallbackLocked();
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock

    void requireOpenLocked() throws IllegalStateException {
        if (isEndingForCaller()) {
            throw new IllegalStateException("the session is closed");
        }
    }

    void requireOpenLocked(AgenaConsumer consumer) throws IllegalStateException {
        if (consumer.closed || isEndingForCaller()) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    /** Whether it is closed, or will be and the caller is nobody who is waited for. */
    boolean isEndingForCaller() {
        return closed || (closing && !isOwnCallbackLocked());
    }

    private boolean isOwnCallbackLocked() {
        return listenerThread == Thread.currentThread() || completionThread == Thread.currentThread();
    }

    /** Whether the calling thread is in a message listener of this session. */
    boolean isInListener() {
        return listenerThread == Thread.currentThread();
    }

    /** Who runs a message listener from now on, null for nobody. */
    void setListenerThread(@Nullable Thread thread) {
        listenerThread = thread;
    }

    boolean isStarted() {
        return started;
    }

    void setStarted(boolean started) {
        this.started = started;
    }

    /** Whether it is closed, or will be as soon as what runs has ended. */
    boolean isEnding() {
        return closing || closed;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether messages may be handed over at all. */
    boolean isDelivering() {
        return started && !isEnding();
    }

    void setClosing() {
        closing = true;
        changed.signalAll();
    }

    void setClosed() {
        closed = true;
        changed.signalAll();
    }

    /** Wakes whoever waits for any change. */
    void signal() {
        changed.signalAll();
    }

    /** Waits for a change; the caller looks again whether it is the one that it waits for. */
    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    void awaitChange() {
        changed.awaitUninterruptibly();
    }

    /** The same for at most so long; answers how much of that is left. An interrupted thread waits no longer. */
    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    long awaitChangeUnlessInterrupted(long nanosMax) {
        try {
            return changed.awaitNanos(nanosMax);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** The same for a thread of the application, which may be interrupted, and for at most so long; {@link Long#MAX_VALUE} is for ever. */
    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    void awaitChange(long nanosMax) throws JMSException {
        try {
            if (nanosMax == Long.MAX_VALUE) {
                changed.await();
            } else {
                long unused = changed.awaitNanos(nanosMax);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failures.withCause(new JMSException("interrupted while waiting for a message"), interrupted);
        }
    }
}
