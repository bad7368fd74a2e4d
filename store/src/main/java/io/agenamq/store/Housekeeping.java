// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.LogState;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.retention.Cleaner;
import io.agenamq.store.retention.Retention;
import io.agenamq.store.snapshot.SnapshotStore;
import io.agenamq.store.table.OffsetTable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the housekeeper does for everything that is derived: flush offsets, file queue pages and keys, take snapshots, drop segments. Every
 * method is a step that returns quickly if there is nothing to do. A step that the disk refuses is reported once and tried again: none of it is
 * needed for correctness, it only bounds memory, disk space and the length of the next replay.
 */
final class Housekeeping {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** Between two passes of retention, and before another attempt at a snapshot that failed. */
    private static final long PAUSE_MILLIS = 10_000;

    /** Between two looks at how full the disk is. */
    private static final long WATCH_MILLIS = 1_000;

    /** How much more log than snapshot is written: what snapshots cost is at most a quarter of that. */
    private static final int LOG_BYTES_PER_SNAPSHOT_BYTE = 4;

    private final CommitLog log;
    private final QueueTable queues;
    private final KeyIndex keys;
    private final OffsetTable offsets;
    private final SnapshotStore snapshots;
    private final Retention retention;
    private final Cleaner cleaner;
    private final InstantSource clock;
    private final long snapshotIntervalBytes;

    /** Steps that failed the last time. */
    private final Set<String> failing = new HashSet<>();

    private final long replayedFrom;
    private long snapshotNotBefore = Long.MIN_VALUE;
    private long cleanNotBefore = Long.MIN_VALUE;
    private long watchNotBefore = Long.MIN_VALUE;

    Housekeeping(
            CommitLog log,
            QueueTable queues,
            KeyIndex keys,
            OffsetTable offsets,
            SnapshotStore snapshots,
            Retention retention,
            Cleaner cleaner,
            InstantSource clock,
            long snapshotIntervalBytes,
            long replayedFrom) {
        this.log = log;
        this.queues = queues;
        this.keys = keys;
        this.offsets = offsets;
        this.snapshots = snapshots;
        this.retention = retention;
        this.cleaner = cleaner;
        this.clock = clock;
        this.snapshotIntervalBytes = snapshotIntervalBytes;
        this.replayedFrom = replayedFrom;
    }

    private interface Step {
        void run() throws IOException, AppendRefusedException;
    }

    void flushOffsets() {
        if (offsets.hasWork() && canAppend()) {
            attempt("committed offsets cannot be written", offsets::flush);
        }
    }

    void file() {
        if (queues.hasWork()) {
            attempt("consume queue pages cannot be written", queues::file);
        }
        if (keys.hasWork()) {
            attempt("key index files cannot be written", keys::file);
        }
    }

    void snapshotIfDue() {
        long replayedFromHere = Math.max(replayedFrom, snapshots.newestPosition());
        long due = Math.max(snapshotIntervalBytes, snapshots.newestBytes() * LOG_BYTES_PER_SNAPSHOT_BYTE);
        // Beyond this, bounding the replay is worth more than saving writes.
        due = Math.min(due, StoreConfig.REPLAY_BYTES_MAX / 4 * 3);
        long now = clock.millis();
        if (log.writtenPosition() - replayedFromHere >= due && isDue(now, snapshotNotBefore, PAUSE_MILLIS)) {
            snapshotNotBefore = snapshot() ? Long.MIN_VALUE : now + PAUSE_MILLIS;
        }
    }

    /** Takes a snapshot now. False if that failed, or if the log is in a state in which nothing more should be written. */
    boolean snapshot() {
        if (!canAppend()) {
            return false;
        }
        boolean done = attempt("a snapshot cannot be written", () -> snapshots.write(log));
        if (done) {
            queues.trimIdle(log::exclusively);
        }
        return done;
    }

    void watchDiskIfDue() {
        long now = clock.millis();
        if (isDue(now, watchNotBefore, WATCH_MILLIS)) {
            watchNotBefore = now + WATCH_MILLIS;
            attempt("the disk does not say how full it is", retention::watchDisk);
        }
    }

    void dropIfDue() {
        long now = clock.millis();
        if (isDue(now, cleanNotBefore, PAUSE_MILLIS) && canAppend()) {
            cleanNotBefore = now + PAUSE_MILLIS;
            attempt("old segments cannot be dropped", () -> retention.dropOnce(clock.instant()));
        }
    }

    void clean() {
        if (canAppend()) {
            attempt("live messages of old segments cannot be moved", () -> cleaner.step(clock.instant()));
        }
    }

    /** A clock that was set back does not put anything off by more than the pause. */
    private static boolean isDue(long now, long notBefore, long pause) {
        return now >= notBefore || now < notBefore - pause;
    }

    private boolean canAppend() {
        LogState.Kind kind = log.state().kind();
        return kind == LogState.Kind.OPEN || kind == LogState.Kind.DISK_FULL;
    }

    private boolean attempt(String failure, Step step) {
        try {
            step.run();
            if (failing.remove(failure)) {
                LOG.info("no longer true: {}", failure);
            }
            return true;
        } catch (IOException | AppendRefusedException e) {
            if (failing.add(failure)) {
                LOG.warn("{}, and is tried again: {}", failure, e.getMessage(), e);
            }
            return false;
        }
    }
}
