// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A connection takes a client identifier for itself alone, or gives it back (Jakarta Messaging 3.1 §6.1.2). The answer has no fields. Without
 * a word it is given back when the connection ends.
 *
 * @param clientId the identifier
 * @param owner a name of the JMS connection, unique: the same owner may come again over another channel when it was cut off
 * @param held true to take it, false to give it back
 */
public record JmsClientIdRequest(String clientId, String owner, boolean held) implements Header {

    /** Reads the fields. */
    public static JmsClientIdRequest readFrom(Fields in) {
        return new JmsClientIdRequest(in.requireText("i"), in.requireText("o"), in.flag("h", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("i", clientId);
        out.put("o", owner);
        out.put("h", held);
    }
}
