// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.FaultHandler;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one at a time and in the order of their arrival on the threads of another executor; none of them while there are no tasks. */
final class SerialTasks implements Executor {

    private final Executor threads;
    private final FaultHandler faults;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    SerialTasks(Executor threads, FaultHandler faults) {
        this.threads = threads;
        this.faults = faults;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            threads.execute(this::run);
        }
    }

    /** How many tasks are not done. */
    int count() {
        return waiting.get();
    }

    private void run() {
        boolean more = true;
        while (more) {
            Runnable task = tasks.remove();
            try {
                task.run();
            } catch (RuntimeException | VirtualMachineError bug) {
                // Whatever it was, the others get their turn.
                faults.fault("a task failed", bug);
            }
            more = waiting.decrementAndGet() > 0;
        }
    }
}
