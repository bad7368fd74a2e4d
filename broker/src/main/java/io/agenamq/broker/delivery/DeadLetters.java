// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    /** Bytes of a property beside its name and value. */
    private static final int SEPARATORS = 2;

    /** Why a message is dead. */
    enum Reason {
        /** It came back more often than its destination allows. */
        REDELIVERY_LIMIT,
        /** Its time was over before anybody acknowledged it. */
        EXPIRED
    }

    /**
     * What a letter says about its death.
     *
     * @param origin the destination that the message comes from, as {@code queue://name} or {@code topic://name}
     * @param subscription the named subscription of a topic that had it, null for none
     * @param deliveryCount how often it was delivered
     * @param failure what the last delivery failed with, null if nobody knows
     * @param time when, milliseconds since 1970
     */
    record Death(
            Reason reason,
            String origin,
            @Nullable String subscription,
            int deliveryCount,
            @Nullable JmsFailure failure,
            long time) {}

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
     */
    static MessageDraft draft(ByteBuffer record, String queue, Death death) {
        String expiration = null;
        MessageProperties.Builder properties = new MessageProperties.Builder();
        MessageProperties each = new MessageProperties().resetToRecord(record, 0);
        while (each.next()) {
            String name = each.name();
            if (name.equals(JmsProperties.EXPIRATION)) {
                expiration = each.value();
            } else if (!name.equals(JmsProperties.DELIVERY_TIME) && !name.startsWith(JmsProperties.DEAD_PREFIX)) {
                properties.put(name, each.value());
            }
        }
        JmsFailure failure = death.failure();
        putIfRoom(properties, JmsProperties.DEAD_REASON, death.reason().name());
        putIfRoom(properties, JmsProperties.DEAD_DESTINATION, death.origin());
        putIfRoom(properties, JmsProperties.DEAD_COUNT, Integer.toString(death.deliveryCount()));
        putIfRoom(properties, JmsProperties.DEAD_TIME, Long.toString(death.time()));
        putIfRoom(properties, JmsProperties.DEAD_SUBSCRIPTION, death.subscription());
        putIfRoom(properties, JmsProperties.DEAD_EXCEPTION, failure == null ? null : failure.exception());
        putIfRoom(properties, JmsProperties.DEAD_EXCEPTION_MESSAGE, failure == null ? null : failure.message());
        putIfRoom(properties, JmsProperties.DEAD_EXPIRATION, expiration);
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
                properties.build(),
                record.slice(start, MessageRecord.bodyLength(record, 0)));
    }

    /** A message without room for a property is better kept without it than not at all. */
    private static void putIfRoom(MessageProperties.Builder properties, String name, @Nullable String value) {
        if (value != null
                && properties.length() + name.length() + value.getBytes(StandardCharsets.UTF_8).length + SEPARATORS
                        <= MessageRecord.PROPERTIES_BYTES_MAX) {
            properties.put(name, value);
        }
    }
}
