// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A broker's push: what became of a branch of kind {@link JmsBranch.Kind#TABLE}? It goes to any connection that has joined the group, and is repeated later, to the same or another. Who knows
 * answers with a {@link JmsBranchDecideRequest}; who does not, not at all.
 *
 * @param branch which one
 * @param group whose members can find out
 */
public record JmsBranchCheck(JmsBranch branch, String group) implements Header {

    /** Reads the fields. */
    public static JmsBranchCheck readFrom(Fields in) {
        return new JmsBranchCheck(JmsBranch.readFrom(in), in.requireText("g"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
        out.put("g", group);
    }
}
