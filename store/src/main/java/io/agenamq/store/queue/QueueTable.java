// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.OffsetAssigner;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All consume queues of a store: creates, fills, files, trims and removes them.
 *
 * <p>Adding an entry is inline: the append that assigned an offset also puts the entry into the queue, so there is no dispatcher that lags.
 * It costs a look-up and six stores; the file write follows behind. A queue whose chunk is full is handed to the housekeeper, at most once
 * however many chunks wait, so the hand-over is bounded by the number of queues and never blocks. If the housekeeper falls behind by more
 * than {@value #SEALED_SOFT_MAX} chunks, appending threads file some themselves, after their append and outside its lock
 * ({@link #relieve}).
 *
 * <p>Locks: the append lock (of the commit log) guards topics and the growing ends of queues; the page lock guards directories and slots.
 * The page lock is never waited for under the append lock. Reading takes neither.
 *
 * <p>If the page file cannot be written, entries stay in memory and the next housekeeping tries again; nothing is lost, since all of this
 * can be rebuilt from the log.
 */
public final class QueueTable implements DerivedState, OffsetAssigner {

    /** The folder that this table owns on the disk. */
    public static final String FOLDER = "queues";

    /** Most queues a topic can have. */
    public static final int QUEUES_PER_TOPIC_MAX = 8192;

    /** Sealed chunks in memory from which on appending threads help: 3 MiB. */
    static final int SEALED_SOFT_MAX = 1024;

    /** How many queues a helping thread visits. */
    private static final int RELIEF_QUEUES = 4;

    /** A queue that stands still keeps fewer entries than this in memory and in snapshots instead of the page file: a block is 4 KiB. */
    private static final int IDLE_ENTRIES_MIN = 16;

    /** How many tails are cut per hold of the append lock. */
    private static final int CUTS_PER_LOCK = 256;

    private static final int SECTION_VERSION = 1;
    private static final int BASES_VERSION = 1;

    /** Payload of one control record with queue bases is cut here. */
    private static final int BASES_BYTES = 16 * 1024;

    /** Slots of a page file: 768 GiB of entries. A bound for what a snapshot may claim. */
    private static final int SLOTS_MAX = 1 << 24;

    private static final String SUFFIX = ".pages";

    private static final Logger LOG = LoggerFactory.getLogger(QueueTable.class);

    private final Disk disk;
    private final ConcurrentMap<String, TopicQueues> topics = new ConcurrentHashMap<>();

    // Under the append lock.
    private PagedQueue[] reservedQueues = new PagedQueue[64];
    private int reservedCount;
    private int reservedTaken;
    private PagedQueue[] touchedQueues = new PagedQueue[64];
    private int touchedCount;

    // From the append lock to the page lock.
    private final ConcurrentLinkedQueue<PagedQueue> behind = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<PagedQueue> removed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sealedChunks = new AtomicInteger();

    // Under the page lock.
    private final ReentrantLock pageLock = new ReentrantLock();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(Chunk.ENTRIES_MAX * ConsumeQueueEntry.BYTES);
    private final List<PagedQueue> filedIdle = new ArrayList<>();
    private PageSlots slots = new PageSlots();
    private PageFile pages;
    private int pagesNumber;
    private int pagesNumberHighest;

    /** A table without topics whose page file will be in {@link #FOLDER} of {@code disk}. */
    public QueueTable(Disk disk) throws IOException {
        this.disk = disk;
        disk.createDirectory(FOLDER);
        for (String name : disk.list(FOLDER)) {
            pagesNumberHighest = Math.max(pagesNumberHighest, numberOf(name));
        }
        pagesNumber = ++pagesNumberHighest;
        pages = new PageFile(disk, pathOf(pagesNumber));
    }

    // ---- reading ----

    /** The queue, null if there is no such topic or it has fewer queues. Any thread. */
    public @Nullable ConsumeQueue find(String topic, int queueId) {
        TopicQueues found = topics.get(topic);
        return found == null ? null : found.queue(queueId);
    }

    /** How many queues the topic has, 0 if there is no such topic. Any thread. */
    public int queueCount(String topic) {
        TopicQueues found = topics.get(topic);
        return found == null ? 0 : found.all().length;
    }

    /** An estimate of the memory that all queues hold: objects and arrays counted, not measured. Any thread. */
    public long memoryBytes() {
        long bytes = 0;
        for (TopicQueues topic : topics.values()) {
            bytes += topic.bytes();
            for (PagedQueue queue : topic.all()) {
                bytes += queue.bytes();
            }
        }
        return bytes;
    }

    // ---- under the append lock ----

    @Override
    public long reserve(String topic, int queueId) {
        TopicQueues found = topics.get(topic);
        PagedQueue queue = found == null ? null : found.queue(queueId);
        if (queue == null) {
            return UNKNOWN_QUEUE;
        }
        if (reservedCount == reservedQueues.length) {
            reservedQueues = Arrays.copyOf(reservedQueues, reservedCount * 2);
        }
        reservedQueues[reservedCount++] = queue;
        return queue.reserve();
    }

    @Override
    public void release(String topic, int queueId) {
        reservedQueues[--reservedCount].release();
    }

    /** Adds the entry of a message that is in the log now. Readers see it after {@link #batchEnd}. */
    public void message(String topic, RecordScan record, long position, int size) {
        PagedQueue queue;
        if (reservedTaken < reservedCount) {
            // Messages are appended in the order in which their offsets were reserved: no need to look the topic up
            // again.
            queue = reservedQueues[reservedTaken++];
        } else {
            queue = replayed(topic, record);
        }
        if (queue.end() != record.queueOffset()) {
            throw new IllegalStateException(queue + " expects offset " + queue.end() + ", the record at position "
                    + position + " has " + record.queueOffset());
        }
        if (queue.append(record, position, size)) {
            sealed(queue);
        }
        if (queue.touch()) {
            if (touchedCount == touchedQueues.length) {
                touchedQueues = Arrays.copyOf(touchedQueues, touchedCount * 2);
            }
            touchedQueues[touchedCount++] = queue;
        }
    }

    /** Shows the entries of the batch to readers, all at once per queue. */
    public void batchEnd() {
        for (int i = 0; i < touchedCount; i++) {
            touchedQueues[i].publish();
        }
        touchedCount = 0;
        reservedCount = 0;
        reservedTaken = 0;
    }

    /**
     * Gives the topic this many queues. Queues beyond that stay if they have or had messages, and those between. So the number of queues follows
     * from the last declaration and from the messages ever sent, whatever was declared before: a log that has dropped older declarations still
     * tells it.
     */
    public void declare(String topic, int queueCount) {
        atLeast(topic, queueCount).shrink(queueCount);
    }

    private TopicQueues atLeast(String topic, int queueCount) {
        TopicQueues known = topics.get(topic);
        if (known == null) {
            known = newTopic(topic);
        }
        known.grow(Math.min(queueCount, QUEUES_PER_TOPIC_MAX), pages);
        return known;
    }

    /** Removes the topic with all its queues. A topic created again under this name starts at offset 0. */
    public void remove(String topic) {
        TopicQueues found = topics.remove(topic);
        if (found != null) {
            for (PagedQueue queue : found.all()) {
                queue.remove();
                removed.add(queue);
            }
        }
    }

    // ---- housekeeping ----

    /** Whether {@link #file} has something to do. */
    public boolean hasWork() {
        return !behind.isEmpty() || !removed.isEmpty();
    }

    /** Writes all sealed chunks to the page file and gives the slots of removed queues back. On the housekeeper. */
    public void file() throws IOException {
        for (PagedQueue queue = behind.poll(); queue != null; queue = behind.poll()) {
            fileOne(queue);
        }
        for (PagedQueue queue = removed.poll(); queue != null; queue = removed.poll()) {
            pageLock.lock();
            try {
                sealedChunks.addAndGet(-sealedChunksOf(queue));
                release(queue.directory(), Long.MAX_VALUE);
                queue.directory(PageDirectory.EMPTY);
            } finally {
                pageLock.unlock();
            }
        }
    }

    /**
     * Helps the housekeeper if it is far behind. Called by appending threads outside the append lock; does nothing if somebody else is at the
     * page file.
     */
    public void relieve() {
        if (sealedChunks.get() <= SEALED_SOFT_MAX || !pageLock.tryLock()) {
            return;
        }
        try {
            for (int i = 0; i < RELIEF_QUEUES; i++) {
                PagedQueue queue = behind.poll();
                if (queue == null) {
                    return;
                }
                fileOne(queue);
            }
        } catch (IOException e) {
            // The queue is in the list again; the housekeeper will meet the same failure and report it.
            return;
        } finally {
            pageLock.unlock();
        }
    }

    /** Slots of the page file, in use or not. */
    int slotCount() {
        pageLock.lock();
        try {
            return slots.count();
        } finally {
            pageLock.unlock();
        }
    }

    /** Sealed chunks that wait in memory. */
    public int sealedChunks() {
        return sealedChunks.get();
    }

    /** Forgets all entries whose records are below {@code position}: retention dropped them. On the housekeeper. */
    public void retain(long position) {
        QueueEntry entry = new QueueEntry();
        for (TopicQueues topic : topics.values()) {
            for (PagedQueue queue : topic.all()) {
                long newMin = firstAt(queue, position, entry);
                if (newMin > queue.rawMin()) {
                    pageLock.lock();
                    try {
                        queue.raiseMin(newMin);
                        long page = newMin / PageFile.PAGE_ENTRIES;
                        release(queue.directory(), page);
                        queue.directory(queue.directory().from(page));
                    } finally {
                        pageLock.unlock();
                    }
                }
            }
        }
    }

    /**
     * Frees the memory of queues that stood still and were filed by the last snapshot. On the housekeeper.
     *
     * @param exclusively runs what it is given while no append runs
     */
    public void trimIdle(Consumer<Runnable> exclusively) {
        for (int from = 0; from < filedIdle.size(); from += CUTS_PER_LOCK) {
            List<PagedQueue> some = filedIdle.subList(from, Math.min(from + CUTS_PER_LOCK, filedIdle.size()));
            exclusively.accept(() -> some.forEach(PagedQueue::cutTail));
        }
        filedIdle.clear();
    }

    /** Deletes page files that no snapshot refers to any more. Called once after recovery. */
    public void deleteStaleFiles() throws IOException {
        for (String name : disk.list(FOLDER)) {
            if (numberOf(name) != pagesNumber) {
                disk.delete(FOLDER + "/" + name);
            }
        }
    }

    /** Closes the page file. */
    public void close() throws IOException {
        pages.close();
    }

    // ---- derived state ----

    @Override
    public String name() {
        return "queues";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        if (type != ControlType.QUEUE_BASES) {
            return;
        }
        StateInput in = new StateInput(payload);
        checkVersion(in.getByte(), BASES_VERSION);
        while (!in.atEnd()) {
            String topic = in.getText();
            int queueId = (int) in.getCount();
            long base = in.getCount();
            atLeast(topic, queueId + 1);
            PagedQueue queue = queue(topic, queueId);
            // Live, and in a replay of everything, the queue is there already; otherwise the log has nothing left of
            // what was before.
            if (queue.end() < base) {
                queue.jumpTo(base);
            }
        }
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        QueueEntry entry = new QueueEntry();
        List<PagedQueue> emptied = new ArrayList<>();
        for (TopicQueues topic : topics.values()) {
            for (PagedQueue queue : topic.all()) {
                long max = queue.maxOffset();
                // As long as one message is left, its record tells the offset.
                if (max > 0 && !(queue.read(max - 1, entry) && entry.position() >= position)) {
                    emptied.add(queue);
                }
            }
        }
        Iterator<PagedQueue> rest = emptied.iterator();
        while (rest.hasNext()) {
            // Under the decision lock, so that no topic is removed between asking for its queues and appending.
            synchronized (out) {
                PayloadOutput payload = new PayloadOutput();
                payload.putByte(BASES_VERSION);
                while (rest.hasNext() && payload.length() < BASES_BYTES) {
                    PagedQueue queue = rest.next();
                    if (!queue.removed()) {
                        payload.putText(queue.topic());
                        payload.putCount(queue.queueId());
                        payload.putCount(queue.maxOffset());
                    }
                }
                if (payload.length() > 1) {
                    out.append(ControlType.QUEUE_BASES, payload.payload());
                }
            }
        }
    }

    @Override
    public Capture capture() {
        // The snapshot is written by the thread that also gives slots back, so this needs no lock.
        slots.captured();
        filedIdle.clear();
        List<TopicQueues> names = new ArrayList<>(topics.size());
        List<PagedQueue[]> queues = new ArrayList<>(topics.size());
        for (TopicQueues topic : topics.values()) {
            PagedQueue[] all = topic.all();
            names.add(topic);
            queues.add(all);
            for (PagedQueue queue : all) {
                queue.capture();
            }
        }
        return new QueuesCapture(names, queues);
    }

    @Override
    public void load(StateInput in) {
        checkVersion(in.getByte(), SECTION_VERSION);
        pagesNumber = (int) in.getCount();
        pages = new PageFile(disk, pathOf(pagesNumber));
        BitSet inUse = new BitSet();
        long[] words = new long[ConsumeQueueEntry.WORDS];
        int topicCount = in.getCount(2);
        for (int t = 0; t < topicCount; t++) {
            TopicQueues topic = newTopic(in.getText());
            topic.grow(in.getCount(1), pages);
            for (PagedQueue queue : topic.all()) {
                load(in, queue, inUse, words);
            }
        }
        int slotCount = (int) in.getCount();
        if (slotCount < inUse.length()) {
            throw new CorruptStateException("slot " + (inUse.length() - 1) + " is used, the file has " + slotCount);
        }
        try {
            pages.openExisting(slotCount);
        } catch (IOException e) {
            throw new CorruptStateException("the page file does not fit", e);
        }
        slots.load(slotCount, inUse);
    }

    @Override
    public void clear() {
        topics.clear();
        behind.clear();
        removed.clear();
        filedIdle.clear();
        sealedChunks.set(0);
        slots = new PageSlots();
        try {
            pages.close();
        } catch (IOException e) {
            LOG.debug("page file {} stays open", pagesNumber, e);
        }
        pagesNumber = ++pagesNumberHighest;
        pages = new PageFile(disk, pathOf(pagesNumber));
    }

    @Override
    public void digest(StringBuilder out) {
        List<TopicQueues> sorted = new ArrayList<>();
        topics.values().forEach(sorted::add);
        sorted.sort(Comparator.comparing(TopicQueues::topic));
        QueueEntry entry = new QueueEntry();
        for (TopicQueues topic : sorted) {
            for (PagedQueue queue : topic.all()) {
                CRC32C entries = new CRC32C();
                for (long offset = queue.minOffset(); offset < queue.maxOffset(); offset++) {
                    String line = queue.read(offset, entry) ? entry.toString() : "unreadable";
                    entries.update(line.getBytes(StandardCharsets.UTF_8));
                }
                out.append("queue ")
                        .append(queue)
                        .append(' ')
                        .append(Long.toHexString(entries.getValue()))
                        .append('\n');
            }
        }
    }

    // ---- inside ----

    /** The queue of a record that is read again. Its topic need not be declared yet: the record that declares it may have been restated. */
    private PagedQueue replayed(String topic, RecordScan record) {
        atLeast(topic, record.queueId() + 1);
        PagedQueue queue = queue(topic, record.queueId());
        if (record.queueOffset() > queue.end() && queue.rawMin() == queue.end()) {
            queue.jumpTo(record.queueOffset());
        }
        return queue;
    }

    private TopicQueues newTopic(String topic) {
        TopicQueues created = new TopicQueues(topic);
        topics.put(topic, created);
        return created;
    }

    private PagedQueue queue(String topic, int queueId) {
        TopicQueues found = topics.get(topic);
        PagedQueue queue = found == null ? null : found.queue(queueId);
        if (queue == null) {
            throw new IllegalStateException("no queue " + queueId + " of topic " + topic);
        }
        return queue;
    }

    private void sealed(PagedQueue queue) {
        sealedChunks.incrementAndGet();
        if (queue.becomeBehind()) {
            behind.add(queue);
        }
    }

    private void fileOne(PagedQueue queue) throws IOException {
        pageLock.lock();
        try {
            // Before the chain is walked: a chunk sealed from now on queues the queue again.
            queue.noLongerBehind();
            if (!queue.removed()) {
                fileSealed(queue);
            }
        } catch (IOException e) {
            if (queue.becomeBehind()) {
                behind.add(queue);
            }
            throw e;
        } finally {
            pageLock.unlock();
        }
    }

    /** Files all entries below {@code to}, those of the tail included. */
    private void fileAll(PagedQueue queue, long to) throws IOException {
        fileSealed(queue);
        Chunk tail = queue.tail();
        if (tail != null && tail.base < to) {
            write(queue, tail, Math.min(to, tail.base + tail.capacity));
        }
    }

    private void fileSealed(PagedQueue queue) throws IOException {
        ArrayDeque<Chunk> oldestFirst = new ArrayDeque<>();
        for (Chunk chunk = queue.tail(); chunk != null; chunk = chunk.previous) {
            oldestFirst.push(chunk);
        }
        Chunk chunk = oldestFirst.poll();
        for (Chunk newer = oldestFirst.poll(); newer != null && chunk != null; newer = oldestFirst.poll()) {
            write(queue, chunk, chunk.base + chunk.capacity);
            newer.previous = null;
            sealedChunks.decrementAndGet();
            chunk = newer;
        }
    }

    /** Brings the entries of a chunk from {@code filedTo} up to {@code to} into the page file. */
    private void write(PagedQueue queue, Chunk chunk, long to) throws IOException {
        long from = Math.max(chunk.base, queue.filedTo());
        if (to > queue.rawMin() && from < to) {
            long page = from / PageFile.PAGE_ENTRIES;
            int slot = queue.directory().slot(page);
            if (slot == PageDirectory.NONE) {
                slot = slots.allocate();
                queue.directory(queue.directory().with(page, slot));
            }
            int first = (int) (from - chunk.base) * ConsumeQueueEntry.WORDS;
            int length = (int) (to - from) * ConsumeQueueEntry.WORDS;
            scratch.clear();
            scratch.asLongBuffer().put(chunk.words, first, length);
            pages.write(slot, (int) (from % PageFile.PAGE_ENTRIES), scratch.limit(length * Long.BYTES));
        }
        queue.filedTo(Math.max(to, queue.filedTo()));
    }

    private static int sealedChunksOf(PagedQueue queue) {
        Chunk tail = queue.tail();
        int count = 0;
        for (Chunk chunk = tail == null ? null : tail.previous; chunk != null; chunk = chunk.previous) {
            count++;
        }
        return count;
    }

    private void release(PageDirectory directory, long belowPage) {
        int count = (int) Math.min(directory.count(), Math.max(0, belowPage - directory.firstPage()));
        for (int i = 0; i < count; i++) {
            slots.release(directory.slot(directory.firstPage() + i));
        }
    }

    /** The first offset whose record is at or behind {@code position}; the queue's end if there is none. */
    private static long firstAt(PagedQueue queue, long position, QueueEntry entry) {
        long low = queue.rawMin();
        long high = queue.maxOffset();
        if (queue.removed() || low == high || (queue.read(low, entry) && entry.position() >= position)) {
            return low;
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (queue.read(middle, entry) && entry.position() >= position) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private void load(StateInput in, PagedQueue queue, BitSet inUse, long[] words) {
        long max = in.getCount();
        if (max == 0) {
            return;
        }
        long min = max - in.getCount();
        long filed = max - in.getCount();
        long firstPage = in.getCount();
        int count = in.getCount(Integer.BYTES);
        int[] pageSlots = new int[count];
        for (int i = 0; i < count; i++) {
            int slot = in.getInt();
            if (slot < 0 || slot > SLOTS_MAX || inUse.get(slot)) {
                throw new CorruptStateException("slot " + slot + " is impossible or used twice");
            }
            inUse.set(slot);
            pageSlots[i] = slot;
        }
        if (min < 0 || filed < min) {
            throw new CorruptStateException("a queue from " + min + " to " + max + " that is filed to " + filed);
        }
        queue.load(min, filed, count == 0 ? PageDirectory.EMPTY : new PageDirectory(firstPage, pageSlots, count));
        for (long offset = filed; offset < max; offset++) {
            for (int w = 0; w < words.length; w++) {
                words[w] = in.getLong();
            }
            if (queue.restore(words)) {
                sealed(queue);
            }
        }
    }

    private static void checkVersion(int version, int expected) {
        if (version != expected) {
            throw new CorruptStateException("version " + version + ", this program reads " + expected);
        }
    }

    private static String pathOf(int number) {
        return FOLDER + "/" + number + SUFFIX;
    }

    private static int numberOf(String name) {
        if (!name.endsWith(SUFFIX)) {
            return 0;
        }
        try {
            return Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The queues at one position. Their ends are noted in themselves, and entries below never change: the rest can be read later. */
    private final class QueuesCapture implements Capture {

        private final List<TopicQueues> names;
        private final List<PagedQueue[]> queues;

        QueuesCapture(List<TopicQueues> names, List<PagedQueue[]> queues) {
            this.names = names;
            this.queues = queues;
        }

        @Override
        public void writeTo(StateOutput out) {
            try {
                out.putByte(SECTION_VERSION);
                out.putCount(pagesNumber);
                out.putCount(names.size());
                for (int i = 0; i < names.size(); i++) {
                    out.putText(names.get(i).topic());
                    out.putCount(queues.get(i).length);
                    for (PagedQueue queue : queues.get(i)) {
                        pageLock.lock();
                        try {
                            write(queue, out);
                        } finally {
                            pageLock.unlock();
                        }
                    }
                }
                // The slots that the section refers to are all known now; it is checked against this when it is loaded.
                out.putCount(slots.count());
                pages.force();
                disk.forceDirectory(FOLDER);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void published() {
            settle(PageSlots::published);
        }

        @Override
        public void abandoned() {
            settle(PageSlots::abandoned);
        }

        private void settle(Consumer<PageSlots> outcome) {
            pageLock.lock();
            try {
                outcome.accept(slots);
            } finally {
                pageLock.unlock();
            }
        }

        private void write(PagedQueue queue, StateOutput out) throws IOException {
            long max = queue.capturedMax();
            out.putCount(max);
            if (max == 0) {
                return;
            }
            long min = queue.rawMin();
            boolean idle = max == queue.previousCapturedMax();
            queue.previousCapturedMax(max);
            long waiting = max - Math.max(min, queue.filedTo());
            if (idle && queue.tail() != null && (waiting <= 0 || waiting >= IDLE_ENTRIES_MIN)) {
                fileAll(queue, max);
                filedIdle.add(queue);
            }
            // More may have been filed since the capture than was there at the capture.
            long filed = Math.min(Math.max(queue.filedTo(), min), max);
            PageDirectory directory = queue.directory();
            long pagesEnd = (filed + PageFile.PAGE_ENTRIES - 1) / PageFile.PAGE_ENTRIES;
            int count = (int) Math.max(0, Math.min(directory.count(), pagesEnd - directory.firstPage()));
            out.putCount(max - min);
            out.putCount(max - filed);
            out.putCount(directory.firstPage());
            out.putCount(count);
            for (int i = 0; i < count; i++) {
                out.putInt(directory.slot(directory.firstPage() + i));
            }
            QueueEntry entry = new QueueEntry();
            for (long offset = filed; offset < max; offset++) {
                if (!queue.load(offset, entry)) {
                    throw new IllegalStateException("entry " + offset + " of " + queue + " is nowhere");
                }
                entry.writeTo(out);
            }
        }
    }
}
