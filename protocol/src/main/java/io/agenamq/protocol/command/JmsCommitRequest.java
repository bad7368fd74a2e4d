// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A transaction is to be committed: all its messages stored, and all deliveries settled that the body names ({@link JmsSettled}), or nothing of
 * that. A refusal means that nothing was done and never will be; then its response has a {@link JmsRolledBack}.
 *
 * @param transaction which one
 * @param messages how many messages were sent for it
 * @param durable whether the answer waits for the disk
 */
public record JmsCommitRequest(JmsTransaction transaction, int messages, boolean durable) implements Header {

    /** Reads the fields. */
    public static JmsCommitRequest readFrom(Fields in) {
        return new JmsCommitRequest(JmsTransaction.readFrom(in), in.requireInt("m"), in.flag("d", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        transaction.writeTo(out);
        out.put("m", messages);
        out.put("d", durable);
    }
}
