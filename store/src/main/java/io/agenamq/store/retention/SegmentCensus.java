// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.retention.LiveMessages.Readers;
import io.agenamq.store.retention.LiveMessages.View;
import java.util.HashSet;
import java.util.Set;
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

    private final QueueTable queues;
    private final QueueEntry entry = new QueueEntry();

    /** Not in the log; found again by whoever tries to read them. */
    private final Set<Damaged> damaged = new HashSet<>();

    private record Damaged(ConsumeQueue queue, long offset, long position) {}

    /**
     * What a segment holds.
     *
     * @param liveBytes bytes of records that a cursor wants
     * @param liveCount how many these are
     * @param kept whether there is something that only its age lets go: native messages, messages for readers without a cursor, damaged ones
     */
    record Count(long liveBytes, int liveCount, boolean kept) {}

    /** Receives the live messages of a segment. */
    interface Visitor {

        /** A live message; the entry is overwritten afterwards. False ends the visit. */
        boolean live(ConsumeQueue queue, Readers readers, long offset, QueueEntry entry);

        /** Something that is not live but must stay until it is old. False ends the visit. */
        boolean kept();
    }

    SegmentCensus(QueueTable queues) {
        this.queues = queues;
    }

    /** Counts what is in the segment from {@code start} to {@code end}. */
    Count count(View view, long start, long end, long nowMillis) {
        long[] liveBytes = {0};
        int[] liveCount = {0};
        boolean[] kept = {false};
        visit(view, start, end, nowMillis, new Visitor() {
            @Override
            public boolean live(ConsumeQueue queue, Readers readers, long offset, QueueEntry found) {
                liveBytes[0] += found.size();
                liveCount[0]++;
                return true;
            }

            @Override
            public boolean kept() {
                kept[0] = true;
                return true;
            }
        });
        return new Count(liveBytes[0], liveCount[0], kept[0]);
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

    /** Shows what is in the segment from {@code start} to {@code end}. */
    void visit(View view, long start, long end, long nowMillis, Visitor visitor) {
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
                    return;
                }
                continue;
            }
            long lowest = readers.lowestUnrecorded();
            boolean wanted = first < last ? last - 1 >= lowest : moved[moved.length - 1] >= lowest;
            if (wanted && !visitor.kept()) {
                return;
            }
            if (!visitStored(queue, readers, first, last, start, end, nowMillis, visitor)) {
                return;
            }
            for (long offset : moved) {
                boolean unsettled = (readers.unsettled(offset / Long.SIZE) & 1L << offset) != 0;
                if (unsettled && !visitOne(queue, readers, offset, start, end, nowMillis, visitor)) {
                    return;
                }
            }
        }
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
