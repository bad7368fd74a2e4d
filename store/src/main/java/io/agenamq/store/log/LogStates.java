// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.log.LogState.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a log as what follows from four facts: whether it serves, whether the disk is full, whether messages are refused by decision, and
 * whether it has ended for good. Facts may be stated on any thread and under any lock; listeners hear of the result in {@link #announce}, which
 * is called outside of the log's locks.
 */
final class LogStates {

    private static final Logger LOG = LoggerFactory.getLogger(LogStates.class);

    private final ReentrantLock lock = new ReentrantLock();
    /** The state that is for ever, once there is one. Guarded by lock. */
    private @Nullable LogState last;
    /** Guarded by lock. */
    private boolean serving;
    /** Why the disk counts as full. Guarded by lock. */
    private @Nullable String full;
    /** Why messages are refused by decision. Guarded by lock. */
    private final Map<RefusalCause, String> refusals = new EnumMap<>(RefusalCause.class);
    /** The first of these reasons. Written under lock, read by anybody. */
    private volatile @Nullable String refused;

    private volatile LogState current = new LogState(Kind.RECOVERED, "the store is still starting");

    private final List<Consumer<LogState>> listeners = new CopyOnWriteArrayList<>();
    /** One announcement at a time, so that listeners hear of the states in their order. */
    private final ReentrantLock announcing = new ReentrantLock();
    /** Guarded by announcing. */
    private LogState announced = current;

    LogState current() {
        return current;
    }

    /** Whether nothing can change the state any more. */
    boolean isFinal() {
        lock.lock();
        try {
            return last != null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether messages are refused although there is space. */
    boolean refusesMessages() {
        return refused != null;
    }

    void serving() {
        change(() -> serving = true);
    }

    void diskFull(@Nullable String reason) {
        change(() -> full = reason);
    }

    void messagesRefused(RefusalCause cause, @Nullable String reason) {
        change(() -> {
            if (reason == null) {
                refusals.remove(cause);
            } else {
                refusals.put(cause, reason);
            }
            refused = refusals.values().stream().findFirst().orElse(null);
        });
    }

    /** The first final state stays. */
    void end(Kind kind, String reason) {
        change(() -> {
            if (last == null) {
                last = new LogState(kind, reason);
            }
        });
    }

    void onState(Consumer<LogState> listener) {
        listeners.add(listener);
    }

    /** Tells the listeners what they do not know yet. */
    void announce() {
        announcing.lock();
        try {
            LogState now = current;
            if (now.equals(announced)) {
                return;
            }
            announced = now;
            switch (now.kind()) {
                case FAILED, DAMAGED -> LOG.error("commit log is {}: {}", now.kind(), now.reason());
                case DISK_FULL -> LOG.warn("commit log is {}: {}", now.kind(), now.reason());
                case RECOVERED, OPEN, CLOSED -> LOG.info("commit log is {}", now.kind());
            }
            listeners.forEach(listener -> listener.accept(now));
        } finally {
            announcing.unlock();
        }
    }

    private void change(Runnable fact) {
        lock.lock();
        try {
            fact.run();
            LogState result = result();
            if (!result.equals(current)) {
                current = result;
            }
        } finally {
            lock.unlock();
        }
    }

    private LogState result() {
        LogState end = last;
        String noSpace = full;
        String decision = refused;
        if (end != null) {
            return end;
        }
        if (!serving) {
            return new LogState(Kind.RECOVERED, "the store is still starting");
        }
        if (noSpace != null) {
            return new LogState(Kind.DISK_FULL, noSpace);
        }
        return decision == null ? new LogState(Kind.OPEN, "") : new LogState(Kind.DISK_FULL, decision);
    }
}
