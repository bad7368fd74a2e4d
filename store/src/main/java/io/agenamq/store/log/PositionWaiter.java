// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/**
 * Somebody who waits for the log to be durable up to a position. Exactly one of the methods is called, once: on the flusher thread, or on the
 * thread that asked if the answer is known at once. Neither may block or throw; whoever has more to do hands it to a thread of his own.
 */
public interface PositionWaiter {

    /** Everything below the position waited for survives a crash of the machine. */
    void durable(long durablePosition);

    /** It is unknown whether what was waited for survives, and this process will never know. */
    void failed(String reason);
}
