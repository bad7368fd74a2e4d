// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.log.Publication.Queue;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * From where in the log published messages are referred to: for each stretch of it with hidden messages, the first and the last reference to one of
 * them, and the queues that they went to. Retention asks before it drops the stretch. An entry for each mebibyte of hidden messages that is left,
 * however many they are.
 *
 * <p>It says too much rather than too little, since stretch and range are wider than what they stand for; the references themselves say what is true.
 * So it need not be the same after a replay, and is in no digest. Changed under the append lock and by the housekeeper; read by anybody.
 */
public final class ReferenceLinks {

    private static final int STRETCH_BITS = 20;

    private static final int END = 0;
    private static final int THESE_QUEUES = 1;
    private static final int ANY_QUEUE = 2;

    private static final Range NONE = new Range(Long.MAX_VALUE, -1, Set.of());

    /** Queues that are remembered for a stretch; of more, all are looked at. */
    private static final int QUEUES_MAX = 64;

    private final ConcurrentSkipListMap<Long, Range> byStretch = new ConcurrentSkipListMap<>();

    /**
     * Positions of references.
     *
     * @param first of the first one; more than {@code last} if there is none
     * @param queues that the messages were published to; null if there are too many to say
     */
    public record Range(long first, long last, @Nullable Set<Queue> queues) {

        /** Both. */
        private Range and(Range more) {
            return new Range(Math.min(first, more.first), Math.max(last, more.last), union(queues, more.queues));
        }

        private static @Nullable Set<Queue> union(@Nullable Set<Queue> known, @Nullable Set<Queue> more) {
            if (known == null || more == null) {
                return null;
            }
            if (known.containsAll(more)) {
                return known;
            }
            Set<Queue> all = new HashSet<>(known);
            all.addAll(more);
            return all.size() > QUEUES_MAX ? null : Set.copyOf(all);
        }
    }

    ReferenceLinks() {}

    /** References between two positions stand for messages in the stretch of {@code target}, in these queues. */
    void add(long target, long firstReference, long lastReference, Set<Queue> queues) {
        byStretch.merge(stretch(target), NONE.and(new Range(firstReference, lastReference, queues)), Range::and);
    }

    static long stretch(long position) {
        return position >>> STRETCH_BITS;
    }

    /** The range that has all references to messages that were hidden from {@code start} on and before {@code end}. */
    public Range into(long start, long end) {
        Range range = NONE;
        for (Range each :
                byStretch.subMap(stretch(start), true, stretch(end - 1), true).values()) {
            range = range.and(each);
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
            Range range = each.getValue();
            Set<Queue> queues = range.queues();
            out.putByte(queues == null ? ANY_QUEUE : THESE_QUEUES);
            out.putCount(each.getKey());
            out.putCount(range.first());
            out.putCount(range.last());
            if (queues != null) {
                out.putCount(queues.size());
                for (Queue queue : queues) {
                    out.putText(queue.topic());
                    out.putCount(queue.queueId());
                }
            }
        }
        out.putByte(END);
    }

    void load(StateInput in) {
        for (int kind = in.getByte(); kind != END; kind = in.getByte()) {
            long stretch = in.getCount();
            long first = in.getCount();
            long last = in.getCount();
            Set<Queue> queues = null;
            if (kind == THESE_QUEUES) {
                queues = new HashSet<>();
                for (int left = in.getCount(2); left > 0; left--) {
                    queues.add(HiddenMessages.readQueue(in));
                }
            }
            byStretch.put(stretch, new Range(first, last, queues == null ? null : Set.copyOf(queues)));
        }
    }
}
