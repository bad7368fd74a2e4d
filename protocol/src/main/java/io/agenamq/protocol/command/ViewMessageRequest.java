// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/** Code 33: the message at a position; 4.9 does not name the topic. */
public record ViewMessageRequest(long offset, @Nullable String topic) implements Header {

    /** Reads the fields. */
    public static ViewMessageRequest readFrom(Fields in) {
        return new ViewMessageRequest(in.requireLong("offset"), in.text("topic"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("offset", offset);
        out.put("topic", topic);
    }
}
