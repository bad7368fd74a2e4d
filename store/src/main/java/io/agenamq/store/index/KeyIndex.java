// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.index;

import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.RecordScan;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds messages by topic and key: the tokens of {@code KEYS} and the client's unique id.
 *
 * <p>An entry is eight bytes, a 32-bit hash and a relative position, so a gigabyte of 1 KiB messages with one key each takes 8 MB. Entries are
 * collected in <em>runs</em> of up to {@value #RUN_ENTRIES}: one grows in memory, full ones are sorted and filed by the housekeeper. A query looks
 * at the runs from the newest to the oldest whose time fits, and compares every hit with the record itself, so a collision of hashes costs a
 * read and nothing else.
 *
 * <pre>
 *   files, sorted                       waiting     growing
 *   [ run ] [ run ] [ run ] [ run ]     [ run ]     [ run…
 *   ◀──────────────── older                 newer ────────▶        dropped when retention is past a run's end
 * </pre>
 *
 * <p>{@link #message} and {@link #batchEnd} under the append lock; {@link #file} and {@link #retain} on the housekeeper; queries on any thread,
 * which they may keep for some disk reads: not an event loop's.
 */
public final class KeyIndex implements DerivedState {

    /** The folder that this index owns on the disk. */
    public static final String FOLDER = "keys";

    /** Most entries of one run: 2 MiB. */
    static final int RUN_ENTRIES = 256 * 1024;

    /** A log with small segments has small runs: one entry for so many bytes of a segment. */
    private static final int SEGMENT_BYTES_PER_ENTRY = 256;

    private static final int RUN_ENTRIES_MIN = 64;

    /** Keys of one message that are indexed; what comes behind cannot be asked for. A message that names more is abuse. */
    private static final int KEYS_PER_MESSAGE_MAX = 256;

    private static final int SECTION_VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(KeyIndex.class);

    private final Disk disk;
    private final CommitLog log;
    private final int runEntries;

    private final Adding adding = new Adding();

    /** All runs. Replaced under the lock of this object; a reader takes it once and sees every run exactly once. */
    private volatile Runs runs = new Runs(new KeyRun(0, 0), List.of(), List.of());

    private record Runs(KeyRun growing, List<KeyRun> waiting, List<KeyFile> filed) {}

    /** An empty index of a log with segments of {@code segmentBytes}. */
    public KeyIndex(Disk disk, CommitLog log, int segmentBytes) throws IOException {
        this.disk = disk;
        this.log = log;
        this.runEntries = Math.max(RUN_ENTRIES_MIN, Math.min(RUN_ENTRIES, segmentBytes / SEGMENT_BYTES_PER_ENTRY));
        disk.createDirectory(FOLDER);
    }

    // ---- under the append lock ----

    /** Adds the keys of a message. */
    public void message(String topic, RecordScan record, long position) {
        adding.position = position;
        adding.storeTime = record.storeTime();
        hashes(topic, record, adding);
    }

    /** The hash of one key. */
    public static int hash(String topic, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return KeyHash.of(topic, ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    /** Gives the hashes of the keys of a message, for {@link #add}. */
    public static void hashes(String topic, RecordScan record, IntConsumer sink) {
        if (record.uniqueKeyLength() > 0) {
            sink.accept(KeyHash.of(topic, record.buffer(), record.uniqueKeyStart(), record.uniqueKeyLength()));
        }
        int end = record.keysStart() + record.keysLength();
        int tokenStart = record.keysStart();
        int tokens = 0;
        for (int i = tokenStart; i <= end && record.keysLength() > 0; i++) {
            if (i == end || record.buffer().get(i) == ' ') {
                if (i > tokenStart && tokens++ < KEYS_PER_MESSAGE_MAX) {
                    sink.accept(KeyHash.of(topic, record.buffer(), tokenStart, i - tokenStart));
                }
                tokenStart = i + 1;
            }
        }
    }

    /** Shows the keys of the batch to queries. */
    public void batchEnd() {
        runs.growing().publish();
    }

    /** Adds a key of a message by its hash. */
    public void add(int hash, long position, long storeTime) {
        KeyRun run = runs.growing();
        if (!run.takes(position)) {
            run.publish();
            run = grow(position);
        }
        run.add(hash, position, storeTime);
    }

    private synchronized KeyRun grow(long position) {
        KeyRun next = new KeyRun(position, runEntries);
        List<KeyRun> waiting = runs.waiting();
        if (runs.growing().count() > 0) {
            waiting = new ArrayList<>(waiting);
            waiting.add(runs.growing());
        }
        runs = new Runs(next, List.copyOf(waiting), runs.filed());
        return next;
    }

    /** Adds the keys of one message. */
    private final class Adding implements IntConsumer {

        private long position;
        private long storeTime;

        @Override
        public void accept(int hash) {
            add(hash, position, storeTime);
        }
    }

    // ---- queries ----

    /**
     * Gives the positions of messages of {@code topic} that carry {@code key} and were stored within the time range, newest first; those that the
     * cleaner has moved come as if they had been stored then.
     *
     * @param beginTime first millisecond that counts
     * @param endTime last millisecond that counts
     * @param max most positions that are given
     */
    public void query(String topic, String key, long beginTime, long endTime, int max, LongConsumer sink) {
        int hash = hash(topic, key);
        Query query = new Query(topic.getBytes(StandardCharsets.UTF_8), key, beginTime, endTime, max, sink);
        Runs now = runs;
        query.inMemory(now.growing(), hash);
        for (int i = now.waiting().size() - 1; i >= 0; i--) {
            query.inMemory(now.waiting().get(i), hash);
        }
        for (int i = now.filed().size() - 1; i >= 0 && !query.done(); i--) {
            KeyFile file = now.filed().get(i);
            // Not only until the first that is too old: a run may be full of old messages that were moved there.
            if (file.lastTime() >= beginTime && file.firstTime() <= endTime) {
                try {
                    query.inFile(file, file.find(disk, hash));
                } catch (IOException e) {
                    if (file.end() > log.minPosition()) {
                        LOG.warn("keys from position {} to {} cannot be searched", file.base(), file.end(), e);
                    }
                }
            }
        }
    }

    /** What tells two records of one key from two copies of one record. */
    private record Found(int queueId, long offset, long storeTime) {

        static Found of(ByteBuffer record) {
            return new Found(
                    MessageRecord.queueId(record, 0),
                    MessageRecord.queueOffset(record, 0),
                    MessageRecord.storeTimestamp(record, 0));
        }
    }

    /** One query on its way from the newest run to the oldest. */
    private final class Query {

        private final byte[] topic;
        private final String key;
        private final long beginTime;
        private final long endTime;
        private final LongConsumer sink;
        private final MessageProperties properties = new MessageProperties();
        /** What was found: a message that was moved is, for a while, at two positions. */
        private final Set<Found> seen = new HashSet<>();

        private int wanted;
        private long last = Long.MAX_VALUE;

        Query(byte[] topic, String key, long beginTime, long endTime, int max, LongConsumer sink) {
            this.topic = topic;
            this.key = key;
            this.beginTime = beginTime;
            this.endTime = endTime;
            this.wanted = max;
            this.sink = sink;
        }

        boolean done() {
            return wanted <= 0;
        }

        void inMemory(KeyRun run, int hash) {
            for (int i = run.count() - 1; i >= 0 && !done(); i--) {
                long entry = run.entry(i);
                if (KeyEntry.hash(entry) == hash) {
                    candidate(run.base() + KeyEntry.relative(entry));
                }
            }
        }

        void inFile(KeyFile file, long[] ascending) {
            for (int i = ascending.length - 1; i >= 0 && !done(); i--) {
                candidate(file.base() + KeyEntry.relative(ascending[i]));
            }
        }

        private void candidate(long position) {
            // A message that carries the key twice has two entries next to each other.
            if (position >= last) {
                return;
            }
            RecordSlice slice;
            try {
                slice = log.recordAt(position);
            } catch (CorruptRecordException e) {
                LOG.warn("a message with key '{}' is damaged: {}", key, e.getMessage());
                return;
            }
            if (slice == null) {
                return;
            }
            try {
                if (matches(slice.buffer()) && seen.add(Found.of(slice.buffer()))) {
                    last = position;
                    wanted--;
                    sink.accept(position);
                }
            } finally {
                slice.release();
            }
        }

        private boolean matches(ByteBuffer record) {
            long time = MessageRecord.storeTimestamp(record, 0);
            if (time < beginTime || time > endTime || !MessageRecord.topicIs(record, 0, topic)) {
                return false;
            }
            properties.resetToRecord(record, 0);
            boolean found = false;
            while (properties.next()) {
                if (properties.nameIs(PropertyNames.UNIQUE_KEY)) {
                    found |= properties.valueIs(key);
                } else if (properties.nameIs(PropertyNames.KEYS)) {
                    found |= Arrays.asList(properties.value().split(" ")).contains(key);
                }
            }
            return found;
        }
    }

    // ---- housekeeping ----

    /** Whether {@link #file} has something to do. */
    public boolean hasWork() {
        return !runs.waiting().isEmpty();
    }

    /** Bytes of memory that full runs take which wait for {@link #file}. Any thread. */
    public long waitingBytes() {
        return (long) runs.waiting().size() * runEntries * Long.BYTES;
    }

    /** Sorts full runs and writes them to files. On the housekeeper. */
    public void file() throws IOException {
        for (KeyRun run : runs.waiting()) {
            KeyFile file = run.describe();
            file.create(disk, run.sorted());
            synchronized (this) {
                List<KeyRun> waiting = new ArrayList<>(runs.waiting());
                waiting.remove(run);
                List<KeyFile> filed = new ArrayList<>(runs.filed());
                filed.add(file);
                runs = new Runs(runs.growing(), List.copyOf(waiting), List.copyOf(filed));
            }
        }
    }

    /** Drops the files all of whose records are below {@code position}. On the housekeeper. */
    public void retain(long position) throws IOException {
        List<KeyFile> dropped = new ArrayList<>();
        synchronized (this) {
            List<KeyFile> kept = new ArrayList<>();
            for (KeyFile file : runs.filed()) {
                (file.end() <= position ? dropped : kept).add(file);
            }
            runs = new Runs(runs.growing(), runs.waiting(), List.copyOf(kept));
        }
        for (KeyFile file : dropped) {
            disk.delete(file.path());
        }
    }

    /** Deletes the files of runs that a replay is going to make again, or that are gone. Called once, before the replay. */
    public void deleteStaleFiles() throws IOException {
        List<String> known = runs.filed().stream().map(KeyFile::name).toList();
        for (String name : disk.list(FOLDER)) {
            if (!known.contains(name)) {
                disk.delete(FOLDER + "/" + name);
            }
        }
    }

    // ---- derived state ----

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        // Only messages have keys.
    }

    @Override
    public void restate(long position, ControlSink out) {
        // What is below the position cannot be found any more.
    }

    @Override
    public Capture capture() {
        Runs now = runs;
        int count = now.growing().count();
        long lastTime = now.growing().describe().lastTime();
        return out -> write(now, count, lastTime, out);
    }

    private void write(Runs captured, int count, long lastTime, StateOutput out) {
        try {
            file();
            disk.forceDirectory(FOLDER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.putByte(SECTION_VERSION);
        // What waited at the capture is filed now; what was filed at the capture and dropped since is below the log's
        // start.
        out.putCount(captured.filed().size() + captured.waiting().size());
        captured.filed().forEach(file -> file.writeTo(out));
        captured.waiting().forEach(run -> run.describe().writeTo(out));
        KeyRun growing = captured.growing();
        out.putCount(growing.base());
        out.putCount(growing.firstTime());
        out.putCount(lastTime);
        out.putCount(count);
        for (int i = 0; i < count; i++) {
            out.putLong(growing.entry(i));
        }
    }

    @Override
    public void load(StateInput in) {
        int version = in.getByte();
        if (version != SECTION_VERSION) {
            throw new CorruptStateException("key index version " + version);
        }
        List<KeyFile> filed = new ArrayList<>();
        int files = in.getCount(KeyFile.DESCRIPTION_BYTES_MIN);
        for (int i = 0; i < files; i++) {
            KeyFile file = KeyFile.readFrom(in);
            if (file.end() > log.minPosition()) {
                file.check(disk);
                filed.add(file);
            }
        }
        long base = in.getCount();
        long firstTime = in.getCount();
        long lastTime = in.getCount();
        int count = in.getCount(Long.BYTES);
        if (count > RUN_ENTRIES) {
            throw new CorruptStateException("a run of " + count + " keys");
        }
        KeyRun growing = new KeyRun(base, count == 0 ? 0 : Math.max(count, runEntries));
        for (int i = 0; i < count; i++) {
            growing.restore(in.getLong(), i == 0 ? firstTime : lastTime);
        }
        growing.publish();
        synchronized (this) {
            runs = new Runs(growing, List.of(), List.copyOf(filed));
        }
    }

    @Override
    public synchronized void clear() {
        runs = new Runs(new KeyRun(0, 0), List.of(), List.of());
    }

    @Override
    public void digest(StringBuilder out) {
        // Where one run ends and the next begins depends on where the store was opened; what they hold does not.
        Runs now = runs;
        List<long[]> all = new ArrayList<>();
        try {
            for (KeyFile file : now.filed()) {
                add(all, file.base(), file.all(disk));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        now.waiting().forEach(run -> add(all, run.base(), run.sorted()));
        add(all, now.growing().base(), now.growing().sorted());
        all.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
        CRC32C sum = new CRC32C();
        ByteBuffer entry = ByteBuffer.allocate(2 * Long.BYTES);
        for (long[] positionAndHash : all) {
            entry.clear();
            sum.update(entry.putLong(positionAndHash[0])
                    .putLong(positionAndHash[1])
                    .flip());
        }
        out.append("keys ")
                .append(all.size())
                .append(' ')
                .append(Long.toHexString(sum.getValue()))
                .append('\n');
    }

    private void add(List<long[]> all, long base, long[] entries) {
        for (long entry : entries) {
            long position = base + KeyEntry.relative(entry);
            if (position >= log.minPosition() && !log.refersToDropped(position)) {
                all.add(new long[] {position, KeyEntry.hash(entry)});
            }
        }
    }
}
