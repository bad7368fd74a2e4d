// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Pulls that found nothing and wait for a message: long polling. A held pull is woken exactly once: by the arrival of a message at or behind
 * its offset, or, when its time is up, by {@link #expire}. Waking only hands the pull back to its event loop, which looks at the queue again;
 * nothing is decided here.
 *
 * <p>No arrival is missed: whoever holds a pull compares the queue's end afterwards ({@link #hold} does), and the appending thread asks this
 * table after the queue's end has moved. Whichever comes second sees the other.
 *
 * <p>Safe for all threads. Keyed by queue, so that an append touches the pulls of its own queue only; taking a queue's list out of the map is
 * the atomic step that makes "exactly once".
 *
 * @param <Q> the queue, by identity
 */
final class HeldPulls<Q> {

    /** A pull that waits. */
    interface HeldPull {

        /** The first offset it wants. */
        long offset();

        /** Reading of the monotonic clock at which it is to be answered in any case. */
        long deadlineNanos();

        /** Called once, on any thread; must hand over and return. */
        void wake(boolean expired);
    }

    /** Asks a queue for its end: the offset that its next message will have. */
    @FunctionalInterface
    interface QueueEnd<Q> {
        long of(Q queue);
    }

    private final ConcurrentHashMap<Q, List<HeldPull>> held = new ConcurrentHashMap<>();
    private final QueueEnd<Q> queueEnd;
    private final LongSupplier nanoClock;

    HeldPulls(QueueEnd<Q> queueEnd, LongSupplier nanoClock) {
        this.queueEnd = queueEnd;
        this.nanoClock = nanoClock;
    }

    /** Holds {@code pull} until something arrives at its offset; wakes it at once if that has happened already. */
    void hold(Q queue, HeldPull pull) {
        // The list is changed only inside compute, and belongs to whoever takes it out of the map.
        held.compute(queue, (key, list) -> {
            List<HeldPull> pulls = list == null ? new ArrayList<>(2) : list;
            pulls.add(pull);
            return pulls;
        });
        long end = queueEnd.of(queue);
        if (end > pull.offset()) {
            arrived(queue, end);
        }
    }

    /** Messages below {@code newEnd} can be read now: wakes the pulls that wait for one of them. Called by the appending thread. */
    void arrived(Q queue, long newEnd) {
        if (!held.containsKey(queue)) {
            return;
        }
        List<HeldPull> pulls = held.remove(queue);
        if (pulls == null) {
            return;
        }
        for (HeldPull pull : pulls) {
            if (pull.offset() < newEnd) {
                pull.wake(false);
            } else {
                hold(queue, pull);
            }
        }
    }

    /** Wakes all pulls whose time is up. Called by the broker's timer. */
    void expire() {
        long now = nanoClock.getAsLong();
        for (Q queue : held.keySet()) {
            List<HeldPull> due = new ArrayList<>();
            held.computeIfPresent(queue, (key, list) -> {
                list.removeIf(pull -> pull.deadlineNanos() - now <= 0 && due.add(pull));
                return list.isEmpty() ? null : list;
            });
            due.forEach(pull -> pull.wake(true));
        }
    }

    /** Wakes everything that waits for the queues chosen by {@code goingAway}, as expired. */
    void releaseIf(Predicate<Q> goingAway) {
        for (Q queue : held.keySet()) {
            List<HeldPull> pulls = goingAway.test(queue) ? held.remove(queue) : null;
            if (pulls != null) {
                pulls.forEach(pull -> pull.wake(true));
            }
        }
    }

    /** How many pulls wait. */
    int count() {
        return held.values().stream().mapToInt(List::size).sum();
    }
}
