// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.StartPoint;
import io.agenamq.store.queue.ConsumeQueue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in each message queue of a topic a new subscription begins. Any thread; it reads no message. */
final class Beginnings {

    private final MessageQueues messageQueues;
    private final InstantSource clock;

    Beginnings(MessageQueues messageQueues, InstantSource clock) {
        this.messageQueues = messageQueues;
        this.clock = clock;
    }

    /**
     * The first offset of a new subscription in each message queue; empty if there is no such topic.
     *
     * @param start null for now: what is published from now on
     */
    List<Long> offsets(String topic, @Nullable StartPoint start) {
        List<ConsumeQueue> queues = queues(topic);
        if (start == null) {
            return queues.stream().map(ConsumeQueue::maxOffset).toList();
        } else if (start instanceof StartPoint.Earliest) {
            return queues.stream().map(ConsumeQueue::minOffset).toList();
        } else if (start instanceof StartPoint.Since since) {
            return from(queues, clock.instant().minus(since.age()).toEpochMilli());
        } else if (start instanceof StartPoint.At at) {
            return from(queues, at.time().toEpochMilli());
        }
        if (start instanceof StartPoint.Offset offset) {
            return queues.stream()
                    .map(queue -> Math.max(queue.minOffset(), Math.min(offset.offset(), queue.maxOffset())))
                    .toList();
        }
        long count = ((StartPoint.Last) start).count();
        return queues.stream()
                .map(queue -> Math.max(queue.minOffset(), queue.maxOffset() - count))
                .toList();
    }

    /** The first offsets of a subscription that begins with a message: of its message queue that one, of the others the first not stored before. */
    List<Long> offsetsFrom(MessageFinder.Found message) {
        List<Long> offsets = new ArrayList<>(from(queues(message.topic()), message.storeTime()));
        if (message.queueId() < offsets.size()) {
            offsets.set(message.queueId(), message.offset());
        }
        return offsets;
    }

    private List<ConsumeQueue> queues(String topic) {
        List<ConsumeQueue> queues = new ArrayList<>();
        ConsumeQueue queue = messageQueues.find(topic, 0);
        while (queue != null) {
            queues.add(queue);
            queue = messageQueues.find(topic, queues.size());
        }
        return queues;
    }

    private static List<Long> from(List<ConsumeQueue> queues, long timestampMillis) {
        return queues.stream()
                .map(queue -> queue.offsetAt(timestampMillis, false))
                .toList();
    }
}
