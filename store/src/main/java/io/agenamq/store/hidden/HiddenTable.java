// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageReference;
import io.agenamq.store.log.Publication;
import io.agenamq.store.log.Publication.Queue;
import io.agenamq.store.queue.ConsumeQueueEntry;
import io.agenamq.store.queue.RecordScan;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The hidden messages whose transactions are not decided: what the log has of them, and how they become visible.
 *
 * <pre>
 *   log     │ HIDDEN t │ m1 m2 │ …  │ HIDDEN t │ m3 │ …  │ PUBLISHED t: → m1 → m2 → m3 │ other records of the decision │
 *                                                           ▲    ▲    ▲
 *   queue                                            offset 7    8    9       the entries name the references, not the messages
 * </pre>
 *
 * <p>A hidden message is written once. It gets its offset when it is published, by a {@linkplain MessageReference reference} in the batch of the
 * decision; its entry in the queue names the reference. So the positions in a queue rise with the offsets, and a queue depends on what was decided, in
 * the order of the decisions. Reading at the position of a reference gives the message.
 *
 * <p>The log is kept from the first message of each open transaction on ({@link #lowestOpen}), and segments with published ones as long as somebody
 * wants these ({@link ReferenceLinks}). Payloads:
 *
 * <pre>
 * hidden, discarded   format 1 | kind | name
 * published           distance of the payload from the start of its record, 4 bytes | format 1 | kind | name
 *                     | count of queues: topic, queue id | count of references: references, up to the end
 * </pre>
 *
 * <p>Changed under the append lock, or by the only thread of a replay. Who hides messages reads them; others see what a finished batch has left.
 */
public final class HiddenTable implements DerivedState {

    static final int FORMAT_VERSION = 1;
    /** 2: links name their queues. */
    private static final int SECTION_VERSION = 2;

    private static final int OPEN_BYTES_MIN = 5;
    private static final int[] NO_KEYS = {};

    private final ConcurrentMap<HiddenId, HiddenMessages> open = new ConcurrentHashMap<>();
    private final ReferenceLinks links = new ReferenceLinks();
    private final HalfTable halves;

    // Under the append lock.
    private @Nullable HiddenMessages hiding;
    private final List<HiddenId> ended = new ArrayList<>();
    private final long[] entry = new long[ConsumeQueueEntry.WORDS];

    /** With the half messages, which become visible in the same way. */
    public HiddenTable(HalfTable halves) {
        this.halves = halves;
    }

    /** Gives the hashes of a message's keys. */
    @FunctionalInterface
    public interface KeyHashes {
        /** Of the message that the scan is at. */
        void of(String topic, RecordScan record, IntConsumer sink);
    }

    /** Receives what is published, in the order of the offsets of each queue. */
    @FunctionalInterface
    public interface PublishedListener {

        /**
         * One message.
         *
         * @param words its entry, from index 0; valid during the call only
         * @param keys hashes of its keys, from one index to another
         */
        void published(Queue queue, long offset, long[] words, int[] keys, int keysFrom, int keysTo);
    }

    /** The payload that says that the messages behind it are hidden. */
    public static ByteBuffer hidden(HiddenId id) {
        return payload(id);
    }

    /** The payload that says that hidden messages will never be published. */
    public static ByteBuffer discarded(HiddenId id) {
        return payload(id);
    }

    private static ByteBuffer payload(HiddenId id) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        id.writeTo(out);
        return out.payload();
    }

    /**
     * What publishes all that is hidden for a transaction, null if nothing is. By whoever hid it; its size is that of {@link MessageReference#BYTES}
     * for each message, and a little more.
     */
    public @Nullable Publication publication(HiddenId id) {
        HiddenMessages messages = open.get(id);
        return messages == null ? null : messages.publication(FORMAT_VERSION, id);
    }

    /** The transactions that have hidden messages, in no order. Any thread. */
    public List<HiddenId> open() {
        return List.copyOf(open.keySet());
    }

    /** The topics that hidden messages of a transaction are for. By whoever hid them. */
    public Set<String> topics(HiddenId id) {
        HiddenMessages messages = open.get(id);
        return messages == null ? Set.of() : messages.topics();
    }

    /** How many messages are hidden for a transaction. */
    public int count(HiddenId id) {
        HiddenMessages messages = open.get(id);
        return messages == null ? 0 : messages.count();
    }

    /** Where the first hidden message is whose transaction is not decided; {@link Long#MAX_VALUE} if there is none. Any thread. */
    public long lowestOpen() {
        long lowest = Long.MAX_VALUE;
        for (HiddenMessages each : open.values()) {
            lowest = Math.min(lowest, each.firstPosition());
        }
        return lowest;
    }

    /** Where published messages are referred to from. */
    public ReferenceLinks links() {
        return links;
    }

    // ---- under the append lock

    /** A message of the batch that {@link ControlType#MESSAGES_HIDDEN} has begun. */
    public void message(String topic, RecordScan record, long position, int size, KeyHashes hashes) {
        HiddenMessages messages = hiding;
        if (messages == null) {
            throw new IllegalStateException("the message at position " + position + " is not in a batch that hides");
        }
        HiddenBatch batch = messages.add(topic, record, position, size);
        hashes.of(topic, record, batch::key);
    }

    /**
     * Tells {@code listener} what a record publishes.
     *
     * @param position of the record {@link ControlType#MESSAGES_PUBLISHED}
     */
    public void publish(long position, ByteBuffer payload, PublishedListener listener) {
        StateInput in = new StateInput(payload);
        long payloadPosition = position + in.getInt();
        requireVersion(in.getByte(), FORMAT_VERSION);
        HiddenId id = HiddenId.readFrom(in);
        List<Queue> queues = new ArrayList<>();
        for (int left = in.getCount(2); left > 0; left--) {
            queues.add(HiddenMessages.readQueue(in));
        }
        int count = in.getCount(MessageReference.BYTES);
        boolean ofHalves = HalfTable.isDecidedBy(id);
        HiddenMessages known = open.get(id);
        HiddenMessages.Search search = known == null ? null : known.search();
        int at = payload.limit() - count * MessageReference.BYTES;
        LinkRun run = new LinkRun();
        for (int i = 0; i < count; i++, at += MessageReference.BYTES) {
            long target = MessageReference.target(payload, at);
            long reference = payloadPosition + at;
            long offset = MessageReference.queueOffset(payload, at);
            long time = MessageReference.storeTimestamp(payload, at);
            int queueIndex = MessageReference.queueIndex(payload, at);
            Queue queue = queues.get(queueIndex);
            run.add(target, reference, queue, queueIndex);
            HalfMessage half = ofHalves ? halves.published(target) : null;
            if (half != null) {
                System.arraycopy(half.words(), 0, entry, 0, HiddenBatch.WORDS);
                ConsumeQueueEntry.publish(entry, 0, reference, time);
                listener.published(queue, offset, entry, half.keys(), 0, half.keys().length);
            } else if (search != null && search.find(target)) {
                HiddenBatch batch = search.batch();
                int index = search.index();
                System.arraycopy(batch.words(), index * HiddenBatch.WORDS, entry, 0, HiddenBatch.WORDS);
                ConsumeQueueEntry.publish(entry, 0, reference, time);
                listener.published(queue, offset, entry, batch.keys(), batch.keysFrom(index), batch.keysTo(index));
            } else {
                // The log no longer has it: whoever wanted it has it from where it was moved to.
                Arrays.fill(entry, 0);
                ConsumeQueueEntry.publish(entry, 0, reference, time);
                listener.published(queue, offset, entry, NO_KEYS, 0, 0);
            }
        }
        run.end();
        ended.add(id);
    }

    /** References one after the other to messages one after the other: one link for each stretch. */
    private final class LinkRun {

        private long target = -1;
        private long first;
        private long last;
        private Set<Queue> queues = new HashSet<>();
        private int lastQueueIndex = -1;

        void add(long nextTarget, long reference, Queue queue, int queueIndex) {
            if (target < 0 || ReferenceLinks.stretch(target) != ReferenceLinks.stretch(nextTarget)) {
                end();
                target = nextTarget;
                first = reference;
            }
            last = reference;
            if (queueIndex != lastQueueIndex) {
                lastQueueIndex = queueIndex;
                queues.add(queue);
            }
        }

        void end() {
            if (target >= 0) {
                links.add(target, first, last, queues);
                queues = new HashSet<>();
                lastQueueIndex = -1;
            }
        }
    }

    /** The batch has been applied to all queues: what was decided in it is hidden no more, and holds nothing. */
    public void batchEnd() {
        hiding = null;
        halves.batchEnd();
        if (!ended.isEmpty()) {
            ended.forEach(open::remove);
            ended.clear();
        }
    }

    // ---- derived state

    @Override
    public String name() {
        return "hidden";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        if (type != ControlType.MESSAGES_HIDDEN && type != ControlType.HIDDEN_DISCARDED) {
            return;
        }
        StateInput in = new StateInput(payload);
        requireVersion(in.getByte(), FORMAT_VERSION);
        HiddenId id = HiddenId.readFrom(in);
        if (HalfTable.isDecidedBy(id)) {
            halves.discard(in);
            return;
        }
        if (type == ControlType.HIDDEN_DISCARDED) {
            ended.add(id);
            return;
        }
        HiddenMessages messages = open.get(id);
        if (messages == null) {
            messages = new HiddenMessages(position);
            open.put(id, messages);
        }
        messages.beginBatch();
        hiding = messages;
    }

    @Override
    public void restate(long position, ControlSink out) {
        // Nothing that is open is ever dropped.
    }

    @Override
    public Capture capture() {
        List<Map.Entry<HiddenId, HiddenMessages>> captured = new ArrayList<>(open.size());
        open.forEach((id, messages) -> captured.add(Map.entry(id, messages.captured())));
        return out -> {
            out.putByte(SECTION_VERSION);
            links.writeTo(out);
            out.putCount(captured.size());
            for (Map.Entry<HiddenId, HiddenMessages> each : captured) {
                each.getKey().writeTo(out);
                each.getValue().writeTo(out);
            }
        };
    }

    @Override
    public void load(StateInput in) {
        requireVersion(in.getByte(), SECTION_VERSION);
        links.load(in);
        for (int left = in.getCount(OPEN_BYTES_MIN); left > 0; left--) {
            open.put(HiddenId.readFrom(in), HiddenMessages.readFrom(in));
        }
    }

    @Override
    public void clear() {
        open.clear();
        links.clear();
    }

    @Override
    public void digest(StringBuilder out) {
        open.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(HiddenId::toString)))
                .forEach(each -> out.append("hidden ")
                        .append(each.getKey())
                        .append(' ')
                        .append(each.getValue().count())
                        .append(" from ")
                        .append(each.getValue().firstPosition())
                        .append(" to ")
                        .append(each.getValue().lastPosition())
                        .append('\n'));
    }

    private static void requireVersion(int version, int expected) {
        if (version != expected) {
            throw new CorruptStateException(
                    "version " + version + " of hidden messages, this program reads " + expected);
        }
    }
}
