// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a store should answer, as lists in memory: too simple to be wrong. Every message is known by its unique key. */
final class StoreModel {

    /** Topic → queue → unique keys in the order of their offsets. */
    private final Map<String, List<List<String>>> topics = new TreeMap<>();

    private final Map<String, Integer> groups = new TreeMap<>();

    /** What is hidden, by the name of its transaction. */
    private final Map<String, List<Hidden>> hidden = new TreeMap<>();

    private record Hidden(String topic, int queueId, String key) {}

    void putTopic(String topic, int queues) {
        List<List<String>> known = topics.computeIfAbsent(topic, name -> new ArrayList<>());
        while (known.size() < queues) {
            known.add(new ArrayList<>());
        }
        // Queues that are no longer declared stay if they had messages.
        while (known.size() > queues && known.get(known.size() - 1).isEmpty()) {
            known.remove(known.size() - 1);
        }
    }

    void removeTopic(String topic) {
        topics.remove(topic);
    }

    void putGroup(String group, int retries) {
        groups.put(group, retries);
    }

    void send(String topic, int queueId, String key) {
        topics.get(topic).get(queueId).add(key);
    }

    void hide(String name, String topic, int queueId, String key) {
        hidden.computeIfAbsent(name, any -> new ArrayList<>()).add(new Hidden(topic, queueId, key));
    }

    void publish(String name) {
        hidden.remove(name).forEach(each -> send(each.topic(), each.queueId(), each.key()));
    }

    void discard(String name) {
        hidden.remove(name);
    }

    private Map<String, Integer> hiddenCounts() {
        Map<String, Integer> counts = new TreeMap<>();
        hidden.forEach((name, messages) -> counts.put(name, messages.size()));
        return counts;
    }

    boolean hides(String name) {
        return hidden.containsKey(name);
    }

    /** Whether all queues are there that it needs. */
    boolean canPublish(String name) {
        return hidden.get(name).stream()
                .allMatch(each -> hasTopic(each.topic()) && each.queueId() < queues(each.topic()));
    }

    boolean hasTopic(String topic) {
        return topics.containsKey(topic);
    }

    int queues(String topic) {
        return topics.get(topic).size();
    }

    /** Compares everything that can be asked of the store. */
    void check(Store store) {
        assertThat(store.topics().all())
                .extracting(config -> config.topicName())
                .containsExactlyInAnyOrderElementsOf(topics.keySet());
        Map<String, Integer> storedGroups = new TreeMap<>();
        store.groups().all().forEach(config -> storedGroups.put(config.groupName(), config.retryMaxTimes()));
        assertThat(storedGroups).isEqualTo(groups);
        Map<String, Integer> hiddenCounts = new TreeMap<>();
        store.hidden()
                .open()
                .forEach(id -> hiddenCounts.put(id.name(), store.hidden().count(id)));
        assertThat(hiddenCounts).isEqualTo(hiddenCounts());
        topics.forEach((topic, queues) -> {
            for (int queueId = 0; queueId < queues.size(); queueId++) {
                check(store, topic, queueId, queues.get(queueId));
            }
            assertThat(store.queue(topic, queues.size())).isNull();
        });
    }

    private static void check(Store store, String topic, int queueId, List<String> keys) {
        ConsumeQueue queue = store.queue(topic, queueId);
        assertThat(queue).as("%s/%d", topic, queueId).isNotNull();
        assertThat(queue.maxOffset()).as("end of %s", queue).isEqualTo(keys.size());
        if (store.log().minPosition() == 0) {
            assertThat(queue.minOffset()).as("start of %s", queue).isZero();
        }
        QueueEntry entry = new QueueEntry();
        for (long offset = queue.minOffset(); offset < queue.maxOffset(); offset++) {
            String key = keys.get((int) offset);
            assertThat(queue.read(offset, entry))
                    .as("%s offset %d", queue, offset)
                    .isTrue();
            RecordSlice slice = store.log().read(entry.position(), entry.size());
            if (slice == null && entry.isReference()) {
                // A native message is dropped with the segment that it was hidden in.
                assertThat(store.log().refersToDropped(entry.position()))
                        .as("%s offset %d at %s", queue, offset, entry)
                        .isTrue();
                continue;
            }
            assertThat(slice).as("%s offset %d at %s", queue, offset, entry).isNotNull();
            try {
                assertThat(MessageProperties.findInRecord(slice.buffer(), 0, PropertyNames.UNIQUE_KEY))
                        .as("%s offset %d", queue, offset)
                        .isEqualTo(key);
                assertThat(MessageRecord.queueOffset(slice.buffer(), 0)).isEqualTo(offset);
                assertThat(MessageRecord.position(slice.buffer(), 0)).isEqualTo(entry.position());
                assertThat(MessageRecord.storeTimestamp(slice.buffer(), 0)).isEqualTo(entry.storeTime());
            } finally {
                slice.release();
            }
        }
        if (queue.minOffset() < queue.maxOffset()) {
            List<Long> found = new ArrayList<>();
            store.keys().query(topic, keys.get(keys.size() - 1), 0, Long.MAX_VALUE, 10, found::add);
            boolean gone = entry.isReference() && store.log().refersToDropped(entry.position());
            assertThat(found)
                    .as("positions of the last key of %s", queue)
                    .containsExactlyElementsOf(gone ? List.of() : List.of(entry.position()));
        }
    }
}
