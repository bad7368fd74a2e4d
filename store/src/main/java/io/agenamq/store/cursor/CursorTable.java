// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.retention.RetentionHold;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import io.agenamq.store.table.ConfigTable;
import io.agenamq.store.table.TopicTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of all subscriptions that outlive a connection: derived state like topics and offsets.
 *
 * <p>A cursor is put, makes progress, and is removed by control records; {@link #apply} is the only mutator. Records name a cursor by a number
 * that is never used twice, so that a late acknowledgement cannot reach a namesake. Progress for a cursor is appended by the owner of its
 * subscription alone, and so applied on that thread, live; it may read its cursor without a lock. Every other reader (snapshot, restatement)
 * holds this table's monitor, which is taken inside of the append lock and never the other way round.
 *
 * <p>A commit settles messages of several subscriptions at once, and whoever appends it owns at most one of them. So what it says
 * ({@link ControlType#CURSOR_COMMIT}) is noted beside the cursors when it is applied, and each owner {@linkplain #takeOver takes it over} on
 * its own thread, soon. Snapshots and restatements tell both together. That is sound because progress only adds: in whichever order two
 * pieces of it reach a cursor, the cursor is the same.
 */
public final class CursorTable implements DerivedState {

    private static final int FORMAT_VERSION = 1;

    private final ControlSink log;
    private final ConcurrentMap<CursorName, Cursor> byName = new ConcurrentHashMap<>();
    private final Map<Long, Stated> byId = new HashMap<>(); // guarded by this
    private final AtomicLong lastId = new AtomicLong();
    private boolean owned; // whether cursors may have owners; guarded by this

    /** A cursor and the position of the oldest record that is needed to know all of it. */
    private static final class Stated {
        final Cursor cursor;
        long since;
        long restatedFrom;

        /** Of commits, and not taken over by the owner yet. */
        final CursorProgress committed = new CursorProgress();

        Stated(Cursor cursor, long since) {
            this.cursor = cursor;
            this.since = since;
            this.restatedFrom = since;
        }

        /** All that the log says, as progress of a cursor that has made none. */
        CursorProgress everything() {
            if (committed.isEmpty()) {
                return cursor.copyAsProgress();
            }
            return merged().copyAsProgress();
        }

        Cursor merged() {
            Cursor merged = new Cursor(cursor.id(), cursor.name(), 0);
            merged.apply(cursor.copyAsProgress());
            merged.apply(committed);
            return merged;
        }
    }

    /** No cursors. */
    public CursorTable(ControlSink log) {
        this.log = log;
    }

    /** The cursor of this name, null if there is none. */
    public @Nullable Cursor get(CursorName name) {
        return byName.get(name);
    }

    /** All cursors, in no order. */
    public Collection<Cursor> all() {
        return List.copyOf(byName.values());
    }

    /** How many offsets below {@code end} the cursor of this name has not settled; 0 if there is none. For whoever is not its owner. */
    public synchronized long unsettledBelow(CursorName name, long end) {
        Cursor cursor = byName.get(name);
        return cursor == null ? 0 : cursor.unsettledBelow(end);
    }

    /** The cursor of this name; if there is none, a new one at {@code floor}. */
    public Cursor getOrCreate(CursorName name, long floor) throws AppendRefusedException {
        Cursor cursor = getOrCreate(name, floor, () -> true);
        if (cursor == null) {
            throw new IllegalStateException("there is always room for a cursor: " + name);
        }
        return cursor;
    }

    /**
     * The same, unless what it would be a cursor of has gone meanwhile.
     *
     * @param isThere asked when no removal can come between the answer and the record: a cursor that nobody knows of would keep messages for ever
     * @return null if there is none and none was made
     */
    public @Nullable Cursor getOrCreate(CursorName name, long floor, BooleanSupplier isThere)
            throws AppendRefusedException {
        Cursor known = byName.get(name);
        if (known != null) {
            return known;
        }
        synchronized (log) {
            known = byName.get(name);
            if (known == null && !isThere.getAsBoolean()) {
                return null;
            }
            if (known == null) {
                long id = lastId.incrementAndGet();
                log.append(ControlType.CURSOR_PUT, CursorRecords.put(id, CursorRecords.NEW, name, floor));
                known = byName.get(name);
            }
        }
        if (known == null) {
            throw new IllegalStateException("the record of a cursor was appended and not applied: " + name);
        }
        return known;
    }

    /**
     * Lets cursors begin again, each at another floor and under a new number, all or none after any crash. What is said about the old numbers from now
     * on changes nothing. By the owner of their subscription.
     *
     * @return the new ones, in the order of the old; none if one of these has ended meanwhile, and then nothing has changed: its topic may be
     *     made again, and what is settled in the former one is not settled there
     */
    public List<Cursor> replace(List<Cursor> former, List<Long> floors) throws AppendRefusedException {
        synchronized (log) {
            List<Control> batch = new ArrayList<>();
            for (int i = 0; i < former.size(); i++) {
                Cursor known = former.get(i);
                if (byName.get(known.name()) != known) {
                    return List.of();
                }
                batch.add(removal(known));
                batch.add(creation(known.name(), floors.get(i)));
            }
            log.appendAll(batch);
            List<Cursor> replaced = new ArrayList<>();
            for (Cursor each : former) {
                Cursor now = byName.get(each.name());
                if (now == null) {
                    throw new IllegalStateException(
                            "the record of a cursor was appended and not applied: " + each.name());
                }
                replaced.add(now);
            }
            return replaced;
        }
    }

    /** From now on cursors have owners; called once, when the log has been replayed. */
    public synchronized void beginOwnership() {
        owned = true;
    }

    /** Makes what commits have settled part of a cursor. By the owner of its subscription, after each commit. */
    public synchronized void takeOver(Cursor cursor) {
        Stated stated = byId.get(cursor.id());
        if (stated != null && !stated.committed.isEmpty()) {
            stated.cursor.apply(stated.committed);
            stated.committed.clear();
        }
    }

    /** What the cursor of this number is called, null if there is none. Any thread. */
    public synchronized @Nullable CursorName nameOf(long id) {
        Stated stated = byId.get(id);
        return stated == null ? null : stated.cursor.name();
    }

    /** The names of all cursors, by their numbers. Any thread. */
    synchronized Map<Long, CursorName> names() {
        Map<Long, CursorName> names = new HashMap<>();
        byId.forEach((id, stated) -> names.put(id, stated.cursor.name()));
        return names;
    }

    /** Removes a cursor for good; what was not consumed through it never will be. */
    public void remove(Cursor cursor) throws AppendRefusedException {
        log.append(ControlType.CURSOR_REMOVE, CursorRecords.removed(cursor));
    }

    /** The record that creates a cursor, for a batch with others. Under the monitor of the sink, so that no other decision comes between. */
    Control creation(CursorName name, long floor) {
        return new Control(
                ControlType.CURSOR_PUT, CursorRecords.put(lastId.incrementAndGet(), CursorRecords.NEW, name, floor));
    }

    /** The record that removes a cursor, for a batch with others. */
    Control removal(Cursor cursor) {
        return new Control(ControlType.CURSOR_REMOVE, CursorRecords.removed(cursor));
    }

    /**
     * Keeps in the log what cursors of native topics have not passed: for each of them the message at its floor and everything behind. Messages of
     * Jakarta destinations are looked at one by one, see {@link UnsettledMessages}.
     */
    public RetentionHold hold(TopicTable topics, QueueTable queues) {
        return () -> {
            long lowest = RetentionHold.NOTHING;
            for (Cursor cursor : byName.values()) {
                CursorName name = cursor.name();
                TopicConfig topic = topics.get(name.topic());
                if (topic == null
                        || DestinationKind.of(topic.attributes().get(DestinationKind.ATTRIBUTE))
                                == DestinationKind.NATIVE) {
                    lowest = Math.min(lowest, positionAt(queues.find(name.topic(), name.queueId()), cursor.floor()));
                }
            }
            return lowest;
        };
    }

    /** Which of the 64 offsets from {@code wordIndex * 64} on one of these cursors has not settled. Any thread. */
    synchronized long unsettledWord(List<Cursor> cursors, long wordIndex) {
        long unsettled = 0;
        for (Cursor cursor : cursors) {
            unsettled |= cursor.unsettledWord(wordIndex);
        }
        return unsettled;
    }

    private static long positionAt(@Nullable ConsumeQueue queue, long offset) {
        QueueEntry entry = new QueueEntry();
        boolean any = queue != null && queue.read(Math.max(offset, queue.minOffset()), entry);
        return any ? entry.position() : RetentionHold.NOTHING;
    }

    // ---- derived state

    @Override
    public String name() {
        return "cursors";
    }

    @Override
    public synchronized void apply(long position, ControlType type, ByteBuffer payload) {
        switch (type) {
            case CURSOR_PUT -> applyPut(position, payload);
            case CURSOR ->
                CursorRecords.forEachSection(payload, (id, section) -> {
                    Stated stated = byId.get(id);
                    if (stated != null) {
                        stated.cursor.apply(payload, section);
                    }
                });
            case CURSOR_COMMIT ->
                CursorRecords.forEachSection(payload, (id, section) -> {
                    Stated stated = byId.get(id);
                    if (stated != null && owned) {
                        stated.committed.add(payload, section);
                    } else if (stated != null) {
                        stated.cursor.apply(payload, section);
                    }
                });
            case CURSOR_REMOVE -> forget(CursorRecords.removedId(payload));
            case TOPIC_REMOVE -> {
                String topic = ConfigTable.removedName(payload);
                List<Long> doomed = new ArrayList<>();
                byId.forEach((id, stated) -> {
                    if (stated.cursor.name().topic().equals(topic)) {
                        doomed.add(id);
                    }
                });
                doomed.forEach(this::forget);
            }
            default -> {
                // Another state's.
            }
        }
    }

    private void applyPut(long position, ByteBuffer payload) {
        Cursor cursor = CursorRecords.readPut(payload);
        Stated known = byId.get(cursor.id());
        if (known == null) {
            // The end of a restatement during which the cursor was removed must not bring it back.
            if (CursorRecords.purpose(payload) != CursorRecords.RESTATE_END) {
                add(cursor, position);
            }
            return;
        }
        switch (CursorRecords.purpose(payload)) {
            case CursorRecords.RESTATE_BEGIN -> known.restatedFrom = position;
            case CursorRecords.RESTATE_END -> known.since = known.restatedFrom;
            default -> {
                // The first record of a cursor, met again in a replay that began before it: nothing new.
            }
        }
    }

    private void add(Cursor cursor, long position) {
        byId.put(cursor.id(), new Stated(cursor, position));
        byName.put(cursor.name(), cursor);
        lastId.accumulateAndGet(cursor.id(), Math::max);
    }

    private void forget(long id) {
        Stated stated = byId.remove(id);
        if (stated != null) {
            byName.remove(stated.cursor.name(), stated.cursor);
        }
    }

    /**
     * States whole cursors again: a put, all their progress, and a put that says the restatement is complete. Only then does the cursor count
     * as known from here, so a crash in between loses nothing. What is stated is copied behind the first put, so that everything the copy does
     * not have is in the log behind that put; it may be older than the cursor when the records are applied, but progress only adds, so it
     * changes nothing.
     */
    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        for (Stated stated : olderThan(position)) {
            Cursor cursor = stated.cursor;
            if (!beginRestatement(stated, out)) {
                continue;
            }
            Statement statement = statementOf(stated);
            for (ByteBuffer payload : statement.progress()) {
                out.append(ControlType.CURSOR, payload);
            }
            // Not as progress: that would change the cursor here and now, while its owner reads it without a lock.
            for (ByteBuffer payload : statement.committed()) {
                out.append(ControlType.CURSOR_COMMIT, payload);
            }
            out.append(
                    ControlType.CURSOR_PUT,
                    CursorRecords.put(cursor.id(), CursorRecords.RESTATE_END, cursor.name(), statement.floor()));
        }
    }

    /** What a restatement says of a cursor: its progress, and what of commits its owner has not taken over yet. */
    private record Statement(List<ByteBuffer> progress, List<ByteBuffer> committed, long floor) {}

    private synchronized Statement statementOf(Stated stated) {
        ProgressPayloads progress = new ProgressPayloads();
        progress.add(stated.cursor.id(), stated.cursor.copyAsProgress());
        ProgressPayloads committed = new ProgressPayloads();
        committed.add(stated.cursor.id(), stated.committed);
        return new Statement(progress.payloads(), committed.payloads(), stated.cursor.floor());
    }

    /** Appends the first record of a restatement; false if the cursor was removed. Under the decision lock, which removals take, too. */
    private boolean beginRestatement(Stated stated, ControlSink out) throws AppendRefusedException {
        Cursor cursor = stated.cursor;
        synchronized (out) {
            if (!isHere(stated)) {
                return false;
            }
            out.append(
                    ControlType.CURSOR_PUT,
                    CursorRecords.put(cursor.id(), CursorRecords.RESTATE_BEGIN, cursor.name(), cursor.floor()));
        }
        return true;
    }

    private synchronized boolean isHere(Stated stated) {
        return byId.get(stated.cursor.id()) == stated;
    }

    private synchronized List<Stated> olderThan(long position) {
        List<Stated> older = new ArrayList<>();
        for (Stated stated : byId.values()) {
            if (stated.since < position) {
                older.add(stated);
            }
        }
        return older;
    }

    @Override
    public synchronized Capture capture() {
        List<Stated> captured = new ArrayList<>(byId.size());
        List<CursorProgress> progress = new ArrayList<>(byId.size());
        for (Stated stated : byId.values()) {
            captured.add(stated);
            progress.add(stated.everything());
        }
        long since = lastId.get();
        long[] positions = captured.stream().mapToLong(stated -> stated.since).toArray();
        return out -> {
            out.putByte(FORMAT_VERSION);
            out.putCount(since);
            out.putCount(captured.size());
            for (int i = 0; i < positions.length; i++) {
                write(captured.get(i).cursor, positions[i], progress.get(i), out);
            }
        };
    }

    private static void write(Cursor cursor, long since, CursorProgress progress, StateOutput out) {
        out.putCount(since);
        out.putBytes(CursorRecords.put(cursor.id(), CursorRecords.NEW, cursor.name(), progress.settledBelow));
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(cursor.id(), progress);
        out.putCount(payloads.payloads().size());
        payloads.payloads().forEach(out::putBytes);
    }

    @Override
    public synchronized void load(StateInput in) {
        int format = in.getByte();
        if (format != FORMAT_VERSION) {
            throw new CorruptStateException("format " + format + " of cursors, this program reads " + FORMAT_VERSION);
        }
        lastId.set(in.getCount());
        for (int count = in.getCount(CursorRecords.PUT_NAMES); count > 0; count--) {
            long since = in.getCount();
            Cursor cursor = CursorRecords.readPut(in.getBytes());
            add(cursor, since);
            for (int payloads = in.getCount(CursorRecords.SPANS); payloads > 0; payloads--) {
                ByteBuffer payload = in.getBytes();
                CursorRecords.forEachSection(payload, (id, section) -> cursor.apply(payload, section));
            }
        }
    }

    @Override
    public synchronized void clear() {
        byId.clear();
        byName.clear();
        lastId.set(0);
    }

    @Override
    public synchronized void digest(StringBuilder out) {
        byId.values().stream()
                .sorted(Comparator.comparing(stated -> stated.cursor.id()))
                .forEach(stated -> out.append("cursor ").append(stated.merged()).append('\n'));
    }
}
