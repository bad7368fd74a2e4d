// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * What became of the transaction that a branch of kind {@link JmsBranch.Kind#LOCAL} belongs to? Asked of the home broker by one that has prepared a part of it and heard nothing. Answered by
 * {@link JmsOutcomeResponse}, for good: a commit that comes after "rolled back" is refused.
 *
 * @param branch which one
 * @param user whose it is, null for nobody
 */
public record JmsBranchOutcomeRequest(JmsBranch branch, @Nullable String user) implements Header {

    /** Reads the fields. */
    public static JmsBranchOutcomeRequest readFrom(Fields in) {
        return new JmsBranchOutcomeRequest(JmsBranch.readFrom(in), in.text("u"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
        out.put("u", user);
    }
}
