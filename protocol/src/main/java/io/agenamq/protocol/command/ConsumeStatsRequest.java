// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Code 208: how far a group is.
 *
 * @param topic one topic only; {@code null} for all of the group's
 * @param topicList several topics, each followed by a semicolon; from the newest clients only
 */
public record ConsumeStatsRequest(String consumerGroup, @Nullable String topic, @Nullable String topicList)
        implements Header {

    /** Reads the fields. */
    public static ConsumeStatsRequest readFrom(Fields in) {
        return new ConsumeStatsRequest(in.requireText("consumerGroup"), in.text("topic"), in.text("topicList"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("consumerGroup", consumerGroup);
        out.put("topic", topic);
        out.put("topicList", topicList);
    }
}
