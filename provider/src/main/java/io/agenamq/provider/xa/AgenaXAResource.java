// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.BranchAt;
import io.agenamq.provider.client.BranchLink;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * By what a transaction manager leads the branches of a session, and any others of its cluster and user (JTA 2.0 §3.4; X/Open XA).
 *
 * <p>A branch is the brokers' and not the session's as soon as nobody works in it: it can be prepared and decided by any other resource of the same cluster and
 * user, on any thread, after the session was closed, and once it is prepared after the end of any process. A session works in one branch at a time. Suspending hands over
 * what was done so far, so that it may work in others meanwhile, or in none.
 *
 * <p>Round trips to the broker: none for {@code start}, with whatever flag; none that {@code end} waits for, as its one is waited for by what comes next; one
 * for {@code prepare}, none if nothing was done; one for {@code commit} and {@code rollback}, two for a branch that this process does not know; one for {@code
 * recover}. With several brokers these are asked at the same time.
 *
 * <p>What fails for want of a connection is {@code XAER_RMFAIL}, after a patience of a few seconds: nothing is decided by that, and the manager comes again. A
 * branch of which a part was lost with its connection can only be rolled back ({@code XA_RBCOMMFAIL}).
 *
 * <p>Any thread; methods wait for brokers.
 */
public final class AgenaXAResource implements XAResource {

    /** Keeps two wrappers from asking each other for ever. */
    private static final ThreadLocal<Boolean> ASKING = new ThreadLocal<>();

    private final Branches branches;
    private final BranchWorker worker;
    private final boolean joins;
    private final LongSupplier nanoClock;
    private final Resolution resolution;

    // Guarded by this, which is held for moments, and in end() until the parts of others have arrived.
    private @Nullable Branch present;
    private final Map<JmsBranch, Branch> suspended = new HashMap<>();
    private int timeoutSeconds;

    /**
     * The resource of a session.
     *
     * @param joins whether resources of the same cluster and user say that they are the same, so that they work in one branch
     * @param nanoClock for time-outs: nanoseconds since some moment
     */
    public AgenaXAResource(
            BranchLink link, Branches branches, BranchWorker worker, boolean joins, LongSupplier nanoClock) {
        this.branches = branches;
        this.worker = worker;
        this.joins = joins;
        this.nanoClock = nanoClock;
        this.resolution = new Resolution(link, branches, nanoClock);
    }

    // ---- working in a branch

    /**
     * The session works in a branch from now on: a new one ({@code TMNOFLAGS}), one in which others work or have worked ({@code TMJOIN}), or one that it has
     * suspended ({@code TMRESUME}).
     */
    @Override
    public synchronized void start(@Nullable Xid xid, int flags) throws XAException {
        JmsBranch id = BranchXid.branchOf(xid);
        if (flags != TMNOFLAGS && flags != TMJOIN && flags != TMRESUME) {
            throw XaErrors.error(XAException.XAER_INVAL, "start with flags " + flags);
        } else if (present != null) {
            throw XaErrors.error(XAException.XAER_PROTO, "the session works in branch " + present.id() + " already");
        }
        Branch known = branches.get(id);
        switch (flags) {
            case TMNOFLAGS -> begin(id);
            case TMJOIN -> join(requireKnown(id, known));
            default -> resume(id, known);
        }
    }

    private void begin(JmsBranch id) throws XAException {
        Branch begun = new Branch(id, Duration.ofSeconds(timeoutSeconds), nanoClock);
        if (!branches.enter(begun)) {
            throw XaErrors.error(XAException.XAER_DUPID, "there is a branch " + id + " already");
        } else if (!worker.begin()) {
            branches.remove(begun);
            throw closed();
        }
        present = begun;
    }

    private void join(Branch known) throws XAException {
        if (suspended.containsKey(known.id())) {
            throw XaErrors.error(
                    XAException.XAER_PROTO, "the session has suspended branch " + known.id() + "; it must be resumed");
        }
        known.join();
        if (!worker.begin()) {
            known.leave();
            throw closed();
        }
        present = known;
    }

    private void resume(JmsBranch id, @Nullable Branch known) throws XAException {
        Branch waiting = suspended.get(id);
        if (waiting == null) {
            throw XaErrors.error(
                    XAException.XAER_PROTO,
                    "the session has not suspended branch "
                            + requireKnown(id, known).id());
        }
        try {
            waiting.requireNotRollbackOnly();
        } catch (XAException rolledBack) {
            suspended.remove(id);
            waiting.leave();
            throw rolledBack;
        }
        if (!worker.begin()) {
            throw closed();
        }
        suspended.remove(id);
        present = waiting;
    }

    private static Branch requireKnown(JmsBranch id, @Nullable Branch known) throws XAException {
        if (known == null) {
            throw XaErrors.error(XAException.XAER_NOTA, "there is no branch " + id);
        }
        return known;
    }

    private static XAException closed() {
        return XaErrors.error(XAException.XAER_RMFAIL, "the session is closed");
    }

