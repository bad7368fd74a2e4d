// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranch.Kind;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.provider.client.BranchAt;
import io.agenamq.provider.client.BranchLink;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ClientException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/**
 * How branches come to their end: what is said to each broker that has something of one, and what the manager is told.
 *
 * <p>A branch has the same identity on each broker. It is prepared if all of them have prepared it; each is told who the others are, so that after the end of
 * this process it is not taken for decided as long as one of them is away. A broker that cannot be asked is {@code XAER_RMFAIL}: the manager comes again, and
 * those that have answered are not asked a second time.
 *
 * <p>Round trips: one to each broker, all at the same time, for preparing and for deciding; one more before for a branch that this virtual machine does not
 * know. Any thread; methods wait.
 */
final class Resolution {

    private static final String SEPARATOR = ",";

    private final BranchLink link;
    private final Branches branches;
    private final LongSupplier nanoClock;

    Resolution(BranchLink link, Branches branches, LongSupplier nanoClock) {
        this.link = link;
        this.branches = branches;
        this.nanoClock = nanoClock;
    }

    /** What became of a question to several brokers. */
    private static final class Answers {
        private final List<String> done = new ArrayList<>();
        private final Map<String, ClientException> refused = new LinkedHashMap<>();
        private final List<ClientException> missing = new ArrayList<>();

        private boolean are(Reason reason) {
            return refused.values().stream().anyMatch(why -> why.reason() == reason);
        }

        private void requireComplete() throws XAException {
            if (!missing.isEmpty()) {
                throw XaErrors.later(missing.get(0));
            }
        }
    }

    /** Asks all brokers that have something of a branch, at once. */
    private static Answers ask(Branch branch, Function<String, CompletableFuture<?>> question) throws XAException {
        Map<String, CompletableFuture<?>> asked = new LinkedHashMap<>();
        branch.brokers().forEach(broker -> asked.put(broker, question.apply(broker)));
        Answers answers = new Answers();
        for (Map.Entry<String, CompletableFuture<?>> each : asked.entrySet()) {
            ClientException why = XaErrors.failure(each.getValue());
            if (why == null) {
                answers.done.add(each.getKey());
            } else if (XaErrors.isTransient(why)) {
                answers.missing.add(why);
            } else {
                answers.refused.put(each.getKey(), why);
            }
        }
        return answers;
    }

    /** Prepares a branch at all its brokers; {@code XA_RDONLY} if there was nothing in it. One that cannot be prepared is rolled back. */
    int prepare(Branch branch) throws XAException {
        branch.requireIdle("prepared");
        branch.requirePrepared(false);
        branch.awaitParts();
        requireCommittable(branch);
        List<String> brokers = branch.brokers();
        String together = brokers.size() > 1 ? String.join(SEPARATOR, brokers) : "";
        Map<String, CompletableFuture<Boolean>> votes = new LinkedHashMap<>();
        Answers answers = ask(branch, broker -> {
            CompletableFuture<Boolean> vote = link.prepare(branch.id(), broker, together, branch.lifeAt(broker));
            votes.put(broker, vote);
            return vote;
        });
        if (!answers.refused.isEmpty()) {
            ClientException why = answers.refused.values().iterator().next();
            branch.rollBackOnly(XaErrors.rollbackCode(why), String.valueOf(why.getMessage()));
            requireCommittable(branch);
        }
        answers.requireComplete();
        votes.forEach((broker, readOnly) -> {
            if (readOnly.join()) {
                branch.over(broker);
            }
        });
        if (branch.brokers().isEmpty()) {
            branches.remove(branch);
            return XAResource.XA_RDONLY;
        }
        branch.prepared();
        return XAResource.XA_OK;
    }

    /** Rolls back, and says so, what cannot be committed any more. */
    private void requireCommittable(Branch branch) throws XAException {
        try {
            branch.requireNotRollbackOnly();
        } catch (XAException rolledBack) {
            rollBackAll(branch);
            throw rolledBack;
        }
    }

    /** Commits a branch that is prepared. */
    void commit(Branch branch) throws XAException {
        branch.requireIdle("committed");
        branch.requirePrepared(true);
        Answers answers = ask(branch, broker -> link.decide(branch.id(), broker, true, false, 0));
        answers.done.forEach(branch::over);
        answers.requireComplete();
        if (answers.refused.isEmpty()) {
            branches.remove(branch);
            return;
        }
        boolean some = !answers.done.isEmpty() || answers.are(Reason.BRANCH_COMMITTED);
        ClientException why = answers.refused.values().iterator().next();
        if (why.reason() == Reason.WRONG_BRANCH_STATE) {
            throw XaErrors.error(XAException.XAER_PROTO, String.valueOf(why.getMessage()), why);
        }
        branches.remove(branch);
        int code = answers.are(Reason.BRANCH_ROLLED_BACK)
                ? some ? XAException.XA_HEURMIX : XAException.XA_HEURRB
                : answers.are(Reason.BRANCH_COMMITTED) ? XAException.XA_HEURCOM : XAException.XAER_NOTA;
        throw XaErrors.error(code, String.valueOf(why.getMessage()), why);
    }

