// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * The decision about a branch. The first one that is durable stands: the same once more succeeds, the other one is refused with {@link JmsRefusal#BRANCH_DECIDED_OTHERWISE} and
 * {@link JmsBranchDecided}.
 *
 * <p>Otherwise refused with {@link JmsRefusal#UNKNOWN_BRANCH}; {@link JmsRefusal#WRONG_BRANCH_STATE} if a branch that is not prepared is to be committed in two phases, or a prepared one in one;
 * {@link JmsRefusal#TRANSACTION_ROLLED_BACK} and {@link JmsRefusal#BRANCH_TIMED_OUT} if that cannot be committed in one phase.
 *
 * @param branch which one
 * @param commit whether its messages become visible and its deliveries are settled; otherwise the messages are forgotten and the deliveries come back
 * @param onePhase commit a branch that is not prepared: there is no other in its transaction
 * @param durable whether the answer waits until the decision survives a loss of power
 * @param life in one phase, what the answers to its parts said ({@link JmsBranchEndResponse}): another one is refused; 0 to take the branch as it is
 */
public record JmsBranchDecideRequest(JmsBranch branch, boolean commit, boolean onePhase, boolean durable, long life)
        implements Header {

    /** Of the branch as it is. */
    public JmsBranchDecideRequest(JmsBranch branch, boolean commit, boolean onePhase, boolean durable) {
        this(branch, commit, onePhase, durable, 0);
    }

    /** Reads the fields. */
    public static JmsBranchDecideRequest readFrom(Fields in) {
        return new JmsBranchDecideRequest(
                JmsBranch.readFrom(in),
                in.flag("c", false),
                in.flag("o", false),
                in.flag("d", true),
                in.longOr("l", 0));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
        out.put("c", commit);
        out.put("o", onePhase);
        out.put("d", durable);
        out.put("l", life);
    }
}
