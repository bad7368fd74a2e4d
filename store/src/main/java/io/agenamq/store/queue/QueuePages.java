// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of entries from memory to the page file, and of slots back: everything about consume queues that waits for a disk.
 *
 * <p>A queue whose chunk is full is handed over here, at most once however many chunks wait, so the hand-over is bounded by the number of queues
 * and never blocks. If the housekeeper falls behind by more than {@value #SEALED_SOFT_MAX} chunks, appending threads file some themselves, after
 * their append and outside its lock ({@link #relieve}).
 *
 * <p>{@link #sealed} and {@link #removed} under the append lock; all else takes the page lock, which is never waited for under the append lock. If
 * the page file cannot be written, entries stay in memory and the next housekeeping tries again; nothing is lost, since all of this can be
 * rebuilt from the log.
 */
final class QueuePages {

    /** The folder of page files on the disk. */
    static final String FOLDER = QueueTable.FOLDER;

    /** Sealed chunks in memory from which on appending threads help: 3 MiB. */
    static final int SEALED_SOFT_MAX = 1024;

    /** How many queues a helping thread visits. */
    private static final int RELIEF_QUEUES = 4;

    /** A queue that stands still keeps fewer entries than this in memory and in snapshots instead of the page file: a block is 4 KiB. */
    private static final int IDLE_ENTRIES_MIN = 16;

    /** How many tails are cut per hold of the append lock. */
    private static final int CUTS_PER_LOCK = 256;

    /** Slots of a page file: 768 GiB of entries. A bound for what a snapshot may claim. */
    private static final int SLOTS_MAX = 1 << 24;

    private static final String SUFFIX = ".pages";

    private static final Logger LOG = LoggerFactory.getLogger(QueuePages.class);

    private final Disk disk;

    // From the append lock to the page lock.
    private final ConcurrentLinkedQueue<PagedQueue> behind = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<PagedQueue> removed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sealedChunks = new AtomicInteger();

    // Under the page lock.
    private final ReentrantLock pageLock = new ReentrantLock();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(Chunk.ENTRIES_MAX * ConsumeQueueEntry.BYTES);
    private final List<PagedQueue> filedIdle = new ArrayList<>();
    private PageSlots slots = new PageSlots();
    private PageFile file;
    private int number;
    private int numberHighest;

    /** A new, empty page file, which gets a number that no other in the folder has. */
    QueuePages(Disk disk) throws IOException {
        this.disk = disk;
        disk.createDirectory(FOLDER);
        for (String name : disk.list(FOLDER)) {
            numberHighest = Math.max(numberHighest, numberOf(name));
        }
        number = ++numberHighest;
        file = new PageFile(disk, pathOf(number));
    }

    /** The file that queues read from which are made now. */
    PageFile file() {
        return file;
    }

    // ---- under the append lock ----

    /** A chunk of this queue is full. */
    void sealed(PagedQueue queue) {
        sealedChunks.incrementAndGet();
        if (queue.becomeBehind()) {
            behind.add(queue);
        }
    }

    /** The slots of this queue are to be given back. */
    void removed(PagedQueue queue) {
        removed.add(queue);
    }

    // ---- housekeeping ----

    /** Whether {@link #fileSealed} has something to do. */
    boolean hasWork() {
        return !behind.isEmpty() || !removed.isEmpty();
    }

    /** Writes all sealed chunks to the page file and gives the slots of removed queues back. On the housekeeper. */
    void fileSealed() throws IOException {
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
    void relieve() {
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
    int sealedChunks() {
        return sealedChunks.get();
    }

    /** Forgets the entries of a queue below {@code newMin} and gives their slots back. On the housekeeper. */
    void raiseMin(PagedQueue queue, long newMin) {
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

    /** Frees the memory of queues that stood still and were filed by the last snapshot. See {@link QueueTable#trimIdle}. */
    void trimIdle(Consumer<Runnable> exclusively) {
        for (int from = 0; from < filedIdle.size(); from += CUTS_PER_LOCK) {
            List<PagedQueue> some = filedIdle.subList(from, Math.min(from + CUTS_PER_LOCK, filedIdle.size()));
            exclusively.accept(() -> some.forEach(PagedQueue::cutTail));
        }
        filedIdle.clear();
    }

    /** Deletes page files that no snapshot refers to any more. Called once after recovery. */
    void deleteStaleFiles() throws IOException {
        for (String name : disk.list(FOLDER)) {
            if (numberOf(name) != number) {
                disk.delete(FOLDER + "/" + name);
            }
        }
    }

    void close() throws IOException {
        file.close();
    }

    /** Starts again with nothing, in another file. */
    void clear() {
        behind.clear();
        removed.clear();
        filedIdle.clear();
        sealedChunks.set(0);
        slots = new PageSlots();
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("page file {} stays open", number, e);
        }
        number = ++numberHighest;
        file = new PageFile(disk, pathOf(number));
    }

    // ---- snapshots ----

    /** A snapshot is being taken. Under the append lock. */
    void captured() {
        // The snapshot is written by the thread that also gives slots back, so this needs no lock.
        slots.captured();
        filedIdle.clear();
    }

    /** The snapshot is on disk, or it is not. */
    void settled(Consumer<PageSlots> outcome) {
        pageLock.lock();
        try {
            outcome.accept(slots);
        } finally {
            pageLock.unlock();
        }
    }

    /** The first part of the section: which file. */
    void writeNumber(StateOutput out) {
        out.putCount(number);
    }

    /** Where the entries of a queue are as far as they were captured; those that are not in the page file yet follow in full. */
    void write(PagedQueue queue, StateOutput out) throws IOException {
        pageLock.lock();
        try {
            writeLocked(queue, out);
        } finally {
            pageLock.unlock();
        }
    }

    private void writeLocked(PagedQueue queue, StateOutput out) throws IOException {
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

    /** The last part: how many slots there are, after which everything that the section refers to is forced. */
    void writeSlotsAndForce(StateOutput out) throws IOException {
        // The slots that the section refers to are all known now; it is checked against this when it is loaded.
        out.putCount(slots.count());
        file.force();
        disk.forceDirectory(FOLDER);
    }

    /** Takes over what {@link #writeNumber} wrote. */
    void loadNumber(StateInput in) {
        number = (int) in.getCount();
        file = new PageFile(disk, pathOf(number));
    }

    /** Takes over what {@link #write} wrote about a queue. */
    void load(StateInput in, PagedQueue queue, BitSet slotsInUse) {
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
            if (slot < 0 || slot > SLOTS_MAX || slotsInUse.get(slot)) {
                throw new CorruptStateException("slot " + slot + " is impossible or used twice");
            }
            slotsInUse.set(slot);
            pageSlots[i] = slot;
        }
        if (min < 0 || filed < min) {
            throw new CorruptStateException("a queue from " + min + " to " + max + " that is filed to " + filed);
        }
        queue.load(min, filed, count == 0 ? PageDirectory.EMPTY : new PageDirectory(firstPage, pageSlots, count));
        long[] words = new long[ConsumeQueueEntry.WORDS];
        for (long offset = filed; offset < max; offset++) {
            for (int w = 0; w < words.length; w++) {
                words[w] = in.getLong();
            }
            if (queue.restore(words)) {
                sealed(queue);
            }
        }
    }

    /** Takes over what {@link #writeSlotsAndForce} wrote; the file must fit to all that. */
    void loadSlots(StateInput in, BitSet slotsInUse) {
        int slotCount = (int) in.getCount();
        if (slotCount < slotsInUse.length()) {
            throw new CorruptStateException(
                    "slot " + (slotsInUse.length() - 1) + " is used, the file has " + slotCount);
        }
        try {
            file.openExisting(slotCount);
        } catch (IOException e) {
            throw new CorruptStateException("the page file does not fit", e);
        }
        slots.load(slotCount, slotsInUse);
    }

    // ---- inside ----

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
            file.write(slot, (int) (from % PageFile.PAGE_ENTRIES), scratch.limit(length * Long.BYTES));
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
}
