// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MalformedRecordException;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.store.Store;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        String key = key(id);
        for (String topic : topics) {
            store.keys().query(topic, key, 0, Long.MAX_VALUE, FOUND_MAX, position -> add(position, topics, all));
        }
        long position = position(id);
        if (all.isEmpty() && position >= 0) {
            add(position, topics, all);
        }
        all.sort((one, other) -> Long.compare(one.position(), other.position()));
        return all;
    }

    /** Half messages of this id that nobody has decided about, and that no queue and no key has therefore. */
    List<HalfMessage> undecided(String id, @Nullable String topic) {
        List<HalfMessage> all = new ArrayList<>();
        String key = key(id);
        long position = position(id);
        for (HalfMessage half : store.halves().all().values()) {
            String of = half.queue().topic();
            boolean wanted = topic == null || topic.equals(of);
            if (wanted && (half.id() == position || (half.hasKey(KeyIndex.hash(of, key)) && isOf(half, key)))) {
                all.add(half);
            }
            if (all.size() >= FOUND_MAX) {
                break;
            }
        }
        return all;
    }

    private boolean isOf(HalfMessage half, String uniqueKey) {
        try {
            RecordSlice slice = store.log().read(half.position(), half.size());
            if (slice == null) {
                return false;
            }
            try {
                return uniqueKey.equals(MessageProperties.findInRecord(slice.buffer(), 0, PropertyNames.UNIQUE_KEY));
            } finally {
                slice.release();
            }
        } catch (CorruptRecordException damaged) {
            return false;
        }
    }

    /** What an offset id says; -1 for others, of which some look like one. */
    private static long position(String id) {
        try {
            return MessageId.isOffsetId(id) ? MessageId.parse(id).position() : -1;
        } catch (MalformedRecordException uniqueKey) {
            return -1;
        }
    }

    private static String key(String id) {
        return id.startsWith(JmsProperties.MESSAGE_ID_PREFIX)
                ? id.substring(JmsProperties.MESSAGE_ID_PREFIX.length())
                : id;
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
