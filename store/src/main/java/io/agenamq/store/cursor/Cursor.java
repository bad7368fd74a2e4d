// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far one subscription has come on one message queue.
 *
 * <p>Everything below the <em>floor</em> is settled. Above it stands a window of bits for what was settled out of order. Everything
 * below the <em>delivered mark</em> may have been in front of an application; the mark is appended before the delivery leaves the
 * broker, so that after a crash an unsettled offset below it is known to be a redelivery.
 *
 * <pre>
 *   offsets   0  1  2  3  4  5  6  7  8  9
 *   settled   x  x  x  .  x  .  x  .  .  .
 *                      ↑ floor = 3        deliveredMark = 8: after a crash 3, 5 and 7 come back as redelivered,
 *                                         8 and 9 as new
 * </pre>
 *
 * <p>A durable cursor changes only in {@link #apply}, which the table calls for control records: while the record is appended, on the
 * appending thread and under the log's append lock, or during replay. Only the owner of the subscription appends progress for its
 * cursor, so it may read the cursor without a lock; everybody else (the snapshot) reads under the append lock. The cursor of a
 * non-durable subscription is the same object outside the table: its owner applies progress directly, and nothing is appended.
 */
public final class Cursor {

    private final long id;
    private final CursorName name;

    private volatile long floor; // volatile for retention, which reads it from another thread
    private long deliveredMark;
    private final BitPlane settled = new BitPlane(); // offsets above the floor only
    private final DeliveryCounts counts = new DeliveryCounts(); // unsettled offsets only

    /** A cursor at {@code floor} that has settled nothing above it. */
    public Cursor(long id, CursorName name, long floor) {
        this.id = id;
        this.name = name;
        this.floor = floor;
    }

    /** The number under which control records speak of this cursor; never used twice, so that a record cannot meet a later namesake. */
    public long id() {
        return id;
    }

    /** Which subscription and message queue this is. */
    public CursorName name() {
        return name;
    }

    /** The lowest offset that is not settled. */
    public long floor() {
        return floor;
    }

    /** Offsets below may have been delivered; 0 when nothing was. */
    public long deliveredMark() {
        return deliveredMark;
    }

    /** Whether {@code offset} is done with. */
    public boolean isSettled(long offset) {
        return offset < floor || settled.get(offset);
    }

    /** The lowest unsettled offset that is at least {@code from}. */
    public long nextUnsettled(long from) {
        return settled.nextClear(Math.max(from, floor));
    }

    /** Which of the 64 offsets from {@code wordIndex * 64} on are not settled, lowest offset in the lowest bit. */
    long unsettledWord(long wordIndex) {
        long base = wordIndex << 6;
        if (base + Long.SIZE <= floor) {
            return 0;
        }
        long open = ~settled.word(wordIndex);
        return base < floor ? open & (-1L << floor) : open;
    }

    /** How often {@code offset} was delivered and given back by an application that saw it; 0 when never. */
    public int deliveries(long offset) {
        return counts.get(offset);
    }

    /** How many unsettled offsets that are at least {@code from} were delivered and given back by an application that saw them. */
    public int countedFrom(long from) {
        int[] counted = {0};
        counts.forEach((offset, count) -> counted[0] += offset >= from ? 1 : 0);
        return counted[0];
    }

    /** How many offsets below {@code end} are not settled. */
    public long unsettledBelow(long end) {
        if (end <= floor) {
            return 0;
        }
        long above = 0;
        for (long at = settled.nextSet(end); at != BitPlane.NONE; at = settled.nextSet(at + 1)) {
            above++;
        }
        return end - floor - (settled.count() - above);
    }

    /** Applies progress that no log has to remember: for cursors of non-durable subscriptions. */
    public void apply(CursorProgress progress) {
        raiseMark(progress.deliveredMark);
        progress.counts.forEach(this::count);
        raiseFloor(progress.settledBelow);
        BitPlane bits = progress.settled;
        for (long at = bits.nextSet(0); at != BitPlane.NONE; ) {
            long wordIndex = at >>> 6;
            settle(wordIndex, bits.word(wordIndex));
            at = bits.nextSet((wordIndex + 1) << 6);
        }
    }

    /** Applies one section of a progress record. */
    void apply(ByteBuffer payload, int section) {
        raiseMark(CursorRecords.deliveredMark(payload, section));
        CursorRecords.forEachCount(payload, section, this::count);
        raiseFloor(CursorRecords.settledBelow(payload, section));
        CursorRecords.forEachWord(payload, section, this::settle);
    }

    private void raiseMark(long mark) {
        deliveredMark = Math.max(deliveredMark, mark);
    }

    private void count(long offset, int count) {
        if (!isSettled(offset)) {
            // Counts only grow: a restatement may repeat an older one.
            counts.put(offset, Math.max(count, counts.get(offset)));
        }
    }

    private void raiseFloor(long newFloor) {
        if (newFloor <= floor) {
            return;
        }
        forgetCountsBelow(newFloor);
        settled.dropBelow(newFloor);
        floor = newFloor;
        passSettled();
    }

    private void settle(long wordIndex, long bits) {
        long base = wordIndex << 6;
        long wanted = base >= floor ? bits : base + Long.SIZE <= floor ? 0 : bits & (-1L << floor);
        if (!counts.isEmpty()) {
            for (long rest = wanted; rest != 0; rest &= rest - 1) {
                counts.remove(base + Long.numberOfTrailingZeros(rest));
            }
        }
        if (floor >= base && floor < base + Long.SIZE) {
            // The usual case, settling in order, moves the floor and never touches the plane.
            long next = floor + Long.numberOfTrailingZeros(~(wanted >>> floor));
            wanted = next < base + Long.SIZE ? wanted & (-1L << next) : 0;
            floor = next;
        }
        settled.or(wordIndex, wanted);
        passSettled();
    }

    /** Moves the floor over what is settled already. */
    private void passSettled() {
        if (!settled.isEmpty()) {
            floor = settled.nextClear(floor);
            settled.dropBelow(floor);
        }
    }

    private void forgetCountsBelow(long offset) {
        if (counts.isEmpty()) {
            return;
        }
        DeliveryCounts doomed = new DeliveryCounts();
        counts.forEach((at, count) -> {
            if (at < offset) {
                doomed.put(at, count);
            }
        });
        doomed.forEach((at, count) -> counts.remove(at));
    }

    /** Everything about this cursor but its name, as progress of a cursor that has made none. */
    CursorProgress copyAsProgress() {
        CursorProgress copy = new CursorProgress();
        copy.settledBelow = floor;
        copy.deliveredMark = deliveredMark;
        for (long at = settled.nextSet(0); at != BitPlane.NONE; ) {
            long wordIndex = at >>> 6;
            copy.settled.or(wordIndex, settled.word(wordIndex));
            at = settled.nextSet((wordIndex + 1) << 6);
        }
        counts.forEach(copy.counts::put);
        return copy;
    }

    /** The whole state in a fixed order. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name.topic() + " " + name.queueId() + " '" + name.subscription()
                + "' floor=" + floor + " mark=" + deliveredMark + " settled=");
        for (long at = settled.nextSet(0); at != BitPlane.NONE; ) {
            long end = settled.nextClear(at);
            text.append(at).append('-').append(end - 1).append(',');
            at = settled.nextSet(end);
        }
        Map<Long, Integer> sorted = new TreeMap<>();
        counts.forEach(sorted::put);
        return text.append(" counts=").append(sorted).toString();
    }
}
