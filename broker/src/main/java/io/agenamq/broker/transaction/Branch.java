// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchEndResponse;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsBranchPrepareResponse;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.transaction.BranchId;
import io.agenamq.store.transaction.DecidedBranch;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a transaction that this broker has, and that somebody else decides about.
 *
 * <pre>
 *     add a part       prepare: something is in it           commit, roll back
 *  ──▶ ACTIVE ───────────────────────────────▶ PREPARED ─────────────────────▶ COMMITTED │ ROLLED_BACK   in the log
 *        │ ├─ commit in one phase ───────────────────────────────────────────▶ COMMITTED                 in the log
 *        │ ├─ prepare: nothing is in it ─────────────────────────────────────▶ READ_ONLY
 *        │ ├─ roll back ─────────────────────────────────────────────────────▶ ROLLED_BACK
 *        │ └─ its time is over ──────────────────────────────────────────────▶ TIMED_OUT
 *        ▼ a part fails, or something of it is missing, or it is too much
 *      DOOMED ── prepare, commit, roll back, its time is over ───────────────▶ ROLLED_BACK │ TIMED_OUT
 * </pre>
 *
 * <p>It belongs to its user and not to a connection: parts, preparation and decision may come over any, at the same time. They are served one after the other, in a turn each that ends with
 * the append; nobody waits. Only what is prepared outlives the broker.
 */
final class Branch {

    /** Requests that may wait for their turn. A client that behaves has one at a time. */
    private static final int WAITING_MAX = 1000;

    /** Where a branch stands. */
    enum State {
        /** Has parts, in memory or hidden. */
        ACTIVE,
        /** Has nothing, and can only be rolled back. */
        DOOMED,
        /** Waits for its decision, in the log. */
        PREPARED,
        /** Decided, in the log. */
        COMMITTED,
        /** Decided; in the log if it was prepared. */
        ROLLED_BACK,
        /** Nothing was in it. */
        READ_ONLY,
        /** Was neither prepared nor decided in its time. */
        TIMED_OUT;

        boolean isOver() {
            return this == COMMITTED || this == ROLLED_BACK || this == READ_ONLY || this == TIMED_OUT;
        }
    }

    private final BranchId id;
    private final JmsBranch name;
    private final long life;
    private final long begun;
    private final BranchLog log;
    private final Whereabouts whereabouts;

    // Turns; guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean busy;

    // Belongs to the turn, but may be looked at by anybody where it is volatile.
    private volatile State state = State.ACTIVE;
    private volatile long deadline = Long.MAX_VALUE;
    private volatile JmsBranchInfo info;
    private volatile boolean preparing;
    private volatile Set<String> destinations = Set.of();
    private Contents contents = new Contents();
    private @Nullable ProtocolException doom;
    private BranchLog.@Nullable Prepared prepared;

    /** What a branch asks and tells the others. */
    interface Whereabouts {

        /** Most messages and bytes that it may have; a refusal if that is exceeded. */
        void requireBounds(int messages, long bytes);

        /** What is remembered of an earlier branch of the same identity. */
        @Nullable
        DecidedBranch former(BranchId id);

        /** Whether one of these destinations is about to be removed. */
        boolean isLeaving(Set<String> destinations);

        /** It is over; in its turn. */
        void over(Branch branch, State how);
    }

    /**
     * A branch without parts.
     *
     * @param life a number that no other branch has, nor one of an earlier process
     * @param begun milliseconds since 1970
     */
    Branch(BranchId id, JmsBranch name, long life, long begun, BranchLog log, Whereabouts whereabouts) {
        this.id = id;
        this.name = name;
        this.life = life;
        this.begun = begun;
        this.log = log;
        this.whereabouts = whereabouts;
        this.info = describe(JmsBranchInfo.State.ACTIVE);
    }

    /** A branch that was prepared before the broker was started. */
    Branch(JmsBranch name, long life, BranchLog.Prepared restored, BranchLog log, Whereabouts whereabouts) {
        this(restored.branch().id(), name, life, restored.branch().time(), log, whereabouts);
        this.contents = restored.contents();
        this.prepared = restored;
        this.destinations = restored.destinations();
        this.state = State.PREPARED;
        this.info = describePrepared(restored);
    }

    // ---- for any thread

    BranchId id() {
        return id;
    }

    JmsBranch name() {
        return name;
    }

    /** Where it stood a moment ago. */
    State state() {
        return state;
    }

    /** What there is to say about it. */
    JmsBranchInfo info() {
        return info;
    }

    /** Until when it has to be prepared or decided, milliseconds since 1970. */
    long deadline() {
        return deadline;
    }

    /** Whether what it does, or is about to do, needs this destination until it is decided. */
    boolean needs(String destination) {
        return (preparing || state == State.PREPARED) && destinations.contains(destination);
    }

