// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Codes 38, 40 and 203, which name a consumer group and nothing else: its members, "they changed", its connections. */
public record ConsumerGroupRequest(String consumerGroup) implements Header {

    /** Reads the field. */
    public static ConsumerGroupRequest readFrom(Fields in) {
        return new ConsumerGroupRequest(in.requireText("consumerGroup"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("consumerGroup", consumerGroup);
    }
}
