// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import java.time.Duration;
import java.util.BitSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which orders have arrived: the referee of every act. Orders are numbered from 0; an order is expected or not, and arrives once, or the
 * ledger says what is wrong. Thread-safe.
 */
final class Ledger {
    private static final long PROGRESS_MILLIS = 100;

    private final BitSet expected;
    private final BitSet arrived = new BitSet();
    private long arrivals;
    private int twice;
    private int firstTwice = -1;
    private int unexpected;
    private int firstUnexpected = -1;

    /** A ledger that waits for these orders, each once. */
    Ledger(BitSet expected) {
        this.expected = (BitSet) expected.clone();
    }

    /** A ledger that waits for the orders from 0 to {@code count - 1}, each once. */
    static Ledger ofFirst(int count) {
        BitSet orders = new BitSet();
        orders.set(0, count);
        return new Ledger(orders);
    }

    /** Enters the arrival of an order. */
    synchronized void arrive(int order) {
        arrivals++;
        if (!expected.get(order)) {
            unexpected++;
            firstUnexpected = firstUnexpected < 0 ? order : firstUnexpected;
        } else if (arrived.get(order)) {
            twice++;
            firstTwice = firstTwice < 0 ? order : firstTwice;
        } else {
            arrived.set(order);
        }
        notifyAll();
    }

    /**
     * Waits until every expected order has arrived, or nothing at all has for {@code patience}.
     *
     * @param progress told the number of arrived orders every now and then
     */
    synchronized void await(Duration patience, IntConsumer progress) throws InterruptedException {
        long seen = arrivals;
        long quietSince = System.nanoTime();
        while (!missing().isEmpty() && System.nanoTime() - quietSince < patience.toNanos()) {
            wait(PROGRESS_MILLIS);
            if (arrivals != seen) {
                seen = arrivals;
                quietSince = System.nanoTime();
            }
            progress.accept(arrived.cardinality());
        }
    }

    /** How many different expected orders have arrived. */
    synchronized int count() {
        return arrived.cardinality();
    }

    /** How many orders are expected in all. */
    synchronized int expectedCount() {
        return expected.cardinality();
    }

    /** The expected orders that have not arrived. */
    synchronized BitSet missing() {
        BitSet missing = (BitSet) expected.clone();
        missing.andNot(arrived);
        return missing;
    }

    /** What is wrong, in words, or null if every expected order arrived exactly once and nothing else did. */
    synchronized @Nullable String complaint() {
        BitSet missing = missing();
        if (!missing.isEmpty()) {
            return "%,d of %,d orders arrived, %,d are missing (the first is order %d)"
                    .formatted(
                            arrived.cardinality(),
                            expected.cardinality(),
                            missing.cardinality(),
                            missing.nextSetBit(0));
        }
        if (twice > 0) {
            return "all %,d orders arrived, but %,d of them twice (the first is order %d)"
                    .formatted(expected.cardinality(), twice, firstTwice);
        }
        if (unexpected > 0) {
            return "%,d orders arrived that should not have (the first is order %d)"
                    .formatted(unexpected, firstUnexpected);
        }
        return null;
    }
}
