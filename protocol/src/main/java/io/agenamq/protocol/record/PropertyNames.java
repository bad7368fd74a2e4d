// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

/** Well-known property names of RocketMQ messages, spelt as on the wire. Unknown names are kept as they are. */
public final class PropertyNames {

    /** Index keys, separated by spaces. */
    public static final String KEYS = "KEYS";

    /** One tag. */
    public static final String TAGS = "TAGS";

    /** {@code false}: the producer does not wait for flush or replica. */
    public static final String WAIT = "WAIT";

    /** Delay level, 1 to 18. */
    public static final String DELAY = "DELAY";

    /** Original topic of a message in a retry topic. */
    public static final String RETRY_TOPIC = "RETRY_TOPIC";

    /** Original topic of a delayed or half message; stays visible to consumers. */
    public static final String REAL_TOPIC = "REAL_TOPIC";

    /** Original queue of a delayed or half message. */
    public static final String REAL_QUEUE_ID = "REAL_QID";

    /** Offset id of the first copy of a retried message. */
    public static final String ORIGIN_MESSAGE_ID = "ORIGIN_MESSAGE_ID";

    /** Set by clients that resend to a retry topic themselves. */
    public static final String RECONSUME_TIME = "RECONSUME_TIME";

    /** Set by clients that resend to a retry topic themselves. */
    public static final String MAX_RECONSUME_TIMES = "MAX_RECONSUME_TIMES";

    /** {@code true}: a half message. */
    public static final String TRANSACTION_PREPARED = "TRAN_MSG";

    /** Producer group, the address of a check-back. */
    public static final String PRODUCER_GROUP = "PGROUP";

    /** Copy of {@link #UNIQUE_KEY} on half messages. */
    public static final String TRANSACTION_ID = "__transactionId__";

    /** How often a half message was checked back. */
    public static final String TRANSACTION_CHECK_TIMES = "TRANSACTION_CHECK_TIMES";

    /** Seconds before the first check-back. */
    public static final String CHECK_IMMUNITY_TIME = "CHECK_IMMUNITY_TIME_IN_SECONDS";

    /** Original queue offset of a half message. */
    public static final String TRANSACTION_PREPARED_QUEUE_OFFSET = "TRAN_PREPARED_QUEUE_OFFSET";

    /** The client's unique message id; indexed as a key. */
    public static final String UNIQUE_KEY = "UNIQ_KEY";

    /** Smallest offset of the queue at pull time; set by clients. */
    public static final String MIN_OFFSET = "MIN_OFFSET";

    /** Largest offset of the queue at pull time; set by clients. */
    public static final String MAX_OFFSET = "MAX_OFFSET";

    /** Region the broker belongs to. */
    public static final String MSG_REGION = "MSG_REGION";

    /** Whether the broker wants traces of this message. */
    public static final String TRACE_ON = "TRACE_ON";

    /** Name of the broker's cluster; request-reply needs it. */
    public static final String CLUSTER = "CLUSTER";

    /** Namespace of the client. */
    public static final String INSTANCE_ID = "INSTANCE_ID";

    /** Request-reply: id of the request. */
    public static final String CORRELATION_ID = "CORRELATION_ID";

    /** Request-reply: client id of the requester. */
    public static final String REPLY_TO_CLIENT = "REPLY_TO_CLIENT";

    /** Request-reply: time to live in milliseconds. */
    public static final String TTL = "TTL";

    /** {@code reply} marks a reply message. */
    public static final String MESSAGE_TYPE = "MSG_TYPE";

    /** Request-reply: when the broker pushed the reply. */
    public static final String PUSH_REPLY_TIME = "PUSH_REPLY_TIME";

    /** Request-reply: when the reply arrived at the client. */
    public static final String ARRIVE_TIME = "ARRIVE_TIME";

    /** Key that an ordered producer chose the queue by. */
    public static final String SHARDING_KEY = "__SHARDINGKEY";

    /** Arbitrary delay in seconds. */
    public static final String TIMER_DELAY_SECONDS = "TIMER_DELAY_SEC";

    /** Arbitrary delay in milliseconds. */
    public static final String TIMER_DELAY_MILLIS = "TIMER_DELAY_MS";

    /** Absolute delivery time in milliseconds. */
    public static final String TIMER_DELIVER_MILLIS = "TIMER_DELIVER_MS";

    /** Check point of a popped message. */
    public static final String POP_CK = "POP_CK";

    /** Number of messages of an inner batch. */
    public static final String INNER_NUM = "INNER_NUM";

    private PropertyNames() {}
}
