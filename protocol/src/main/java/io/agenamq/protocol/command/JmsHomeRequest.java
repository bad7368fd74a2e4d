// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Asks a name server where a destination of Jakarta Messaging lives, whether that broker is there or away.
 *
 * @param topic the topic that stores it
 * @param broker name of the broker that it may live on if it lives nowhere
 * @param take whether it lives there from now on if it lives nowhere; otherwise this is only a question
 */
public record JmsHomeRequest(String topic, String broker, boolean take) implements Header {

    /** Reads the fields. */
    public static JmsHomeRequest readFrom(Fields in) {
        return new JmsHomeRequest(in.requireText("t"), in.requireText("b"), in.flag("k", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("b", broker);
        out.put("k", take);
    }
}
