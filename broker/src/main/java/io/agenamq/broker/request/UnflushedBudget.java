// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that sends of all loops may take while they wait for the disk. Any thread. */
final class UnflushedBudget {

    /** A third of the smallest heap that is supported (96 MiB): a disk that stands still must not take the rest of the broker with it. */
    static final long BYTES_MAX = 32L * 1024 * 1024;

    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    UnflushedBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    boolean isUsedUp() {
        return taken.get() >= bytesMax;
    }

    /** Takes part of it, even if that is more than is left: what is in the log has to wait. */
    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }
}
