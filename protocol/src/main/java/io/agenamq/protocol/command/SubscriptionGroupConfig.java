// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group as a broker keeps it. {@code groupRetryPolicy} is kept as the JSON it came in. Members that an older client leaves out
 * have RocketMQ's defaults.
 */
public record SubscriptionGroupConfig(
        String groupName,
        boolean consumeEnable,
        boolean consumeFromMinEnable,
        boolean consumeBroadcastEnable,
        boolean consumeMessageOrderly,
        int retryQueueNums,
        int retryMaxTimes,
        @Nullable String groupRetryPolicy,
        long brokerId,
        long whichBrokerWhenConsumeSlowly,
        boolean notifyConsumerIdsChangedEnable,
        int groupSysFlag,
        int consumeTimeoutMinute,
        Map<String, String> attributes)
        implements JsonBody {

    private static final int DEFAULT_RETRY_MAX_TIMES = 16;
    private static final int DEFAULT_CONSUME_TIMEOUT_MINUTE = 15;

    public SubscriptionGroupConfig {
        attributes = Map.copyOf(attributes);
    }

    /** A group with RocketMQ's defaults. */
    public static SubscriptionGroupConfig withDefaults(String groupName) {
        return new SubscriptionGroupConfig(
                groupName,
                true,
                true,
                true,
                false,
                1,
                DEFAULT_RETRY_MAX_TIMES,
                null,
                0,
                1,
                true,
                0,
                DEFAULT_CONSUME_TIMEOUT_MINUTE,
                Map.of());
    }

    /** Reads a body. */
    public static SubscriptionGroupConfig parse(ByteBuffer utf8) {
        return readFrom(JsonReader.of(utf8));
    }

    /** Reads an object. */
    public static SubscriptionGroupConfig readFrom(JsonReader in) {
        String groupName = "";
        boolean consumeEnable = true;
        boolean consumeFromMinEnable = true;
        boolean consumeBroadcastEnable = true;
        boolean consumeMessageOrderly = false;
        int retryQueueNums = 1;
        int retryMaxTimes = DEFAULT_RETRY_MAX_TIMES;
        String groupRetryPolicy = null;
        long brokerId = 0;
        long whichBrokerWhenConsumeSlowly = 1;
        boolean notifyConsumerIdsChangedEnable = true;
        int groupSysFlag = 0;
        int consumeTimeoutMinute = DEFAULT_CONSUME_TIMEOUT_MINUTE;
        Map<String, String> attributes = Map.of();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "groupName" -> groupName = in.textOr("");
                case "consumeEnable" -> consumeEnable = in.booleanOr(true);
                case "consumeFromMinEnable" -> consumeFromMinEnable = in.booleanOr(true);
                case "consumeBroadcastEnable" -> consumeBroadcastEnable = in.booleanOr(true);
                case "consumeMessageOrderly" -> consumeMessageOrderly = in.booleanOr(false);
                case "retryQueueNums" -> retryQueueNums = in.intOr(1);
                case "retryMaxTimes" -> retryMaxTimes = in.intOr(DEFAULT_RETRY_MAX_TIMES);
                case "groupRetryPolicy" -> groupRetryPolicy = in.tryNull() ? null : in.rawText();
                case "brokerId" -> brokerId = in.longOr(0);
                case "whichBrokerWhenConsumeSlowly" -> whichBrokerWhenConsumeSlowly = in.longOr(1);
                case "notifyConsumerIdsChangedEnable" -> notifyConsumerIdsChangedEnable = in.booleanOr(true);
                case "groupSysFlag" -> groupSysFlag = in.intOr(0);
                case "consumeTimeoutMinute" -> consumeTimeoutMinute = in.intOr(DEFAULT_CONSUME_TIMEOUT_MINUTE);
                case "attributes" -> attributes = JsonMaps.read(in);
                default -> in.skip();
            }
        }
        return new SubscriptionGroupConfig(
                groupName,
                consumeEnable,
                consumeFromMinEnable,
                consumeBroadcastEnable,
                consumeMessageOrderly,
                retryQueueNums,
                retryMaxTimes,
                groupRetryPolicy,
                brokerId,
                whichBrokerWhenConsumeSlowly,
                notifyConsumerIdsChangedEnable,
                groupSysFlag,
                consumeTimeoutMinute,
                attributes);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject();
        JsonMaps.write(out, "attributes", attributes);
        out.field("brokerId", brokerId)
                .field("consumeBroadcastEnable", consumeBroadcastEnable)
                .field("consumeEnable", consumeEnable)
                .field("consumeFromMinEnable", consumeFromMinEnable)
                .field("consumeMessageOrderly", consumeMessageOrderly)
                .field("consumeTimeoutMinute", consumeTimeoutMinute)
                .field("groupName", groupName);
        if (groupRetryPolicy != null) {
            out.name("groupRetryPolicy").raw(groupRetryPolicy);
        }
        out.field("groupSysFlag", groupSysFlag)
                .field("notifyConsumerIdsChangedEnable", notifyConsumerIdsChangedEnable)
                .field("retryMaxTimes", retryMaxTimes)
                .field("retryQueueNums", retryQueueNums)
                .field("whichBrokerWhenConsumeSlowly", whichBrokerWhenConsumeSlowly)
                .endObject();
    }
}
