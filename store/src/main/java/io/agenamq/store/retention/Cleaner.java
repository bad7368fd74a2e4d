// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops segments that are old, or that the disk has no room for, oldest first and never the one being written.
 *
 * <pre>
 *  used disk      0 ───── 75 ─────────── 85 ─────────────── 90 ───────────── 100 %
 *  segments go    old ones, at the hour │ old ones, any hour │ the oldest, whatever their age
 *  messages       accepted ─────────────────────────────────│ refused, with the reason
 * </pre>
 *
 * A segment goes only if nobody holds it, and only if the newest snapshot is behind it, so that a restart never needs it. Before it goes, what
 * only its control records say is {@linkplain DerivedState#restate stated again} at the end of the log and made durable: the rest of the log
 * tells everything. Then the queues raise their first offsets, the segment is deleted, and the key index follows. A crash between any two of
 * these steps leaves a store that says the same.
 *
 * <p>{@link #cleanOnce} and {@link #watchDisk} on the housekeeper; holds may be added from any thread.
 */
public final class Cleaner {

    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    private final RetentionConfig config;
    private final Disk disk;
    private final CommitLog log;
    private final QueueTable queues;
    private final KeyIndex keys;
    private final SnapshotStore snapshots;
    private final List<DerivedState> states;
    private final DerivedState.ControlSink sink;
    private final List<RetentionHold> holds = new CopyOnWriteArrayList<>();

    private boolean refusing;

    /** Drops nothing before {@link #cleanOnce}. */
    public Cleaner(
            RetentionConfig config,
            Disk disk,
            CommitLog log,
            QueueTable queues,
            KeyIndex keys,
            SnapshotStore snapshots,
            List<? extends DerivedState> states,
            DerivedState.ControlSink sink) {
        this.config = config;
        this.disk = disk;
        this.log = log;
        this.queues = queues;
        this.keys = keys;
        this.snapshots = snapshots;
        this.states = List.copyOf(states);
        this.sink = sink;
    }

    /** Asks {@code hold} before every segment from now on. */
    public void addHold(RetentionHold hold) {
        holds.add(hold);
    }

    /** How much of the file system is in use, in percent, rounded down. */
    public int usedPercent() throws IOException {
        long total = disk.totalBytes();
        return total <= 0 ? 0 : (int) ((total - disk.freeBytes()) * 100.0 / total);
    }

    /** Refuses messages while the disk is above the third mark. Every second or so, since producers wait for the end of it. */
    public void watchDisk() throws IOException {
        int used = usedPercent();
        if (used > config.warningPercent()) {
            if (!refusing) {
                refusing = true;
                log.refuseMessages("the disk is " + used + " % full, messages are accepted up to "
                        + config.warningPercent() + " % (diskSpaceWarningLevelRatio); free space or add some");
            }
        } else if (refusing) {
            refusing = false;
            log.admitMessages();
        }
    }

    /**
     * One pass of dropping.
     *
     * @return how many segments went
     */
    public int cleanOnce(Instant now) throws IOException, AppendRefusedException {
        int used = usedPercent();
        long[] starts = log.segmentStarts();
        int count = droppable(starts, used, now);
        if (count == 0) {
            return 0;
        }
        long position = starts[count];
        if (snapshots.newestPosition() < position) {
            snapshots.write(log);
        }
        for (DerivedState state : states) {
            state.restate(position, sink);
        }
        log.flush();
        queues.retain(position);
        long min = log.retire(position);
        keys.retain(min);
        LOG.info("dropped {} segments: the log starts at {} now, disk used {} %", count, min, used);
        return count;
    }

    /** How many of the oldest segments may go now. */
    private int droppable(long[] starts, int used, Instant now) {
        boolean force = used > config.forciblePercent();
        boolean hour = config.deleteHours().contains(now.atZone(config.zone()).getHour());
        if (!force && !hour && used <= config.usedPercentMax()) {
            return 0;
        }
        long needed =
                holds.stream().mapToLong(RetentionHold::lowestNeeded).min().orElse(RetentionHold.NOTHING);
        long oldest = now.minus(config.reservedTime()).toEpochMilli();
        int most = Math.min(starts.length - 1, config.segmentsPerPassMax());
        int count = 0;
        // The first record behind a segment is not older than its last one.
        while (count < most
                && starts[count + 1] <= needed
                && (force || log.firstStoreTime(starts[count + 1]) < oldest)) {
            count++;
        }
        return count;
    }
}
