// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.FaultHandler;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The thread for work that may block and that nobody waits for: preparing segments, marks, snapshots, retention. It runs all its tasks in order,
 * once per interval, or at once after {@link #wake}. A task that has nothing to do must return quickly.
 *
 * <p>A task that throws is a bug and is reported as one; the others go on. An {@link Error} ends the round, not the thread. Tests call {@link #runOnce} instead of {@link #start}.
 */
public final class Housekeeper implements Closeable {

    private static final String THREAD_NAME = "agena-housekeeper";

    private final Duration interval;
    private final FaultHandler faults;
    private final List<Runnable> tasks;
    private final StoreThread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    /** Guarded by lock. */
    private boolean wake;
    /** Guarded by lock. */
    private boolean closed;

    /** Does not start the thread. */
    public Housekeeper(Duration interval, List<Runnable> tasks, FaultHandler faults) {
        this.interval = interval;
        this.tasks = List.copyOf(tasks);
        this.faults = faults;
        this.thread = new StoreThread(THREAD_NAME, this::run);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /** Runs the tasks soon instead of at the end of the interval. Any thread, never blocks for long. */
    public void wake() {
        lock.lock();
        try {
            wake = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    /** One round of all tasks. */
    public void runOnce() {
        for (Runnable task : tasks) {
            try {
                task.run();
            } catch (RuntimeException e) {
                faults.fault("a housekeeping task failed", e);
            }
        }
    }

    /** Ends the thread after the round it is in, and waits for that. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
        thread.awaitEnd();
    }

    private void run() {
        while (pause()) {
            try {
                runOnce();
            } catch (Error e) {
                // Without this thread offsets would not be written and the disk would fill up, and nobody would notice.
                faults.fault("the housekeeper failed", e);
            }
        }
    }

    /** False when it is time to end. */
    private boolean pause() {
        lock.lock();
        try {
            long left = interval.toNanos();
            while (!wake && !closed && left > 0) {
                try {
                    left = woken.awaitNanos(left);
                } catch (InterruptedException e) {
                    // Nobody interrupts store threads; an interrupt that happens anyway must not end the housekeeping.
                    break;
                }
            }
            wake = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }
}
