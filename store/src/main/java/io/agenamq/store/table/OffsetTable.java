// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The offsets that groups committed. A commit is visible at once and reaches the log with the next {@link #flush}, together with everything
 * else that was committed meanwhile: a hundred commits of a queue are one number in one record.
 *
 * <p>What a crash takes back is the commits since the last flush: their messages are consumed again, as RocketMQ clients expect, within a
 * tenth of a second instead of five. Any thread.
 *
 * <p>Payload of OFFSETS: format version, then until the end: group, topic, count of queues, and for each queue the offset plus one, 0 for
 * none. An entry replaces everything that was said about its group and topic before. Payload of OFFSETS_REMOVE: format version, 0 for a group
 * or 1 for a topic, name.
 */
public final class OffsetTable implements DerivedState {

    private static final int FORMAT_VERSION = 1;
    private static final int OF_GROUP = 0;
    private static final int OF_TOPIC = 1;

    /** A record that is longer is closed and the next one begun. */
    private static final int RECORD_BYTES = 32 * 1024;

    private final ControlSink log;

    /** Group → topic → progress. */
    private final ConcurrentMap<String, ConcurrentMap<String, GroupProgress>> groups = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<GroupProgress> dirty = new ConcurrentLinkedQueue<>();

    /** No offsets. */
    public OffsetTable(ControlSink log) {
        this.log = log;
    }

    /** The offset that {@code group} committed last for the queue, -1 if none. */
    public long get(String group, String topic, int queueId) {
        GroupProgress progress = find(group, topic);
        return progress == null || queueId < 0 ? GroupProgress.NONE : progress.get(queueId);
    }

    /** The committed offsets of a group on a topic by queue id; queues without any are left out. */
    public Map<Integer, Long> get(String group, String topic) {
        Map<Integer, Long> offsets = new TreeMap<>();
        GroupProgress progress = find(group, topic);
        if (progress != null) {
            long[] all = progress.all();
            for (int queueId = 0; queueId < all.length; queueId++) {
                if (all[queueId] != GroupProgress.NONE) {
                    offsets.put(queueId, all[queueId]);
                }
            }
        }
        return offsets;
    }

    /** All groups that committed anything. */
    public Set<String> groups() {
        Set<String> found = new TreeSet<>();
        groups.forEach((group, topics) -> {
            if (!topics.isEmpty()) {
                found.add(group);
            }
        });
        return found;
    }

    /** The topics that a group committed offsets of. */
    public Set<String> topicsOf(String group) {
        Map<String, GroupProgress> topics = groups.get(group);
        return topics == null ? Set.of() : new TreeSet<>(topics.keySet());
    }

    /** The groups that committed offsets of a topic. */
    public Set<String> groupsOf(String topic) {
        Set<String> found = new TreeSet<>();
        groups.forEach((group, topics) -> {
            if (topics.containsKey(topic)) {
                found.add(group);
            }
        });
        return found;
    }

