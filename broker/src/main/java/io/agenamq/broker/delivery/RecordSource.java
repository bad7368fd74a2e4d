// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import org.jspecify.annotations.Nullable;

/** Where the records of messages are read: {@link io.agenamq.store.Store#message}. */
@FunctionalInterface
interface RecordSource {

    /**
     * The record of the message at {@code offset}. The caller releases it.
     *
     * @param entry what the queue says about that offset
     * @return null if the log does not hold it any more
     * @throws CorruptRecordException if what is stored is not that message
     */
    @Nullable
    RecordSlice read(ConsumeQueue queue, long offset, QueueEntry entry);
}
