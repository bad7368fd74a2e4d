// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import java.nio.ByteBuffer;

/**
 * The messages of one message queue in the order of their offsets, as entries that say where in the commit log each of them is and what a
 * reader must know before it fetches the body.
 *
 * <p>A reader sees the half-open range {@code [minOffset, maxOffset)}. The upper bound grows a whole batch at a time, when the batch is in
 * the log; the lower bound grows when retention drops log segments. An entry never changes while it is in the range, but for its position: the
 * cleaner moves messages to another place in the log. It also leaves gaps where nobody wants a message any more.
 *
 * <p>Every method may be called from any thread, takes no lock and never blocks. After the topic was removed the range is empty for good:
 * a topic created again under the same name has queues of its own.
 */
public interface ConsumeQueue {

    /** The topic this queue belongs to. */
    String topic();

    /** The number of this queue within its topic, from 0. */
    int queueId();

    /** The offset of the oldest entry that can be read; equal to {@link #maxOffset()} if there is none. */
    long minOffset();

    /** From which offset on nothing is missing: below are only messages that somebody wanted still, and that were moved. */
    default long completeFrom() {
        return minOffset();
    }

    /** The offset that the next message will get. */
    long maxOffset();

    /**
     * Copies the entry at {@code offset}.
     *
     * @return false if the offset is outside of the range, or the message is not there any more; {@code into} is then undefined
     */
    boolean read(long offset, QueueEntry into);

    /**
     * Whether the record at index 0 of {@code record} is the message at {@code offset} of this queue. Old entries come from a file without
     * checksums: who reads a record by what an entry says asks this first.
     */
    boolean isMessage(ByteBuffer record, long offset);

    /**
     * The offset that belongs to a point in time, as RocketMQ 5 answers SEARCH_OFFSET_BY_TIMESTAMP (remoting, code 29).
     *
     * @param upper false: the smallest offset stored at or after {@code timestampMillis}, {@link #maxOffset()} if everything is older; true:
     *     the largest offset stored at or before it, 0 if everything is newer
     */
    long offsetAt(long timestampMillis, boolean upper);
}
