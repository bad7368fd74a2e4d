// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.retention.LiveMessages.Readers;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that one forgotten message cannot pin the log: moves the few live messages of the oldest segments to the end, after which
 * {@link Retention} drops these segments.
 *
 * <pre>
 *   before   │ . . x . . . │ . . . . . . │ . . . . x . │ x x . x │            x live, . settled
 *   after                                │ . . . . x . │ x x . x M x │        M: "what follows in this batch was moved"
 * </pre>
 *
 * <p><b>Which.</b> The {@link Survey} says.
 *
 * <p><b>How.</b> Decide, append, apply. A batch holds the record {@code MESSAGES_MOVED} and behind it the messages, each as it was but for its
 * position. It is appended under the decision lock, and only with messages that are where they were read; so no topic is removed in between. Applying
 * it redirects the entries of the queues, which keep their offsets. The batch is there as a whole or not at all, applying it twice changes nothing,
 * and nothing is dropped before it is durable: a crash anywhere leaves each message at its old place, or at both. Half messages that nobody has decided
 * about are moved in the same way, each claimed meanwhile so that nobody decides about it.
 *
 * <p><b>Bounds.</b> So many bytes per second, at most {@value #BATCH_BYTES} per batch; at most {@value #MOVED_MAX} moved messages at a time, since
 * their entries are in memory; on a full disk only what leaves half of the log's reserve to others. Whoever holds a {@link RecordSlice} of the old
 * place keeps it. On the housekeeper.
 */
public final class Cleaner {

    /** A batch holds up the sends behind it for as long as its write takes: a tenth of a millisecond or two. */
    private static final int BATCH_BYTES = 256 * 1024;

    /** Moved messages at a time: 8 MiB of entries, up to 26 MiB if they lie far apart. More than that many forgotten ones are no longer few. */
    static final int MOVED_MAX = 128 * 1024;

    /** What may be moved at once after a quiet time, as a time. */
    private static final long BURST_MILLIS = 250;

    private static final int MOVED_VERSION = 1;
    private static final long NONE = Survey.NONE;

    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    private final RetentionConfig config;
    private final CommitLog log;
    private final QueueTable queues;
    private final Retention retention;
    private final SegmentCensus census;
    private final Survey survey;
    private final DerivedState.ControlSink sink;
    private final MessageBatch batch;

    /** The end of the last segment whose messages are to be moved. */
    private long plannedTo = NONE;

    /** Segments below it have nothing live any more, as far as this plan goes. */
    private long emptiedTo;

    private long allowance;
    private long allowanceAt;
    private boolean tooManyReported;

    private record Candidate(ConsumeQueue queue, long offset, long position, int size) {}

    /**
     * Moves nothing before {@link #step}.
     *
     * @param sink its monitor is the decision lock
     */
    public Cleaner(
            RetentionConfig config,
            CommitLog log,
            QueueTable queues,
            Retention retention,
            DerivedState.ControlSink sink) {
        this.config = config;
        this.log = log;
        this.queues = queues;
        this.retention = retention;
        this.census = retention.census();
        this.survey = new Survey(log, retention);
        this.sink = sink;
        this.batch = log.newBatch();
    }

    /** One small piece of work: a look at one segment, or the moving of what the time since the last step allows. */
    public void step(Instant now) throws IOException, AppendRefusedException {
        if (config.movedBytesPerSecond() == 0) {
            return;
        }
        allow(now.toEpochMilli());
        if (plannedTo == NONE) {
            plannedTo = survey.step(now);
            emptiedTo = log.minPosition();
        }
        if (plannedTo != NONE) {
            move(now);
        }
    }

    /** What was not used for a quarter of a second is lost: after a quiet time there is no burst. */
    private void allow(long now) {
        long elapsed = Math.max(0, Math.min(BURST_MILLIS, now - allowanceAt));
        allowanceAt = now;
        long most = Math.max(1, config.movedBytesPerSecond() * BURST_MILLIS / 1000);
        allowance = Math.min(most, allowance + config.movedBytesPerSecond() * elapsed / 1000);
    }

    private void reportTooMany() {
        if (!tooManyReported) {
            tooManyReported = true;
            LOG.warn(
                    "{} forgotten messages were moved already; no more are, and old segments stay until some are consumed or expire",
                    queues.movedCount());
        }
    }

    private void move(Instant now) throws IOException, AppendRefusedException {
        Retention.Pass pass = retention.pass(now);
        boolean blocked = false;
        boolean full = log.state().kind() == LogState.Kind.DISK_FULL;
        long[] starts = log.segmentStarts();
        for (int i = 0; i < starts.length - 1 && starts[i + 1] <= plannedTo && !blocked; i++) {
            if (starts[i] < emptiedTo) {
                continue;
            }
            if (queues.movedCount() >= MOVED_MAX) {
                reportTooMany();
                plannedTo = starts[i];
                break;
            }
            tooManyReported = false;
            blocked = (full && !fitsIntoReserve(pass, starts[i], starts[i + 1]))
                    || !moveFrom(pass, starts[i], starts[i + 1]);
            if (!blocked) {
                emptiedTo = starts[i + 1];
                // On a full disk space comes first.
                blocked = full;
            }
        }
        int dropped = emptiedTo > log.minPosition() ? retention.dropUpTo(emptiedTo, now) : 0;
        boolean done = log.minPosition() >= plannedTo || (emptiedTo >= plannedTo && dropped == 0);
        // No room for this plan: the next survey makes another.
        boolean hopeless = full && dropped == 0;
        if (done || hopeless) {
            plannedTo = NONE;
        }
        if (done && dropped > 0) {
            // There may be more to do at once.
            survey.again();
        }
    }

    private boolean fitsIntoReserve(Retention.Pass pass, long start, long end) {
        return census.count(pass.view(), start, end, pass.nowMillis()).liveBytes() <= log.roomBytes() / 2;
    }

    /** Moves live messages of a segment as far as the allowance goes; true if it has none left. */
    private boolean moveFrom(Retention.Pass pass, long start, long end) throws AppendRefusedException {
        List<Candidate> candidates = new ArrayList<>();
        long[] left = {allowance};
        boolean[] all = {true};
        census.visit(pass.view(), start, end, pass.nowMillis(), new SegmentCensus.Visitor() {
            @Override
            public boolean live(ConsumeQueue queue, Readers readers, long offset, QueueEntry entry) {
                if (left[0] <= 0) {
                    all[0] = false;
                    return false;
                }
                left[0] -= entry.size();
                candidates.add(new Candidate(queue, offset, entry.position(), entry.size()));
                return true;
            }

            @Override
            public boolean kept() {
                return true;
            }
        });
        int from = 0;
        while (from < candidates.size()) {
            int to = from;
            int bytes = 0;
            while (to < candidates.size()
                    && (to == from || bytes + candidates.get(to).size() <= BATCH_BYTES)) {
                bytes += candidates.get(to++).size();
            }
            allowance -= bytes;
            moveTogether(candidates.subList(from, to), start);
            from = to;
        }
        return all[0] && moveHalves(start, end);
    }

    /** Moves undecided half messages of a segment as far as the allowance goes; true if it has none left. */
    private boolean moveHalves(long start, long end) throws AppendRefusedException {
        List<HalfMessage> together = new ArrayList<>();
        int bytes = 0;
        boolean all = true;
        for (HalfMessage half : census.halves(start, end)) {
            if (bytes >= Math.min(allowance, BATCH_BYTES)) {
                all = false;
                break;
            }
            // One that is being decided at this moment is gone in the next.
            if (half.claim()) {
                together.add(half);
                bytes += half.size();
            } else {
                all = false;
            }
        }
        allowance -= bytes;
        try {
            return moveHalves(together, start) && all;
        } finally {
            together.forEach(HalfMessage::release);
        }
    }

    /** Nobody decides meanwhile: what publishes them names the place where they are. False if one of them stays where it is. */
    private boolean moveHalves(List<HalfMessage> claimed, long segmentStart) throws AppendRefusedException {
        boolean all = true;
        try {
            beginMove(segmentStart);
            for (HalfMessage half : claimed) {
                RecordSlice slice = read(half);
                if (slice == null) {
                    all = false;
                    continue;
                }
                try {
                    all &= batch.addMoved(half.queue().topic(), slice.buffer()) != MessageBatch.FULL;
                } finally {
                    slice.release();
                }
            }
            if (batch.count() > 1) {
                log.append(batch);
            }
        } finally {
            batch.clear();
        }
        return all;
    }

    /** The half message, null if it is decided, or cannot be read: then it stays until it is given up. */
    private @Nullable RecordSlice read(HalfMessage half) {
        try {
            return log.read(half.position(), half.size());
        } catch (CorruptRecordException damaged) {
            LOG.debug("{} cannot be moved: {}", half, damaged.getMessage());
            return null;
        }
    }

    private void beginMove(long segmentStart) {
        PayloadOutput payload = new PayloadOutput();
        payload.putByte(MOVED_VERSION);
        payload.putCount(segmentStart);
        batch.clear();
        batch.beginMove(payload.payload());
    }

    private void moveTogether(List<Candidate> candidates, long segmentStart) throws AppendRefusedException {
        List<Candidate> sound = new ArrayList<>(candidates.size());
        List<RecordSlice> slices = new ArrayList<>(candidates.size());
        try {
            // What comes from the disk is read before the lock is taken.
            for (Candidate each : candidates) {
                RecordSlice slice = read(each);
                if (slice != null) {
                    sound.add(each);
                    slices.add(slice);
                }
            }
            synchronized (sink) {
                append(sound, slices, segmentStart);
            }
        } finally {
            slices.forEach(RecordSlice::release);
            batch.clear();
        }
    }

    /** The message, null if it cannot be read. */
    private @Nullable RecordSlice read(Candidate each) {
        String damage;
        try {
            RecordSlice slice = log.read(each.position(), each.size());
            if (slice != null && each.queue().isMessage(slice.buffer(), each.offset())) {
                return slice;
            }
            if (slice != null) {
                slice.release();
            }
            damage = "there is another record at position " + each.position();
        } catch (CorruptRecordException e) {
            damage = String.valueOf(e.getMessage());
        }
        census.damaged(each.queue(), each.offset(), each.position(), damage);
        return null;
    }

    /** Holds the decision lock: a topic that is here now is here when the batch is in the log. */
    private void append(List<Candidate> candidates, List<RecordSlice> slices, long segmentStart)
            throws AppendRefusedException {
        QueueEntry entry = new QueueEntry();
        beginMove(segmentStart);
        for (int i = 0; i < candidates.size(); i++) {
            Candidate each = candidates.get(i);
            if (!each.queue().read(each.offset(), entry) || entry.position() != each.position()) {
                continue;
            }
            if (batch.addMoved(each.queue().topic(), slices.get(i).buffer()) == MessageBatch.FULL) {
                // Nearly as large as a segment: it stays where it is, and what is behind it with it.
                LOG.debug("the message at offset {} of {} is too large to be moved", each.offset(), each.queue());
            }
        }
        if (batch.count() > 1) {
            log.append(batch);
        }
    }
}
