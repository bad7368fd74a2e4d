// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Codes 30, 31 and 32, which ask about one queue: its highest offset, its lowest, the store time of its oldest message. */
public record QueueRequest(String topic, int queueId) implements Header {

    /** Reads the fields. */
    public static QueueRequest readFrom(Fields in) {
        return new QueueRequest(in.requireText("topic"), in.requireInt("queueId"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("queueId", queueId);
    }
}
