// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;

/** What became of a transaction. */
public record JmsOutcomeResponse(Outcome outcome) implements Header {

    /** What the broker knows. */
    public enum Outcome {
        /** All of it is in the log. */
        COMMITTED(0),
        /** Nothing of it is in the log, and nothing will be. */
        ROLLED_BACK(1),
        /** The broker has forgotten. */
        UNKNOWN(2);

        private final int code;

        Outcome(int code) {
            this.code = code;
        }
    }

    /** Reads the fields. */
    public static JmsOutcomeResponse readFrom(Fields in) {
        int code = in.requireInt("o");
        for (Outcome outcome : Outcome.values()) {
            if (outcome.code == code) {
                return new JmsOutcomeResponse(outcome);
            }
        }
        throw new ProtocolException(ResponseCode.INVALID_PARAMETER, "there is no outcome " + code);
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("o", outcome.code);
    }
}
