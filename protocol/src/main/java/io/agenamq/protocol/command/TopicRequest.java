// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Commands that name a topic and nothing else, among them 105 (its route), 202 (its offsets), 215 (delete it), 217, 300 and 351. */
public record TopicRequest(String topic) implements Header {

    /** Reads the field. */
    public static TopicRequest readFrom(Fields in) {
        return new TopicRequest(in.requireText("topic"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
    }
}
