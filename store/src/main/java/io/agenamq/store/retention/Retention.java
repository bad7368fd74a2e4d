// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.hidden.ReferenceLinks;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.RefusalCause;
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
 * Drops segments that nobody needs, oldest first and never the one being written. What is in them goes by two rules. Messages of native topics go
 * when they are old, or when the disk has no room for them; so does what a reader without a cursor may still want, and what is damaged. Messages of
 * destinations with cursors go when every cursor has settled them, or when they have expired, and not before ({@link LiveMessages}); the
 * {@link Cleaner} moves the last of them out of the way.
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
 * <p>{@link #dropOnce} and {@link #watchDisk} on the housekeeper; holds may be added from any thread.
 */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final RetentionConfig config;
    private final Disk disk;
    private final CommitLog log;
    private final QueueTable queues;
    private final KeyIndex keys;
    private final SnapshotStore snapshots;
    private final List<DerivedState> states;
    private final DerivedState.ControlSink sink;
    private final LiveMessages live;
    private final ReferenceLinks links;
    private final SegmentCensus census;
    private final List<RetentionHold> holds = new CopyOnWriteArrayList<>();

    private boolean refusing;

    /** Drops nothing before {@link #dropOnce}. */
    public Retention(
            RetentionConfig config,
            Disk disk,
            CommitLog log,
            QueueTable queues,
            KeyIndex keys,
            SnapshotStore snapshots,
            List<? extends DerivedState> states,
            DerivedState.ControlSink sink,
            LiveMessages live,
            ReferenceLinks links,
            HalfTable halves) {
        this.live = live;
        this.links = links;
        this.census = new SegmentCensus(queues, log, links, halves);
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
                log.refuseMessages(
                        RefusalCause.DISK_USE,
                        "the disk is " + used + " % full, messages are accepted up to " + config.warningPercent()
                                + " % (diskSpaceWarningLevelRatio); free space or add some");
            }
        } else if (refusing) {
            refusing = false;
            log.admitMessages(RefusalCause.DISK_USE);
        }
    }

    /**
     * One pass of dropping.
     *
     * @return how many segments went
     */
    public int dropOnce(Instant now) throws IOException, AppendRefusedException {
        return dropUpTo(Long.MAX_VALUE, now);
    }

    /** The same for segments that end at or below {@code limit}. */
    int dropUpTo(long limit, Instant now) throws IOException, AppendRefusedException {
        Pass pass = pass(now);
        long[] starts = log.segmentStarts();
        int count = droppable(starts, limit, pass);
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
        // What was moved out of these segments, too, is durable from here on.
        log.flush();
        queues.retain(position);
        long min = log.retire(position);
        keys.retain(min);
        links.dropBelow(min);
        census.forgetBelow(min);
        LOG.info("dropped {} segments: the log starts at {} now, disk used {} %", count, min, pass.used);
        return count;
    }

    /** How many of the oldest segments may go now. */
    private int droppable(long[] starts, long limit, Pass pass) {
        int most = Math.min(starts.length - 1, config.segmentsPerPassMax());
        int count = 0;
        while (count < most && starts[count + 1] <= limit && pass.letsGo(starts[count], starts[count + 1])) {
            count++;
        }
        return count;
    }

    /** Finds what lives in a segment. */
    SegmentCensus census() {
        return census;
    }

    /** Fixes what is decided by time, disk and readers, for looks at several segments. */
    Pass pass(Instant now) throws IOException {
        return new Pass(now);
    }

    /** What holds at one moment. */
    final class Pass {

        private final int used = usedPercent();
        private final LiveMessages.View view = live.view();
        private final long nowMillis;
        private final long needed;
        private final long oldest;
        private final long settledBefore;
        private final boolean force;
        private final boolean byAge;

        private Pass(Instant now) throws IOException {
            nowMillis = now.toEpochMilli();
            needed = holds.stream().mapToLong(RetentionHold::lowestNeeded).min().orElse(RetentionHold.NOTHING);
            oldest = now.minus(config.reservedTime()).toEpochMilli();
            settledBefore = now.minus(config.settledTime()).toEpochMilli();
            force = used > config.forciblePercent();
            byAge = force
                    || used > config.usedPercentMax()
                    || config.deleteHours().contains(now.atZone(config.zone()).getHour());
        }

        LiveMessages.View view() {
            return view;
        }

        long nowMillis() {
            return nowMillis;
        }

        /** Whether the segment may go as it is. */
        private boolean letsGo(long start, long next) {
            if (next > needed) {
                return false;
            }
            SegmentCensus.Count count = census.count(view, start, next, nowMillis);
            return count.liveBytes() == 0 && lets(next, count);
        }

        /**
         * Whether the segment may go when it has nothing live any more.
         *
         * @param next start of the following segment; the first record there is not older than the last one here
         * @param count what is in it
         */
        boolean lets(long next, SegmentCensus.Count count) {
            boolean kept = count.kept();
            if (next > needed) {
                return false;
            }
            if (force || (!kept && config.settledTime().isZero())) {
                return true;
            }
            // What was published later is as old as its publication.
            long newest = log.firstStoreTime(segmentBehind(Math.max(next - 1, count.keptTo())));
            return newest < settledBefore && (!kept || (byAge && newest < oldest));
        }

        /** Start of the first segment behind a position; the position itself in the last one, which nobody has written behind. */
        private long segmentBehind(long position) {
            for (long start : log.segmentStarts()) {
                if (start > position) {
                    return start;
                }
            }
            return Long.MAX_VALUE;
        }
    }
}
