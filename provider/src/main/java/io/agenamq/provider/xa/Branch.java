// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import javax.transaction.xa.XAException;

/**
 * One branch, as far as this virtual machine knows it.
 *
 * <pre>
 *   start ──▶ active ⇄ idle (every part handed over) ──prepare──▶ prepared ──▶ over
 *                │  └──────────────────one phase, rollback──────────────────────▲
 *                └──▶ rollback only: a part was lost, failed, or came too late ──┘
 * </pre>
 *
 * <p>Any thread; nothing is waited for under the lock.
 */
final class Branch {

    private final JmsBranch id;
    private final Duration timeout;
    private final LongSupplier nanoClock;
    private final long beganNanos;

    // Guarded by this.
    private int workers; // those that work in it at this moment, and those that are suspended
    private boolean prepared;
    private int rollbackCode; // 0 as long as it may be committed
    private String rollbackReason = "";
    private final SortedMap<String, Long> lifeByBroker = new TreeMap<>(); // 0 as long as it is not known
    private final List<Part> handedOver = new ArrayList<>();

    private record Part(String broker, CompletableFuture<Long> answer) {}

    /**
     * A branch that begins.
     *
     * @param timeout until when it must be prepared or decided; zero if the brokers say when
     */
    Branch(JmsBranch id, Duration timeout, LongSupplier nanoClock) {
        this.id = id;
        this.timeout = timeout;
        this.nanoClock = nanoClock;
        this.beganNanos = nanoClock.getAsLong();
        this.workers = 1;
    }

    /** One that was prepared by somebody else, at these brokers. */
    Branch(JmsBranch id, Collection<String> brokers, LongSupplier nanoClock) {
        this(id, Duration.ZERO, nanoClock);
        this.workers = 0;
        this.prepared = true;
        brokers.forEach(broker -> lifeByBroker.put(broker, 0L));
    }

    JmsBranch id() {
        return id;
    }

    Duration timeout() {
        return timeout;
    }

    /** One more works in it. */
    synchronized void join() throws XAException {
        if (prepared) {
            throw XaErrors.error(XAException.XAER_PROTO, "branch " + id + " is prepared; nobody can join it");
        }
        requireNotRollbackOnly();
        workers++;
    }

    /** One works in it no more. */
    synchronized void leave() {
        workers--;
    }

    /** What one has done in it is on its way to the brokers, or was undone. */
    synchronized void add(BranchWorker.Handover part) {
        part.answers().forEach((broker, answer) -> {
            lifeByBroker.putIfAbsent(broker, 0L);
            handedOver.add(new Part(broker, answer));
        });
        if (part.lost() != null) {
            doom(part.lost());
        }
    }

    private synchronized void doom(ClientException why) {
        rollBackOnly(XaErrors.rollbackCode(why), String.valueOf(why.getMessage()));
    }

    /** It can only be rolled back; the first reason counts. */
    synchronized void rollBackOnly(int code, String why) {
        if (rollbackCode == 0) {
            rollbackCode = code;
            rollbackReason = why;
        }
    }

    /** Fails if it can only be rolled back, or its time is over. */
    synchronized void requireNotRollbackOnly() throws XAException {
        if (!timeout.isZero() && !prepared && nanoClock.getAsLong() - beganNanos >= timeout.toNanos()) {
            rollBackOnly(XAException.XA_RBTIMEOUT, "its time of " + timeout.toSeconds() + " s is over");
        }
        if (rollbackCode != 0) {
            throw XaErrors.error(rollbackCode, "branch " + id + " is rolled back: " + rollbackReason);
        }
    }

    /** Fails while somebody works in it. */
    synchronized void requireIdle(String what) throws XAException {
        if (workers > 0) {
            throw XaErrors.error(
                    XAException.XAER_PROTO, "branch " + id + " cannot be " + what + ": somebody works in it");
        }
    }

    synchronized void requirePrepared(boolean wanted) throws XAException {
        if (prepared != wanted) {
            throw XaErrors.error(
                    XAException.XAER_PROTO, "branch " + id + " is " + (prepared ? "prepared" : "not prepared"));
        }
    }

    synchronized void prepared() {
        prepared = true;
    }

    synchronized boolean isPrepared() {
        return prepared;
    }

    /** Waits until the brokers have said whether they have what was handed over. What one of them refuses dooms the branch. */
    void awaitParts() throws XAException {
        List<Part> parts;
        synchronized (this) {
            parts = List.copyOf(handedOver);
        }
        for (Part part : parts) {
            ClientException why = XaErrors.failure(part.answer());
            synchronized (this) {
                handedOver.remove(part);
                if (why != null) {
                    doom(why);
                    if (why.reason() == ClientException.Reason.BRANCH_EXISTS) {
                        // What is there is somebody else's, and must not be rolled back with this one.
                        lifeByBroker.remove(part.broker());
                    }
                } else {
                    handedOver(part.broker(), part.answer().join());
                }
            }
        }
    }

    /** Under the lock. */
    private void handedOver(String broker, long life) {
        Long before = lifeByBroker.put(broker, life);
        if (before != null && before != 0 && before != life) {
            rollBackOnly(
                    XAException.XA_RBTRANSIENT, "broker " + broker + " was started again and has lost a part of it");
        }
    }

    /** Which life of the branch a broker has, 0 if that does not matter. */
    synchronized long lifeAt(String broker) {
        return lifeByBroker.getOrDefault(broker, 0L);
    }

    /** The brokers that have, or may have, something of it; sorted. */
    synchronized List<String> brokers() {
        return List.copyOf(lifeByBroker.keySet());
    }

    /** A broker has nothing of it any more that is to be decided. */
    synchronized void over(String broker) {
        lifeByBroker.remove(broker);
    }
}
