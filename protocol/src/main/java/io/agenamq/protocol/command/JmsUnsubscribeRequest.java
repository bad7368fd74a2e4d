// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * A durable subscription ends, with all that it has not delivered. The answer has no fields.
 *
 * @param name as the application says it
 * @param clientId client identifier that the name belongs to, null for none
 */
public record JmsUnsubscribeRequest(String name, @Nullable String clientId) implements Header {

    /** Reads the fields. */
    public static JmsUnsubscribeRequest readFrom(Fields in) {
        return new JmsUnsubscribeRequest(in.requireText("u"), in.text("i"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("u", name);
        out.put("i", clientId);
    }
}