    /**
     * Notes how far a group has consumed a queue: the offset of the next message it wants. Smaller than before is fine. The caller has made
     * sure that group and topic exist.
     */
    public void commit(String group, String topic, int queueId, long offset) {
        if (queueId < 0 || queueId >= QueueTable.QUEUES_PER_TOPIC_MAX || offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " of queue " + queueId);
        }
        GroupProgress progress = findOrCreate(group, topic);
        if (progress.commit(queueId, offset)) {
            dirty.add(progress);
        }
    }

    /** Forgets the offsets of a group. Returns the position behind the record that says so. */
    public long removeGroup(String group) throws AppendRefusedException {
        return remove(OF_GROUP, group);
    }

    /** Forgets the offsets of all groups on a topic; removing a topic does that by itself. Returns the position behind the record. */
    public long removeTopic(String topic) throws AppendRefusedException {
        return remove(OF_TOPIC, topic);
    }

    private long remove(int kind, String subject) throws AppendRefusedException {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        out.putByte(kind);
        out.putText(subject);
        synchronized (log) {
            return log.append(ControlType.OFFSETS_REMOVE, out.payload());
        }
    }

    /** Whether {@link #flush} has something to do. */
    public boolean hasWork() {
        return !dirty.isEmpty();
    }

    /**
     * Writes what was committed since the last flush to the log. On the housekeeper, about ten times a second, and when the store is closed.
     * What is refused stays for the next flush.
     */
    public void flush() throws AppendRefusedException {
        while (!dirty.isEmpty()) {
            synchronized (log) {
                flushRecord();
            }
        }
    }

    /** Writes one record. Under the decision lock, so that no topic or group is removed between taking its offsets and appending them. */
    private void flushRecord() throws AppendRefusedException {
        List<GroupProgress> taken = new ArrayList<>();
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        while (out.length() < RECORD_BYTES) {
            GroupProgress next = dirty.poll();
            if (next == null) {
                break;
            }
            if (!next.removed()) {
                taken.add(next);
                write(next, next.take(), out);
            }
        }
        if (taken.isEmpty()) {
            return;
        }
        try {
            log.append(ControlType.OFFSETS, out.payload());
        } catch (AppendRefusedException e) {
            for (GroupProgress progress : taken) {
                if (progress.untake()) {
                    dirty.add(progress);
                }
            }
            throw e;
        }
    }

    // ---- derived state ----

    @Override
    public String name() {
        return "offsets";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        switch (type) {
            case OFFSETS -> {
                StateInput in = open(payload);
                while (!in.atEnd()) {
                    GroupProgress progress = findOrCreate(in.getText(), in.getText());
                    progress.apply(readOffsets(in), position);
                }
            }
            case OFFSETS_REMOVE -> {
                StateInput in = open(payload);
                if (in.getByte() == OF_GROUP) {
                    forgetGroup(in.getText());
                } else {
                    forgetTopic(in.getText());
                }
            }
            // A topic of that name starts at offset 0 again: what was committed before means nothing to it.
            case TOPIC_REMOVE -> forgetTopic(ConfigTable.removedName(payload));
            default -> {
                // Another state's.
            }
        }
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        Iterator<GroupProgress> rest = all().iterator();
        while (rest.hasNext()) {
            synchronized (log) {
                PayloadOutput payload = new PayloadOutput();
                payload.putByte(FORMAT_VERSION);
                while (rest.hasNext() && payload.length() < RECORD_BYTES) {
                    GroupProgress progress = rest.next();
                    if (!progress.removed() && progress.applied().length > 0 && progress.position() < position) {
                        // Not what was committed meanwhile: a restatement changes nothing. That follows with the next
                        // flush.
                        write(progress, progress.applied(), payload);
                    }
                }
                if (payload.length() > 1) {
                    out.append(ControlType.OFFSETS, payload.payload());
                }
            }
        }
    }

    @Override
    public Capture capture() {
        List<GroupProgress> captured = new ArrayList<>();
        for (GroupProgress progress : all()) {
            if (progress.applied().length > 0) {
                captured.add(progress.copy());
            }
        }
        return out -> {
            out.putByte(FORMAT_VERSION);
            out.putCount(captured.size());
            for (GroupProgress copy : captured) {
                out.putCount(copy.position());
                write(copy, copy.applied(), out);
            }
        };
    }

    @Override
    public void load(StateInput in) {
        check(in.getByte());
        int count = in.getCount(4);
        for (int i = 0; i < count; i++) {
            long position = in.getCount();
            GroupProgress progress = findOrCreate(in.getText(), in.getText());
            progress.apply(readOffsets(in), position);
        }
    }

    @Override
    public void clear() {
        groups.clear();
        dirty.clear();
    }

    @Override
    public void digest(StringBuilder out) {
        Map<String, String> lines = new TreeMap<>();
        for (GroupProgress progress : all()) {
            if (progress.applied().length > 0) {
                lines.put(progress.group() + " " + progress.topic(), Arrays.toString(progress.applied()));
            }
        }
        lines.forEach((key, offsets) ->
                out.append("offsets ").append(key).append(' ').append(offsets).append('\n'));
    }

    // ---- inside ----

    private @Nullable GroupProgress find(String group, String topic) {
        Map<String, GroupProgress> topics = groups.get(group);
        return topics == null ? null : topics.get(topic);
    }

    private GroupProgress findOrCreate(String group, String topic) {
        GroupProgress known = find(group, topic);
        if (known != null) {
            return known;
        }
        return groups.computeIfAbsent(group, name -> new ConcurrentHashMap<>())
                .computeIfAbsent(topic, name -> new GroupProgress(group, name));
    }

    private void forgetGroup(String group) {
        Map<String, GroupProgress> topics = groups.remove(group);
        if (topics != null) {
            topics.values().forEach(GroupProgress::remove);
        }
    }

    private void forgetTopic(String topic) {
        // A group without topics keeps its empty map: another commit may be about to fill it.
        for (Map<String, GroupProgress> topics : groups.values()) {
            GroupProgress progress = topics.remove(topic);
            if (progress != null) {
                progress.remove();
            }
        }
    }

    private Collection<GroupProgress> all() {
        List<GroupProgress> all = new ArrayList<>();
        groups.values().forEach(topics -> all.addAll(topics.values()));
        return all;
    }

    private static void write(GroupProgress progress, long[] offsets, StateOutput out) {
        out.putText(progress.group());
        out.putText(progress.topic());
        out.putCount(offsets.length);
        for (long offset : offsets) {
            out.putCount(offset + 1);
        }
    }

    private static long[] readOffsets(StateInput in) {
        long[] offsets = new long[in.getCount(1)];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = in.getCount() - 1;
        }
        return offsets;
    }

    private static StateInput open(ByteBuffer payload) {
        StateInput in = new StateInput(payload);
        check(in.getByte());
        return in;
    }

    private static void check(int format) {
        if (format != FORMAT_VERSION) {
            throw new CorruptStateException("format " + format + " of offsets, this program reads " + FORMAT_VERSION);
        }
    }
}
