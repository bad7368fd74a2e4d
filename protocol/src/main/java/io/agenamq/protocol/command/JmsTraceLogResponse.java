// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Answer to {@link JmsTraceLogRequest}.
 *
 * @param next where to go on; where the stretch began if there is nothing more
 * @param end where the log ends at the moment
 */
public record JmsTraceLogResponse(long next, long end) implements Header {

    /** Reads the fields. */
    public static JmsTraceLogResponse readFrom(Fields in) {
        return new JmsTraceLogResponse(in.requireLong("n"), in.requireLong("e"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("n", next);
        out.put("e", end);
    }
}
