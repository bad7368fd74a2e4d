// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/** Code 35: a client leaves a producer group, a consumer group, or both. */
public record UnregisterClientRequest(String clientId, @Nullable String producerGroup, @Nullable String consumerGroup)
        implements Header {

    /** Reads the fields. */
    public static UnregisterClientRequest readFrom(Fields in) {
        return new UnregisterClientRequest(
                in.requireText("clientID"), in.text("producerGroup"), in.text("consumerGroup"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("clientID", clientId);
        out.put("producerGroup", producerGroup);
        out.put("consumerGroup", consumerGroup);
    }
}
