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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * All consume queues of a store: creates, fills, files, trims and removes them.
 *
 * <p>Adding an entry is inline: the append that assigned an offset also puts the entry into the queue, so there is no dispatcher that lags.
 * It costs a look-up and six stores; the file write follows behind, which is the business of {@link QueuePages}.
 *
 * <p>Locks: the append lock (of the commit log) guards topics and the growing ends of queues; the page lock, inside of {@link QueuePages}, guards
 * directories and slots. The page lock is never waited for under the append lock. Reading takes neither.
 */
public final class QueueTable implements DerivedState, OffsetAssigner {

    /** The folder that this table owns on the disk. */
    public static final String FOLDER = "queues";

    /** Most queues a topic can have. */
    public static final int QUEUES_PER_TOPIC_MAX = 8192;

    /** Sealed chunks in memory from which on appending threads help. */
    static final int SEALED_SOFT_MAX = QueuePages.SEALED_SOFT_MAX;

    /** 2: with messages that were moved. */
    private static final int SECTION_VERSION = 2;

    private static final int BASES_VERSION = 1;
    private static final long[] NO_OFFSETS = {};

    /** Payload of one control record with queue bases is cut here. */
    private static final int BASES_BYTES = 16 * 1024;

    private final QueuePages pages;
    private final ConcurrentMap<String, TopicQueues> topics = new ConcurrentHashMap<>();

    // Under the append lock.
    private PagedQueue[] reservedQueues = new PagedQueue[64];
    private int reservedCount;
    private int reservedTaken;
    private PagedQueue[] touchedQueues = new PagedQueue[64];
    private int touchedCount;

    /** Whether a reference stands for what the log has dropped. For the digest. */
    private LongPredicate referenceIsGone = position -> false;

    /** How many entries of moved messages there are in memory. */
    private final AtomicInteger movedCount = new AtomicInteger();

    /** A table without topics whose page file will be in {@link #FOLDER} of {@code disk}. */
    public QueueTable(Disk disk) throws IOException {
        pages = new QueuePages(disk);
    }

