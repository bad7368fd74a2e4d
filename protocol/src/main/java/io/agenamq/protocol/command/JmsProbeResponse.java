// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What was there has been pushed.
 *
 * @param sequence the last sequence number pushed to the consumer, 0 for none; deliveries up to it may still be on their way
 */
public record JmsProbeResponse(long sequence) implements Header {

    /** Reads the fields. */
    public static JmsProbeResponse readFrom(Fields in) {
        return new JmsProbeResponse(in.requireLong("s"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("s", sequence);
    }
}
