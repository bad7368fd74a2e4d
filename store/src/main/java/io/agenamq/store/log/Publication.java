// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a batch publishes: hidden messages, as references in the order of their offsets, and the queues that they belong to.
 *
 * <p>The payload begins with four bytes that the batch fills in: how far behind the start of its record the payload starts. So whoever applies the
 * record knows where in the log each reference stands.
 */
public final class Publication {

    private final ByteBuffer payload;
    private final int referencesAt;
    private final int count;
    private final List<Queue> queues;

    /** A message queue by its name. */
    public record Queue(String topic, int queueId) {}

    /**
     * Of references that are in a payload already.
     *
     * @param payload from index 0 to its capacity, see {@link ControlType#MESSAGES_PUBLISHED}
     * @param referencesAt index of the first reference in it; the last one ends with it
     * @param queues what the references name by index
     */
    public Publication(ByteBuffer payload, int referencesAt, List<Queue> queues) {
        this.payload = payload;
        this.referencesAt = referencesAt;
        this.count = (payload.capacity() - referencesAt) / MessageReference.BYTES;
        this.queues = List.copyOf(queues);
    }

    /** How many messages it publishes. */
    public int count() {
        return count;
    }

    /** The queues that get messages. */
    public List<Queue> queues() {
        return queues;
    }

    /** The payload of the control record, all of it. */
    ByteBuffer payload() {
        return payload.duplicate().clear();
    }

    /**
     * Gives each reference its offset. Under the append lock.
     *
     * @param buffer has the payload at index {@code payloadAt}
     * @return null, or the queue that does not exist; then nothing is reserved
     */
    @Nullable
    Queue reserve(OffsetAssigner offsets, ByteBuffer buffer, int payloadAt, long timestamp) {
        int at = payloadAt + referencesAt;
        for (int i = 0; i < count; i++, at += MessageReference.BYTES) {
            Queue queue = queues.get(MessageReference.queueIndex(buffer, at));
            long offset = offsets.reserve(queue.topic(), queue.queueId());
            if (offset == OffsetAssigner.UNKNOWN_QUEUE) {
                release(offsets, i);
                return queue;
            }
            MessageReference.assign(buffer, at, offset, timestamp);
        }
        return null;
    }

    /** Gives all offsets back, the last one first. */
    void release(OffsetAssigner offsets) {
        release(offsets, count);
    }

    private void release(OffsetAssigner offsets, int reserved) {
        for (int i = reserved - 1; i >= 0; i--) {
            Queue queue = queues.get(MessageReference.queueIndex(payload, referencesAt + i * MessageReference.BYTES));
            offsets.release(queue.topic(), queue.queueId());
        }
    }
}