    /** Tells the table how to find out whether the reference at a position stands for what the log has dropped. Before it is used. */
    public void onReferences(LongPredicate gone) {
        referenceIsGone = gone;
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

    /** All queues at this moment, in no order. Any thread. */
    public List<ConsumeQueue> all() {
        List<ConsumeQueue> all = new ArrayList<>();
        topics.values().forEach(topic -> all.addAll(Arrays.asList(topic.all())));
        return all;
    }

    /** The first offset of a queue whose message was stored at or behind {@code position}, wherever it is now. On the housekeeper. */
    public long firstStoredAt(ConsumeQueue queue, long position) {
        return firstAt((PagedQueue) queue, position, new QueueEntry());
    }

    /** Whether a message is no longer where it was stored. Any thread. */
    public boolean isMoved(ConsumeQueue queue, long offset) {
        MovedEntries moved = ((PagedQueue) queue).moved();
        return moved != null && moved.read(offset, new QueueEntry());
    }

    /** The offsets of a queue's messages that were moved to between two positions, ascending. Any thread. */
    public long[] movedBetween(ConsumeQueue queue, long from, long to) {
        MovedEntries moved = ((PagedQueue) queue).moved();
        if (moved == null) {
            return NO_OFFSETS;
        }
        LongStream.Builder found = LongStream.builder();
        moved.forEach((offset, entry) -> {
            if (entry.position() >= from && entry.position() < to) {
                found.add(offset);
            }
        });
        return found.build().toArray();
    }

    /** How many messages are not where they were stored; each takes about 60 bytes of memory. Any thread. */
    public int movedCount() {
        return movedCount.get();
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
        PagedQueue queue = next(topic, record.queueId(), record.queueOffset(), position);
        if (queue.append(record, position, size)) {
            pages.sealed(queue);
        }
        touch(queue);
    }

    /**
     * Adds the entry of a message that was hidden until now. Readers see it after {@link #batchEnd}.
     *
     * @param words its entry at index {@code at}, made one of its {@linkplain ConsumeQueueEntry#publish publication}
     */
    public void published(String topic, int queueId, long offset, long[] words, int at) {
        PagedQueue queue = next(topic, queueId, offset, ConsumeQueueEntry.position(words, at));
        if (queue.append(words, at)) {
            pages.sealed(queue);
        }
        touch(queue);
    }

    /** The queue that the next message is for. */
    private PagedQueue next(String topic, int queueId, long offset, long position) {
        PagedQueue queue;
        if (reservedTaken < reservedCount) {
            // Messages are appended in the order in which their offsets were reserved: no need to look the topic up
            // again.
            queue = reservedQueues[reservedTaken++];
        } else {
            queue = replayed(topic, queueId, offset);
        }
        if (queue.end() != offset) {
            throw new IllegalStateException(queue + " expects offset " + queue.end() + ", the record at position "
                    + position + " has " + offset);
        }
        return queue;
    }

    private void touch(PagedQueue queue) {
        if (queue.touch()) {
            if (touchedCount == touchedQueues.length) {
                touchedQueues = Arrays.copyOf(touchedQueues, touchedCount * 2);
            }
            touchedQueues[touchedCount++] = queue;
        }
    }

    /** A message is at another position from now on; its offset stays. Readers see that at once. */
    public void moved(String topic, RecordScan record, long position, int size) {
        // As for a record that is read again: the topic need not be declared yet.
        atLeast(topic, record.queueId() + 1);
        if (queue(topic, record.queueId()).redirect(record, position, size)) {
            movedCount.incrementAndGet();
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
        known.grow(Math.min(queueCount, QUEUES_PER_TOPIC_MAX), pages.file());
        return known;
    }

    /** Removes the topic with all its queues. A topic created again under this name starts at offset 0. */
    public void remove(String topic) {
        TopicQueues found = topics.remove(topic);
        if (found != null) {
            for (PagedQueue queue : found.all()) {
                queue.remove();
                MovedEntries moved = queue.moved();
                movedCount.addAndGet(moved == null ? 0 : -moved.count());
                pages.removed(queue);
            }
        }
    }

    // ---- housekeeping ----

    /** Whether {@link #file} has something to do. */
    public boolean hasWork() {
        return pages.hasWork();
    }

    /** Writes all sealed chunks to the page file and gives the slots of removed queues back. On the housekeeper. */
    public void file() throws IOException {
        pages.fileSealed();
    }

    /**
     * Helps the housekeeper if it is far behind. Called by appending threads outside the append lock; does nothing if somebody else is at the
     * page file.
     */
    public void relieve() {
        pages.relieve();
    }

    /** Slots of the page file, in use or not. */
    int slotCount() {
        return pages.slotCount();
    }

    /** Sealed chunks that wait in memory. */
    public int sealedChunks() {
        return pages.sealedChunks();
    }

    /** Bytes of memory that sealed chunks take. Any thread. */
    public long sealedBytes() {
        return (long) pages.sealedChunks() * Chunk.BYTES_MAX;
    }

    /** Forgets all entries whose records are below {@code position}: retention dropped them. On the housekeeper. */
    public void retain(long position) {
        QueueEntry entry = new QueueEntry();
        for (TopicQueues topic : topics.values()) {
            for (PagedQueue queue : topic.all()) {
                long newMin = firstAt(queue, position, entry);
                if (newMin > queue.rawMin()) {
                    pages.raiseMin(queue, newMin);
                }
                int dropped = queue.dropMovedBelow(position);
                if (!queue.removed()) {
                    movedCount.addAndGet(-dropped);
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
        pages.trimIdle(exclusively);
    }

    /** Deletes page files that no snapshot refers to any more. Called once after recovery. */
    public void deleteStaleFiles() throws IOException {
        pages.deleteStaleFiles();
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
            queue.stated(base, position);
        }
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        QueueEntry entry = new QueueEntry();
        List<PagedQueue> emptied = new ArrayList<>();
        for (TopicQueues topic : topics.values()) {
            for (PagedQueue queue : topic.all()) {
                long max = queue.maxOffset();
                // As long as the last message is left where it was stored, its record tells the offset.
                boolean told = max > queue.rawMin() && queue.load(max - 1, entry) && entry.position() >= position;
                if (max > 0 && !told && !queue.isStatedSince(position)) {
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
        pages.captured();
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
        pages.loadNumber(in);
        BitSet inUse = new BitSet();
        int topicCount = in.getCount(2);
        for (int t = 0; t < topicCount; t++) {
            TopicQueues topic = newTopic(in.getText());
            topic.grow(in.getCount(1), pages.file());
            for (PagedQueue queue : topic.all()) {
                pages.load(in, queue, inUse);
                movedCount.addAndGet(queue.loadMoved(in));
            }
        }
        pages.loadSlots(in, inUse);
    }

    @Override
    public void clear() {
        topics.clear();
        movedCount.set(0);
        pages.clear();
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
                    boolean readable = queue.read(offset, entry)
                            && !(entry.isReference() && referenceIsGone.test(entry.position()));
                    String line = readable ? entry.toString() : "unreadable";
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
    private PagedQueue replayed(String topic, int queueId, long offset) {
        atLeast(topic, queueId + 1);
        PagedQueue queue = queue(topic, queueId);
        if (offset > queue.end() && queue.rawMin() == queue.end()) {
            queue.jumpTo(offset);
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

    /** The first offset whose record was stored at or behind {@code position}; the queue's end if there is none. */
    private static long firstAt(PagedQueue queue, long position, QueueEntry entry) {
        long low = queue.rawMin();
        long high = queue.maxOffset();
        if (queue.removed() || low == high || (queue.load(low, entry) && entry.position() >= position)) {
            return low;
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (queue.load(middle, entry) && entry.position() >= position) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private static void checkVersion(int version, int expected) {
        if (version != expected) {
            throw new CorruptStateException("version " + version + ", this program reads " + expected);
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
                pages.writeNumber(out);
                out.putCount(names.size());
                for (int i = 0; i < names.size(); i++) {
                    out.putText(names.get(i).topic());
                    out.putCount(queues.get(i).length);
                    for (PagedQueue queue : queues.get(i)) {
                        pages.write(queue, out);
                        // It may be newer than the capture: then the replay says it again.
                        queue.writeMoved(out);
                    }
                }
                pages.writeSlotsAndForce(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void published() {
            pages.settled(PageSlots::published);
        }

        @Override
        public void abandoned() {
            pages.settled(PageSlots::abandoned);
        }
    }
}
