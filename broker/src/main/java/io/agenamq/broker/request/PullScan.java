// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.group.MessageFilter;
import io.agenamq.protocol.frame.Body;
import io.agenamq.store.Store;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One look at a message queue from an offset: which messages a pull returns and where it goes on. Reads consume queue entries first, and the
 * log only for messages that are returned or whose properties the filter wants to see; what it returns are views of the log's mapped memory.
 *
 * <p>Reusable by one thread at a time. After a look that found something, {@link #body} must be sent or released.
 */
final class PullScan {

    /** Entries looked at by one pull, so that a filter that matches nothing cannot keep an event loop busy. RocketMQ's bound. */
    static final int ENTRIES_MAX = 800;

    /** What a look found, with RocketMQ's words for it. */
    enum Status {
        FOUND,
        NO_MATCHED_MESSAGE,
        NO_MESSAGE_IN_QUEUE,
        OFFSET_OVERFLOW_ONE,
        OFFSET_OVERFLOW_BADLY,
        OFFSET_TOO_SMALL
    }

    /** Size of a page of memory on all machines we know; larger ones are touched more often than needed. */
    private static final int PAGE_BYTES = 4096;

    private final Store store;
    private final QueueEntry entry = new QueueEntry();

    private long nextOffset;
    private long minOffset;
    private long maxOffset;
    private List<RecordSlice> found = new ArrayList<>();
    private int foundBytes;

    /** Keeps the compiler from dropping the reads of {@link #fetch}. */
    @SuppressWarnings("UnusedVariable")
    private volatile int sink;

    PullScan(Store store) {
        this.store = store;
    }

    /**
     * Looks.
     *
     * @param offset the first offset that is wanted
     * @param countMax most messages to return
     * @param bytesMax most bytes to return; the first message is returned however long it is
     * @throws CorruptRecordException if the first message that might be returned, which is then at {@link #nextOffset}, is damaged
     */
    Status look(ConsumeQueue queue, long offset, int countMax, int bytesMax, MessageFilter filter) {
        found = new ArrayList<>(Math.min(countMax, 32));
        foundBytes = 0;
        minOffset = queue.minOffset();
        // The end is read once: messages that arrive meanwhile belong to the next look.
        maxOffset = queue.maxOffset();
        if (maxOffset == 0) {
            nextOffset = 0;
            return Status.NO_MESSAGE_IN_QUEUE;
        }
        if (offset < minOffset) {
            nextOffset = minOffset;
            return Status.OFFSET_TOO_SMALL;
        }
        if (offset >= maxOffset) {
            nextOffset = maxOffset;
            return offset == maxOffset ? Status.OFFSET_OVERFLOW_ONE : Status.OFFSET_OVERFLOW_BADLY;
        }
        nextOffset = scan(queue, offset, countMax, bytesMax, filter);
        return found.isEmpty() ? Status.NO_MATCHED_MESSAGE : Status.FOUND;
    }

    private long scan(ConsumeQueue queue, long from, int countMax, int bytesMax, MessageFilter filter) {
        long end = Math.min(maxOffset, from + ENTRIES_MAX);
        long offset = from;
        try {
            for (; offset < end && found.size() < countMax; offset++) {
                if (!queue.read(offset, entry) || !filter.mayMatch(entry.tagHash())) {
                    continue;
                }
                if (!found.isEmpty() && foundBytes + entry.size() > bytesMax) {
                    break;
                }
                RecordSlice slice = store.message(queue, offset, entry);
                if (slice == null) {
                    // Retention has just taken it.
                    continue;
                }
                // Taken into the list first: whatever the filter does, the slice is released with the others.
                found.add(slice);
                if (filter.needsRecord() && !filter.matches(slice.buffer())) {
                    found.remove(found.size() - 1).release();
                    continue;
                }
                foundBytes += entry.size();
            }
        } catch (CorruptRecordException damaged) {
            if (found.isEmpty()) {
                nextOffset = offset;
                throw damaged;
            }
            // What is before it can be delivered; the next look begins with it.
        } catch (RuntimeException | Error failed) {
            body().release();
            throw failed;
        }
        return offset;
    }

    /** Brings what was found into memory, so that sending it does not wait for the disk. Called on a reader thread. */
    void fetch() {
        int touched = 0;
        for (RecordSlice slice : found) {
            ByteBuffer record = slice.buffer();
            for (int at = record.position(); at < record.limit(); at += PAGE_BYTES) {
                touched += record.get(at);
            }
            touched += record.get(record.limit() - 1);
        }
        sink = touched;
    }

    /** How many messages were found. */
    int foundCount() {
        return found.size();
    }

    /** Where the next pull goes on. */
    long nextOffset() {
        return nextOffset;
    }

    /** Offset of the queue's oldest message when it was looked at. */
    long minOffset() {
        return minOffset;
    }

    /** Offset behind the queue's newest message when it was looked at. */
    long maxOffset() {
        return maxOffset;
    }

    /** The found records, one behind the other; owned by the caller. */
    Body body() {
        return new Records(found);
    }
}
