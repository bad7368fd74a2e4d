// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.log.CommitLog;
import java.io.IOException;
import java.time.Instant;

/**
 * Finds out which of the oldest segments are worth emptying. A survey looks at the closed segments from the oldest on, one per step. It ends at the
 * first one that something holds, or when those seen so far are worth it: their dead bytes make up at least a segment, and at least half of their
 * live bytes.
 *
 * <pre>
 *   segment      1     2     3     4
 *   live       90 %  95 %   0 %   2 %
 *   dead       10 %  15 %  115 %                of a segment, added up: after the third it is worth it
 * </pre>
 *
 * So the dead bytes of closed segments stay below one segment, or half of what lives, whichever is more; and no byte of a dead message costs the
 * copying of more than two live ones. On the housekeeper.
 */
final class Survey {

    /** What {@link #step} answers while nothing is known to be worth it. */
    static final long NONE = -1;

    /** Between two surveys while no segment is closed. */
    private static final long PAUSE_MILLIS = 10_000;

    /** After a survey that met many live messages comes a rest, so that no more of them than this are looked at per millisecond in the long run. */
    private static final long LIVE_PER_MILLI = 500;

    private final CommitLog log;
    private final Retention retention;

    /** The segment to look at next. */
    private long next = NONE;

    private long liveBytes;
    private long bytes;
    private long liveCount;
    private boolean metKept;

    /** Where the log was when this survey, or the last one, began; the segment that was being written; and when. */
    private long beganWritten = NONE;

    private long beganLast = NONE;
    private long beganAt;
    private long restMillis;

    Survey(CommitLog log, Retention retention) {
        this.log = log;
        this.retention = retention;
    }

    /** Looks at one segment, if it is time. Answers the end of the last segment that is worth emptying with all before it, or {@link #NONE}. */
    long step(Instant now) throws IOException {
        long[] starts = log.segmentStarts();
        if (next == NONE && !begin(starts, now.toEpochMilli())) {
            return NONE;
        }
        int index = 0;
        while (index < starts.length - 1 && starts[index] < next) {
            index++;
        }
        next = NONE;
        // It is over at the segment being written, or if the regular pass of retention was here meanwhile.
        return index < starts.length - 1 ? lookAt(starts, index, now) : NONE;
    }

    /** Lets the next survey begin soon: there may be more to do. */
    void again() {
        beganLast = NONE;
    }

    private boolean begin(long[] starts, long now) {
        // A clock that was set back puts nothing off.
        long since = now < beganAt ? Long.MAX_VALUE : now - beganAt;
        boolean rolled = starts[starts.length - 1] != beganLast;
        boolean changed = since >= PAUSE_MILLIS && log.writtenPosition() != beganWritten;
        if (starts.length < 2 || since < restMillis || !(rolled || changed)) {
            return false;
        }
        beganWritten = log.writtenPosition();
        beganLast = starts[starts.length - 1];
        beganAt = now;
        next = starts[0];
        liveBytes = 0;
        bytes = 0;
        liveCount = 0;
        metKept = false;
        return true;
    }

    private long lookAt(long[] starts, int index, Instant now) throws IOException {
        long end = starts[index + 1];
        Retention.Pass pass = retention.pass(now);
        SegmentCensus.Count count = retention.census().count(pass.view(), starts[index], end, pass.nowMillis());
        liveCount += count.liveCount();
        restMillis = liveCount / LIVE_PER_MILLI;
        if (!pass.lets(end, count)) {
            return NONE;
        }
        liveBytes += count.heldBytes();
        bytes += end - starts[index];
        metKept |= count.kept();
        long dead = bytes - liveBytes;
        boolean worth = dead >= starts[1] - starts[0] && dead >= liveBytes / 2;
        // What only age lets go, and nothing else, is for the regular pass of retention, at its pace.
        if (worth && (liveBytes > 0 || !metKept)) {
            return end;
        }
        next = end;
        return NONE;
    }
}
