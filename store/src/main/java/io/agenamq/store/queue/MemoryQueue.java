// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.log.RecordSlice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A message queue that is in memory, entries and records, and nowhere else: of a destination that does not outlive a connection.
 *
 * <p>A message is kept until everyone has settled it who read the queue when it came; with nobody it is gone at once. What is in the middle goes when
 * it is settled, so that one message that nobody wants does not keep those behind it.
 *
 * <pre>
 *   readers: 2        offset   4   5   6   7   8
 *                     held     x   .   x   x        ↑ max = 8
 *   still wanted by            1   0   2   2        min = 4; 5 was settled by both
 * </pre>
 *
 * <p>Changes are made under the queue's own lock, which is short and in which nobody is called; reading takes none. Any thread.
 */
public final class MemoryQueue implements ConsumeQueue {

    /** Stands where a position in the log would: behind whatever a reader takes to be recent enough to be in memory. */
    private static final long IN_MEMORY = Long.MAX_VALUE;

    /** What a message takes besides its record: entry, buffers, node. */
    private static final long OVERHEAD_BYTES = 240;

    /** Messages whose time is over are looked for this often at most, when there is no room. */
    private static final long EXPIRE_PERIOD_MILLIS = 1_000;

    private final String topic;
    private final byte[] topicBytes;
    private final long bytesMax;
    private final MemoryBudget budget;
    private final ConcurrentSkipListMap<Long, Held> held = new ConcurrentSkipListMap<>();
    private volatile long min;
    private volatile long max;

    // Guarded by this.
    private final RecordScan scan = new RecordScan();
    private int readerCount;
    private long bytes;
    private long lastStoreTime;
    private long lastExpired;
    private boolean closed;

    private static final class Held {

        final long[] words;
        final ByteBuffer record;
        int readersLeft;

        Held(long[] words, ByteBuffer record, int readersLeft) {
            this.words = words;
            this.record = record;
            this.readersLeft = readersLeft;
        }

        long bytes() {
            return record.capacity() + OVERHEAD_BYTES;
        }
    }

    /** What became of a message. */
    public enum Outcome {
        /** It is in the queue, or was for nobody. */
        TAKEN,
        /** There is no room for it. */
        FULL,
        /** The queue is closed. */
        CLOSED
    }

    /**
     * A queue without messages and readers.
     *
     * @param bytesMax most bytes of messages
     * @param budget the same for several queues together
     */
    public MemoryQueue(String topic, long bytesMax, MemoryBudget budget) {
        this.topic = topic;
        this.topicBytes = topic.getBytes(StandardCharsets.UTF_8);
        this.bytesMax = bytesMax;
        this.budget = budget;
    }

    // ---- changes

    /**
     * Adds a message.
     *
     * @param record its record, from index 0 to its capacity; the queue's from now on
     * @param now milliseconds since 1970
     */
    public synchronized Outcome append(ByteBuffer record, long now) {
        if (closed) {
            return Outcome.CLOSED;
        }
        if (readerCount > 0) {
            lastStoreTime = Math.max(lastStoreTime, now);
            long offset = max;
            MessageRecord.assign(record, 0, offset, 0, lastStoreTime);
            scan.reset(record, 0);
            long[] words = new long[ConsumeQueueEntry.WORDS];
            ConsumeQueueEntry.put(words, 0, scan, IN_MEMORY, record.capacity());
            Held message = new Held(words, record, readerCount);
            if (!take(message.bytes(), now)) {
                return Outcome.FULL;
            }
            held.put(offset, message);
        }
        max++;
        raiseMin();
        return Outcome.TAKEN;
    }

    private boolean take(long count, long now) {
        if (tryTake(count)) {
            return true;
        } else if (now < lastExpired + EXPIRE_PERIOD_MILLIS) {
            return false;
        }
        lastExpired = now;
        dropExpired(now);
        return tryTake(count);
    }

    private boolean tryTake(long count) {
        if (bytes + count > bytesMax || !budget.take(count)) {
            return false;
        }
        bytes += count;
        return true;
    }

    /** Nobody may get these any more; who passed over them, or has one in flight, finds it gone as it would behind retention. */
    private void dropExpired(long now) {
        held.values().removeIf(message -> {
            long expiry = message.words[ConsumeQueueEntry.EXPIRY];
            boolean over = expiry != 0 && expiry <= now;
            if (over) {
                forget(message);
            }
            return over;
        });
        raiseMin();
    }

    private void forget(Held message) {
        bytes -= message.bytes();
        budget.giveBack(message.bytes());
    }

    private void raiseMin() {
        Map.Entry<Long, Held> first = held.firstEntry();
        min = first == null ? max : first.getKey();
    }

    /** One more reader, of what comes from now on: from the offset that is answered. */
    public synchronized long join() {
        readerCount++;
        return max;
    }

    /**
     * A reader is no more: what it has not settled is not kept for its sake.
     *
     * @param joinedAt where it began
     * @param isSettled what it has settled
     */
    public synchronized void leave(long joinedAt, LongPredicate isSettled) {
        readerCount--;
        held.tailMap(joinedAt).forEach((offset, message) -> {
            if (!isSettled.test(offset)) {
                settle(offset, message);
            }
        });
        raiseMin();
    }

    /** One reader is done with the message at {@code offset}, once. */
    public synchronized void settled(long offset) {
        Held message = held.get(offset);
        if (message != null) {
            settle(offset, message);
            raiseMin();
        }
    }

    private void settle(long offset, Held message) {
        if (--message.readersLeft == 0) {
            held.remove(offset);
            forget(message);
        }
    }

    /** Forgets all messages and takes no more. */
    public synchronized void close() {
        closed = true;
        held.values().forEach(this::forget);
        held.clear();
        raiseMin();
    }

    /** Bytes that its messages take. */
    public synchronized long bytes() {
        return bytes;
    }

    // ---- reading

    /** The record of the message at {@code offset}, null if it is not here any more. */
    public @Nullable RecordSlice slice(long offset) {
        Held message = held.get(offset);
        return message == null ? null : RecordSlice.ofMemory(message.record, IN_MEMORY);
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int queueId() {
        return 0;
    }

    @Override
    public long minOffset() {
        return min;
    }

    @Override
    public long maxOffset() {
        return max;
    }

    @Override
    public boolean read(long offset, QueueEntry into) {
        Held message = held.get(offset);
        if (message == null || offset >= max) {
            return false;
        }
        into.load(message.words, 0);
        return true;
    }

    @Override
    public boolean isMessage(ByteBuffer record, long offset) {
        return MessageRecord.queueOffset(record, 0) == offset
                && MessageRecord.queueId(record, 0) == 0
                && MessageRecord.topicIs(record, 0, topicBytes);
    }

    @Override
    public long offsetAt(long timestampMillis, boolean upper) {
        long last = 0;
        for (Map.Entry<Long, Held> each : held.entrySet()) {
            long storeTime = each.getValue().words[ConsumeQueueEntry.STORE_TIME];
            if (!upper && storeTime >= timestampMillis) {
                return each.getKey();
            } else if (upper && storeTime > timestampMillis) {
                return last;
            }
            last = each.getKey();
        }
        return upper ? last : max;
    }

    @Override
    public String toString() {
        return topic + "/0 [" + min + ", " + max + ") in memory";
    }
}