    /** Commits a branch that nobody has prepared, because there is no other in its transaction. */
    void commitInOnePhase(Branch branch) throws XAException {
        branch.requireIdle("committed");
        branch.requirePrepared(false);
        branch.awaitParts();
        requireCommittable(branch);
        if (branch.brokers().size() > 1) {
            if (prepare(branch) == XAResource.XA_OK) {
                commit(branch);
            }
            return;
        }
        Answers answers = ask(branch, broker -> link.decide(branch.id(), broker, true, true, branch.lifeAt(broker)));
        answers.requireComplete();
        branches.remove(branch);
        for (ClientException why : answers.refused.values()) {
            int code =
                    switch (why.reason()) {
                        case WRONG_BRANCH_STATE -> XAException.XAER_PROTO;
                        case BRANCH_COMMITTED -> XAException.XA_HEURCOM;
                        default -> XaErrors.rollbackCode(why);
                    };
            throw XaErrors.error(code, String.valueOf(why.getMessage()), why);
        }
    }

    /** Rolls back a branch, prepared or not. */
    void rollBack(Branch branch) throws XAException {
        branch.requireIdle("rolled back");
        branch.awaitParts();
        rollBackAll(branch);
    }

    private void rollBackAll(Branch branch) throws XAException {
        Answers answers = ask(branch, broker -> link.decide(branch.id(), broker, false, false, 0));
        answers.done.forEach(branch::over);
        answers.refused.forEach((broker, why) -> {
            if (why.reason() == Reason.UNKNOWN_BRANCH) {
                // Nothing of it is left there: never begun, or lost with its connection.
                answers.done.add(broker);
                branch.over(broker);
            }
        });
        answers.requireComplete();
        branches.remove(branch);
        answers.refused.keySet().removeAll(answers.done);
        if (answers.refused.isEmpty()) {
            return;
        }
        ClientException why = answers.refused.values().iterator().next();
        boolean some = !answers.done.isEmpty() || answers.are(Reason.BRANCH_ROLLED_BACK);
        int code = answers.are(Reason.BRANCH_COMMITTED)
                ? some ? XAException.XA_HEURMIX : XAException.XA_HEURCOM
                // An operator has rolled it back: that is right, and remembered until it is forgotten.
                : answers.are(Reason.BRANCH_ROLLED_BACK) ? XAException.XA_HEURRB : XAException.XAER_PROTO;
        throw XaErrors.error(code, String.valueOf(why.getMessage()), why);
    }

    // ---- what this virtual machine does not know

    /** A branch of this identity: the one that is known here, or what the brokers know. */
    Branch require(JmsBranch id) throws XAException {
        Branch known = branches.get(id);
        return known == null ? find(id) : known;
    }

    private Branch find(JmsBranch id) throws XAException {
        Set<String> brokers = new TreeSet<>();
        for (BranchAt each : waiting()) {
            if (each.info().branch().equals(id)) {
                brokers.add(each.broker());
                if (!each.info().decider().isEmpty()) {
                    brokers.addAll(List.of(each.info().decider().split(SEPARATOR)));
                }
            }
        }
        if (brokers.isEmpty()) {
            throw XaErrors.error(XAException.XAER_NOTA, "there is no branch " + id);
        }
        return new Branch(id, brokers, nanoClock);
    }

    /** What waits for a decision, or was decided by an operator, at all brokers. */
    List<BranchAt> waiting() throws XAException {
        CompletableFuture<List<BranchAt>> answer = link.recover(Kind.XA);
        ClientException why = XaErrors.failure(answer);
        if (why != null) {
            throw XaErrors.later(why);
        }
        return answer.join();
    }

    /** Lets the brokers forget that an operator has decided. */
    void forget(JmsBranch id) throws XAException {
        Branch known = branches.get(id);
        if (known != null) {
            throw XaErrors.error(XAException.XAER_PROTO, "branch " + id + " is not over");
        }
        boolean isThere = false;
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (BranchAt each : waiting()) {
            JmsBranchInfo info = each.info();
            if (info.branch().equals(id)) {
                isThere = true;
                if (info.heuristic()) {
                    answers.add(link.forget(id, each.broker()));
                }
            }
        }
        if (answers.isEmpty()) {
            throw isThere
                    ? XaErrors.error(XAException.XAER_PROTO, "branch " + id + " is prepared, and nobody has decided")
                    : XaErrors.error(XAException.XAER_NOTA, "there is no branch " + id);
        }
        for (CompletableFuture<Void> answer : answers) {
            ClientException why = XaErrors.failure(answer);
            if (why != null && why.reason() != Reason.UNKNOWN_BRANCH) {
                throw XaErrors.later(why);
            }
        }
    }
}
