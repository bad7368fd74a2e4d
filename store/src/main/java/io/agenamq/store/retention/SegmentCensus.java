// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.hidden.ReferenceLinks;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.MessageReference;
import io.agenamq.store.log.Publication;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.retention.LiveMessages.Readers;
import io.agenamq.store.retention.LiveMessages.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the live messages of a segment, without reading the segment: the entries of a queue whose messages were stored there are neighbours, and
 * cursors say by the word which of them are settled.
 *
 * <pre>
 *   segment        ├──────────────┤
 *   queue     … 17 18 19 20 21 22 23 24 …      stored in the segment: 18 to 22; moved there since: 3
 *   unsettled       ·  x  ·  ·  x              live: 19, 22, and 3 if nobody has settled it
 * </pre>
 *
 * <p>It costs two binary searches per queue, and a look at each live entry. On the housekeeper.
 */
final class SegmentCensus {

    /** Messages that are remembered as damaged; a store with more has other problems than its size. */
    private static final int DAMAGED_MAX = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentCensus.class);

    /** What the census answers in {@link Count#keptTo} if nothing outside of the segment matters. */
    private static final long NOWHERE = -1;

    private final QueueTable queues;
    private final CommitLog log;
    private final ReferenceLinks links;
    private final HalfTable halves;
    private final QueueEntry entry = new QueueEntry();

    /** Not in the log; found again by whoever tries to read them. */
    private final Set<Damaged> damaged = new HashSet<>();

    private record Damaged(ConsumeQueue queue, long offset, long position) {}

    /**
     * What a segment holds.
     *
     * @param liveBytes bytes of records that a cursor wants, those that references in the segment stand for, too; and of half messages
     * @param heldBytes bytes that these take in the segment itself
     * @param liveCount how many these are
     * @param kept whether there is something that only its age lets go: native messages, messages for readers without a cursor, damaged ones
     * @param keptTo the last reference to such a message that was hidden here; less than the segment's end if there is none behind it
     */
    record Count(long liveBytes, long heldBytes, int liveCount, boolean kept, long keptTo) {}

    /** Receives the live messages of a segment. */
    interface Visitor {

        /** A live message; the entry is overwritten afterwards. False ends the visit. */
        boolean live(ConsumeQueue queue, Readers readers, long offset, QueueEntry entry);

        /** Something that is not live but must stay until it is old. False ends the visit. */
        boolean kept();

        /** The same for a message that was hidden here and published by the reference at a position behind the segment. */
        default boolean keptBy(long reference) {
            return kept();
        }
    }

    SegmentCensus(QueueTable queues, CommitLog log, ReferenceLinks links, HalfTable halves) {
        this.halves = halves;
        this.queues = queues;
        this.log = log;
        this.links = links;
    }

    /** Counts what is in the segment from {@code start} to {@code end}. */
    Count count(View view, long start, long end, long nowMillis) {
        long[] liveBytes = {0};
        long[] heldBytes = {0};
        long[] keptTo = {NOWHERE};
        int[] liveCount = {0};
        boolean[] kept = {false};
        // Before the queues: one that is committed meanwhile is there before it is here no more.
        for (HalfMessage half : halves(start, end)) {
            liveBytes[0] += half.size();
            heldBytes[0] += half.size();
            liveCount[0]++;
        }
        visit(view, start, end, nowMillis, new Visitor() {
            @Override
            public boolean live(ConsumeQueue queue, Readers readers, long offset, QueueEntry found) {
                liveBytes[0] += found.size();
                heldBytes[0] += isHere(found, start, end) ? found.size() : MessageReference.BYTES;
                liveCount[0]++;
                return true;
            }

            @Override
            public boolean kept() {
                kept[0] = true;
                return true;
            }

            @Override
            public boolean keptBy(long reference) {
                keptTo[0] = Math.max(keptTo[0], reference);
                return kept();
            }
        });
        return new Count(liveBytes[0], heldBytes[0], liveCount[0], kept[0], keptTo[0]);
    }

    /** Half messages in the segment that nobody has decided about; they live, and are in no queue that could be visited. */
    Collection<HalfMessage> halves(long start, long end) {
        return halves.all().subMap(start, end).values();
    }

    /** Notes that a message cannot be read: it is not live any more, and kept until its segment is old. */
    void damaged(ConsumeQueue queue, long offset, long position, String what) {
        if (damaged.size() < DAMAGED_MAX && damaged.add(new Damaged(queue, offset, position))) {
            LOG.error(
                    "the message at offset {} of {} is damaged and cannot be moved; it goes with its segment, when that is old: {}",
                    offset,
                    queue,
                    what);
        }
    }

    /** Forgets the damaged messages below {@code position}, which are gone. */
    void forgetBelow(long position) {
        damaged.removeIf(each -> each.position() < position);
    }

    /** Whether the record itself is in the segment, and not only the reference. */
    private boolean isHere(QueueEntry found, long start, long end) {
        long position = found.isReference() ? target(found) : found.position();
        return position >= start && position < end;
    }

    private long target(QueueEntry reference) {
        try {
            return log.referenceTarget(reference.position());
        } catch (CorruptRecordException unknown) {
            // Whoever reads the message finds out.
            return NOWHERE;
        }
    }

    /**
     * Shows what is in the segment from {@code start} to {@code end}: messages that were stored or moved there, those that references in it stand
     * for, and those that were hidden there and are referred to from behind.
     */
    void visit(View view, long start, long end, long nowMillis, Visitor visitor) {
        if (visitStored(view, start, end, nowMillis, visitor)) {
            ReferenceLinks.Range range = links.into(start, end);
            if (range.last() >= end) {
                visitReferences(view, start, end, range, nowMillis, visitor);
            }
        }
    }

    /** What was hidden in the segment and is referred to from behind it. */
    private void visitReferences(
            View view, long start, long end, ReferenceLinks.Range range, long nowMillis, Visitor visitor) {
        for (ConsumeQueue queue : published(range)) {
            long from = queues.firstStoredAt(queue, Math.max(end, range.first()));
            long to = queues.firstStoredAt(queue, range.last() + 1);
            Readers readers = view.of(queue);
            long lowest = readers == null ? 0 : readers.lowestUnrecorded();
            for (long base = from & -Long.SIZE; base < to; base += Long.SIZE) {
                long unsettled = readers == null ? 0 : readers.unsettled(base / Long.SIZE);
                for (long offset = Math.max(base, from); offset < Math.min(to, base + Long.SIZE); offset++) {
                    boolean live = (unsettled & 1L << offset) != 0;
                    if ((live || offset >= lowest)
                            && !visitReference(queue, readers, live, offset, start, end, nowMillis, visitor)) {
                        return;
                    }
                }
            }
        }
    }

    private List<ConsumeQueue> published(ReferenceLinks.Range range) {
        Set<Publication.Queue> names = range.queues();
        if (names == null) {
            return queues.all();
        }
        List<ConsumeQueue> found = new ArrayList<>(names.size());
        for (Publication.Queue name : names) {
            ConsumeQueue queue = queues.find(name.topic(), name.queueId());
            if (queue != null) {
                found.add(queue);
            }
        }
        return found;
    }

    private boolean visitReference(
            ConsumeQueue queue,
            @Nullable Readers readers,
            boolean live,
            long offset,
            long start,
            long end,
            long nowMillis,
            Visitor visitor) {
        if (!queue.read(offset, entry) || !entry.isReference() || !isHere(entry, start, end)) {
            return true;
        }
        if (readers == null || !live) {
            return visitor.keptBy(entry.position());
        }
        if (entry.expiry() != 0 && entry.expiry() <= nowMillis && !readers.keepsExpired()) {
            return true;
        }
        if (damaged.contains(new Damaged(queue, offset, entry.position()))) {
            return visitor.keptBy(entry.position());
        }
        return visitor.live(queue, readers, offset, entry);
    }

    private boolean visitStored(View view, long start, long end, long nowMillis, Visitor visitor) {
        for (ConsumeQueue queue : queues.all()) {
            long first = queues.firstStoredAt(queue, start);
            long last = queues.firstStoredAt(queue, end);
            long[] moved = queues.movedBetween(queue, start, end);
            if (first >= last && moved.length == 0) {
                continue;
            }
            Readers readers = view.of(queue);
            if (readers == null) {
                if (!visitor.kept()) {
                    return false;
                }
                continue;
            }
            long lowest = readers.lowestUnrecorded();
            boolean wanted = first < last ? last - 1 >= lowest : moved[moved.length - 1] >= lowest;
            if (wanted && !visitor.kept()) {
                return false;
            }
            if (!visitStored(queue, readers, first, last, start, end, nowMillis, visitor)) {
                return false;
            }
            for (long offset : moved) {
                boolean unsettled = (readers.unsettled(offset / Long.SIZE) & 1L << offset) != 0;
                if (unsettled && !visitOne(queue, readers, offset, start, end, nowMillis, visitor)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean visitStored(
            ConsumeQueue queue,
            Readers readers,
            long first,
            long last,
            long start,
            long end,
            long nowMillis,
            Visitor visitor) {
        for (long base = first & -Long.SIZE; base < last; base += Long.SIZE) {
            long bits = readers.unsettled(base / Long.SIZE);
            for (; bits != 0; bits &= bits - 1) {
                long offset = base + Long.numberOfTrailingZeros(bits);
                if (offset >= first
                        && offset < last
                        && !queues.isMoved(queue, offset)
                        && !visitOne(queue, readers, offset, start, end, nowMillis, visitor)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean visitOne(
            ConsumeQueue queue, Readers readers, long offset, long start, long end, long nowMillis, Visitor visitor) {
        if (!queue.read(offset, entry)) {
            return true;
        }
        if (entry.expiry() != 0 && entry.expiry() <= nowMillis && !readers.keepsExpired()) {
            return true;
        }
        if (entry.isReference() && log.refersToDropped(entry.position())) {
            return true;
        }
        if (entry.position() < start || entry.position() >= end) {
            // Its neighbours say that it was stored here. The file that entries come from has no checksums.
            damaged(queue, offset, entry.position(), "its entry names position " + entry.position());
        }
        if (damaged.contains(new Damaged(queue, offset, entry.position()))) {
            return visitor.kept();
        }
        return visitor.live(queue, readers, offset, entry);
    }
}
