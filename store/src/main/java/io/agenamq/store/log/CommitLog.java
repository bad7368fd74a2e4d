// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.NoSpaceException;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.log.LogState.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only truth of a store: an endless sequence of batches of records, addressed by position, kept in segments of equal size.
 *
 * <pre>
 *   retired      minPosition                          durablePosition      writtenPosition
 *  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄├──────────────────────────────────────┼────────────────────┤ zeros …
 *                    survives everything                    survives SIGKILL
 * </pre>
 *
 * <p><b>Why it exists.</b> Whatever must survive a crash is a record here; all else in the store is derived from it, live through
 * {@link LogListener} and after a start through {@link #replay}, by the same calls in the same order.
 *
 * <p><b>What it promises.</b> A batch is there as a whole or not at all, in the order of the appends. When {@link #append} returns, the bytes
 * are in the page cache: they survive the death of the process. When {@link #whenDurable} answers, they survive the death of the machine.
 * Neither is ever taken back, except by {@link #retire}.
 *
 * <p><b>Life.</b> {@link #open} (finds the end, cuts what is torn) → {@link #replay} → {@link #serve} → {@link #start} → … → {@link #close}.
 *
 * <p><b>Threads.</b> Any thread may append, read and wait. An append is one short critical section: assign offsets and positions, CRC, one write
 * to the page cache, apply. The flusher thread forces; {@link #housekeepOnce} and {@link #retire} belong on the housekeeper thread. Under the
 * append lock others may be taken (a segment's for preparing, the list's for making a file, the state's), never the other way round. Nothing is
 * forced under the append lock.
 *
 * <p><b>When something fails</b>, the log is in a named {@link LogState}, reads go on, and appends are refused with the reason. The argument why
 * no crash loses what was acknowledged stands in {@code store/README.md}.
 */
public final class CommitLog implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(CommitLog.class);

    private static final String DIRECTORY = "commitlog";
    private static final String MARK_FILE = DIRECTORY + "/mark";
    private static final int DEFAULT_PORT = 10911;

    /** Prepared before the log serves; the rest follows behind, so that a start does not wait for it. */
    private static final int PREPARED_AT_START_BYTES = 4 * 1024 * 1024;
    /** A busy log moves its durable mark this far at a time: what a recovery has to scan. */
    private static final int MARK_DISTANCE_BYTES = 16 * 1024 * 1024;
    /** A log that has come to rest moves its durable mark after as many steps of the housekeeper. */
    private static final int MARK_IDLE_STEPS = 10;
    /** When the disk is full, this much of the prepared space is for control records only: for settling, not for sending. */
    private static final int RESERVE_BYTES_MAX = 1024 * 1024;

    private static final int RESERVE_SEGMENT_PART = 16;
    /** No cluster yet: all batches belong to the first reign. */
    private static final int EPOCH = 0;

    private final LogConfig config;
    private final Disk disk;
    private final InstantSource clock;
    private final FaultHandler faults;
    private final RecoveryReport recovery;
    private final DurableMark mark;
    private final SegmentList segments;
    private final RecordReader records;
    private final Flusher flusher;
    private final LogStates states = new LogStates();
    private final int reserveBytes;

    private final ReentrantLock appendLock = new ReentrantLock();
    /** The segment being written. Guarded by appendLock. */
    private Segment current;
    /** Guarded by appendLock. */
    private long storeTimestamp;
    /** Set once by serve, before the first append. Guarded by appendLock. */
    private @Nullable Live live;
    /** Guarded by appendLock, like the buffer below. */
    private final CRC32C crc = new CRC32C();

    private final ByteBuffer segmentEnd = ByteBuffer.allocateDirect(BatchHeader.BYTES);

    /** Written under appendLock. */
    private volatile long written;

    private volatile long minPosition;

    private volatile InetSocketAddress storeHost =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT);
    private volatile Runnable housekeepingWanted = () -> {};

    /** Where the mark stands. Housekeeper only. */
    private long markedPosition;
    /** Where durability stood at the last step of the housekeeper. Housekeeper only. */
    private long housekeptPosition;
    /** For how many steps durability has stood there. Housekeeper only. */
    private int idleSteps;

    private record Live(OffsetAssigner offsets, LogListener listener, AppendListener appended) {}

    private CommitLog(
            LogConfig config, Disk disk, InstantSource clock, FaultHandler faults, DurableMark mark, Recovery recovered)
            throws IOException {
        long end = recovered.end();
        this.config = config;
        this.disk = disk;
        this.clock = clock;
        this.faults = faults;
        this.mark = mark;
        this.recovery = recovered.report();
        this.reserveBytes = Math.min(RESERVE_BYTES_MAX, config.segmentBytes() / RESERVE_SEGMENT_PART);
        this.written = end;
        this.minPosition = recovered.minPosition();
        this.storeTimestamp = recovered.storeTimestamp();
        this.markedPosition = end;
        this.housekeptPosition = end;
        this.flusher = new Flusher(new FlushTarget(), config.flushInterval(), faults, end);
        this.segments = recovered.segmentList();
        this.records = new RecordReader(segments, recovered.checkedFrom());
        this.current = segments.last();
        if (current.holds(end)) {
            current.used((int) (end - current.start()));
        }
    }

    /**
     * Opens the log on a disk, or makes it. Finds the end of the valid log and replaces what a crash left behind it by zeros; see
     * {@link #recovery}. No thread is started, and no append accepted yet. If durable bytes are missing or changed, the log opens
     * {@link Kind#DAMAGED} and nothing on the disk is touched.
     *
     * @throws IOException if files cannot be read, all are gone, or a new log does not find enough space
     */
    public static CommitLog open(LogConfig config, Disk disk, InstantSource clock, FaultHandler faults)
            throws IOException {
        disk.createDirectory(DIRECTORY);
        DurableMark mark = DurableMark.open(disk, MARK_FILE);
        Recovery recovery = new Recovery(disk, DIRECTORY, config);
        recovery.run(mark.value());
        CommitLog log = new CommitLog(config, disk, clock, faults, mark, recovery);
        String damage = recovery.damage();
        if (damage != null) {
            log.states.end(Kind.DAMAGED, damage);
            log.states.announce();
            return log;
        }
        if (log.recovery.cutBytes() > 0) {
            LOG.warn(
                    "commit log ends at position {}; cut {} bytes of appends that had never been forced",
                    log.recovery.endPosition(),
                    log.recovery.cutBytes());
        }
        log.prepareStart();
        return log;
    }

    /** Before the first append: room for it, and a mark that says that the clean stop, if there was one, is history. */
    private void prepareStart() throws IOException {
        try {
            int room = Math.min(PREPARED_AT_START_BYTES, current.capacity() - current.used());
            prepare(current, current.used() + room);
            current.file().force();
            segments.link(current);
        } catch (NoSpaceException e) {
            states.diskFull(e.getMessage());
        }
        mark.write(new DurableMark.Value(minPosition, written, storeTimestamp, false));
        disk.forceDirectory(DIRECTORY);
    }

    /** What {@link #open} found. */
    public RecoveryReport recovery() {
        return recovery;
    }

    /**
     * Applies every record from {@code fromPosition} on to the end of the log, on the calling thread, checking each batch again. Stops at damage:
     * the log is then {@link Kind#DAMAGED}. Only before {@link #serve}; may be called several times.
     *
     * @param fromPosition {@link #minPosition}, or a position that {@link LogListener#batchEnd} named
     * @return where it stopped: {@link #writtenPosition} unless there is damage
     * @throws IllegalArgumentException if {@code fromPosition} is outside of the log
     * @throws IOException if a file cannot be read, or the log was written by a later version
     */
    public long replay(long fromPosition, LogListener listener) throws IOException {
        LogReplay replay = new LogReplay(segments, listener);
        long position = replay.run(fromPosition, minPosition, written);
        if (position < written) {
            states.end(
                    Kind.DAMAGED,
                    "no sound batch at position " + position + ", though the log was durable up to position "
                            + written);
            states.announce();
            return position;
        }
        records.trustAlsoFrom(fromPosition);
        return position;
    }

    /**
     * Accepts appends from now on, unless the log is damaged. Called once, when the derived structures are up to date.
     *
     * @param appended told about each batch after it was applied, on the appending thread, outside of the locks
     */
    public void serve(OffsetAssigner offsets, LogListener listener, AppendListener appended) {
        appendLock.lock();
        try {
            if (live != null) {
                throw new IllegalStateException("the log serves already");
            }
            live = new Live(offsets, listener, appended);
        } finally {
            appendLock.unlock();
        }
        states.serving();
        states.announce();
    }

    /** Starts the flusher thread. Tests leave it out and call {@link #flushOnce}. */
    public void start() {
        flusher.start();
    }

    /** Names who makes {@link #housekeepOnce} run soon, when there is something to do before its time. The call is short, on any thread. */
    public void onHousekeepingWanted(Runnable wake) {
        housekeepingWanted = wake;
    }

    /** Sets the address that records and offset ids name; 127.0.0.1:10911 before. For messages that are added afterwards. */
    public void storeHost(InetSocketAddress host) {
        storeHost = host;
    }

    /** The address that records and offset ids name. */
    public InetSocketAddress storeHost() {
        return storeHost;
    }

    /** A batch for the calling thread to keep. */
    public MessageBatch newBatch() {
        return new MessageBatch(this, config.batchBytesMax());
    }

    /**
     * Stores a batch, all of it or nothing, and applies it to the derived structures. When it returns, the batch has its positions and offsets,
     * the bytes are in the page cache, and readers see the messages. Any thread; it waits for other appends, never for a force.
     *
     * @throws AppendRefusedException if nothing was stored
     * @throws IllegalArgumentException if the batch is empty or appended already
     */
    public void append(MessageBatch batch) throws AppendRefusedException {
        if (batch.isEmpty() || batch.isAppended()) {
            throw new IllegalArgumentException("the batch is empty or appended already");
        }
        Live to;
        boolean rolled;
        try {
            appendLock.lock();
            try {
                Segment before = current;
                to = admitted(batch);
                store(batch, to);
                rolled = current != before;
            } finally {
                appendLock.unlock();
            }
        } catch (AppendRefusedException e) {
            announce();
            throw e;
        } catch (RuntimeException e) {
            halfApplied(e);
            faults.fault("applying a batch failed", e);
            throw e;
        } catch (Error e) {
            // No memory, for instance: no bug of ours, but the end of this log all the same.
            halfApplied(e);
            throw e;
        }
        if (rolled) {
            housekeepingWanted.run();
        }
        to.appended.appended(batch);
    }

    /** The bytes may be stored, but what is derived from them is not what it should be: no record may follow. */
    private void halfApplied(Throwable cause) {
        states.end(Kind.FAILED, "applying a batch failed: " + cause);
        announce();
    }

    /** Holds appendLock. */
    private Live admitted(MessageBatch batch) throws AppendRefusedException {
        Live to = live;
        LogState now = states.current();
        if (to == null || (now.kind() != Kind.OPEN && now.kind() != Kind.DISK_FULL)) {
            throw refused(now);
        }
        if (now.kind() == Kind.DISK_FULL
                && !batch.isOfTheStore()
                && (states.refusesMessages() || roomLeft() < batch.bytes() + reserveBytes)) {
            throw refused(now);
        }
        return to;
    }

    private static AppendRefusedException refused(LogState state) {
        Reason reason = state.kind() == Kind.DISK_FULL ? Reason.DISK_FULL : Reason.NOT_OPEN;
        return new AppendRefusedException(
                reason, "the store accepts no messages, it is " + state.kind() + ": " + state.reason());
    }

    /** Bytes that can be appended without new space. Holds appendLock. */
    private long roomLeft() {
        return (long) current.prepared() - current.used() + segments.nextPrepared();
    }

    /** Holds appendLock. */
    private void store(MessageBatch batch, Live to) throws AppendRefusedException {
        int bytes = batch.bytes();
        try {
            makeRoom(bytes, batch.isOfTheStore() ? 0 : reserveBytes);
        } catch (IOException e) {
            throw refusedBy(e);
        }
        int at = current.used();
        long position = current.start() + at;
        long timestamp = Math.max(storeTimestamp, clock.millis());
        reserveOffsets(batch, to.offsets, position, timestamp);
        ByteBuffer encoded = batch.encoded();
        BatchHeader.write(encoded, bytes, position, EPOCH, flusher.durablePosition(), batch.count(), crc);
        try {
            current.file().writeFully(at, encoded);
        } catch (IOException e) {
            releaseOffsets(batch, to.offsets, batch.count());
            wipe(at, encoded.position(), e);
            throw refusedBy(e);
        }
        batch.appendedAt(position, timestamp);
        storeTimestamp = timestamp;
        current.used(at + bytes);
        // Before it is applied: whoever finds the record through a derived structure must be able to read it.
        written = position + bytes;
        apply(batch, to.listener);
    }

    private static void apply(MessageBatch batch, LogListener listener) {
        ByteBuffer buffer = batch.encoded();
        for (int i = 0; i < batch.count(); i++) {
            int start = batch.start(i);
            ControlType control = batch.control(i);
            if (control == null) {
                listener.message(batch.topic(i), batch.position(i), batch.size(i), buffer, start);
            } else {
                listener.control(control, batch.position(i), LogReplay.payload(buffer, start));
            }
        }
        listener.batchEnd(batch.endPosition());
    }

    private static void reserveOffsets(MessageBatch batch, OffsetAssigner offsets, long position, long timestamp)
            throws AppendRefusedException {
        for (int i = 0; i < batch.count(); i++) {
            if (batch.movesMessages() && batch.control(i) == null) {
                batch.move(i, position);
                continue;
            }
            long offset = 0;
            if (batch.takesOffset(i)) {
                offset = offsets.reserve(batch.topic(i), batch.queueId(i));
                if (offset == OffsetAssigner.UNKNOWN_QUEUE) {
                    releaseOffsets(batch, offsets, i);
                    throw unknownQueue(batch.topic(i), batch.queueId(i));
                }
            } else if (batch.publishes(i)) {
                Publication.Queue unknown = batch.reservePublished(i, offsets, timestamp);
                if (unknown != null) {
                    releaseOffsets(batch, offsets, i);
                    throw unknownQueue(unknown.topic(), unknown.queueId());
                }
            } else if (batch.isHalf(i)) {
                offset = position + batch.start(i);
            }
            batch.assign(i, offset, position, timestamp);
        }
    }

    private static void releaseOffsets(MessageBatch batch, OffsetAssigner offsets, int count) {
        for (int i = count - 1; i >= 0; i--) {
            if (batch.takesOffset(i)) {
                offsets.release(batch.topic(i), batch.queueId(i));
            } else if (batch.publishes(i)) {
                batch.releasePublished(i, offsets);
            }
        }
    }

    private static AppendRefusedException unknownQueue(String topic, int queueId) {
        return new AppendRefusedException(
                Reason.UNKNOWN_QUEUE, "topic '" + topic + "' has no queue " + queueId + " on this broker");
    }

    /**
     * Sees to it that the current segment has {@code bytes} prepared, and an end marker's length behind them, and that {@code reserve} more
     * bytes are prepared here or in the next segment. Goes on to the next segment if the bytes do not fit. Holds appendLock.
     */
    private void makeRoom(int bytes, int reserve) throws IOException {
        int wanted = bytes + BatchHeader.BYTES;
        while (!current.hasRoomFor(wanted)) {
            Segment following = segments.following();
            // First the room, then the end: a full disk must not leave an ended segment without a successor.
            prepare(following, Math.min(wanted, following.capacity()));
            endCurrent();
            segments.add(following);
            records.trustOnlyFrom(current.start());
            current = following;
            written = following.start();
        }
        prepare(current, current.used() + wanted);
        long missing = wanted + reserve - roomLeft();
        if (missing > 0) {
            prepare(current, (int) Math.min(current.capacity(), current.prepared() + missing));
            missing = wanted + reserve - roomLeft();
        }
        if (missing > 0) {
            Segment following = segments.following();
            prepare(following, (int) Math.min(following.capacity(), following.prepared() + missing));
        }
    }

    /** Says in the current segment that the log goes on in the next one, and makes the file as long as a full one. Holds appendLock. */
    private void endCurrent() throws IOException {
        int used = current.used();
        int capacity = current.capacity();
        prepare(current, used + BatchHeader.BYTES);
        // Recovery tells a missing neighbour by the length, so it is forced together with the end.
        current.file().writeFully(capacity - 1L, ByteBuffer.allocate(1));
        BatchHeader.writeSegmentEnd(
                segmentEnd.clear(), capacity - used, current.start() + used, EPOCH, flusher.durablePosition(), crc);
        try {
            current.file().writeFully(used, segmentEnd);
        } catch (IOException e) {
            wipe(used, segmentEnd.position(), e);
            throw e;
        }
    }

    /** Mostly a comparison; if appends are faster than the housekeeper, they prepare what they need themselves. */
    private static void prepare(Segment segment, int bytes) throws IOException {
        while (segment.prepared() < bytes && segment.prepareSlice()) {}
    }

    /**
     * Takes back what a failed write may have left: otherwise the rest of it could lie behind a shorter batch that is written there next, and
     * recovery would have to read an application's bytes as batches. If that fails, too, the log has failed. Holds appendLock.
     */
    private void wipe(int at, int count, IOException cause) {
        try {
            if (count > 0) {
                current.file().writeFully(at, ByteBuffer.allocate(count));
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
            states.end(
                    Kind.FAILED,
                    "a write to " + current + " failed and could not be taken back: " + cause.getMessage());
        }
    }

    /** Holds appendLock. */
    private AppendRefusedException refusedBy(IOException e) {
        if (e instanceof NoSpaceException) {
            states.diskFull(e.getMessage());
        } else {
            states.end(Kind.FAILED, "a write to the commit log failed: " + e.getMessage());
        }
        return refused(states.current());
    }

    /** Not under appendLock. */
    private void announce() {
        states.announce();
        LogState now = states.current();
        if (now.kind() == Kind.FAILED) {
            flusher.giveUp(now.reason());
        }
    }

    /** Bytes that can be appended without new space: when the disk is full, what the log's own records have left. */
    public long roomBytes() {
        appendLock.lock();
        try {
            return roomLeft();
        } finally {
            appendLock.unlock();
        }
    }

    /** Smallest position that can be read: the start of the oldest segment. */
    public long minPosition() {
        return minPosition;
    }

    /** Everything below it is in the page cache. */
    public long writtenPosition() {
        return written;
    }

    /** Everything below it survives a crash of the machine. */
    public long durablePosition() {
        return flusher.durablePosition();
    }

    /**
     * Answers {@code waiter} once the log is durable up to {@code endPosition}, at once if it is already, or if it will never be. Who asks
     * several times on one thread for rising positions is answered in that order.
     *
     * @param endPosition {@link MessageBatch#endPosition} of a batch that was appended
     */
    public void whenDurable(long endPosition, PositionWaiter waiter) {
        flusher.whenDurable(endPosition, waiter);
    }

    /**
     * One step of the flusher: forces what is written, publishes the durable position, answers who waits for it.
     *
     * @return false if there was nothing to force, or forcing failed
     */
    public boolean flushOnce() {
        return flusher.flushOnce();
    }

    /**
     * Returns when everything that was written before the call is durable. Blocks for the force: for shutdown, snapshots, tools.
     *
     * @throws IOException if that is not so and never will be
     */
    public void flush() throws IOException {
        long wanted = written;
        flusher.flushOnce();
        if (flusher.durablePosition() < wanted) {
            throw new IOException("the log is not durable: " + states.current().reason());
        }
    }

    /**
     * Runs a short task while no append runs, and so between two batches: everything below the answer has been applied, nothing above it.
     *
     * @return {@link #writtenPosition} at that moment
     */
    public long exclusively(Runnable task) {
        appendLock.lock();
        try {
            task.run();
            return written;
        } finally {
            appendLock.unlock();
        }
    }

    /** Refuses messages from now on, with this reason, until {@link #admitMessages} for the same cause; control records still pass. */
    public void refuseMessages(RefusalCause cause, String reason) {
        states.messagesRefused(cause, reason);
        states.announce();
    }

    /** Ends {@link #refuseMessages}. */
    public void admitMessages(RefusalCause cause) {
        states.messagesRefused(cause, null);
        states.announce();
    }

    /**
     * The record at {@code position}, of which the caller knows that it is {@code size} bytes long. The slice must be released.
     *
     * @return null if there is none any more, or not yet
     * @throws CorruptRecordException if the bytes there are not a record of that size; other records can be read all the same
     */
    public @Nullable RecordSlice read(long position, int size) {
        return position < minPosition ? null : records.read(position, size, minPosition, written);
    }

    /**
     * The record at {@code position}. The slice must be released.
     *
     * @return null if there is none any more, or not yet
     * @throws CorruptRecordException if no record starts there
     */
    public @Nullable RecordSlice recordAt(long position) {
        return position < minPosition ? null : records.readAt(position, minPosition, written);
    }

    /**
     * Where the hidden message is that the reference at {@code position} stands for; -1 if there is no reference, or none any more.
     *
     * @throws CorruptRecordException if it cannot be read
     */
    public long referenceTarget(long position) {
        return position < minPosition ? -1 : records.referenceTarget(position, written);
    }

    /** Whether there is a reference at {@code position} to what was dropped. */
    public boolean refersToDropped(long position) {
        try {
            long target = referenceTarget(position);
            return target >= 0 && target < minPosition;
        } catch (CorruptRecordException unknown) {
            return false;
        }
    }

    /**
     * Shows the control records of about {@code bytesMax} bytes of the log, the oldest first. It may read the disk, and takes its time for long stretches.
     *
     * @param from where a record or a segment begins
     * @return where to go on; {@code from} if there is nothing any more, or not yet
     */
    public long scanControls(long from, long bytesMax, ControlVisitor visitor) {
        return from < minPosition ? from : records.scanControls(from, written, bytesMax, visitor);
    }

    /** Start positions of all segments, ascending; the last one is being written. */
    public long[] segmentStarts() {
        return Arrays.stream(segments.all()).mapToLong(Segment::start).toArray();
    }

    /**
     * Store time of the first record of the segment that starts at {@code segmentStart}; {@link Long#MAX_VALUE} if it has none yet, or none that
     * can be read. No record of the segments before is newer.
     */
    public long firstStoreTime(long segmentStart) {
        try {
            RecordSlice first = recordAt(segmentStart + BatchHeader.BYTES);
            if (first == null) {
                return Long.MAX_VALUE;
            }
            try {
                return MessageRecord.storeTimestamp(first.buffer(), 0);
            } finally {
                first.release();
            }
        } catch (CorruptRecordException unknown) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Deletes all segments that end at or before {@code position}, except what is not durable yet and the one being written. Readers keep what
     * they hold. Housekeeper only.
     *
     * @return the new {@link #minPosition}
     */
    public long retire(long position) throws IOException {
        long limit = Math.min(position, flusher.durablePosition());
        Segment[] all = segments.all();
        int count = 0;
        while (count < all.length - 1 && all[count].end() <= limit) {
            count++;
        }
        if (count == 0 || states.isFinal()) {
            return minPosition;
        }
        long newMin = all[count].start();
        // First the mark: a crash among the deletions must not look like lost segments.
        writeMark(newMin, false);
        appendLock.lock();
        try {
            // In this order: who finds no segment any more also finds the reason.
            minPosition = newMin;
            segments.removeFirst(count);
        } finally {
            appendLock.unlock();
        }
        for (int i = 0; i < count; i++) {
            all[i].retire();
            disk.delete(all[i].file().name());
        }
        disk.forceDirectory(DIRECTORY);
        return newMin;
    }

    /**
     * One step of the housekeeper: prepares the current and the next segment, ends {@link Kind#DISK_FULL} when there is space again, moves the
     * durable mark. Several times a second, and when {@link #onHousekeepingWanted} says so. Blocks for the disk.
     */
    public void housekeepOnce() {
        if (states.isFinal()) {
            return;
        }
        try {
            segments.prepareAhead();
            states.diskFull(null);
        } catch (NoSpaceException e) {
            states.diskFull(e.getMessage());
        } catch (IOException e) {
            // A failed force of prepared space is one of the log's file all the same: it may have swallowed the error
            // of an append.
            states.end(Kind.FAILED, "the commit log cannot be prepared: " + e.getMessage());
        }
        announce();
        moveMark();
    }

    private void moveMark() {
        long durable = flusher.durablePosition();
        idleSteps = durable == housekeptPosition ? idleSteps + 1 : 0;
        housekeptPosition = durable;
        long distance = durable - markedPosition;
        boolean due = distance >= MARK_DISTANCE_BYTES || (distance > 0 && idleSteps >= MARK_IDLE_STEPS);
        if (!due || states.isFinal()) {
            return;
        }
        try {
            writeMark(minPosition, false);
        } catch (IOException e) {
            // An old mark makes the next start slower, nothing else.
            LOG.warn("cannot write the durable mark: {}", e.getMessage());
        }
    }

    private long newestTimestamp() {
        appendLock.lock();
        try {
            return storeTimestamp;
        } finally {
            appendLock.unlock();
        }
    }

    private void writeMark(long min, boolean clean) throws IOException {
        long durable = flusher.durablePosition();
        mark.write(new DurableMark.Value(min, durable, newestTimestamp(), clean));
        markedPosition = durable;
    }

    /** What the log can do at the moment. */
    public LogState state() {
        return states.current();
    }

    /**
     * Calls {@code listener} after each change of state, on the thread that caused it, outside of the append lock. It must be short and not call
     * the log.
     */
    public void onState(Consumer<LogState> listener) {
        states.onState(listener);
    }

    /**
     * Refuses appends, forces what is written, writes the mark of a clean stop and closes the files. Slices that readers hold stay readable.
     * Stop the housekeeper before.
     *
     * @throws IOException if not everything could be forced; the files are closed all the same
     */
    @Override
    public void close() throws IOException {
        boolean sound;
        appendLock.lock();
        try {
            sound = !states.isFinal();
            states.end(Kind.CLOSED, "the store is closed");
        } finally {
            appendLock.unlock();
        }
        states.announce();
        flusher.stop();
        flusher.flushOnce();
        boolean durable = flusher.durablePosition() == written;
        try {
            if (sound && durable) {
                writeMark(minPosition, true);
            }
        } finally {
            flusher.giveUp("the store is closed");
            segments.close();
            mark.close();
        }
        if (sound && !durable) {
            throw new IOException("the log is durable up to position " + flusher.durablePosition()
                    + " only, though it was written up to " + written + ": forcing it failed");
        }
    }

    /** What the flusher forces, and whom it tells. */
    private final class FlushTarget implements Flusher.Target {

        @Override
        public long writtenPosition() {
            return written;
        }

        @Override
        public void force(long from, long to) throws IOException {
            segments.force(from, to);
        }

        @Override
        public void forceFailed(String reason) {
            states.end(Kind.FAILED, reason);
            states.announce();
        }
    }
}