    /**
     * A session has ended a part. Its deliveries are collected.
     *
     * @param fail whether that is the end of it
     * @param expectedLife of the branch that the part belongs to, 0 for any
     * @param until by when the branch has to be prepared or decided, if this is the first part
     * @param ifOver what to do if the branch is over
     */
    void end(
            OpenTransaction part,
            @Nullable HeldDeliveries deliveries,
            boolean fail,
            long expectedLife,
            long until,
            BranchReply reply,
            Runnable ifOver) {
        inTurn(reply, ifOver, () -> add(part, deliveries, fail, expectedLife, until, reply));
    }

    /** It is to wait for its decision. */
    void prepare(String decider, long expectedLife, BranchReply reply, Runnable ifOver) {
        inTurn(reply, ifOver, () -> prepare(decider, expectedLife, reply));
    }

    /** The decision. */
    void decide(Decision decision, long expectedLife, BranchReply reply, Runnable ifOver) {
        inTurn(reply, ifOver, () -> decide(decision, expectedLife, reply));
    }

    /**
     * What is to become of it.
     *
     * @param onePhase commit it though it is not prepared
     * @param durable whether the answer waits for the disk
     * @param heuristic whether an operator decides
     */
    record Decision(boolean commit, boolean onePhase, boolean durable, boolean heuristic) {}

    /** Its time may be over. */
    void timeOut(long now) {
        inTurn(() -> {
            if ((state == State.ACTIVE || state == State.DOOMED) && now >= deadline) {
                dropContents();
                over(State.TIMED_OUT);
            }
        });
    }

    private void inTurn(BranchReply reply, Runnable ifOver, Runnable work) {
        boolean taken = inTurn(() -> {
            if (state.isOver()) {
                ifOver.run();
            } else {
                work.run();
            }
        });
        if (!taken) {
            reply.refuse(
                    ResponseCode.SYSTEM_BUSY, "too many requests wait for branch " + id + "; try again", Header.NONE);
        }
    }

    /** Runs a turn, after those that came before; false if too many wait. */
    private boolean inTurn(Runnable turn) {
        synchronized (this) {
            if (busy) {
                return waiting.size() < WAITING_MAX && waiting.add(turn);
            }
            busy = true;
        }
        Runnable next = turn;
        while (next != null) {
            try {
                next.run();
            } finally {
                synchronized (this) {
                    next = waiting.poll();
                    busy = next != null;
                }
            }
        }
        return true;
    }

    // ---- in its turn

