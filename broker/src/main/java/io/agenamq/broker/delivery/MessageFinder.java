// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.Store;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Finds where a message is stored by what people know of it: its JMSMessageID, which is {@code ID:} and the unique key; the unique key; or the offset id
 * that RocketMQ's tools show. It reads the disk, so it is not for event loops.
 */
final class MessageFinder {

    /** Records of one id in one topic: a message and its copies, and what a sender that repeats itself has made. */
    private static final int FOUND_MAX = 64;

    private final Store store;

    MessageFinder(Store store) {
        this.store = store;
    }

    /** One record. */
    record Found(String topic, int queueId, long offset, long position, long storeTime) {}

    /** The records of this id in one of the topics, the oldest first. */
    List<Found> find(String id, Collection<String> topics) {
        List<Found> all = new ArrayList<>();
        String key = id.startsWith(JmsProperties.MESSAGE_ID_PREFIX)
                ? id.substring(JmsProperties.MESSAGE_ID_PREFIX.length())
                : id;
        for (String topic : topics) {
            store.keys().query(topic, key, 0, Long.MAX_VALUE, FOUND_MAX, position -> add(position, topics, all));
        }
        if (all.isEmpty() && MessageId.isOffsetId(id)) {
            add(MessageId.parse(id).position(), topics, all);
        }
        all.sort((one, other) -> Long.compare(one.position(), other.position()));
        return all;
    }

    /** Whether the topic was removed since, and made again, so that another message has its place. */
    private static boolean isOfFormerLife(ConsumeQueue queue, Found found) {
        QueueEntry entry = new QueueEntry();
        return queue.read(found.offset(), entry) && entry.storeTime() != found.storeTime();
    }

    /** The oldest record of this id in a topic; a refusal if there is none. */
    Found require(String id, String topic) {
        List<Found> found = find(id, List.of(topic));
        if (found.isEmpty()) {
            throw new ProtocolException(
                    ResponseCode.QUERY_NOT_FOUND,
                    "there is no message '" + id + "' in '" + topic + "', or not any more");
        }
        return found.get(0);
    }

    private void add(long position, Collection<String> topics, List<Found> all) {
        RecordSlice slice;
        try {
            slice = store.log().recordAt(position);
        } catch (CorruptRecordException noRecordThere) {
            return;
        }
        if (slice == null) {
            return;
        }
        try {
            Found found = new Found(
                    MessageRecord.topic(slice.buffer(), 0),
                    MessageRecord.queueId(slice.buffer(), 0),
                    MessageRecord.queueOffset(slice.buffer(), 0),
                    position,
                    MessageRecord.storeTimestamp(slice.buffer(), 0));
            ConsumeQueue queue = store.queue(found.topic(), found.queueId());
            if (topics.contains(found.topic())
                    && queue != null
                    && found.offset() < queue.maxOffset()
                    && queue.isMessage(slice.buffer(), found.offset())
                    && !isOfFormerLife(queue, found)) {
                all.add(found);
            }
        } finally {
            slice.release();
        }
    }
}
