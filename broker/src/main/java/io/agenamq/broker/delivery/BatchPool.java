// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.log.MessageBatch;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Batches for those who need one for a moment: as many as there are threads at work at one time, not one per destination. Any thread. */
public final class BatchPool {

    /** Batches that are kept while nobody needs them. */
    private static final int IDLE_MAX = 64;

    private final Supplier<MessageBatch> made;
    private final Queue<MessageBatch> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    /** A pool of batches of one log. */
    public BatchPool(Supplier<MessageBatch> made) {
        this.made = made;
    }

    /** An empty batch. */
    public MessageBatch take() {
        MessageBatch batch = idle.poll();
        if (batch == null) {
            return made.get();
        }
        idleCount.decrementAndGet();
        return batch;
    }

    /** Takes a batch back, with whatever is in it. */
    public void giveBack(MessageBatch batch) {
        if (idleCount.get() >= IDLE_MAX) {
            return;
        }
        batch.clear();
        idleCount.incrementAndGet();
        idle.add(batch);
    }
}
