// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.protocol.command.JmsBranchDecided;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsRolledBack;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.transaction.DecidedBranch;
import java.net.InetSocketAddress;

/** Who wants something of a branch, and is told once what became of it. */
interface BranchReply {

    /** For those who look at the log later. */
    InetSocketAddress onBehalfOf();

    /** It is done. */
    void done(Header answer);

    /** It is done when everything below {@code position} is on the disk. */
    void doneWhenDurable(Header answer, long position);

    /** It is not done. */
    void refuse(int code, String why, Header header);

    /** It is not done. */
    default void refuse(JmsRefusal refusal, String why) {
        refuse(refusal.code(), why, Header.NONE);
    }

    /** Nothing of the branch was done, and nothing will be. */
    default void rolledBack(ProtocolException cause) {
        refuse(
                JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                String.valueOf(cause.getMessage()),
                new JmsRolledBack(cause.code()));
    }

    /** Another decision stands. */
    default void decidedOtherwise(DecidedBranch decision) {
        refuse(
                JmsRefusal.BRANCH_DECIDED_OTHERWISE.code(),
                "branch " + decision.id() + " was " + (decision.committed() ? "committed" : "rolled back")
                        + (decision.heuristic() ? " by an operator" : ""),
                new JmsBranchDecided(decision.committed(), decision.heuristic()));
    }

    /** Answers a request. */
    static BranchReply to(Request request, CommitLog log) {
        return new ToRequest(request, log);
    }

    /** Over the network. */
    record ToRequest(Request request, CommitLog log) implements BranchReply {

        @Override
        public InetSocketAddress onBehalfOf() {
            return request.connection().remoteAddress();
        }

        @Override
        public void done(Header answer) {
            request.reply(answer);
        }

        @Override
        public void doneWhenDurable(Header answer, long position) {
            DurableAnswer.when(log, position, request, answer);
        }

        @Override
        public void refuse(int code, String why, Header header) {
            request.reply(code, why, header, Body.EMPTY);
        }
    }
}
