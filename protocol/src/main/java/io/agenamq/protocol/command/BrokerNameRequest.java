// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Codes 205 and 327: no more sends to a broker group, or sends again. Answered with the number of topics that changed. */
public record BrokerNameRequest(String brokerName) implements Header {

    /** Reads the field. */
    public static BrokerNameRequest readFrom(Fields in) {
        return new BrokerNameRequest(in.requireText("brokerName"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("brokerName", brokerName);
    }
}
