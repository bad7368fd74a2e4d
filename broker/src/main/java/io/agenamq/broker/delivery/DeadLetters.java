// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a dead letter looks like: the message as it was, without the times that would let it expire or wait, and with properties that say where it
 * comes from and why it is here. It stands in a queue named after its topic as RocketMQ names those of groups.
 */
final class DeadLetters {

    /** Where the dead letters of a destination go that ends with a connection: they are dropped. */
    static final String NOWHERE = "";

    private static final String PREFIX = "%DLQ%";

    /** A name of a topic can be so long that the prefix does not fit before it. */
    private static final int NAME_LENGTH_MAX = 127 - PREFIX.length();

    private static final int HASH_LENGTH = 9;

    /** Why a message is dead. */
    enum Reason {
        /** It came back more often than its destination allows. */
        REDELIVERY_LIMIT,
        /** Its time was over before anybody acknowledged it. */
        EXPIRED
    }

    /** Where dead letters of a topic go. */
    @FunctionalInterface
    interface Graveyard {

        /** The queue for dead letters of {@code topic}, or {@link #NOWHERE}; if there is none yet, null, and {@code whenMade} is run when there is, on any thread. */
        @Nullable
        String queueFor(String topic, Runnable whenMade);
    }

    private DeadLetters() {}

    /** Name of the queue for dead letters of a topic. */
    static String queueOf(String topic) {
        if (topic.length() <= NAME_LENGTH_MAX) {
            return PREFIX + topic;
        }
        String hash = String.format("-%08x", topic.hashCode());
        return PREFIX + topic.substring(0, NAME_LENGTH_MAX - HASH_LENGTH) + hash;
    }

    /** The topic whose dead letters a queue has, null if it is no such queue. Of a topic with a very long name something else. */
    static @Nullable String originOf(String queue) {
        return isQueueName(queue) ? queue.substring(PREFIX.length()) : null;
    }

    /** Whether a topic is such a queue; what comes back there stays there. */
    static boolean isQueueName(String topic) {
        return topic.startsWith(PREFIX);
    }

    /**
     * A dead letter.
     *
     * @param record the record of the message at index 0; the draft points into it
     * @param queue where the letter goes
     * @param origin the destination that the message comes from, as {@code queue://name} or {@code topic://name}
     */
    static MessageDraft draft(ByteBuffer record, String queue, String origin, Reason reason, int deliveryCount) {
        MessageProperties.Builder properties = new MessageProperties.Builder();
        MessageProperties each = new MessageProperties().resetToRecord(record, 0);
        while (each.next()) {
            if (!each.nameIs(JmsProperties.EXPIRATION)
                    && !each.nameIs(JmsProperties.DELIVERY_TIME)
                    && !each.nameIs(JmsProperties.DEAD_REASON)
                    && !each.nameIs(JmsProperties.DEAD_DESTINATION)
                    && !each.nameIs(JmsProperties.DEAD_COUNT)) {
                properties.put(each.name(), each.value());
            }
        }
        ByteBuffer plain = properties.build();
        properties.put(JmsProperties.DEAD_REASON, reason.name());
        properties.put(JmsProperties.DEAD_DESTINATION, origin);
        properties.put(JmsProperties.DEAD_COUNT, Integer.toString(deliveryCount));
        int start = MessageRecord.bodyStart(record, 0);
        return new MessageDraft(
                queue,
                0,
                MessageRecord.flag(record, 0),
                MessageRecord.sysFlag(record, 0),
                MessageRecord.bornTimestamp(record, 0),
                MessageRecord.bornHost(record, 0),
                0,
                0,
                // A message without room for three more properties is better kept without them than not at all.
                properties.length() <= MessageRecord.PROPERTIES_BYTES_MAX ? properties.build() : plain,
                record.slice(start, MessageRecord.bodyLength(record, 0)));
    }
}
