// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.RefusalCause;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Bounds the memory of what waits to be filed: full chunks of consume queues and full runs of keys. They are written behind the appends; if only
 * their folders cannot be written, or the disk is much slower there than in the log, appends would go on until memory is used up. So messages are
 * refused, with the reason, until half of it is filed.
 *
 * <p>{@link #checkRefuse} on appending threads, {@link #checkAdmit} on the housekeeper.
 */
final class FilingBacklog {

    /** A third of the smallest heap that is supported (96 MiB). Usually a few MiB wait. */
    static final long BYTES_MAX = 32L * 1024 * 1024;

    private final LongSupplier waitingBytes;
    private final long bytesMax;
    private final CommitLog log;

    private volatile boolean refusing;

    FilingBacklog(LongSupplier waitingBytes, long bytesMax, CommitLog log) {
        this.waitingBytes = waitingBytes;
        this.bytesMax = bytesMax;
        this.log = log;
    }

    /** Refuses messages if too much waits. */
    void checkRefuse() {
        if (!refusing && waitingBytes.getAsLong() > bytesMax) {
            log.refuseMessages(RefusalCause.BACKLOG, reason());
            // Last: the housekeeper must not admit before this thread has refused.
            refusing = true;
        }
    }

    /** Admits messages again if enough was filed. */
    void checkAdmit() {
        if (refusing && waitingBytes.getAsLong() <= bytesMax / 2) {
            refusing = false;
            log.admitMessages(RefusalCause.BACKLOG);
        }
    }

    /** During a replay there is nobody to refuse: the store does not open. */
    void require() throws IOException {
        if (waitingBytes.getAsLong() > bytesMax) {
            throw new IOException(reason());
        }
    }

    private String reason() {
        return "entries of consume queues and keys of more than " + bytesMax
                + " bytes wait in memory, because the folders 'queues' and 'keys' of the store cannot be written fast enough, or not at all;"
                + " the broker's log says why";
    }
}
