// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import io.agenamq.tck.client.Line;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How far a load has come that ends with a count: when each tenth of it was done, so that a rate that sinks is seen. Any thread may count. */
final class JmsProgress {

    private static final int PARTS = 10;

    private final long total;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLongArray doneAt = new AtomicLongArray(PARTS + 1);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Begins now. */
    JmsProgress(long total) {
        if (total < PARTS) {
            throw new IllegalArgumentException("at least " + PARTS + " messages, not " + total);
        }
        this.total = total;
        doneAt.set(0, System.nanoTime());
    }

    /** One more is done. */
    void one() {
        long now = count.incrementAndGet();
        // The last of a part: the first count that the part's share does not exceed.
        int part = (int) (now * PARTS / total);
        if (part > 0 && part <= PARTS && (now - 1) * PARTS / total < part) {
            doneAt.set(part, System.nanoTime());
        }
        if (now == total) {
            done.countDown();
        }
    }

    void awaitAll() throws InterruptedException {
        done.await();
    }

    /** Adds the rates of the slowest and of the fastest tenth, per second. */
    Line addTo(Line result) {
        double slowest = Double.MAX_VALUE;
        double fastest = 0;
        for (int part = 1; part <= PARTS; part++) {
            double rate = total * 1e9 / PARTS / (doneAt.get(part) - doneAt.get(part - 1));
            slowest = Math.min(slowest, rate);
            fastest = Math.max(fastest, rate);
        }
        return result.with("slowest", Math.round(slowest)).with("fastest", Math.round(fastest));
    }
}
