// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Who should have decided has taken note of an operator's decision, which need not be remembered any more. Refused with {@link JmsRefusal#UNKNOWN_BRANCH}, or
 * {@link JmsRefusal#WRONG_BRANCH_STATE} for a branch that no operator has decided.
 *
 * @param branch which one
 */
public record JmsBranchForgetRequest(JmsBranch branch) implements Header {

    /** Reads the fields. */
    public static JmsBranchForgetRequest readFrom(Fields in) {
        return new JmsBranchForgetRequest(JmsBranch.readFrom(in));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
    }
}
