// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.CursorTable;
import io.agenamq.store.cursor.ProgressPayloads;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What one transaction has received, from however many destinations, on its way to being settled by one batch of the log.
 *
 * <pre>
 *   in flight ──collect──▶ held ──settled──▶ settled            each by the owner of its destination, in a turn of it
 *                            └────giveBack──▶ returned
 * </pre>
 *
 * <p>Destinations are not made to wait for one another. Each gives what the transaction has received from it when its turn comes, and goes on; the last
 * one's thread decides about the whole. What is held is nobody else's meanwhile. A consumer, connection or session that ends in between has nothing
 * to give back of it. A branch holds for long, and also what it held when the broker was started: {@link #restore}.
 */
public final class HeldDeliveries {

    private final CursorTable cursors;
    private final InstantSource clock;
    private final BiConsumer<Destination, Runnable> collecting;
    private final Consumer<AttachedConsumer> settledOne;
    private final BiConsumer<Destination, Subscription> over;
    private final Map<Destination, Share> shares = new LinkedHashMap<>();
    private final AtomicInteger missing = new AtomicInteger();

    /** Set before the count of what is missing is lowered. */
    private volatile boolean incomplete;

    private record Range(AttachedConsumer consumer, long from, long to, int count) {}

    /** The part of one destination: touched by its owner, and, when all are collected, by who decides, before its owner again. */
    private static final class Share {
        final List<Range> ranges = new ArrayList<>();
        final Map<Subscription, HeldOffsets> held = new LinkedHashMap<>();
    }

    /**
     * Nothing yet.
     *
     * @param collecting posts the tasks of {@link #collect}, and sees to it that the destinations work
     * @param settledOne told about each consumer when its deliveries are settled or given back, by the owner of its destination
     */
    HeldDeliveries(
            CursorTable cursors,
            InstantSource clock,
            BiConsumer<Destination, Runnable> collecting,
            Consumer<AttachedConsumer> settledOne) {
        this(cursors, clock, collecting, settledOne, (destination, subscription) -> {});
    }

    /**
     * The same for what was held when the broker was started.
     *
     * @param over told about each subscription without consumers when what is held of it is settled or given back, by the owner of its destination
     */
    HeldDeliveries(
            CursorTable cursors,
            InstantSource clock,
            BiConsumer<Destination, Runnable> collecting,
            Consumer<AttachedConsumer> settledOne,
            BiConsumer<Destination, Subscription> over) {
        this.cursors = cursors;
        this.clock = clock;
        this.collecting = collecting;
        this.settledOne = settledOne;
        this.over = over;
    }

    /**
     * The transaction has received {@code count} deliveries with sequence numbers {@code from} to {@code to}; those with other numbers in between
     * were given back before. Before {@link #collect}.
     */
    void add(AttachedConsumer consumer, long from, long to, int count) {
        shares.computeIfAbsent(consumer.destination, key -> new Share())
                .ranges
                .add(new Range(consumer, from, to, count));
    }

    /**
     * Lets every destination give what the transaction has received from it.
     *
     * @param whenAll runs once, on the thread of the destination that was last
     */
    public void collect(Runnable whenAll) {
        missing.set(shares.size());
        shares.forEach((destination, share) -> collecting.accept(destination, () -> collect(share, whenAll)));
    }

    /**
     * Holds again what was held when the broker was started.
     *
     * @param tasks for each destination, what finds its subscriptions and holds, in a turn of it
     * @param whenAll runs once, on the thread of the destination that was last
     */
    void restore(Map<Destination, Consumer<Holder>> tasks, Runnable whenAll) {
        missing.set(tasks.size());
        tasks.forEach((destination, task) -> shares.put(destination, new Share()));
        tasks.forEach((destination, task) -> collecting.accept(destination, () -> {
            try {
                task.accept((subscription, index, offset) -> shareOf(destination)
                        .held
                        .computeIfAbsent(subscription, Subscription::beginHolding)
                        .add(index, subscription.windows().get(index), offset));
            } finally {
                if (missing.decrementAndGet() == 0) {
                    whenAll.run();
                }
            }
        }));
    }

    private Share shareOf(Destination destination) {
        return Objects.requireNonNull(shares.get(destination));
    }

    /** Told what is held. */
    @FunctionalInterface
    interface Holder {
        /** A message in a window of a subscription. */
        void hold(Subscription subscription, int index, long offset);
    }

    private void collect(Share share, Runnable whenAll) {
        for (Range range : share.ranges) {
            Subscription subscription = range.consumer.subscription;
            HeldOffsets into = share.held.computeIfAbsent(subscription, key -> new HeldOffsets());
            if (subscription.hold(range.consumer, range.from, range.to, into) != range.count) {
                incomplete = true;
            }
        }
        if (missing.decrementAndGet() == 0) {
            whenAll.run();
        }
    }

    /** Whether everything was there. Not before all is collected. */
    public boolean isComplete() {
        return !incomplete;
    }

    /** How many messages are held. Not before all is collected. */
    public int count() {
        int[] count = {0};
        shares.values().forEach(share -> share.held
                .values()
                .forEach(held -> held.forEach((index, window, offsets) -> count[0] += offsets.settledCount())));
        return count[0];
    }

    /** Names of the destinations that something was received from. */
    public List<String> destinations() {
        return shares.keySet().stream().map(Destination::topic).toList();
    }

    /** The payloads of the records that settle what is held in subscriptions that the log knows. */
    public List<ByteBuffer> payloads() {
        ProgressPayloads payloads = new ProgressPayloads();
        for (Share share : shares.values()) {
            share.held
                    .values()
                    .forEach(held -> held.forEach((index, window, offsets) -> {
                        if (window.isDurable()) {
                            payloads.add(window.cursor().id(), offsets);
                        }
                    }));
        }
        return payloads.payloads();
    }

    /** The records are in the log: what was held is settled. Any thread. */
    public void settled() {
        forEachShare(share -> share.held.forEach((subscription, held) -> {
            held.forEach((index, window, offsets) -> {
                settle(window, offsets);
            });
            subscription.committed(held);
        }));
    }

    private void settle(Window window, CursorProgress offsets) {
        if (window.isDurable()) {
            cursors.takeOver(window.cursor());
        } else {
            window.cursor().apply(offsets);
        }
        for (long at = offsets.nextSettled(0); at != BitPlane.NONE; at = offsets.nextSettled(at + 1)) {
            window.settledElsewhere(at);
        }
    }

    /** There will be no such records: what was held comes back, as after a rollback. Any thread. */
    public void giveBack() {
        forEachShare(share -> share.held.forEach((subscription, held) -> subscription.giveBack(held, clock.millis())));
    }

    private void forEachShare(Consumer<Share> change) {
        shares.forEach((destination, share) -> destination.postAlways(() -> {
            change.accept(share);
            for (Range range : share.ranges) {
                destination.stir(range.consumer.subscription);
                settledOne.accept(range.consumer);
            }
            share.held.keySet().stream()
                    .filter(subscription -> subscription.consumers().isEmpty())
                    .forEach(subscription -> over.accept(destination, subscription));
        }));
        shares.keySet().forEach(Destination::work);
    }
}
