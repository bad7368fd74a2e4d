// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * The answer to a {@link JmsLoginRequest} that is granted.
 *
 * @param broker name of the broker that answers: an address may be another broker's than it was; empty if it does not say
 */
public record JmsLoginResponse(String broker) implements Header {

    /** Reads the fields. */
    public static JmsLoginResponse readFrom(Fields in) {
        String broker = in.text("b");
        return new JmsLoginResponse(broker == null ? "" : broker);
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("b", broker);
    }
}
