// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import java.util.concurrent.atomic.AtomicLong;

/** What open transactions hold together, and may. Any thread. */
final class Memory {

    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    Memory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    long bytesMax() {
        return bytesMax;
    }

    long used() {
        return used.get();
    }

    /** Takes so many bytes, unless that would be too much. */
    boolean take(long bytes) {
        if (used.addAndGet(bytes) <= bytesMax) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Takes so many bytes even if that is too much, for a moment. */
    void takeInAnyCase(long bytes) {
        used.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }
}