    private void add(
            OpenTransaction part,
            @Nullable HeldDeliveries deliveries,
            boolean fail,
            long expectedLife,
            long until,
            BranchReply reply) {
        if (state == State.PREPARED) {
            refusePart(part, deliveries);
            reply.refuse(JmsRefusal.BRANCH_EXISTS, "branch " + id + " is prepared, and takes no more parts");
            return;
        }
        ProtocolException impossible = doom;
        if (impossible == null && expectedLife != 0 && expectedLife != life) {
            impossible = lost();
        }
        if (impossible == null) {
            impossible = part.doom();
        }
        if (impossible == null && deliveries != null && !deliveries.isComplete()) {
            impossible = new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                    "messages that transaction " + part.id() + " has received were given back meanwhile");
        }
        if (impossible == null) {
            try {
                whereabouts.requireBounds(
                        contents.messages() + part.count(), contents.messageBytes() + part.messageBytes());
            } catch (ProtocolException tooMuch) {
                impossible = tooMuch;
            }
        }
        if (deadline == Long.MAX_VALUE) {
            deadline = until;
        }
        if (impossible != null) {
            refusePart(part, deliveries);
            doom(impossible);
            reply.rolledBack(impossible);
            return;
        }
        contents.add(part, deliveries);
        destinations = contents.destinations();
        info = describe(JmsBranchInfo.State.ACTIVE);
        if (fail) {
            doom(new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(), "a part of branch " + id + " has failed"));
        }
        reply.done(new JmsBranchEndResponse(life));
    }

    /** A part that the branch does not take is rolled back. */
    static void refusePart(OpenTransaction part, @Nullable HeldDeliveries deliveries) {
        part.end();
        if (deliveries != null) {
            deliveries.giveBack();
        }
    }

    private ProtocolException lost() {
        return new ProtocolException(
                JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                "a part of branch " + id
                        + " is lost: the broker was started again, or the branch ended, since it came");
    }

    private void doom(ProtocolException why) {
        if (doom == null) {
            doom = why;
            state = State.DOOMED;
            dropContents();
        }
    }

    /** Rolls back what is not in the log, or is to be discarded there. */
    private void dropContents() {
        contents.end();
        contents.giveBack();
        contents = new Contents();
    }

    private void prepare(String decider, long expectedLife, BranchReply reply) {
        BranchLog.Prepared known = prepared;
        if (known != null) {
            reply.doneWhenDurable(new JmsBranchPrepareResponse(false), known.endPosition());
            return;
        }
        if (isImpossible(expectedLife, reply)) {
            return;
        }
        if (contents.messages() == 0 && contents.deliveries() == 0) {
            dropContents();
            over(State.READ_ONLY);
            reply.done(new JmsBranchPrepareResponse(true));
            return;
        }
        // In this order: whoever removes a destination says so first, and then looks for branches that need it.
        preparing = true;
        try {
            if (whereabouts.isLeaving(destinations)) {
                throw new ProtocolException(
                        ResponseCode.TOPIC_NOT_EXIST, "a destination of branch " + id + " is being removed");
            }
            known = log.prepare(id, contents, decider, whereabouts.former(id), reply.onBehalfOf());
        } catch (ProtocolException tooMuch) {
            fail(tooMuch, reply);
            return;
        } catch (AppendRefusedException refused) {
            fail(refusal(refused), reply);
            return;
        } finally {
            preparing = known != null;
        }
        prepared = known;
        state = State.PREPARED;
        preparing = false;
        info = describePrepared(known);
        reply.doneWhenDurable(new JmsBranchPrepareResponse(false), known.endPosition());
    }

    /** Rolls back if it is doomed, or not the branch that was meant; answers whether that was so. */
    private boolean isImpossible(long expectedLife, BranchReply reply) {
        ProtocolException why = doom;
        if (why == null && expectedLife != 0 && expectedLife != life) {
            why = lost();
        }
        if (why == null) {
            return false;
        }
        fail(why, reply);
        return true;
    }

    private void fail(ProtocolException why, BranchReply reply) {
        dropContents();
        over(State.ROLLED_BACK);
        reply.rolledBack(why);
    }

    private void decide(Decision decision, long expectedLife, BranchReply reply) {
        BranchLog.Prepared known = prepared;
        if (known != null) {
            decidePrepared(known, decision, reply);
        } else if (!decision.commit()) {
            dropContents();
            over(State.ROLLED_BACK);
            reply.done(Header.NONE);
        } else if (!decision.onePhase()) {
            reply.refuse(JmsRefusal.WRONG_BRANCH_STATE, "branch " + id + " is not prepared");
        } else if (!isImpossible(expectedLife, reply)) {
            commitInOnePhase(decision, reply);
        }
    }

    private void decidePrepared(BranchLog.Prepared known, Decision decision, BranchReply reply) {
        if (decision.onePhase()) {
            reply.refuse(JmsRefusal.WRONG_BRANCH_STATE, "branch " + id + " is prepared: commit it in the second phase");
            return;
        }
        long end;
        try {
            boolean kept = decision.heuristic() && name.kind() == JmsBranch.Kind.XA;
            end = log.decide(known, decision.commit(), decision.heuristic(), kept, reply.onBehalfOf());
        } catch (ProtocolException tooMuch) {
            reply.refuse(JmsRefusal.STORE_REFUSES, String.valueOf(tooMuch.getMessage()));
            return;
        } catch (AppendRefusedException refused) {
            // It stays prepared: whoever decides asks again.
            reply.refuse(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
            return;
        }
        if (decision.commit()) {
            contents.settle();
        } else {
            contents.giveBack();
        }
        decided(decision, end, reply);
    }

    private void commitInOnePhase(Decision decision, BranchReply reply) {
        long end;
        try {
            end = contents.messages() == 0 && contents.deliveries() == 0
                    ? 0
                    : log.commitInOnePhase(id, contents, whereabouts.former(id), reply.onBehalfOf());
        } catch (ProtocolException tooMuch) {
            fail(tooMuch, reply);
            return;
        } catch (AppendRefusedException refused) {
            fail(refusal(refused), reply);
            return;
        }
        contents.end();
        contents.settle();
        decided(decision, end, reply);
    }

    private void decided(Decision decision, long end, BranchReply reply) {
        over(decision.commit() ? State.COMMITTED : State.ROLLED_BACK);
        if (decision.durable()) {
            reply.doneWhenDurable(Header.NONE, end);
        } else {
            reply.done(Header.NONE);
        }
    }

    private static ProtocolException refusal(AppendRefusedException refused) {
        return new ProtocolException(
                refused.reason() == Reason.UNKNOWN_QUEUE
                        ? ResponseCode.TOPIC_NOT_EXIST
                        : JmsRefusal.STORE_REFUSES.code(),
                String.valueOf(refused.getMessage()));
    }

    private void over(State how) {
        state = how;
        whereabouts.over(this, how);
    }

    private JmsBranchInfo describe(JmsBranchInfo.State as) {
        return describe(as, begun, contents.messages(), "");
    }

    private JmsBranchInfo describePrepared(BranchLog.Prepared known) {
        return describe(
                JmsBranchInfo.State.PREPARED,
                known.branch().time(),
                known.branch().messages(),
                known.branch().decider());
    }

    private JmsBranchInfo describe(JmsBranchInfo.State as, long since, long messages, String decider) {
        return new JmsBranchInfo(
                name,
                id.owner().isEmpty() ? null : id.owner(),
                as,
                false,
                since,
                messages,
                contents.deliveries(),
                destinations.stream().limit(JmsBranchInfo.DESTINATIONS_MAX).toList(),
                decider);
    }
}
