// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import org.jspecify.annotations.Nullable;

/**
 * Kinds of control records: changes of the store's own state that lie between the messages. A control record is an ordinary record on a system
 * topic, its FLAG field holds the code of its type and its body the payload. Codes are never reused.
 */
public enum ControlType {
    /** A topic was created or changed. */
    TOPIC_PUT(1, "AGENA_SYS_TOPIC"),
    /** A topic was removed. */
    TOPIC_REMOVE(2, "AGENA_SYS_TOPIC"),
    /** A subscription group was created or changed. */
    GROUP_PUT(3, "AGENA_SYS_GROUP"),
    /** A subscription group was removed. */
    GROUP_REMOVE(4, "AGENA_SYS_GROUP"),
    /** Consumer groups have advanced. */
    OFFSETS(5, "AGENA_SYS_OFFSET"),
    /** The offsets of a group or a topic were removed. */
    OFFSETS_REMOVE(6, "AGENA_SYS_OFFSET"),
    /** Messages of a subscription were settled or returned. */
    CURSOR(7, "AGENA_SYS_CURSOR"),
    /** Where queues go on whose messages the log no longer has. */
    QUEUE_BASES(8, "AGENA_SYS_QUEUE"),
    /** A subscription began to read a queue, or its whole state is stated again. */
    CURSOR_PUT(9, "AGENA_SYS_CURSOR"),
    /** A subscription does not read a queue any more. */
    CURSOR_REMOVE(10, "AGENA_SYS_CURSOR"),
    /** A durable subscription was created. */
    SUBSCRIPTION_PUT(11, "AGENA_SYS_CURSOR"),
    /** A durable subscription was removed. */
    SUBSCRIPTION_REMOVE(12, "AGENA_SYS_CURSOR"),
    /** The messages behind this record, in the same batch, stood somewhere else before. */
    MESSAGES_MOVED(13, "AGENA_SYS_QUEUE"),
    /** A transaction settled messages of subscriptions. The payload is that of {@link #CURSOR}; who appends it owns none of the cursors. */
    CURSOR_COMMIT(14, "AGENA_SYS_CURSOR"),
    /** Transactions were committed. In the batch of the commit. */
    TRANSACTION_OUTCOME(15, "AGENA_SYS_TRANSACTION"),
    /** The messages behind this record, in the same batch, are in no queue until a later record publishes them. */
    MESSAGES_HIDDEN(16, "AGENA_SYS_TRANSACTION"),
    /** The hidden messages of a transaction are in their queues from here on, by {@linkplain MessageReference references}. */
    MESSAGES_PUBLISHED(17, "AGENA_SYS_TRANSACTION"),
    /** The hidden messages of a transaction will never be published. */
    HIDDEN_DISCARDED(18, "AGENA_SYS_TRANSACTION"),
    /** A branch waits for its decision. In the batch of the last of its hidden messages. */
    BRANCH_PREPARED(19, "AGENA_SYS_TRANSACTION"),
    /** A branch is committed or rolled back. In the batch that publishes or discards its messages. */
    BRANCH_DECIDED(20, "AGENA_SYS_TRANSACTION"),
    /** Producers are asked what became of half messages. */
    HALVES_CHECKED(21, "AGENA_SYS_TRANSACTION"),
    /** An operator's decision need not be remembered any longer than others. */
    BRANCH_FORGOTTEN(22, "AGENA_SYS_TRANSACTION");

    /** How the names of all system topics begin; no client may write to such a topic. */
    public static final String TOPIC_PREFIX = "AGENA_SYS_";

    private static final @Nullable ControlType[] BY_CODE = new ControlType[64];

    static {
        for (ControlType type : values()) {
            if (BY_CODE[type.code] != null) {
                throw new AssertionError("control code " + type.code + " is used twice");
            }
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final String topic;

    ControlType(int code, String topic) {
        this.code = code;
        this.topic = topic;
    }

    /** The type with this code, null if this version knows none. */
    public static @Nullable ControlType of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** What stands in the record. */
    public int code() {
        return code;
    }

    /** The system topic that records of this type are stored under. */
    public String topic() {
        return topic;
    }
}