    /**
     * The session works in the branch no more: for good ({@code TMSUCCESS}), for good and in vain ({@code TMFAIL}: what it has done is undone, and the branch
     * can only be rolled back), or for a time ({@code TMSUSPEND}).
     */
    @Override
    public synchronized void end(@Nullable Xid xid, int flags) throws XAException {
        JmsBranch id = BranchXid.branchOf(xid);
        if (flags != TMSUCCESS && flags != TMFAIL && flags != TMSUSPEND) {
            throw XaErrors.error(XAException.XAER_INVAL, "end with flags " + flags);
        }
        Branch working = present;
        if (working == null || !working.id().equals(id)) {
            working = endSuspended(id, flags);
        } else {
            // Parts are in the order in which they were ended, over whichever connections.
            working.awaitParts();
            present = null;
            if (flags == TMFAIL) {
                worker.abandon();
            } else {
                working.add(worker.finish(id, working.timeout()));
            }
        }
        working.leave();
        if (flags == TMFAIL) {
            working.rollBackOnly(XAException.XA_RBROLLBACK, "work in it has failed");
            return;
        }
        working.requireNotRollbackOnly();
        if (flags == TMSUSPEND) {
            working.join();
            suspended.put(id, working);
        }
    }

    private Branch endSuspended(JmsBranch id, int flags) throws XAException {
        if (!suspended.containsKey(id) || flags == TMSUSPEND) {
            throw XaErrors.error(
                    XAException.XAER_PROTO,
                    "the session does not work in branch "
                            + requireKnown(id, branches.get(id)).id());
        }
        return suspended.remove(id);
    }

    // ---- the end of a branch, whoever has worked in it

    /** Makes sure that the branch can be committed, whatever happens. One that cannot be is rolled back ({@code XA_RB…}). */
    @Override
    public int prepare(@Nullable Xid xid) throws XAException {
        JmsBranch id = BranchXid.branchOf(xid);
        return resolution.prepare(requireKnown(id, branches.get(id)));
    }

    /**
     * Commits the branch: it was prepared, or there is no other in its transaction ({@code onePhase}). What an operator has decided otherwise is {@code
     * XA_HEURRB} or {@code XA_HEURMIX}.
     */
    @Override
    public void commit(@Nullable Xid xid, boolean onePhase) throws XAException {
        Branch branch = resolution.require(BranchXid.branchOf(xid));
        if (onePhase) {
            resolution.commitInOnePhase(branch);
        } else {
            resolution.commit(branch);
        }
    }

    /** Rolls the branch back, prepared or not. What an operator has decided otherwise is {@code XA_HEURCOM} or {@code XA_HEURMIX}. */
    @Override
    public void rollback(@Nullable Xid xid) throws XAException {
        resolution.rollBack(resolution.require(BranchXid.branchOf(xid)));
    }

    /**
     * What waits for a decision, and what an operator has decided and the manager does not know of: everything of this user in the cluster, whichever connection it
     * came over. All of it is answered when the scan starts; a call that starts none answers nothing more, and nothing if none was started.
     */
    @Override
    public Xid[] recover(int flags) throws XAException {
        if ((flags & ~(TMSTARTRSCAN | TMENDRSCAN)) != 0) {
            throw XaErrors.error(XAException.XAER_INVAL, "recover with flags " + flags);
        }
        if ((flags & TMSTARTRSCAN) == 0) {
            return new Xid[0];
        }
        Set<JmsBranch> found = new LinkedHashSet<>();
        for (BranchAt each : resolution.waiting()) {
            found.add(each.info().branch());
        }
        return found.stream().map(BranchXid::new).toArray(Xid[]::new);
    }

    /** The manager has taken note of what an operator has decided. */
    @Override
    public void forget(@Nullable Xid xid) throws XAException {
        resolution.forget(BranchXid.branchOf(xid));
    }

    // ---- the resource as such

    /**
     * Whether another resource works with the same cluster for the same user, so that it can join branches that this one has begun. A stranger is asked in turn, because he may be
     * the wrapper of one of ours.
     */
    @Override
    public boolean isSameRM(@Nullable XAResource other) throws XAException {
        if (other instanceof AgenaXAResource that) {
            return this == that || (joins && that.joins && branches == that.branches);
        } else if (other == null || ASKING.get() != null) {
            return false;
        }
        ASKING.set(Boolean.TRUE);
        try {
            return other.isSameRM(this);
        } finally {
            ASKING.remove();
        }
    }

    /** Seconds that branches have which this one begins, until they must be prepared; 0 if the broker says it. */
    @Override
    public synchronized int getTransactionTimeout() {
        return timeoutSeconds;
    }

    /** Counts for branches that begin from now on; 0 for the broker's own time. A prepared branch has any time. */
    @Override
    public synchronized boolean setTransactionTimeout(int seconds) throws XAException {
        if (seconds < 0) {
            throw XaErrors.error(XAException.XAER_INVAL, "a time-out of " + seconds + " s");
        }
        timeoutSeconds = seconds;
        return true;
    }
}
