// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.hidden.HiddenTable.KeyHashes;
import io.agenamq.store.log.AppendRefusedException;
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
import io.agenamq.store.snapshot.StateOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The half messages that nobody has decided about yet.
 *
 * <pre>
 *   log     │ m1 h2 m3 │ h4 │ … │ HALVES_CHECKED h2: 1 │ … │ PUBLISHED: → h2 │ … │ DISCARDED: h4 │
 *                                                                       ▲
 *   queue     m1 m3                                                     offset 2
 * </pre>
 *
 * <p>A record whose transaction bits say "prepared" is one, in whatever batch it stands: it takes no offset and goes into no queue, and needs no record
 * beside it that says so. Its queue offset is the position that it was stored at first: its identity, also after it was moved. One record publishes, or
 * discards, as many as were decided together. Payloads beside that of a publication, which is the one of {@link HiddenTable}:
 *
 * <pre>
 * discarded   format 1 | kind | name, empty | count of identities: each
 * checked     format 1 | time, milliseconds | count: identity, how often it was checked
 * </pre>
 *
 * <p>What is undecided lives: its segment is kept until the cleaner has moved it. Changed under the append lock, or by the only thread of a replay; any thread reads.
 */
public final class HalfTable implements DerivedState {

    /** What decisions about half messages are recorded under: each message has an identity of its own. */
    private static final HiddenId ID = new HiddenId(HiddenId.Kind.HALF, "");

    private static final int FORMAT_VERSION = 1;
    private static final int SECTION_VERSION = 1;
    private static final int HALF_BYTES_MIN = ConsumeQueueEntry.WORDS * Long.BYTES + 8;
    private static final int RESTATED_MAX = 4096;

    /** Names that are kept to share them; more than that are not worth it. */
    private static final int NAMES_MAX = 10_000;

    private final ConcurrentNavigableMap<Long, HalfMessage> byPosition = new ConcurrentSkipListMap<>();
    /** Positions of those that were moved, by identity. */
    private final ConcurrentMap<Long, Long> moved = new ConcurrentHashMap<>();

    private final AtomicInteger count = new AtomicInteger();

    // Under the append lock.
    private final List<HalfMessage> ended = new ArrayList<>();
    private final Map<String, String> groups = new HashMap<>();
    private final Map<Queue, Queue> queues = new HashMap<>();
    private int[] keys = new int[4];
    private int keyCount;

