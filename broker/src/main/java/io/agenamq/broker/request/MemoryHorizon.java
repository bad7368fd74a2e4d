// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.store.log.CommitLog;

/**
 * The guess which part of the log is in memory: its newest bytes, up to a share of the machine's memory. What lies behind may have to be
 * fetched from the disk, so event loops do not touch it. Immutable.
 */
final class MemoryHorizon {

    private final CommitLog log;
    private final long bytes;

    /** The newest {@code bytes} of {@code log}. */
    MemoryHorizon(CommitLog log, long bytes) {
        this.log = log;
        this.bytes = bytes;
    }

    boolean isCold(long position) {
        return log.writtenPosition() - position > bytes;
    }
}
