// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Code 14: a group's offset in one queue. {@code setZeroIfNotFound} (true unless said) lets a young queue start at its first message. */
public record QueryConsumerOffsetRequest(String consumerGroup, String topic, int queueId, boolean setZeroIfNotFound)
        implements Header {

    /** Reads the fields. */
    public static QueryConsumerOffsetRequest readFrom(Fields in) {
        return new QueryConsumerOffsetRequest(
                in.requireText("consumerGroup"),
                in.requireText("topic"),
                in.requireInt("queueId"),
                in.flag("setZeroIfNotFound", true));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("consumerGroup", consumerGroup);
        out.put("topic", topic);
        out.put("queueId", queueId);
        out.put("setZeroIfNotFound", setZeroIfNotFound);
    }
}
