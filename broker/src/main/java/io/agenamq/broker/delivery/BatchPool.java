// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.log.MessageBatch;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Batches for those who need one for a moment: as many as there are threads at work at one time, not one per destination. Any thread. */
final class BatchPool {

    private final Supplier<MessageBatch> made;
    private final Queue<MessageBatch> idle = new ConcurrentLinkedQueue<>();

    BatchPool(Supplier<MessageBatch> made) {
        this.made = made;
    }

    /** An empty batch. */
    MessageBatch take() {
        MessageBatch batch = idle.poll();
        return batch == null ? made.get() : batch;
    }

    /** Takes a batch back, with whatever is in it. */
    void giveBack(MessageBatch batch) {
        batch.clear();
        idle.add(batch);
    }
}
