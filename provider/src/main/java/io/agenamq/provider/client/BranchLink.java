// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsBranch;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What is said about branches, which brokers hold until somebody else decides, by whoever decides. {@link Link#end} gives them what they hold.
 *
 * <p>Any thread may call anything; nothing blocks. Futures fail with a {@link ClientException}.
 */
public interface BranchLink {

    /**
     * Has a broker keep a branch until it is decided, whatever happens to broker and client. Asked again until there is an answer, or a short patience
     * is at its end.
     *
     * @param decider who knows the decision, as its kind has it
     * @param life of the branch that is meant, as {@link Link#end} answered; another one is refused. 0 for whichever is there
     * @return whether there was nothing in it, so that it is over
     */
    CompletableFuture<Boolean> prepare(JmsBranch branch, String broker, String decider, long life);

    /**
     * Decides about a branch at one broker. Asked again until there is an answer, or a short patience is at its end; a decision may be said more than once.
     *
     * @param onePhase whether it is to be committed without having been prepared
     * @param life in one phase, which one is meant, as for {@link #prepare}
     */
    CompletableFuture<Void> decide(JmsBranch branch, String broker, boolean commit, boolean onePhase, long life);

    /**
     * The branches of this link's user that wait for a decision or were decided by an operator, at all brokers of the cluster. Fails if any of these cannot be
     * asked, because an answer without it might pass for a complete one.
     */
    CompletableFuture<List<BranchAt>> recover(JmsBranch.Kind kind);

    /** Lets a broker forget that an operator has decided about a branch. */
    CompletableFuture<Void> forget(JmsBranch branch, String broker);
}
