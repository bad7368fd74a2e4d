// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Where is a message stored? Answered by a {@link JmsTraceBody}, with a row for each copy.
 *
 * @param message its JMSMessageID, unique key or offset id
 * @param topic where to look, null for everywhere
 */
public record JmsTraceFindRequest(String message, @Nullable String topic) implements Header {

    /** Reads the fields. */
    public static JmsTraceFindRequest readFrom(Fields in) {
        return new JmsTraceFindRequest(in.requireText("d"), in.text("t"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("d", message);
        out.put("t", topic);
    }
}
