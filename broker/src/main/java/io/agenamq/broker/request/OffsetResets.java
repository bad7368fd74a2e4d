// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Offsets that an operator has reset and whose consumer has not heard of it yet. The next pull of the queue is answered with "offset moved",
 * and until then the consumer's own commits are not taken, because they belong to the time before the reset. Volatile: the new offset itself
 * is in the offset table, so a restart loses nothing but the haste. Safe for all threads.
 */
final class OffsetResets {

    private static final long NONE = -1;

    private final ConcurrentHashMap<Key, Long> pending = new ConcurrentHashMap<>();

    void reset(String group, String topic, int queueId, long offset) {
        pending.put(new Key(group, topic, queueId), offset);
    }

    boolean isPending(String group, String topic, int queueId) {
        return !pending.isEmpty() && pending.containsKey(new Key(group, topic, queueId));
    }

    /** The new offset, handed out once; negative if there is none. */
    long take(String group, String topic, int queueId) {
        if (pending.isEmpty()) {
            return NONE;
        }
        Long offset = pending.remove(new Key(group, topic, queueId));
        return offset == null ? NONE : offset;
    }

    void forgetTopic(String topic) {
        pending.keySet().removeIf(key -> key.topic.equals(topic));
    }

    private record Key(String group, String topic, int queueId) {}
}
