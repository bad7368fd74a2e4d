// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Codes 11 and 361: messages of one queue from an offset (remoting §9.2).
 *
 * @param commitOffset valid only if {@link #commitsOffset()}
 * @param suspendTimeoutMillis how long the answer may wait for a message, if {@link #maySuspend()}
 * @param subscription filter expression, valid only if {@link #hasSubscription()}
 * @param expressionType {@code TAG} or {@code SQL92}; {@code null} means TAG
 * @param maxMsgBytes most bytes of records; absent in 4.9
 */
public record PullMessageRequest(
        String consumerGroup,
        String topic,
        int queueId,
        long queueOffset,
        int maxMsgNums,
        int sysFlag,
        long commitOffset,
        long suspendTimeoutMillis,
        @Nullable String subscription,
        long subVersion,
        @Nullable String expressionType,
        int maxMsgBytes,
        @Nullable String brokerName)
        implements Header {

    /** Bits of {@code sysFlag}. */
    public static final int FLAG_COMMIT_OFFSET = 1;

    public static final int FLAG_SUSPEND = 1 << 1;
    public static final int FLAG_SUBSCRIPTION = 1 << 2;
    public static final int FLAG_CLASS_FILTER = 1 << 3;
    public static final int FLAG_LITE_PULL = 1 << 4;

    /** Reads the fields. */
    public static PullMessageRequest readFrom(Fields in) {
        return new PullMessageRequest(
                in.requireText("consumerGroup"),
                in.requireText("topic"),
                in.requireInt("queueId"),
                in.requireLong("queueOffset"),
                in.requireInt("maxMsgNums"),
                in.requireInt("sysFlag"),
                in.requireLong("commitOffset"),
                in.requireLong("suspendTimeoutMillis"),
                in.text("subscription"),
                in.requireLong("subVersion"),
                in.text("expressionType"),
                in.intOr("maxMsgBytes", Integer.MAX_VALUE),
                in.text("bname"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("consumerGroup", consumerGroup);
        out.put("topic", topic);
        out.put("queueId", queueId);
        out.put("queueOffset", queueOffset);
        out.put("maxMsgNums", maxMsgNums);
        out.put("sysFlag", sysFlag);
        out.put("commitOffset", commitOffset);
        out.put("suspendTimeoutMillis", suspendTimeoutMillis);
        out.put("subscription", subscription);
        out.put("subVersion", subVersion);
        out.put("expressionType", expressionType);
        out.put("maxMsgBytes", maxMsgBytes);
        out.put("bname", brokerName);
    }

    /** Whether {@code commitOffset} is to be stored. */
    public boolean commitsOffset() {
        return (sysFlag & FLAG_COMMIT_OFFSET) != 0;
    }

    /** Whether the answer may wait for a message. */
    public boolean maySuspend() {
        return (sysFlag & FLAG_SUSPEND) != 0;
    }

    /** Whether the request brings its own filter. */
    public boolean hasSubscription() {
        return (sysFlag & FLAG_SUBSCRIPTION) != 0;
    }
}
