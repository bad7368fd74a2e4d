// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.store.Store;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.MemoryQueue;
import io.agenamq.store.queue.QueueEntry;
import org.jspecify.annotations.Nullable;

/** Where delivery finds message queues and the records of their messages: in the store, or, of temporary destinations, in memory. Any thread. */
record MessageQueues(Store store, TemporaryDestinations temporaries) implements RecordSource {

    /** A message queue of a topic, null if there is none. */
    @Nullable
    ConsumeQueue find(String topic, int queueId) {
        if (!TemporaryTopic.isTemporary(topic)) {
            return store.queue(topic, queueId);
        }
        TemporaryDestination temporary = queueId == 0 ? temporary(topic) : null;
        return temporary == null ? null : temporary.queue;
    }

    /** The temporary destination of a topic, null if that is none. */
    @Nullable
    TemporaryDestination temporary(String topic) {
        return TemporaryTopic.isTemporary(topic) ? temporaries.find(topic) : null;
    }

    @Override
    public @Nullable RecordSlice read(ConsumeQueue queue, long offset, QueueEntry entry) {
        return queue instanceof MemoryQueue memory ? memory.slice(offset) : store.message(queue, offset, entry);
    }
}
