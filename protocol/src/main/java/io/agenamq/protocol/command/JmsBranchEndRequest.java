// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What a session has sent and received since it began becomes part of a branch. The deliveries that it has received and that the branch settles are the body, as in a {@link JmsCommitRequest}:
 * {@link JmsSettled}. After the answer, a {@link JmsBranchEndResponse}, all of it belongs to the branch, and session and connection may go. Several parts may become part of one branch, in the order of these
 * requests.
 *
 * <p>Refused with {@link JmsRefusal#TRANSACTION_ROLLED_BACK} if a message or delivery of the part is missing, {@link JmsRefusal#BRANCH_TIMED_OUT},
 * {@link JmsRefusal#BRANCH_EXISTS} if the branch is prepared, {@link JmsRefusal#BRANCH_DECIDED_OTHERWISE} if it is over. After the first two the branch can only be rolled back.
 *
 * @param branch which one; the first part begins it
 * @param part what was sent for it: {@link JmsTransactionSendRequest}s of this connection
 * @param messages how many messages that are
 * @param fail whether the branch can only be rolled back from now on (TMFAIL)
 * @param life what the answer to an earlier part said ({@link JmsBranchEndResponse}), 0 for who has ended none: if the broker has lost that part since, this one is refused
 * @param timeoutSeconds how long after its first part the branch is rolled back unless it is prepared or decided; 0 for the broker's own time. Of several parts, the first says it
 */
public record JmsBranchEndRequest(
        JmsBranch branch, JmsTransaction part, int messages, boolean fail, int timeoutSeconds, long life)
        implements Header {

    /** The first part. */
    public JmsBranchEndRequest(JmsBranch branch, JmsTransaction part, int messages, boolean fail, int timeoutSeconds) {
        this(branch, part, messages, fail, timeoutSeconds, 0);
    }

    /** Reads the fields. */
    public static JmsBranchEndRequest readFrom(Fields in) {
        return new JmsBranchEndRequest(
                JmsBranch.readFrom(in),
                JmsTransaction.readFrom(in),
                in.requireInt("m"),
                in.flag("f", false),
                in.intOr("t", 0),
                in.longOr("l", 0));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
        part.writeTo(out);
        out.put("m", messages);
        out.put("f", fail);
        out.put("t", timeoutSeconds);
        out.put("l", life);
    }
}
