// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.util.function.LongConsumer;

/** What {@code agena perf} loads: a destination behind one of the two protocols. */
interface PerfTarget extends AutoCloseable {
    /** A sender for one producer thread. */
    LoadRun.Sender sender();

    /**
     * Starts consumers.
     *
     * @param receipts told the intended time of every message as it arrives; from several threads
     */
    void listen(int count, LongConsumer receipts);

    /** Waits until nothing has arrived for a moment. */
    void awaitSilence();

    /** What an answered message survives, in words. */
    String durability();

    @Override
    void close();
}
