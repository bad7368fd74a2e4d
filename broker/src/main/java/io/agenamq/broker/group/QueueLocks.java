// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.protocol.command.MessageQueue;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which client of a consumer group may consume a message queue in order: RocketMQ's LOCK_BATCH_MQ and UNLOCK_BATCH_MQ. A lock is held by one
 * client at a time, renewed by locking again, and free once it was not renewed for {@link #LIFETIME}; a client that leaves gives its locks
 * back at once.
 *
 * <p>Safe for all threads; every change of one lock is atomic.
 */
public final class QueueLocks {

    /** Clients renew every 20 s and distrust their own lock after 30 s, so twice that can never give one queue to two of them. */
    static final Duration LIFETIME = Duration.ofSeconds(60);

    /** Locks of all groups together; more are not given. Anybody may ask for a lock of a queue that does not exist. */
    static final int COUNT_MAX = 100_000;

    private final LongSupplier nanoClock;
    private final ConcurrentHashMap<Key, Lock> locks = new ConcurrentHashMap<>();

    /** With the monotonic clock that lock lifetimes are measured by. */
    public QueueLocks(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Takes or renews the lock; false if another client holds it, or too many are held. */
    public boolean tryLock(String group, MessageQueue queue, String clientId) {
        long now = nanoClock.getAsLong();
        if (locks.size() >= COUNT_MAX && !locks.containsKey(new Key(group, queue))) {
            return false;
        }
        Lock held = locks.compute(
                new Key(group, queue),
                (key, current) ->
                        current != null && !current.isFreeFor(clientId, now) ? current : new Lock(clientId, now));
        return held.clientId.equals(clientId);
    }

    /** Gives the lock back if {@code clientId} holds it. */
    public void unlock(String group, MessageQueue queue, String clientId) {
        locks.computeIfPresent(
                new Key(group, queue), (key, current) -> current.clientId.equals(clientId) ? null : current);
    }

    /** Gives back all that {@code clientId} holds in {@code group}: it left, so that its successor need not wait. */
    public void unlockAll(String group, String clientId) {
        locks.entrySet()
                .removeIf(entry -> entry.getKey().group.equals(group)
                        && entry.getValue().clientId.equals(clientId));
    }

    /** Whether any client of the group holds a lock: the group consumes in order. */
    public boolean isAnyHeld(String group) {
        long now = nanoClock.getAsLong();
        return locks.entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().group.equals(group) && !entry.getValue().isExpired(now));
    }

    /** Forgets locks that nobody renewed, so that the table stays as small as the groups that are alive. */
    public void forgetExpired() {
        long now = nanoClock.getAsLong();
        locks.values().removeIf(lock -> lock.isExpired(now));
    }

    private record Key(String group, MessageQueue queue) {}

    private record Lock(String clientId, long lockedAtNanos) {

        boolean isExpired(long nowNanos) {
            return nowNanos - lockedAtNanos > LIFETIME.toNanos();
        }

        boolean isFreeFor(String otherClientId, long nowNanos) {
            return clientId.equals(otherClientId) || isExpired(nowNanos);
        }
    }
}
