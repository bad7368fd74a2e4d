// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that several {@linkplain MemoryQueue memory queues} may hold together. Any thread. */
public final class MemoryBudget {

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    /** A budget of which nothing is used. */
    public MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes in use. */
    public long bytes() {
        return bytes.get();
    }

    /** Takes so many bytes; false if there are not so many left. */
    boolean take(long count) {
        if (bytes.addAndGet(count) > bytesMax) {
            bytes.addAndGet(-count);
            return false;
        }
        return true;
    }

    void giveBack(long count) {
        bytes.addAndGet(-count);
    }
}
