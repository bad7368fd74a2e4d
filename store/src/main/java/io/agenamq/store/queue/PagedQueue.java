// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The consume queue as it is kept: the youngest entries in memory, in a chain of {@linkplain Chunk chunks}, the others in slots of the page
 * file that all queues share.
 *
 * <pre>
 *   min                        filedTo                        end
 *    |   page file               |  sealed chunks    tail      |
 *    v                           v                             v
 *    +-----------+-----------+---+------+ ← +------+ ← +----+
 *    | page 3    | page 4    | p.5      |   |  64  |   | 17 |        max = end once the batch is complete
 *    +-----------+-----------+---+------+   +------+   +----+
 *      slot 9      slot 2      slot 7
 * </pre>
 *
 * <p>Invariant: every entry in {@code [min, max)} is in the chain or in the page that the directory names, or for a moment in both. An entry
 * is put into the page file, then into the directory, then cut from the chain; a reader walks the chain first, so it never misses one.
 *
 * <p>Chain and pages say where a message was stored, in rising positions. Where the {@linkplain MovedEntries cleaner has moved} it since is
 * looked up before them, and is all that is left of what was stored below {@code min}: there the range has gaps.
 *
 * <p>Writers: {@link #append}, {@link #publish}, {@link #reserve}, {@link #jumpTo} and {@link #remove} under the append lock; the directory
 * and {@code filedTo} under the page lock of {@link QueuePages}; {@code min} by the housekeeper. Readers: anybody, without a lock.
 */
final class PagedQueue implements ConsumeQueue {

    private final TopicQueues owner;
    private final PageFile pages;
    private final int queueId;

    private volatile long min;
    private volatile long max;
    private volatile @Nullable Chunk tail;
    private volatile PageDirectory directory = PageDirectory.EMPTY;
    private volatile boolean removed;

    /** The messages of this queue that were moved, null while there are none. */
    private volatile @Nullable MovedEntries moved;

    /** Waiting to be visited by the housekeeper, so that it is queued once only. */
    private volatile boolean behind;

    // Under the append lock.
    private long end;
    private long reserved;
    private boolean touched;
    private long capturedMax;
    private volatile long statedPosition = -1;

    // Under the page lock.
    private long filedTo;
    private long previousCapturedMax;

    PagedQueue(TopicQueues owner, PageFile pages, int queueId) {
        this.owner = owner;
        this.pages = pages;
        this.queueId = queueId;
    }

    @Override
    public String topic() {
        return owner.topic();
    }

    @Override
    public int queueId() {
        return queueId;
    }

    @Override
    public long minOffset() {
        // In this order: a message is moved before the entries are dropped that it had before.
        long first = min;
        MovedEntries elsewhere = moved;
        if (removed) {
            return max;
        }
        return elsewhere == null ? first : Math.min(first, elsewhere.lowest());
    }

    @Override
    public long completeFrom() {
        return removed ? max : min;
    }

    @Override
    public long maxOffset() {
        return max;
    }

    @Override
    public boolean read(long offset, QueueEntry into) {
        if (offset >= max || removed) {
            return false;
        }
        if (readMoved(offset, into)) {
            return true;
        }
        if (offset >= min && load(offset, into)) {
            // The slot may have been given to another queue while it was read; then min had been raised before. The
            // fence keeps the six loads above from being done after the check.
            VarHandle.acquireFence();
            if (offset >= min) {
                return !removed;
            }
        }
        // What was moved between the two looks is not gone.
        return !removed && readMoved(offset, into);
    }

    private boolean readMoved(long offset, QueueEntry into) {
        MovedEntries elsewhere = moved;
        return elsewhere != null && elsewhere.read(offset, into);
    }

    @Override
    public boolean isMessage(ByteBuffer record, long offset) {
        return MessageRecord.queueOffset(record, 0) == offset
                && MessageRecord.queueId(record, 0) == queueId
                && MessageRecord.topicIs(record, 0, owner.topicBytes());
    }

    @Override
    public long offsetAt(long timestampMillis, boolean upper) {
        QueueEntry entry = new QueueEntry();
        long first = min;
        long low = first;
        long high = max;
        // Invariant: everything below low is before the boundary, everything from high on is behind it.
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (!read(middle, entry)) {
                // Dropped by retention just now: it is before the boundary.
                low = Math.max(middle + 1, min);
                high = Math.max(low, high);
            } else if (upper ? entry.storeTime() <= timestampMillis : entry.storeTime() < timestampMillis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low > first && low > min) {
            return upper ? low - 1 : low;
        }
        // The boundary is at or before the first entry here; what was moved and is older may be on either side.
        MovedEntries elsewhere = moved;
        if (upper) {
            return elsewhere == null ? 0 : elsewhere.lastStoredBy(timestampMillis, low);
        }
        return elsewhere == null ? low : elsewhere.firstStoredFrom(timestampMillis, low);
    }

    @Override
    public String toString() {
        return topic() + "/" + queueId + " [" + minOffset() + ", " + max + ")";
    }

    // ---- under the append lock ----

    /** The offset for one more message of the batch that is being put together. */
    long reserve() {
        return reserved++;
    }

    /** Gives the last reserved offset back. */
    void release() {
        reserved--;
    }

    /** Whether there never was a message here, and none is about to come. */
    boolean unused() {
        return reserved == 0 && moved == null;
    }

    /** The message of this record is at another position from now on; true if it was never moved before. */
    boolean redirect(RecordScan record, long position, int size) {
        long[] words = new long[ConsumeQueueEntry.WORDS];
        ConsumeQueueEntry.put(words, 0, record, position, size);
        return putMoved(record.queueOffset(), words);
    }

    private boolean putMoved(long offset, long[] words) {
        MovedEntries elsewhere = moved;
        if (elsewhere == null) {
            elsewhere = new MovedEntries();
            elsewhere.put(offset, words);
            moved = elsewhere;
            return true;
        }
        return elsewhere.put(offset, words);
    }

    /** A record at {@code position} says that this queue goes on at {@code base}. */
    void stated(long base, long position) {
        if (base == end) {
            statedPosition = position;
        }
    }

    /** Whether a record at or behind {@code position} says where this queue goes on; what came since says it by itself. */
    boolean isStatedSince(long position) {
        return statedPosition >= position;
    }

    /** The offset that the next appended entry has. */
    long end() {
        return end;
    }

    /** Notes that the queue is among those of the current batch; true if it was not before. */
    boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** Adds the entry of a message; it is visible after {@link #publish}. True if a chunk was sealed that the housekeeper should file. */
    boolean append(RecordScan record, long position, int size) {
        boolean sealed = extendTail();
        Chunk chunk = Objects.requireNonNull(tail);
        int index = (int) (end - chunk.base);
        ConsumeQueueEntry.put(chunk.wordsFor(index), index * ConsumeQueueEntry.WORDS, record, position, size);
        end++;
        if (reserved < end) {
            reserved = end;
        }
        return sealed;
    }

    /** The same for a message that was hidden, of whose entry there is a copy at index {@code at} of {@code words}. */
    boolean append(long[] words, int at) {
        boolean sealed = putLast(words, at);
        if (reserved < end) {
            reserved = end;
        }
        return sealed;
    }

    private boolean putLast(long[] words, int at) {
        boolean sealed = extendTail();
        Chunk chunk = Objects.requireNonNull(tail);
        int index = (int) (end - chunk.base);
        System.arraycopy(words, at, chunk.wordsFor(index), index * ConsumeQueueEntry.WORDS, ConsumeQueueEntry.WORDS);
        end++;
        return sealed;
    }

    /** Adds an entry of a snapshot, visible at once. True as for {@link #append}. */
    boolean restore(long[] entry) {
        boolean sealed = putLast(entry, 0);
        reserved = end;
        max = end;
        return sealed;
    }

    /** Makes sure that the tail has room for one more entry. True if the chunk before is sealed by that. */
    private boolean extendTail() {
        Chunk chunk = tail;
        if (chunk == null) {
            tail = new Chunk(end, null);
            return false;
        }
        if (end < chunk.base + chunk.capacity) {
            return false;
        }
        tail = new Chunk(end, chunk);
        return true;
    }

    /** Shows the entries of a complete batch to readers. Returns the new bound. */
    long publish() {
        touched = false;
        max = end;
        return end;
    }

    /**
     * Continues at {@code offset} although the messages before it are not known: the log no longer has them where they were stored. Whatever the
     * queue holds is older and forgotten, but for what was moved.
     */
    void jumpTo(long offset) {
        min = offset;
        end = offset;
        reserved = offset;
        tail = null;
        filedTo = offset;
        max = offset;
    }

    void remove() {
        removed = true;
    }

    boolean removed() {
        return removed;
    }

    /** Queues this for the housekeeper; false if it is queued already. */
    boolean becomeBehind() {
        if (behind) {
            return false;
        }
        behind = true;
        return true;
    }

    void noLongerBehind() {
        behind = false;
    }

    void capture() {
        capturedMax = max;
    }

    /** Cuts a tail that was filed completely, unless it grew since. On the housekeeper, which filed it. */
    void cutTail() {
        if (end == filedTo) {
            tail = null;
        }
    }

    // ---- under the page lock ----

    @Nullable
    Chunk tail() {
        return tail;
    }

    PageDirectory directory() {
        return directory;
    }

    void directory(PageDirectory next) {
        directory = next;
    }

    /** What was moved, null if nothing was. */
    @Nullable
    MovedEntries moved() {
        return moved;
    }

    /** Forgets what was moved to below {@code position}; answers how much that was. On the housekeeper. */
    int dropMovedBelow(long position) {
        MovedEntries elsewhere = moved;
        int dropped = elsewhere == null ? 0 : elsewhere.dropBelow(position);
        if (elsewhere != null && elsewhere.count() == 0) {
            moved = null;
        }
        return dropped;
    }

    /** What a snapshot says about the messages that were moved. */
    void writeMoved(StateOutput out) {
        MovedEntries elsewhere = moved;
        out.putCount(elsewhere == null ? 0 : elsewhere.count());
        if (elsewhere != null) {
            elsewhere.writeTo(out);
        }
    }

    /** Takes over what {@link #writeMoved} wrote; answers how many there are. */
    int loadMoved(StateInput in) {
        int count = in.getCount(Byte.BYTES + ConsumeQueueEntry.BYTES);
        for (int i = 0; i < count; i++) {
            long offset = in.getCount();
            long[] words = new long[ConsumeQueueEntry.WORDS];
            for (int w = 0; w < words.length; w++) {
                words[w] = in.getLong();
            }
            putMoved(offset, words);
        }
        return count;
    }

    long filedTo() {
        return filedTo;
    }

    void filedTo(long offset) {
        filedTo = offset;
    }

    long rawMin() {
        return min;
    }

    void raiseMin(long offset) {
        min = offset;
    }

    long capturedMax() {
        return capturedMax;
    }

    long previousCapturedMax() {
        return previousCapturedMax;
    }

    void previousCapturedMax(long offset) {
        previousCapturedMax = offset;
    }

    /** Starts from a snapshot: entries below {@code filed} are in the pages of the directory, the others follow by {@link #restore}. */
    void load(long minOffset, long filed, PageDirectory pageDirectory) {
        min = minOffset;
        filedTo = filed;
        end = filed;
        reserved = filed;
        directory = pageDirectory;
        max = filed;
    }

    /** Reads an entry as it was when the message was stored, without asking whether it is in the range. False if it is nowhere. */
    boolean load(long offset, QueueEntry into) {
        Chunk chunk = tail;
        while (chunk != null && offset < chunk.base) {
            chunk = chunk.previous;
        }
        if (chunk != null) {
            into.load(chunk.words, (int) (offset - chunk.base) * ConsumeQueueEntry.WORDS);
            return true;
        }
        int slot = directory.slot(offset / PageFile.PAGE_ENTRIES);
        if (slot == PageDirectory.NONE) {
            return false;
        }
        pages.read(slot, (int) (offset % PageFile.PAGE_ENTRIES), into);
        return true;
    }

    /** Bytes of memory held, for the estimate that the memory test counts with. */
    long bytes() {
        // Object header, six references or ints, eight longs, three booleans, rounded up.
        long bytes = 104L + directory.bytes();
        MovedEntries elsewhere = moved;
        if (elsewhere != null) {
            bytes += elsewhere.bytes();
        }
        for (Chunk chunk = tail; chunk != null; chunk = chunk.previous) {
            bytes += chunk.bytes();
        }
        return bytes;
    }
}
