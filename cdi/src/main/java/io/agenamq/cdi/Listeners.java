// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.BeanManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * All listener methods of a container. Opening and closing is done by one thread of its own, {@code agena-cdi-listeners}, so that a broker that is away
 * does not keep the container from starting.
 */
final class Listeners {

    private final List<ListenerRun> runs = new ArrayList<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "agena-cdi-listeners"));

    /**
     * Begins nothing yet.
     *
     * @throws jakarta.enterprise.inject.InjectionException if a parameter cannot be injected
     */
    Listeners(List<ListenerMethod> methods, CurrentContexts contexts, BeanManager manager) {
        for (ListenerMethod method : methods) {
            method.validate(manager);
            runs.add(new ListenerRun(method, contexts, manager, timer));
        }
    }

    void start() {
        runs.forEach(ListenerRun::start);
    }

    /** Ends all; waits for methods that are running. */
    void close() {
        timer.shutdownNow();
        runs.forEach(ListenerRun::close);
    }
}
