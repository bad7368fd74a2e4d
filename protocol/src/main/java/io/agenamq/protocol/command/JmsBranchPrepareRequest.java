// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A branch is to wait for its decision, whatever happens to client and broker. Answered by {@link JmsBranchPrepareResponse} when that is durable. A branch that is prepared already is
 * prepared: the question may be repeated.
 *
 * <p>Refused with {@link JmsRefusal#UNKNOWN_BRANCH}, {@link JmsRefusal#TRANSACTION_ROLLED_BACK} and {@link JmsRefusal#BRANCH_TIMED_OUT} (the branch is over, and nothing of it was done), or
 * {@link JmsRefusal#BRANCH_DECIDED_OTHERWISE}.
 *
 * @param branch which one
 * @param decider who knows the decision: the name of the home broker for {@link JmsBranch.Kind#LOCAL}, of the group for {@link JmsBranch.Kind#TABLE}, empty for {@link JmsBranch.Kind#XA}
 * @param life what the answers to its parts said ({@link JmsBranchEndResponse}): another one is refused; 0 to take the branch as it is
 */
public record JmsBranchPrepareRequest(JmsBranch branch, String decider, long life) implements Header {

    /** Of the branch as it is. */
    public JmsBranchPrepareRequest(JmsBranch branch, String decider) {
        this(branch, decider, 0);
    }

    /** Reads the fields. */
    public static JmsBranchPrepareRequest readFrom(Fields in) {
        String decider = in.text("g");
        return new JmsBranchPrepareRequest(JmsBranch.readFrom(in), decider == null ? "" : decider, in.longOr("l", 0));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
        out.put("g", decider);
        out.put("l", life);
    }
}
