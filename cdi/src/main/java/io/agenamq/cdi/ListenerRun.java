// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.jms.JMSRuntimeException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener method from the start of the container to its end.
 *
 * <pre>
 *   waiting ──open──▶ receiving ──given up by the provider──▶ waiting        closed from everywhere
 *      ▲───failed───────┘ 1 s, 2 s, … 30 s
 * </pre>
 */
final class ListenerRun {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerRun.class);

    private static final int WAIT_SECONDS_MAX = 30;

    private final ListenerMethod method;
    private final CurrentContexts contexts;
    private final BeanManager manager;
    private final ScheduledExecutorService timer;

    // Guarded by this.
    private @Nullable Reception reception;
    private boolean closed;

    // The timer's thread.
    private int waitSeconds = 1;

    ListenerRun(ListenerMethod method, CurrentContexts contexts, BeanManager manager, ScheduledExecutorService timer) {
        this.method = method;
        this.contexts = contexts;
        this.manager = manager;
        this.timer = timer;
    }

    void start() {
        schedule(0);
    }

    private void schedule(int seconds) {
        try {
            var unused = timer.schedule(this::open, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException ending) {
            LOG.debug("{} is not begun again, the container is being shut down", method);
        }
    }

    private void open() {
        Reception made;
        try {
            made = method.terms().transaction() == ListenerTransaction.JTA
                    ? contexts.transactions().receive(method, manager, this::lost)
                    : new SessionReception(method, contexts.factories(), manager, this::lost);
        } catch (JMSRuntimeException failed) {
            LOG.warn("{} receives nothing: {}; trying again in {} s", method, failed.getMessage(), waitSeconds);
            schedule(waitSeconds);
            waitSeconds = Math.min(WAIT_SECONDS_MAX, 2 * waitSeconds);
            return;
        }
        waitSeconds = 1;
        boolean tooLate;
        synchronized (this) {
            tooLate = closed;
            reception = tooLate ? null : made;
        }
        if (tooLate) {
            made.close();
        }
    }

    /** Its connection is gone for good. Any thread; comes once for each reception. */
    private void lost(String why) {
        LOG.warn("{} has lost its connection: {}; trying again", method, why);
        try {
            timer.execute(() -> {
                end();
                schedule(waitSeconds);
            });
        } catch (RejectedExecutionException ending) {
            LOG.debug("{} is not begun again, the container is being shut down", method);
        }
    }

    private void end() {
        Reception ended;
        synchronized (this) {
            ended = reception;
            reception = null;
        }
        if (ended != null) {
            ended.close();
        }
    }

    /** Ends it; waits for the method. Any thread. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        end();
    }
}
