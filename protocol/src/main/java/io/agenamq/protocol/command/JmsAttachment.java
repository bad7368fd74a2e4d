// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Who a consumer is over all connections that it ever has: its client says so when it attaches, and the broker ends the former connection's part
 * before the next begins. Its fields stand among those of {@link JmsAttachRequest}.
 *
 * @param client unique name of the client, the same over all its connections
 * @param number of the consumer in that client, never used twice
 * @param generation 1 for the first time that it attaches, and larger each time; what has a smaller one than the broker knows comes late and is
 *     refused
 */
public record JmsAttachment(String client, int number, int generation) implements Header {

    /** Reads the fields; null if the consumer does not come again. */
    public static @Nullable JmsAttachment readFrom(Fields in) {
        String client = in.text("a");
        return client == null ? null : new JmsAttachment(client, in.requireInt("x"), in.requireInt("g"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("a", client);
        out.put("x", number);
        out.put("g", generation);
    }
}