    /** The payload that says that half messages will never be published. */
    public static ByteBuffer discarded(Collection<HalfMessage> halves) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        ID.writeTo(out);
        out.putCount(halves.size());
        halves.forEach(half -> out.putCount(half.id()));
        return out.payload();
    }

    /**
     * The payload that says that producers are asked about half messages, each once more than before.
     *
     * @param time milliseconds since 1970
     */
    public static ByteBuffer checkedOnceMore(Collection<HalfMessage> halves, long time) {
        return checked(halves, time, 1);
    }

    private static ByteBuffer checked(Collection<HalfMessage> halves, long time, int more) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        out.putCount(time);
        out.putCount(halves.size());
        for (HalfMessage half : halves) {
            out.putCount(half.id());
            out.putCount(half.checks() + more);
        }
        return out.payload();
    }

    /** What publishes these half messages, in their order. By whoever has claimed them all. */
    public Publication publication(Collection<HalfMessage> halves) {
        Map<Queue, Integer> indexes = new LinkedHashMap<>();
        halves.forEach(half -> indexes.putIfAbsent(half.queue(), indexes.size()));
        PayloadOutput header = new PayloadOutput();
        // Filled in by the batch.
        header.putInt(0);
        header.putByte(HiddenTable.FORMAT_VERSION);
        ID.writeTo(header);
        header.putCount(indexes.size());
        for (Queue queue : indexes.keySet()) {
            header.putText(queue.topic());
            header.putCount(queue.queueId());
        }
        header.putCount(halves.size());
        int referencesAt = header.length();
        ByteBuffer payload = ByteBuffer.allocate(referencesAt + halves.size() * MessageReference.BYTES);
        payload.put(0, header.payload(), 0, referencesAt);
        int at = referencesAt;
        for (HalfMessage half : halves) {
            MessageReference.put(payload, at, indexes.getOrDefault(half.queue(), 0), half.position());
            at += MessageReference.BYTES;
        }
        return new Publication(payload, referencesAt, List.copyOf(indexes.keySet()));
    }

    /** The half message of this identity, null if there is none that is undecided. Any thread. */
    public @Nullable HalfMessage find(long id) {
        HalfMessage half = byPosition.get(id);
        if (half != null && half.id() == id) {
            return half;
        }
        Long position = moved.get(id);
        return position == null ? null : byPosition.get(position);
    }

    /** All of them by their positions, as they are while one looks at them. Any thread. */
    public NavigableMap<Long, HalfMessage> all() {
        return Collections.unmodifiableNavigableMap(byPosition);
    }

    /** How many are undecided. Any thread. */
    public int count() {
        return count.get();
    }

    // ---- under the append lock

    /** A record that is a half message. */
    public void message(String topic, RecordScan record, long position, int size, KeyHashes hashes) {
        long id = record.queueOffset();
        if (id != position) {
            moved(topic, record, id, position, size, hashes);
            return;
        }
        put(made(topic, record, id, position, size, hashes));
    }

    private void moved(String topic, RecordScan record, long id, long position, int size, KeyHashes hashes) {
        HalfMessage known = find(id);
        if (known == null) {
            // The log no longer has the place where it stood before.
            put(made(topic, record, id, position, size, hashes));
        } else if (known.position() != position) {
            long before = known.position();
            known.movedTo(position);
            byPosition.put(position, known);
            moved.put(id, position);
            byPosition.remove(before);
        }
    }

    private void put(HalfMessage half) {
        if (byPosition.put(half.position(), half) == null) {
            count.incrementAndGet();
        }
        if (half.id() != half.position()) {
            moved.put(half.id(), half.position());
        }
    }

    private HalfMessage made(String topic, RecordScan record, long id, long position, int size, KeyHashes hashes) {
        long[] words = new long[ConsumeQueueEntry.WORDS];
        ConsumeQueueEntry.put(words, 0, record, position, size);
        keyCount = 0;
        hashes.of(topic, record, this::key);
        String group = MessageProperties.findInRecord(record.buffer(), record.at(), PropertyNames.PRODUCER_GROUP);
        return new HalfMessage(
                id,
                position,
                size,
                shared(queues, new Queue(topic, record.queueId())),
                shared(groups, group == null ? "" : group),
                immunity(record),
                words,
                Arrays.copyOf(keys, keyCount));
    }

    private void key(int hash) {
        if (keyCount == keys.length) {
            keys = Arrays.copyOf(keys, 2 * keyCount);
        }
        keys[keyCount++] = hash;
    }

    private static int immunity(RecordScan record) {
        String text = MessageProperties.findInRecord(record.buffer(), record.at(), PropertyNames.CHECK_IMMUNITY_TIME);
        if (text == null) {
            return 0;
        }
        try {
            return (int) Math.max(0, Math.min(Integer.MAX_VALUE, Long.parseLong(text.trim())));
        } catch (NumberFormatException anyText) {
            return 0;
        }
    }

    private static <T> T shared(Map<T, T> known, T value) {
        if (known.size() >= NAMES_MAX) {
            known.clear();
        }
        T present = known.putIfAbsent(value, value);
        return present == null ? value : present;
    }

    static boolean isDecidedBy(HiddenId id) {
        return id.kind() == HiddenId.Kind.HALF;
    }

    /** The half message that stands at a position and is published by the present batch, null if there is none. */
    @Nullable
    HalfMessage published(long position) {
        HalfMessage half = byPosition.get(position);
        if (half != null) {
            ended.add(half);
        }
        return half;
    }

    void discard(StateInput in) {
        for (int left = in.getCount(1); left > 0; left--) {
            HalfMessage half = find(in.getCount());
            if (half != null) {
                ended.add(half);
            }
        }
    }

    /** The batch has been applied to all queues. */
    void batchEnd() {
        if (ended.isEmpty()) {
            return;
        }
        for (HalfMessage half : ended) {
            if (byPosition.remove(half.position()) != null) {
                count.decrementAndGet();
            }
            moved.remove(half.id());
        }
        ended.clear();
    }

    // ---- derived state

    @Override
    public String name() {
        return "halves";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        if (type != ControlType.HALVES_CHECKED) {
            return;
        }
        StateInput in = new StateInput(payload);
        requireVersion(in.getByte(), FORMAT_VERSION);
        long time = in.getCount();
        for (int left = in.getCount(2); left > 0; left--) {
            HalfMessage half = find(in.getCount());
            int checks = (int) in.getCount();
            if (half != null && checks >= half.checks()) {
                // Stated again, it says the time of the last check still.
                half.checked(checks, time, position);
            }
        }
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        // The half messages themselves are kept, or moved; what was said about them elsewhere is not.
        List<HalfMessage> some = new ArrayList<>();
        for (HalfMessage half : byPosition.values()) {
            if (half.checks() > 0 && half.checksPosition() < position) {
                some.add(half);
                if (some.size() == RESTATED_MAX) {
                    restate(some, out);
                }
            }
        }
        restate(some, out);
    }

    private static void restate(List<HalfMessage> some, ControlSink out) throws AppendRefusedException {
        if (!some.isEmpty()) {
            long time = some.stream().mapToLong(HalfMessage::checkedAt).max().orElse(0);
            out.append(ControlType.HALVES_CHECKED, checked(some, time, 0));
            some.clear();
        }
    }

    @Override
    public Capture capture() {
        List<HalfMessage> captured = new ArrayList<>(byPosition.values());
        return out -> {
            out.putByte(SECTION_VERSION);
            out.putCount(captured.size());
            captured.forEach(half -> write(half, out));
        };
    }

    /** What changes meanwhile is applied again by a replay from the snapshot, and changes nothing then. */
    private static void write(HalfMessage half, StateOutput out) {
        out.putCount(half.id());
        out.putCount(half.position());
        out.putCount(half.size());
        out.putText(half.queue().topic());
        out.putCount(half.queue().queueId());
        out.putText(half.producerGroup());
        out.putCount(half.immunitySeconds());
        for (long word : half.words()) {
            out.putLong(word);
        }
        out.putCount(half.keys().length);
        for (int key : half.keys()) {
            out.putInt(key);
        }
        out.putCount(half.checks());
        out.putCount(half.checkedAt());
        out.putCount(half.checksPosition());
    }

    @Override
    public void load(StateInput in) {
        requireVersion(in.getByte(), SECTION_VERSION);
        for (int left = in.getCount(HALF_BYTES_MIN); left > 0; left--) {
            put(read(in));
        }
    }

    private HalfMessage read(StateInput in) {
        long id = in.getCount();
        long position = in.getCount();
        int size = (int) in.getCount();
        Queue queue = shared(queues, new Queue(in.getText(), (int) in.getCount()));
        String group = shared(groups, in.getText());
        int immunity = (int) in.getCount();
        long[] words = new long[ConsumeQueueEntry.WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = in.getLong();
        }
        int[] hashes = new int[in.getCount(Integer.BYTES)];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = in.getInt();
        }
        HalfMessage half = new HalfMessage(id, position, size, queue, group, immunity, words, hashes);
        half.checked((int) in.getCount(), in.getCount(), in.getCount());
        return half;
    }

    @Override
    public void clear() {
        byPosition.clear();
        moved.clear();
        count.set(0);
    }

    @Override
    public void digest(StringBuilder out) {
        byPosition.values().stream()
                .sorted(Comparator.comparingLong(HalfMessage::id))
                .forEach(half -> out.append(half)
                        .append(" at ")
                        .append(half.position())
                        .append(", checked ")
                        .append(half.checks())
                        .append(" times\n"));
    }

    private static void requireVersion(int version, int expected) {
        if (version != expected) {
            throw new CorruptStateException("version " + version + " of half messages, this program reads " + expected);
        }
    }
}
