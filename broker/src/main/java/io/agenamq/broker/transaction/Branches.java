// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.access.Principal;
import io.agenamq.broker.delivery.Deliveries;
import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchDecideRequest;
import io.agenamq.protocol.command.JmsBranchEndRequest;
import io.agenamq.protocol.command.JmsBranchForgetRequest;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsBranchListRequest;
import io.agenamq.protocol.command.JmsBranchPrepareRequest;
import io.agenamq.protocol.command.JmsBranchRecoverRequest;
import io.agenamq.protocol.command.JmsBranchResolveRequest;
import io.agenamq.protocol.command.JmsBranchesBody;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSettled;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.transaction.BranchId;
import io.agenamq.store.transaction.BranchTable;
import io.agenamq.store.transaction.DecidedBranch;
import io.agenamq.store.transaction.PreparedBranch;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branches of this broker, and the requests about them. A {@link Branch} is found here from its first part to its end; afterwards the log knows what was decided, and, for those that were
 * never prepared, a small memory of this process does.
 *
 * <p>Handlers run on event loops; decisions, on the thread that has collected the last delivery. {@link #tick} is called by the broker's clockwork.
 */
public final class Branches {

    private static final Logger LOG = LoggerFactory.getLogger(Branches.class);

    /** Branches that are not over. */
    private static final int OPEN_MAX = 65_536;

    /** Branches of which it is remembered that they were rolled back without ever being prepared. */
    private static final int ROLLED_BACK_MAX = 10_000;

    /** Rows of a list: an answer is one frame. */
    private static final int ROWS_MAX = 10_000;

    /** How long what prepared branches hold may take to be held again; queues and subscriptions are opened for it. */
    private static final int RESTORE_SECONDS = 600;

    /** Lives of branches of one process have room between the milliseconds of its start and those of the next. */
    private static final int LIVES_PER_MILLISECOND_BITS = 20;

    private final TransactionConfig config;
    private final CommitLog log;
    private final BranchTable table;
    private final BranchLog branchLog;
    private final LocalTransactions transactions;
    private final Deliveries deliveries;
    private final InstantSource clock;
    private final AtomicLong lives;
    private final TableChecks checks;
    private final ConcurrentMap<BranchId, Branch> open = new ConcurrentHashMap<>();
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private final Set<BranchId> warned = ConcurrentHashMap.newKeySet();

    // Guarded by itself; the oldest first.
    private final LinkedHashMap<BranchId, Branch.State> rolledBack = new LinkedHashMap<>();

    private final Branch.Whereabouts whereabouts = new Branch.Whereabouts() {
        @Override
        public void requireBounds(int messages, long bytes) {
            config.requireBounds(messages, bytes);
        }

        @Override
        public @Nullable DecidedBranch former(BranchId id) {
            return table.findDecided(id);
        }

        @Override
        public boolean isLeaving(Set<String> destinations) {
            return destinations.stream().anyMatch(leaving::contains);
        }

        @Override
        public void over(Branch branch, Branch.State how) {
            if (table.findDecided(branch.id()) == null) {
                remember(branch.id(), how);
            }
            open.remove(branch.id(), branch);
            warned.remove(branch.id());
        }
    };

    Branches(
            TransactionConfig config,
            Store store,
            BranchLog branchLog,
            LocalTransactions transactions,
            Deliveries deliveries,
            InstantSource clock) {
        this.config = config;
        this.log = store.log();
        this.table = store.branches();
        this.branchLog = branchLog;
        this.transactions = transactions;
        this.deliveries = deliveries;
        this.clock = clock;
        this.checks = new TableChecks(config.checkAfterMillis(), config.checkIntervalMillis());
        this.lives = new AtomicLong(clock.millis() << LIVES_PER_MILLISECOND_BITS);
    }

    /**
     * Holds again what prepared branches hold, and waits for that: before the first consumer comes.
     *
     * @throws IllegalStateException if it takes for ever
     */
    public void restore() {
        List<PreparedBranch> all = table.allPrepared();
        if (all.isEmpty()) {
            return;
        }
        CountDownLatch held = new CountDownLatch(all.size());
        List<HeldDeliveries> holdings = new ArrayList<>();
        for (PreparedBranch branch : all) {
            holdings.add(deliveries.holdAgain(branch.held(), held::countDown));
        }
        try {
            if (!held.await(RESTORE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "what prepared branches hold is not held after " + RESTORE_SECONDS + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker is started", interrupted);
        }
        for (int i = 0; i < all.size(); i++) {
            PreparedBranch branch = all.get(i);
            open.put(
                    branch.id(),
                    new Branch(
                            JmsBranch.parse(branch.id().name()),
                            lives.incrementAndGet(),
                            branchLog.restored(branch, holdings.get(i)),
                            branchLog,
                            whereabouts));
        }
        LOG.info("{} prepared branches of transactions wait for a decision; see 'agena tx list'", all.size());
    }

    /** Enters the handlers. */
    public void register(HandlerTable handlers) {
        handlers.register(JmsCode.BRANCH_END, this::end);
        handlers.register(JmsCode.BRANCH_PREPARE, this::prepare);
        handlers.register(JmsCode.BRANCH_DECIDE, this::decide);
        handlers.register(JmsCode.BRANCH_RECOVER, this::recover);
        handlers.register(JmsCode.BRANCH_FORGET, this::forget);
        handlers.register(JmsCode.GROUP_JOIN, checks::join);
        handlers.register(JmsCode.BRANCH_LIST, this::list);
        handlers.register(JmsCode.BRANCH_RESOLVE, this::resolve);
    }

    /** {@code connection} is gone: it is not asked about anything any more. On its event loop. */
    void closed(Connection connection) {
        checks.closed(connection);
    }

    /** Ends branches whose time is over, asks about those that wait, and complains about those that wait for too long. About once a second, by one thread. */
    public void tick() {
        long now = clock.millis();
        checks.tick(now, open.values());
        for (Branch branch : open.values()) {
            if (now >= branch.deadline() && branch.state() != Branch.State.PREPARED) {
                branch.timeOut(now);
            }
            JmsBranchInfo info = branch.info();
            if (info.state() == JmsBranchInfo.State.PREPARED
                    && now - info.since() >= config.inDoubtWarnMillis()
                    && warned.add(branch.id())) {
                LOG.warn(
                        "branch {} with {} messages and {} deliveries ({}) waits for a decision since {} s; "
                                + "if nobody will decide, see 'agena tx show {}'",
                        branch.id(),
                        info.messages(),
                        info.deliveries(),
                        String.join(", ", info.destinations()),
                        (now - info.since()) / 1000,
                        branch.name());
            }
        }
    }

    /** How many branches are not prepared, and how many are. */
    public Map<String, Integer> counts() {
        int prepared = (int) open.values().stream()
                .filter(branch -> branch.state() == Branch.State.PREPARED)
                .count();
        return Map.of("active", Math.max(0, open.size() - prepared), "prepared", prepared);
    }

    /**
     * Removes a destination, unless a prepared branch needs it.
     *
     * @param removal removes it
     * @throws ProtocolException if one does
     */
    public void whileNotNeeded(String destination, Runnable removal) {
        leaving.add(destination);
        try {
            for (Branch branch : open.values()) {
                if (branch.needs(destination)) {
                    throw new ProtocolException(
                            JmsRefusal.SUBSCRIPTION_IN_USE.code(),
                            "branch " + branch.id() + " is prepared and has messages of '" + destination
                                    + "'; it has to be decided first: 'agena tx show " + branch.name() + "'");
                }
            }
            removal.run();
        } finally {
            leaving.remove(destination);
        }
    }

    private static BranchId idOf(Request request, JmsBranch branch) {
        if (branch.kind() == JmsBranch.Kind.HALF) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER, "a half message is no branch: END_TRANSACTION decides about it");
        }
        return idOf(Principal.of(request.connection()).user(), branch);
    }

    private static BranchId idOf(@Nullable String user, JmsBranch branch) {
        return new BranchId(user == null ? "" : user, branch.toString());
    }

    // ---- parts

    private void end(Request request) {
        JmsBranchEndRequest asked = JmsBranchEndRequest.readFrom(request.frame().fields());
        List<JmsSettled> settled = JmsSettled.readAll(request.frame().body());
        BranchId id = idOf(request, asked.branch());
        OpenTransaction part = transactions.take(request.connection(), asked.part());
        if (part.doom() == null && part.count() != asked.messages()) {
            part.doom(new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                    part.count() + " of the " + asked.messages() + " messages of transaction " + part.id()
                            + " are here: the others were lost with a connection"));
        }
        HeldDeliveries held = null;
        if (part.doom() == null && !settled.isEmpty()) {
            try {
                held = deliveries.hold(request.connection(), settled);
            } catch (ProtocolException gone) {
                part.doom(gone);
            }
        }
        HeldDeliveries collected = held;
        Runnable end = () -> end(id, asked, part, collected, BranchReply.to(request, log));
        if (held == null) {
            end.run();
        } else {
            held.collect(end);
        }
    }

    /** A part whose deliveries are collected. */
    void end(
            BranchId id,
            JmsBranchEndRequest asked,
            OpenTransaction part,
            @Nullable HeldDeliveries held,
            BranchReply reply) {
        Branch branch = open.get(id);
        if (branch == null) {
            ProtocolException impossible = whyNotBegin(id, asked.life());
            if (impossible != null) {
                Branch.refusePart(part, held);
                refuse(id, impossible, reply);
                return;
            }
            branch = open.computeIfAbsent(
                    id,
                    key -> new Branch(
                            key, asked.branch(), lives.incrementAndGet(), clock.millis(), branchLog, whereabouts));
        }
        long millis = asked.timeoutSeconds() > 0 ? asked.timeoutSeconds() * 1000L : config.timeoutMillis();
        branch.end(
                part,
                held,
                asked.fail(),
                asked.life(),
                clock.millis() + millis,
                reply,
                () -> end(id, asked, part, held, reply));
    }

    private @Nullable ProtocolException whyNotBegin(BranchId id, long expectedLife) {
        if (stateOf(id) == Branch.State.TIMED_OUT) {
            return new ProtocolException(JmsRefusal.BRANCH_TIMED_OUT.code(), "the time of branch " + id + " is over");
        }
        DecidedBranch decision = table.findDecided(id);
        if (decision != null && decision.kept()) {
            return new ProtocolException(JmsRefusal.BRANCH_DECIDED_OTHERWISE.code(), "decided");
        }
        if (expectedLife != 0) {
            return new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                    "a part of branch " + id
                            + " is lost: the broker was started again, or the branch ended, since it came");
        }
        if (open.size() >= OPEN_MAX) {
            return new ProtocolException(
                    JmsRefusal.TOO_MUCH.code(), "there are " + OPEN_MAX + " branches of transactions already");
        }
        return null;
    }

    private void refuse(BranchId id, ProtocolException why, BranchReply reply) {
        DecidedBranch decision = table.findDecided(id);
        if (why.code() == JmsRefusal.BRANCH_DECIDED_OTHERWISE.code() && decision != null) {
            reply.decidedOtherwise(decision);
        } else if (why.code() == JmsRefusal.TRANSACTION_ROLLED_BACK.code()) {
            reply.rolledBack(why);
        } else {
            reply.refuse(why.code(), String.valueOf(why.getMessage()), Header.NONE);
        }
    }

    private void prepare(Request request) {
        JmsBranchPrepareRequest asked =
                JmsBranchPrepareRequest.readFrom(request.frame().fields());
        prepare(idOf(request, asked.branch()), asked, BranchReply.to(request, log));
    }

    void prepare(BranchId id, JmsBranchPrepareRequest asked, BranchReply reply) {
        Branch branch = open.get(id);
        if (branch != null) {
            branch.prepare(asked.decider(), asked.life(), reply, () -> prepare(id, asked, reply));
            return;
        }
        DecidedBranch decision = table.findDecided(id);
        Branch.State ended = stateOf(id);
        if (decision != null) {
            reply.decidedOtherwise(decision);
        } else if (ended == Branch.State.TIMED_OUT) {
            refuseTimedOut(id, reply);
        } else if (ended != null) {
            reply.rolledBack(new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(), "branch " + id + " is rolled back"));
        } else {
            refuseUnknown(id, reply);
        }
    }

    // ---- decisions

    private void decide(Request request) {
        JmsBranchDecideRequest asked =
                JmsBranchDecideRequest.readFrom(request.frame().fields());
        decide(
                idOf(request, asked.branch()),
                new Branch.Decision(asked.commit(), asked.onePhase(), asked.durable(), false),
                asked.life(),
                BranchReply.to(request, log));
    }

    void decide(BranchId id, Branch.Decision decision, long life, BranchReply reply) {
        Branch branch = open.get(id);
        if (branch != null) {
            branch.decide(decision, life, reply, () -> decide(id, decision, life, reply));
            return;
        }
        DecidedBranch known = table.findDecided(id);
        Branch.State ended = stateOf(id);
        if (known != null && known.committed() == decision.commit() && !known.kept()) {
            // Who asks again has not seen the answer, which may have waited for the disk.
            reply.doneWhenDurable(Header.NONE, log.writtenPosition());
        } else if (known != null) {
            reply.decidedOtherwise(known);
        } else if (ended == null) {
            refuseUnknown(id, reply);
        } else if (!decision.commit()) {
            remember(id, Branch.State.ROLLED_BACK);
            reply.done(Header.NONE);
        } else if (ended == Branch.State.TIMED_OUT) {
            refuseTimedOut(id, reply);
        } else {
            reply.decidedOtherwise(new DecidedBranch(id, false, false, false, clock.millis()));
        }
    }

    private static void refuseUnknown(BranchId id, BranchReply reply) {
        reply.refuse(JmsRefusal.UNKNOWN_BRANCH, "there is no branch " + id);
    }

    private static void refuseTimedOut(BranchId id, BranchReply reply) {
        reply.refuse(
                JmsRefusal.BRANCH_TIMED_OUT,
                "branch " + id + " was neither prepared nor committed in its time, and is rolled back");
    }

    private void remember(BranchId id, Branch.State how) {
        synchronized (rolledBack) {
            rolledBack.remove(id);
            if (how == Branch.State.ROLLED_BACK || how == Branch.State.TIMED_OUT) {
                rolledBack.put(id, how);
            }
            if (rolledBack.size() > ROLLED_BACK_MAX) {
                rolledBack.remove(rolledBack.keySet().iterator().next());
            }
        }
    }

    private Branch.@Nullable State stateOf(BranchId id) {
        synchronized (rolledBack) {
            return rolledBack.get(id);
        }
    }

    // ---- recovery and operators

    private void recover(Request request) {
        JmsBranchRecoverRequest asked =
                JmsBranchRecoverRequest.readFrom(request.frame().fields());
        String user = Principal.of(request.connection()).user();
        List<JmsBranchInfo> found = new ArrayList<>();
        for (JmsBranchInfo info : all()) {
            if (info.branch().kind() == asked.kind()
                    && Objects.equals(info.user(), user)
                    && info.state() != JmsBranchInfo.State.ACTIVE) {
                found.add(info);
            }
        }
        answer(request, found);
    }

    private void list(Request request) {
        JmsBranchListRequest asked =
                JmsBranchListRequest.readFrom(request.frame().fields());
        String id = asked.id();
        answer(
                request,
                all().stream()
                        .filter(info -> id == null || info.branch().toString().contains(id))
                        .toList());
    }

    private static void answer(Request request, List<JmsBranchInfo> found) {
        request.reply(Header.NONE, new JmsBranchesBody(found.subList(0, Math.min(found.size(), ROWS_MAX))).toBody());
    }

    /** Those that are not over, and operators' decisions that are not forgotten; the oldest first. */
    List<JmsBranchInfo> all() {
        List<JmsBranchInfo> all = new ArrayList<>();
        open.values().stream().map(Branch::info).forEach(all::add);
        for (DecidedBranch decision : table.allKept()) {
            all.add(new JmsBranchInfo(
                    JmsBranch.parse(decision.id().name()),
                    decision.id().owner().isEmpty() ? null : decision.id().owner(),
                    decision.committed() ? JmsBranchInfo.State.COMMITTED : JmsBranchInfo.State.ROLLED_BACK,
                    decision.heuristic(),
                    decision.time(),
                    0,
                    0,
                    List.of(),
                    ""));
        }
        all.sort(Comparator.comparingLong(JmsBranchInfo::since));
        return all;
    }

    private void forget(Request request) {
        JmsBranchForgetRequest asked =
                JmsBranchForgetRequest.readFrom(request.frame().fields());
        forget(idOf(request, asked.branch()), BranchReply.to(request, log));
    }

    void forget(BranchId id, BranchReply reply) {
        DecidedBranch decision = table.findDecided(id);
        if (decision != null && decision.kept()) {
            try {
                reply.doneWhenDurable(Header.NONE, branchLog.forget(decision, reply.onBehalfOf()));
            } catch (AppendRefusedException refused) {
                reply.refuse(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
            }
        } else if (decision != null || open.containsKey(id)) {
            reply.refuse(JmsRefusal.WRONG_BRANCH_STATE, "no operator has decided about branch " + id);
        } else {
            refuseUnknown(id, reply);
        }
    }

    private void resolve(Request request) {
        JmsBranchResolveRequest asked =
                JmsBranchResolveRequest.readFrom(request.frame().fields());
        BranchId id = idOf(asked.user(), asked.branch());
        LOG.warn(
                "{} decides about branch {}: {}",
                request.connection().remoteAddress(),
                id,
                asked.commit() ? "commit" : "roll back");
        decide(id, new Branch.Decision(asked.commit(), false, true, true), 0, BranchReply.to(request, log));
    }
}
