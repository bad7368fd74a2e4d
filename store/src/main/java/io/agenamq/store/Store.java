// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.store.cursor.CursorTable;
import io.agenamq.store.cursor.SubscriptionTable;
import io.agenamq.store.cursor.TransientCursors;
import io.agenamq.store.cursor.UnsettledMessages;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.hidden.HiddenTable;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.Housekeeper;
import io.agenamq.store.log.LogListener;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.retention.Cleaner;
import io.agenamq.store.retention.Retention;
import io.agenamq.store.retention.RetentionHold;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.SnapshotStore;
import io.agenamq.store.table.ControlAppender;
import io.agenamq.store.table.GroupTable;
import io.agenamq.store.table.OffsetTable;
import io.agenamq.store.table.TopicTable;
import io.agenamq.store.transaction.BranchTable;
import io.agenamq.store.transaction.OutcomeTable;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One store: the commit log and everything derived from it, opened, wired and closed.
 *
 * <p>Opening: claim the directory, find the end of the log, load the newest snapshot that fits, replay the log behind it, accept appends, start
 * the flusher and the housekeeper. Closing goes the other way: the housekeeper stops, offsets are flushed, a snapshot is taken, the log is
 * forced. Both work after a crash at any point; a close that did not happen only makes the next opening replay more.
 *
 * <p>The accessors may be used by any thread until {@link #close}; whoever uses them stops before.
 */
public final class Store implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    /** How long a committed offset waits for its record at most, and the beat of all housekeeping. */
    private static final Duration HOUSEKEEPING_INTERVAL = Duration.ofMillis(100);

    private final Disk disk;
    private final CommitLog log;
    private final QueueTable queues;
    private final KeyIndex keys;
    private final TopicTable topics;
    private final GroupTable groups;
    private final OffsetTable offsets;
    private final CursorTable cursors;
    private final SubscriptionTable subscriptions;
    private final OutcomeTable outcomes;
    private final BranchTable branches;
    private final HiddenTable hidden;
    private final HalfTable halves;
    private final List<DerivedState> states;
    private final TransientCursors transientCursors = new TransientCursors();
    private final Retention retention;
    private final FilingBacklog backlog;
    private final Housekeeping housekeeping;
    private final Housekeeper housekeeper;
    private final long recoveredFrom;
    private final List<ArrivalListener> arrivals = new CopyOnWriteArrayList<>();

    private boolean closed;

    private Store(StoreConfig config, Disk disk, CommitLog log, InstantSource clock, FaultHandler faults)
            throws IOException {
        this.disk = disk;
        this.log = log;
        ControlAppender appender = new ControlAppender(log);
        queues = new QueueTable(disk);
        keys = new KeyIndex(disk, log, config.log().segmentBytes());
        topics = new TopicTable(appender, queues, clock);
        groups = new GroupTable(appender, clock);
        offsets = new OffsetTable(appender);
        cursors = new CursorTable(appender);
        subscriptions = new SubscriptionTable(appender, cursors);
        backlog = new FilingBacklog(() -> queues.sealedBytes() + keys.waitingBytes(), FilingBacklog.BYTES_MAX, log);
        outcomes = new OutcomeTable();
        branches = new BranchTable();
        halves = new HalfTable();
        hidden = new HiddenTable(halves);
        queues.onReferences(log::refersToDropped);
        states = List.of(
                topics, groups, offsets, queues, keys, cursors, subscriptions, outcomes, hidden, halves, branches);

        SnapshotStore snapshots = new SnapshotStore(disk, states);
        recoveredFrom = snapshots.load(log.minPosition(), log.writtenPosition());
        queues.deleteStaleFiles();
        keys.deleteStaleFiles();
        Derivation derivation = new Derivation(queues, keys, hidden, halves, states);
        try {
            log.replay(recoveredFrom, new Replay(derivation));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e.getCause());
        }
        queues.retain(log.minPosition());
        cursors.beginOwnership();
        LOG.info("replayed the log from position {} to {}", recoveredFrom, log.writtenPosition());

        retention = new Retention(
                config.retention(),
                disk,
                log,
                queues,
                keys,
                snapshots,
                states,
                appender,
                new UnsettledMessages(cursors, transientCursors, topics, offsets, subscriptions),
                hidden.links(),
                halves);
        RetentionHold unread = cursors.hold(topics, queues);
        retention.addHold(() -> hidden.links().lowestNeededFrom(unread.lowestNeeded()));
        retention.addHold(hidden::lowestOpen);
        Cleaner cleaner = new Cleaner(config.retention(), log, queues, retention, appender);
        housekeeping = new Housekeeping(
                log,
                queues,
                keys,
                offsets,
                snapshots,
                retention,
                cleaner,
                clock,
                config.snapshotIntervalBytes(),
                recoveredFrom);
        housekeeper = new Housekeeper(
                HOUSEKEEPING_INTERVAL,
                List.of(
                        log::housekeepOnce,
                        housekeeping::flushOffsets,
                        housekeeping::file,
                        backlog::checkAdmit,
                        housekeeping::snapshotIfDue,
                        housekeeping::watchDiskIfDue,
                        housekeeping::dropIfDue,
                        housekeeping::clean),
                faults);
        log.onHousekeepingWanted(housekeeper::wake);
        log.serve(queues, derivation, this::appended);
    }

    /**
     * Opens the store on a disk, recovers what is there, and starts its threads.
     *
     * @throws IOException if the disk cannot be read or belongs to another process
     */
    public static Store open(StoreConfig config, Disk disk, InstantSource clock, FaultHandler faults)
            throws IOException {
        Store store = openStepped(config, disk, clock, faults);
        store.log.start();
        store.housekeeper.start();
        return store;
    }

    /** Like {@link #open} without threads: the caller steps {@link CommitLog#flushOnce} and {@link #housekeepOnce}. For tests. */
    public static Store openStepped(StoreConfig config, Disk disk, InstantSource clock, FaultHandler faults)
            throws IOException {
        disk.lock();
        CommitLog log = null;
        try {
            log = CommitLog.open(config.log(), disk, clock, faults);
            return new Store(config, disk, log, clock, faults);
        } catch (IOException | RuntimeException e) {
            try {
                if (log != null) {
                    log.close();
                }
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            } finally {
                // Whoever repairs what was wrong must be able to open it again in this process.
                disk.close();
            }
            throw e;
        }
    }

    /** The log. */
    public CommitLog log() {
        return log;
    }

    /** The topics. */
    public TopicTable topics() {
        return topics;
    }

    /** The consumer groups. */
    public GroupTable groups() {
        return groups;
    }

    /** The offsets that groups committed. */
    public OffsetTable offsets() {
        return offsets;
    }

    /** The cursors of subscriptions that outlive a connection. */
    public CursorTable cursors() {
        return cursors;
    }

    /** The cursors of subscriptions that end with their consumers, so that retention knows of them. */
    public TransientCursors transientCursors() {
        return transientCursors;
    }

    /** The durable subscriptions, whose cursors are among {@link #cursors}. */
    public SubscriptionTable subscriptions() {
        return subscriptions;
    }

    /** What became of the last transactions of sessions. */
    public OutcomeTable outcomes() {
        return outcomes;
    }

    /** Branches that wait for their decisions, and the decisions. */
    public BranchTable branches() {
        return branches;
    }

    /** Messages that are in the log and in no queue yet. */
    public HiddenTable hidden() {
        return hidden;
    }

    /** Half messages that nobody has decided about yet. */
    public HalfTable halves() {
        return halves;
    }

    /** Messages by key. */
    public KeyIndex keys() {
        return keys;
    }

    /** A consume queue, null if there is no such topic or it has fewer queues. A topic that exists has its queues, even if they are empty. */
    public @Nullable ConsumeQueue queue(String topic, int queueId) {
        return queues.find(topic, queueId);
    }

    /**
     * The record of the message at {@code offset} of {@code queue}. The slice must be released.
     *
     * @param entry what {@link ConsumeQueue#read} said about that offset; it says where the message is now if it was moved meanwhile
     * @return null if retention has dropped it since
     * @throws CorruptRecordException if the record is not what was stored, or the entry names another one; others can be read all the same
     */
    public @Nullable RecordSlice message(ConsumeQueue queue, long offset, QueueEntry entry) {
        while (true) {
            long position = entry.position();
            RecordSlice slice = log.read(position, entry.size());
            if (slice != null) {
                if (queue.isMessage(slice.buffer(), offset)) {
                    return slice;
                }
                slice.release();
                throw new CorruptRecordException(position, "is not the message at offset " + offset + " of " + queue);
            }
            // Before the log drops anything, a queue forgets what is dropped and knows where the rest was moved to.
            if (!queue.read(offset, entry)) {
                return null;
            }
            if (entry.position() == position && entry.isReference()) {
                // The reference is there, and what it stands for is gone.
                return null;
            }
            if (entry.position() == position) {
                throw new CorruptRecordException(
                        position, "is not in the log, though " + queue + " has it at offset " + offset);
            }
        }
    }

    /** Tells {@code listener} about new messages from now on. */
    public void onArrival(ArrivalListener listener) {
        arrivals.add(listener);
    }

    /** Keeps what {@code hold} needs from being dropped. */
    public void addRetentionHold(RetentionHold hold) {
        retention.addHold(hold);
    }

    /** How much of the disk is in use, in percent. */
    public int diskUsedPercent() throws IOException {
        return retention.usedPercent();
    }

    /** Size of the file system that the store is on. */
    public long diskTotalBytes() throws IOException {
        return disk.totalBytes();
    }

    /** Bytes that the file system has left. */
    public long diskFreeBytes() throws IOException {
        return disk.freeBytes();
    }

    /** Store time of the oldest message or control record in the log, in milliseconds; -1 if there is none. */
    public long earliestStoreTime() {
        long time = log.firstStoreTime(log.minPosition());
        return time == Long.MAX_VALUE ? -1 : time;
    }

    /** How many messages the cleaner has moved that are still in the log. */
    public int movedMessages() {
        return queues.movedCount();
    }

    /** Bytes of memory that entries of queues and keys take which wait for their files. */
    public long waitingBytes() {
        return queues.sealedBytes() + keys.waitingBytes();
    }

    /** An estimate of the memory that consume queues hold, in bytes. */
    public long queueMemoryBytes() {
        return queues.memoryBytes();
    }

    /**
     * Takes a snapshot now. For tests that opened the store without threads.
     *
     * @return false if that failed; the reason is in the log
     */
    boolean snapshot() {
        return housekeeping.snapshot();
    }

    /** One round of housekeeping. For tests that opened the store without threads. */
    public void housekeepOnce() {
        housekeeper.runOnce();
    }

    /** The log position from which the last opening replayed. */
    public long recoveredFrom() {
        return recoveredFrom;
    }

    /** Prints everything that is derived: two stores that print the same answer the same. Not while appends run. */
    public String digest() {
        StringBuilder out = new StringBuilder();
        states.forEach(state -> state.digest(out));
        return out.toString();
    }

    /**
     * Stops the threads, writes what is only in memory, and gives the directory free. The callers have stopped using the store before.
     *
     * @throws IOException if something could not be written; nothing that was acknowledged as durable is lost by that
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        housekeeper.close();
        try {
            housekeeping.flushOffsets();
            housekeeping.file();
            housekeeping.snapshot();
        } finally {
            closeFiles();
        }
    }

    private void closeFiles() throws IOException {
        try {
            log.close();
        } finally {
            try {
                queues.close();
            } finally {
                disk.close();
            }
        }
    }

    /** After an append, outside of the locks: wakes who waits for the messages. */
    private void appended(MessageBatch batch) {
        queues.relieve();
        backlog.checkRefuse();
        if (batch.movesMessages() || batch.hidesMessages()) {
            return;
        }
        if (batch.publishes()) {
            new LinkedHashSet<>(batch.publishedQueues())
                    .forEach(queue -> arrived(queues.find(queue.topic(), queue.queueId())));
        }
        ConsumeQueue last = null;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.isControl(i) || batch.isHalf(i)) {
                continue;
            }
            ConsumeQueue queue = queues.find(batch.topic(i), batch.queueId(i));
            if (queue != last) {
                last = queue;
                arrived(queue);
            }
        }
    }

    /** Null if the topic was removed meanwhile: then nobody waits. */
    private void arrived(@Nullable ConsumeQueue queue) {
        if (queue != null) {
            long max = queue.maxOffset();
            for (ArrivalListener listener : arrivals) {
                listener.arrived(queue, max);
            }
        }
    }

    /** Applies as live, and keeps the memory of a long replay bounded. */
    private final class Replay implements LogListener {

        private final Derivation derivation;

        Replay(Derivation derivation) {
            this.derivation = derivation;
        }

        @Override
        public void message(String topic, long position, int size, ByteBuffer buffer, int at) {
            derivation.message(topic, position, size, buffer, at);
        }

        @Override
        public void control(ControlType type, long position, ByteBuffer payload) {
            derivation.control(type, position, payload);
        }

        @Override
        public void batchEnd(long endPosition) {
            derivation.batchEnd(endPosition);
            queues.relieve();
            if (keys.hasWork()) {
                try {
                    keys.file();
                } catch (IOException e) {
                    // Stays in memory; the housekeeper tries again and reports it.
                    LOG.debug("a key run cannot be filed during the replay", e);
                }
            }
            try {
                backlog.require();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
