// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Code 15: stores a group's offset in one queue; mostly one-way. */
public record UpdateConsumerOffsetRequest(String consumerGroup, String topic, int queueId, long commitOffset)
        implements Header {

    /** Reads the fields. */
    public static UpdateConsumerOffsetRequest readFrom(Fields in) {
        return new UpdateConsumerOffsetRequest(
                in.requireText("consumerGroup"),
                in.requireText("topic"),
                in.requireInt("queueId"),
                in.requireLong("commitOffset"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("consumerGroup", consumerGroup);
        out.put("topic", topic);
        out.put("queueId", queueId);
        out.put("commitOffset", commitOffset);
    }
}
