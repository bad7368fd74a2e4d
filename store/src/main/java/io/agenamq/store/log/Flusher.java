// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.FaultHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes the log durable and tells those who wait for it. Group commit without timers: whatever was appended during one force is in the next, so
 * a lone append is forced at once and a crowd shares.
 *
 * <pre>
 *  appends    a b │ c d e f         │ g h                  each letter waits for its end position
 *  force          └──── a b ────────┴──── c d e f ─────    one after the other
 *  answers                          a b                c d e f
 * </pre>
 *
 * Without anybody waiting the log is forced once per interval. {@link #flushOnce} is the step, any thread may take it; the thread around it is
 * {@code agena-flusher}. The first force that fails is the last one that is tried: after it nobody knows what the disk holds, and the operating
 * system would let a second one succeed.
 */
final class Flusher {

    private static final String THREAD_NAME = "agena-flusher";
    private static final int FIRST_WAITERS = 256;

    /** What is forced. */
    interface Target {

        /** Everything below it is written. */
        long writtenPosition();

        /** Makes what lies between the two positions durable. */
        void force(long from, long to) throws IOException;

        /** A force has failed; called once. */
        void forceFailed(String reason);
    }

    private final Target target;
    private final Duration interval;
    private final FaultHandler faults;
    private final StoreThread thread = new StoreThread(THREAD_NAME, this::run);

    /** Held for a whole step: one force at a time. Taken before {@link #lock}. */
    private final ReentrantLock stepping = new ReentrantLock();
    /** Waiters taken over from {@link #arrived} that are not durable yet. Guarded by stepping. */
    private Waiters pending = new Waiters();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Guarded by lock. */
    private Waiters arrived = new Waiters();
    /** Waiters that were added and have not been answered: nobody overtakes them. Guarded by lock. */
    private int unanswered;
    /** Guarded by lock. */
    private boolean stopped;
    /** The thread waits for work. Guarded by lock. */
    private boolean idle;

    /** How many are in {@link #pending}, for the thread's decision to go on at once. Written under stepping. */
    private volatile int pendingCount;

    /** Written under stepping; it only grows. */
    private volatile long durable;
    /** Set once, under lock. */
    private volatile @Nullable String failure;

    /** Positions and their waiters, in the order of arrival. */
    private static final class Waiters {
        long[] positions = new long[FIRST_WAITERS];

        @Nullable
        PositionWaiter[] waiters = new PositionWaiter[FIRST_WAITERS];

        int count;

        void add(long position, PositionWaiter waiter) {
            if (count == positions.length) {
                positions = Arrays.copyOf(positions, 2 * count);
                waiters = Arrays.copyOf(waiters, 2 * count);
            }
            positions[count] = position;
            waiters[count++] = waiter;
        }
    }

    Flusher(Target target, Duration interval, FaultHandler faults, long durable) {
        this.target = target;
        this.interval = interval;
        this.faults = faults;
        this.durable = durable;
    }

    void start() {
        thread.start();
    }

    long durablePosition() {
        return durable;
    }

    /** See {@link CommitLog#whenDurable}. */
    void whenDurable(long position, PositionWaiter waiter) {
        String failed;
        // Both fields are written before the lock is taken to collect waiters: whoever is added here is collected
        // later.
        lock.lock();
        try {
            failed = failure;
            boolean known = position <= durable || failed != null;
            if (!known || unanswered > 0) {
                unanswered++;
                arrived.add(position, waiter);
                if (idle) {
                    work.signal();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        if (position <= durable) {
            waiter.durable(durable);
        } else {
            waiter.failed(failed == null ? "" : failed);
        }
    }

    /** One step: false if there was nothing to force. */
    boolean flushOnce() {
        stepping.lock();
        try {
            long from = durable;
            long to = target.writtenPosition();
            boolean worked = to > from && failure == null && force(from, to);
            answer();
            return worked;
        } finally {
            stepping.unlock();
        }
    }

    private boolean force(long from, long to) {
        try {
            target.force(from, to);
        } catch (IOException e) {
            fail("the log could not be forced between positions " + from + " and " + to + ": " + e.getMessage());
            return false;
        }
        durable = to;
        return true;
    }

    private void fail(String reason) {
        lock.lock();
        try {
            if (failure == null) {
                failure = reason;
            }
        } finally {
            lock.unlock();
        }
        target.forceFailed(reason);
    }

    /**
     * Nothing becomes durable any more, for a reason that lies outside of forcing. Those who wait are told at once, or at the end of the step
     * that is going on. Never blocks for a force.
     */
    void giveUp(String reason) {
        lock.lock();
        try {
            if (failure == null) {
                failure = reason;
            }
            work.signal();
        } finally {
            lock.unlock();
        }
        // Not from within a step of this thread: that answers when it has done with what it is doing.
        if (!stepping.isHeldByCurrentThread() && stepping.tryLock()) {
            try {
                answer();
            } finally {
                stepping.unlock();
            }
        }
    }

    /** Answers everybody whose answer is known, in one pass. Holds stepping. */
    private void answer() {
        lock.lock();
        try {
            if (arrived.count > 0) {
                if (pending.count == 0) {
                    Waiters empty = pending;
                    pending = arrived;
                    arrived = empty;
                } else {
                    for (int i = 0; i < arrived.count; i++) {
                        pending.add(arrived.positions[i], waiter(arrived, i));
                    }
                    Arrays.fill(arrived.waiters, 0, arrived.count, null);
                    arrived.count = 0;
                }
            }
        } finally {
            lock.unlock();
        }
        long known = durable;
        String failed = failure;
        int kept = 0;
        for (int i = 0; i < pending.count; i++) {
            PositionWaiter waiter = waiter(pending, i);
            long position = pending.positions[i];
            if (position > known && failed == null) {
                pending.positions[kept] = position;
                pending.waiters[kept++] = waiter;
            } else {
                answer(waiter, position, known, failed == null ? "" : failed);
            }
        }
        int answered = pending.count - kept;
        Arrays.fill(pending.waiters, kept, pending.count, null);
        pending.count = kept;
        pendingCount = kept;
        if (answered > 0) {
            answered(answered);
        }
    }

    private void answered(int count) {
        lock.lock();
        try {
            unanswered -= count;
        } finally {
            lock.unlock();
        }
    }

    private void answer(PositionWaiter waiter, long position, long known, String failed) {
        try {
            if (position <= known) {
                waiter.durable(known);
            } else {
                waiter.failed(failed);
            }
        } catch (RuntimeException e) {
            faults.fault("a waiter for a durable position has thrown", e);
        }
    }

    private static PositionWaiter waiter(Waiters waiters, int i) {
        PositionWaiter waiter = waiters.waiters[i];
        if (waiter == null) {
            throw new AssertionError("no waiter at index " + i + " of " + waiters.count);
        }
        return waiter;
    }

    /** Ends the thread; what is not durable stays so until somebody else takes a step. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        thread.awaitEnd();
    }

    private void run() {
        while (awaitWork()) {
            try {
                flushOnce();
            } catch (RuntimeException | Error e) {
                // Without this thread nobody who waits would ever be answered.
                faults.fault("the flusher failed", e);
            }
        }
    }

    /** Returns when somebody waits or the interval is over; false when it is time to end. */
    private boolean awaitWork() {
        lock.lock();
        try {
            long left = interval.toNanos();
            idle = true;
            while (!isWanted() && !stopped && left > 0) {
                try {
                    left = work.awaitNanos(left);
                } catch (InterruptedException e) {
                    // Nobody interrupts store threads; if somebody does, an early flush is harmless.
                    break;
                }
            }
            idle = false;
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody waits for what a step would make durable. Holds lock. */
    private boolean isWanted() {
        return arrived.count > 0 || (pendingCount > 0 && target.writtenPosition() > durable);
    }
}
