// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A consumer has begun, or goes on.
 *
 * @param resumed whether it goes on where its former connection ended: sequence numbers and the epoch continue, what was in flight is in flight,
 *     and there is no credit
 * @param subscription which subscription it reads, for {@link JmsSettleRequest}; 0 for one that does not outlive the broker
 */
public record JmsAttachResponse(boolean resumed, long subscription) implements Header {

    /** Reads the fields. A broker that answers without them resumes nothing. */
    public static JmsAttachResponse readFrom(Fields in) {
        return new JmsAttachResponse(in.flag("r", false), in.text("q") == null ? 0 : in.requireLong("q"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("r", resumed);
        out.put("q", subscription);
    }
}
