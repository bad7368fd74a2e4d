// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Something was refused with {@link JmsRefusal#BRANCH_DECIDED_OTHERWISE}: the decision that stands.
 *
 * @param committed whether the branch was committed
 * @param heuristic whether an operator has decided, and not who should have. It is remembered until it is forgotten by request
 */
public record JmsBranchDecided(boolean committed, boolean heuristic) implements Header {

    /** Reads the fields. */
    public static JmsBranchDecided readFrom(Fields in) {
        return new JmsBranchDecided(in.flag("c", false), in.flag("h", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", committed);
        out.put("h", heuristic);
    }
}
