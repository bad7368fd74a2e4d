// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.nio.ByteBuffer;

/**
 * What one turn of delivery decided for one cursor and has not yet appended: settled offsets, raised delivery counts, a higher delivered
 * mark.
 *
 * <p>Everything that arrives within one turn is collected here and becomes one section of one control record, so that 64
 * acknowledgements cost one word and a burst of them one append. Progress only ever adds (bits, maxima), hence applying the same
 * progress twice changes nothing. Not thread-safe; owned by the thread that runs the turn.
 */
public final class CursorProgress {

    final BitPlane settled = new BitPlane();
    final DeliveryCounts counts = new DeliveryCounts();
    long settledBelow;
    long deliveredMark;

    /** Settles one offset: acknowledged, expired, or moved away. */
    public void settle(long offset) {
        settled.set(offset);
    }

    /** Settles everything below {@code offset}, for messages that are gone for good. */
    public void settleBelow(long offset) {
        settledBelow = Math.max(settledBelow, offset);
    }

    /** Records that {@code offset} has been delivered {@code count} times. */
    public void count(long offset, int count) {
        counts.put(offset, count);
    }

    /** Announces that offsets below {@code mark} may be in front of an application from now on. */
    public void deliveredUpTo(long mark) {
        deliveredMark = Math.max(deliveredMark, mark);
    }

    /** Whether {@code offset} is settled by this progress. */
    public boolean settles(long offset) {
        return offset < settledBelow || settled.get(offset);
    }

    /** How often {@code offset} was delivered, if this progress says so; otherwise 0. */
    public int deliveries(long offset) {
        return counts.get(offset);
    }

    /** The lowest offset settled one by one that is at least {@code from}, or {@link BitPlane#NONE}. */
    public long nextSettled(long from) {
        return settled.nextSet(from);
    }

    /** How many offsets are settled one by one. */
    public int settledCount() {
        return (int) Math.min(Integer.MAX_VALUE, settled.count());
    }

    /** Whether there is nothing to append. */
    public boolean isEmpty() {
        return settledBelow == 0 && deliveredMark == 0 && settled.isEmpty() && counts.isEmpty();
    }

    /** Adds everything that other progress of the same cursor says. */
    public void add(CursorProgress other) {
        settleBelow(other.settledBelow);
        deliveredUpTo(other.deliveredMark);
        for (long at = other.settled.nextSet(0); at != BitPlane.NONE; at = other.settled.nextSet(at + 1)) {
            settled.set(at);
        }
        other.counts.forEach((offset, count) -> counts.put(offset, Math.max(count, counts.get(offset))));
    }

    /** Adds everything that one section of a progress record says. */
    void add(ByteBuffer payload, int section) {
        settleBelow(CursorRecords.settledBelow(payload, section));
        deliveredUpTo(CursorRecords.deliveredMark(payload, section));
        CursorRecords.forEachWord(payload, section, settled::or);
        CursorRecords.forEachCount(
                payload, section, (offset, count) -> counts.put(offset, Math.max(count, counts.get(offset))));
    }

    /** Starts again with nothing. */
    public void clear() {
        settled.clearAll();
        counts.clear();
        settledBelow = 0;
        deliveredMark = 0;
    }
}
