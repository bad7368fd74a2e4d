// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One topic's queues by their number. Grows under the append lock, read by anybody. */
final class TopicQueues {

    private final String topic;
    private final byte[] topicBytes;
    private volatile PagedQueue[] queues = new PagedQueue[0];

    TopicQueues(String topic) {
        this.topic = topic;
        this.topicBytes = topic.getBytes(StandardCharsets.UTF_8);
    }

    String topic() {
        return topic;
    }

    /** The topic as records have it. Not to be changed. */
    byte[] topicBytes() {
        return topicBytes;
    }

    @Nullable
    PagedQueue queue(int queueId) {
        PagedQueue[] current = queues;
        return queueId >= 0 && queueId < current.length ? current[queueId] : null;
    }

    PagedQueue[] all() {
        return queues;
    }

    /** Drops the last queues down to {@code count} as far as none of them ever had a message. */
    void shrink(int count) {
        PagedQueue[] current = queues;
        int length = current.length;
        while (length > count && current[length - 1].unused()) {
            length--;
            current[length].remove();
        }
        if (length < current.length) {
            queues = Arrays.copyOf(current, length);
        }
    }

    /** Makes sure that there are at least {@code count} queues. */
    void grow(int count, PageFile pages) {
        PagedQueue[] current = queues;
        if (count <= current.length) {
            return;
        }
        PagedQueue[] longer = Arrays.copyOf(current, count);
        for (int i = current.length; i < count; i++) {
            longer[i] = new PagedQueue(this, pages, i);
        }
        queues = longer;
    }

    /** Estimate of the memory held, without the queues. */
    int bytes() {
        // This object, the name and its characters twice, the array, and an entry of the map.
        return 144 + topic.length() + topicBytes.length + queues.length * Integer.BYTES;
    }
}
