// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * From where in the log published messages are referred to: for each stretch of it with hidden messages, the first and the last reference to one of
 * them. Retention asks before it drops the stretch. An entry for each mebibyte of hidden messages that is left, however many they are.
 *
 * <p>It says too much rather than too little, since stretch and range are wider than what they stand for; the references themselves say what is true.
 * So it need not be the same after a replay, and is in no digest. Changed under the append lock and by the housekeeper; read by anybody.
 */
public final class ReferenceLinks {

    private static final int STRETCH_BITS = 20;
    private static final Range NONE = new Range(Long.MAX_VALUE, -1);

    private final ConcurrentSkipListMap<Long, Range> byStretch = new ConcurrentSkipListMap<>();

    /**
     * Positions of references.
     *
     * @param first of the first one; more than {@code last} if there is none
     */
    public record Range(long first, long last) {

        /** Whether there is no reference. */
        public boolean isEmpty() {
            return first > last;
        }

        private Range with(long from, long to) {
            return new Range(Math.min(first, from), Math.max(last, to));
        }
    }

    ReferenceLinks() {}

    /** References between two positions stand for messages in the stretch of {@code target}. */
    void add(long target, long firstReference, long lastReference) {
        byStretch.merge(
                stretch(target),
                new Range(firstReference, lastReference),
                (known, more) -> known.with(more.first(), more.last()));
    }

    static long stretch(long position) {
        return position >>> STRETCH_BITS;
    }

    /** The range that has all references to messages that were hidden from {@code start} on and before {@code end}. */
    public Range into(long start, long end) {
        Range range = NONE;
        for (Range each :
                byStretch.subMap(stretch(start), true, stretch(end - 1), true).values()) {
            range = range.with(each.first(), each.last());
        }
        return range;
    }

    /** Where everything begins that is at {@code position} or behind, or is referred to from there. */
    public long lowestNeededFrom(long position) {
        for (Map.Entry<Long, Range> each : byStretch.entrySet()) {
            if (each.getValue().last() >= position) {
                return Math.min(position, each.getKey() << STRETCH_BITS);
            }
        }
        return position;
    }

    /** Forgets what was hidden below {@code position}, which was dropped. */
    public void dropBelow(long position) {
        byStretch.headMap(stretch(position), false).clear();
    }

    void clear() {
        byStretch.clear();
    }

    /** May be called while it changes: what came meanwhile is said twice. */
    void writeTo(StateOutput out) {
        for (Map.Entry<Long, Range> each : byStretch.entrySet()) {
            out.putByte(1);
            out.putCount(each.getKey());
            out.putCount(each.getValue().first());
            out.putCount(each.getValue().last());
        }
        out.putByte(0);
    }

    void load(StateInput in) {
        while (in.getByte() != 0) {
            byStretch.put(in.getCount(), new Range(in.getCount(), in.getCount()));
        }
    }
}
