// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import io.agenamq.protocol.record.MessageProperties;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Names and values under which the headers of a Jakarta message stand among a record's properties.
 *
 * <p>{@code JMSType} is the tag ({@code TAGS}), {@code JMSMessageID} is {@value #MESSAGE_ID_PREFIX} + the unique key, {@code JMSTimestamp} is
 * the record's born timestamp, and the destination is its topic; the other headers have properties of their own, left out where they have
 * their default value. Properties of the application keep their plain names and are written as text, so that native SQL92 filters see
 * them; {@link #TYPES} remembers what the text was.
 */
public final class JmsProperties {

    /** Begins every {@code JMSMessageID}. */
    public static final String MESSAGE_ID_PREFIX = "ID:";

    /** Correlates a reply with its request; also among the {@code KEYS}, so that it can be queried. */
    public static final String CORRELATION_ID = "JMSCorrelationID";

    /** Where replies go, as {@code queue://name} or {@code topic://name}. */
    public static final String REPLY_TO = "JMSReplyTo";

    /** 0 to 9; absent for {@link #PRIORITY_DEFAULT}. */
    public static final String PRIORITY = "JMSPriority";

    /** The last moment that a message can name, milliseconds since 1970: 18 digits, so that who reads them needs no check for an overflow. */
    public static final long TIME_MAX = 999_999_999_999_999_999L;

    /** When the message expires, milliseconds since 1970; absent for never. */
    public static final String EXPIRATION = "JMSExpiration";

    /** {@link #NON_PERSISTENT}, or absent for persistent. */
    public static final String DELIVERY_MODE = "JMSDeliveryMode";

    /** Not to be delivered before, milliseconds since 1970; absent for at once. */
    public static final String DELIVERY_TIME = "JMSDeliveryTime";

    /** Message group; a property of the application that delivery knows. */
    public static final String GROUP_ID = "JMSXGroupID";

    /** Place within the message group. */
    public static final String GROUP_SEQUENCE = "JMSXGroupSeq";

    /** How often the message was delivered, this delivery included; never stored. */
    public static final String DELIVERY_COUNT = "JMSXDeliveryCount";

    /** Value of {@link #DELIVERY_MODE}, and what a selector sees. */
    public static final String NON_PERSISTENT = "NON_PERSISTENT";

    /** What a selector sees as {@link #DELIVERY_MODE} where the property is absent. */
    public static final String PERSISTENT = "PERSISTENT";

    /** The priority of a message that names none (Jakarta Messaging 3.1 §3.4.10). */
    public static final int PRIORITY_DEFAULT = 4;

    /** What the body is: the name of a {@link BodyKind}; absent in native messages. */
    public static final String BODY = "JMS_AGENA_BODY";

    /** Types of the properties that are not plain text: see {@link PropertyForm}. */
    public static final String TYPES = "JMS_AGENA_TYPES";

    /** A correlation id that was set as bytes and is no text in UTF-8, in hexadecimal digits. */
    public static final String CORRELATION_BYTES = "JMS_AGENA_CORRELATION";

    /** Client identifier of the connection that sent the message; absent where it had none. For subscriptions with noLocal. */
    public static final String CLIENT_ID = "JMS_AGENA_CLIENT";

    /** Begins the stored name of a property whose own name cannot stand in a record; the escaped name follows. */
    public static final String RENAMED_PREFIX = "JMS_AGENA_P_";

    /** Begins the names of what a dead letter says about its death; all of them are shown to the application. */
    public static final String DEAD_PREFIX = "JMS_AGENA_DEAD_";

    /** In a dead letter: why it is one. */
    public static final String DEAD_REASON = "JMS_AGENA_DEAD_REASON";

    /** In a dead letter: the destination that it comes from, as {@code queue://name} or {@code topic://name}. */
    public static final String DEAD_DESTINATION = "JMS_AGENA_DEAD_DESTINATION";

    /** In a dead letter: how often the message was delivered. */
    public static final String DEAD_COUNT = "JMS_AGENA_DEAD_COUNT";

    /** In a dead letter: when it became one, milliseconds since 1970. */
    public static final String DEAD_TIME = "JMS_AGENA_DEAD_TIME";

    /** In a dead letter of a topic: the subscription that could not be rid of it, if that has a name. */
    public static final String DEAD_SUBSCRIPTION = "JMS_AGENA_DEAD_SUBSCRIPTION";

    /** In a dead letter: class of the exception with which the last delivery failed, if the client has said so. */
    public static final String DEAD_EXCEPTION = "JMS_AGENA_DEAD_EXCEPTION";

    /** In a dead letter: what that exception says. */
    public static final String DEAD_EXCEPTION_MESSAGE = "JMS_AGENA_DEAD_EXCEPTION_MESSAGE";

    /** In a dead letter: the JMSExpiration that the message had. */
    public static final String DEAD_EXPIRATION = "JMS_AGENA_DEAD_EXPIRATION";

    /** Begins every name that is ours. */
    static final String VENDOR_PREFIX = "JMS_AGENA_";

    /** Headers with a property of their own; no property of an application can have these names. */
    static final Set<String> HEADERS =
            Set.of(CORRELATION_ID, REPLY_TO, PRIORITY, EXPIRATION, DELIVERY_MODE, DELIVERY_TIME);

    /** Names that mean something to RocketMQ clients or brokers (remoting §8); an application's property of such a name is renamed. */
    static final Set<String> NATIVE = Set.of(
            "KEYS",
            "TAGS",
            "WAIT",
            "DELAY",
            "RETRY_TOPIC",
            "REAL_TOPIC",
            "REAL_QID",
            "ORIGIN_MESSAGE_ID",
            "RECONSUME_TIME",
            "MAX_RECONSUME_TIMES",
            "TRAN_MSG",
            "PGROUP",
            "__transactionId__",
            "TRANSACTION_CHECK_TIMES",
            "CHECK_IMMUNITY_TIME_IN_SECONDS",
            "TRAN_PREPARED_QUEUE_OFFSET",
            "UNIQ_KEY",
            "MIN_OFFSET",
            "MAX_OFFSET",
            "CONSUME_START_TIME",
            "MSG_REGION",
            "TRACE_ON",
            "CLUSTER",
            "INSTANCE_ID",
            "CORRELATION_ID",
            "REPLY_TO_CLIENT",
            "TTL",
            "MSG_TYPE",
            "PUSH_REPLY_TIME",
            "ARRIVE_TIME",
            "__SHARDINGKEY",
            "TIMER_DELAY_SEC",
            "TIMER_DELAY_MS",
            "TIMER_DELIVER_MS",
            "TIMER_OUT_MS",
            "TIMER_ENQUEUE_MS",
            "TIMER_DEQUEUE_MS",
            "TIMER_ROLL_TIMES",
            "TIMER_DEL_UNIQKEY",
            "TIMER_DELAY_LEVEL",
            "POP_CK",
            "POP_CK_OFFSET",
            "1ST_POP_TIME",
            "INNER_NUM",
            "INNER_BASE",
            "INNER_MULTI_DISPATCH",
            "INNER_MULTI_QUEUE_OFFSET",
            "DUP_INFO",
            "EXTEND_UNIQ_INFO",
            "BUYER_ID",
            "TRANSFER_FLAG",
            "CORRECTION_FLAG",
            "MQ2_FLAG",
            "PROPERTY_FORWARD_QUEUE_ID",
            "REDIRECT",
            "__BORNHOST",
            "BORN_TIMESTAMP",
            "__CRC32#",
            "DLQ_ORIGIN_TOPIC",
            "DLQ_ORIGIN_MESSAGE_ID",
            "TRACE_CONTEXT");

    private JmsProperties() {}

    /** When the message expires whose record begins at index {@code start}, milliseconds since 1970; 0 for never, or if it says nothing that makes sense. */
    public static long expiry(ByteBuffer record, int start) {
        String text = MessageProperties.findInRecord(record, start, EXPIRATION);
        if (text == null) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    /** Whether a stored property of this name belongs to the application rather than to us or to RocketMQ. */
    static boolean isApplication(String storedName) {
        return storedName.startsWith(VENDOR_PREFIX)
                ? storedName.startsWith(RENAMED_PREFIX) || storedName.startsWith(DEAD_PREFIX)
                : !HEADERS.contains(storedName) && !NATIVE.contains(storedName);
    }
}
