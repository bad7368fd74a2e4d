// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Answer to {@link JmsSeekRequest}.
 *
 * @param before messages that the subscription had not settled
 * @param after messages that it has in front of it then, those its selector leaves out among them
 */
public record JmsSeekResponse(long before, long after) implements Header {

    /** Reads the fields. */
    public static JmsSeekResponse readFrom(Fields in) {
        return new JmsSeekResponse(in.requireLong("b"), in.requireLong("a"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("b", before);
        out.put("a", after);
    }
}
