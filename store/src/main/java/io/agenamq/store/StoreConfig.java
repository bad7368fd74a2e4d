// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.store.log.LogConfig;
import io.agenamq.store.retention.RetentionConfig;

/**
 * Settings of a {@link Store}.
 *
 * @param snapshotIntervalBytes how much log is written between two snapshots; a restart replays about that much
 */
public record StoreConfig(LogConfig log, RetentionConfig retention, long snapshotIntervalBytes) {

    /** A restart replays less than this, even if snapshots are large and therefore taken less often. */
    static final long REPLAY_BYTES_MAX = 256L * 1024 * 1024;

    private static final long SNAPSHOT_INTERVAL_BYTES = 64L * 1024 * 1024;

    /** Checks the ranges. */
    public StoreConfig {
        if (snapshotIntervalBytes < 1 || snapshotIntervalBytes > REPLAY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "snapshotIntervalBytes " + snapshotIntervalBytes + " is not within 1 to " + REPLAY_BYTES_MAX);
        }
    }

    /** What a server has by default. */
    public static StoreConfig defaults() {
        return new StoreConfig(LogConfig.defaults(), RetentionConfig.defaults(), SNAPSHOT_INTERVAL_BYTES);
    }

    /** The same with another log. */
    public StoreConfig withLog(LogConfig newLog) {
        return new StoreConfig(newLog, retention, snapshotIntervalBytes);
    }

    /** The same with another retention. */
    public StoreConfig withRetention(RetentionConfig newRetention) {
        return new StoreConfig(log, newRetention, snapshotIntervalBytes);
    }

    /** The same with another distance of snapshots. */
    public StoreConfig withSnapshotIntervalBytes(long bytes) {
        return new StoreConfig(log, retention, bytes);
    }
}
