// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.session.Failures;
import io.agenamq.provider.xa.BranchWorker;
import io.agenamq.provider.xa.BranchWorker.Handover;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction of messages and a database: which sessions take part, and how far it has come.
 *
 * <pre>
 *              what the sessions did is the branch's,     the row is entered in the application's
 *              kept by brokers until it is decided        database transaction, still open
 *   ACTIVE ──────────────▶ PREPARING ───────────────────────────────▶ ENTERED
 *      │                       │                                         │  committed: the messages are
 *      └── rolled back ────────┴── rolled back, or it failed ──▶ OVER ◀──┘  anything else: the row is asked for
 * </pre>
 *
 * <p>Belongs to the thread of its transaction, but that a transaction manager may end it from another one ({@link #completed}): then its sessions are cleaned up when they are used next.
 */
final class TableBranch {

    private static final Logger LOG = LoggerFactory.getLogger(TableBranch.class);

    /** Gives the connection that is in the application's transaction. */
    @FunctionalInterface
    interface InTransaction {

        /** Enters the row over that connection. */
        void enter(Entry entry) throws SQLException, JMSException;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    interface Entry {
        void over(Connection connection) throws SQLException;
    }

    /** What became of the application's transaction, as far as who ended it can say. */
    enum Completion {
        /** It is committed in the database. */
        COMMITTED,
        /** Nothing of it can be in the database, and nothing was sent there that could commit it. */
        ROLLED_BACK,
        /** The row knows. */
        ASK_ROW
    }

    private enum State {
        ACTIVE,
        PREPARING,
        /** The row is entered, or that was tried. */
        ENTERED,
        /** Nothing was sent or received. */
        EMPTY,
        OVER
    }

    private final JmsBranch branch;
    private final TransactionTable table;
    private final Decisions decisions;
    private final Pace pace;
    private final Thread thread = Thread.currentThread();

    // Guarded by this.
    private State state = State.ACTIVE;
    private boolean doomed;
    private volatile boolean finished; // what the sessions have done is handed over
    private final Set<String> brokers = new LinkedHashSet<>();

    /** Sessions that take part, and what is done when they do so no more. */
    private final Map<BranchWorker, Runnable> parts = new LinkedHashMap<>();

    /** Which life of the branch each broker has; the thread's own. */
    private final Map<String, Long> lives = new HashMap<>();

    TableBranch(JmsBranch branch, TransactionTable table, Decisions decisions, Pace pace) {
        this.branch = branch;
        this.table = table;
        this.decisions = decisions;
        this.pace = pace;
    }

    /** Whether it is decided, or being decided without this thread. */
    synchronized boolean isOver() {
        return state == State.OVER;
    }

    private synchronized boolean isActive() {
        return state == State.ACTIVE;
    }

    /**
     * A session takes part from now on.
     *
     * @param atEnd called when it does so no more
     */
    void include(BranchWorker worker, Runnable atEnd) throws JMSException {
        requireActive();
        if (!worker.begin()) {
            throw new IllegalStateException("the session is closed");
        }
        boolean late;
        synchronized (this) {
            late = state != State.ACTIVE;
            if (!late) {
                parts.put(worker, atEnd);
            }
        }
        if (late) {
            // Another thread has ended it at this moment.
            worker.abandon();
            requireActive();
        }
    }

    /** Fails if it takes nothing any more. */
    void requireActive() throws JMSException {
        if (!isActive()) {
            throw new IllegalStateException(
                    "the transaction is being completed; nothing can be sent or received in it any more", "COMPLETING");
        }
    }

    /** It can only be rolled back. */
    private synchronized void doom() {
        doomed = true;
    }

    /** A session is closed before the transaction ends: what it has done stays, if this is the transaction's own thread. */
    void closing(BranchWorker worker) {
        if (Thread.currentThread() != thread) {
            doom();
            return;
        }
        Runnable atEnd;
        synchronized (this) {
            atEnd = state == State.ACTIVE ? parts.remove(worker) : null;
        }
        if (atEnd == null) {
            return;
        }
        try {
            await(finish(worker));
        } catch (JMSException failed) {
            doom();
            LOG.debug("{}: what a session did that was closed is lost", branch, failed);
        }
        atEnd.run();
    }

    /** Hands over what a session has done; whatever becomes of that, these brokers have to hear what becomes of the branch. */
    private Handover finish(BranchWorker worker) {
        Handover handover = worker.finish(branch, pace.unprepared());
        synchronized (this) {
            brokers.addAll(handover.answers().keySet());
        }
        return handover;
    }

    private void await(Handover handover) throws JMSException {
        ClientException lost = handover.lost();
        if (lost != null) {
            throw Failures.jms("cannot prepare", lost);
        }
        for (Map.Entry<String, CompletableFuture<Long>> answer :
                handover.answers().entrySet()) {
            Long life = Failures.await(answer.getValue(), "cannot prepare");
            Long before = lives.putIfAbsent(answer.getKey(), life);
            if (before != null && !before.equals(life)) {
                throw new TransactionRolledBackException(
                        "broker " + answer.getKey()
                                + " was started again, and has lost what other sessions did in the transaction",
                        "TRANSACTION_ROLLED_BACK");
            }
        }
    }

    /**
     * The last thing before the application's transaction is committed: what the sessions have done is prepared at the brokers, and then the row is entered. Waits.
     *
     * @throws JMSException if brokers did not do their part: the application's transaction has to be rolled back
     * @throws SQLException if the row could not be entered: likewise
     */
    void prepare(InTransaction database) throws JMSException, SQLException {
        synchronized (this) {
            requireActive();
            state = State.PREPARING;
        }
        long since = pace.nanoTime();
        long sinceMillis = table.now();
        handOver();
        List<String> waiting = decisions.prepare(branch, lives);
        if (!prepared(waiting)) {
            // Somebody has ended it meanwhile, and what he said may have come before what is to be rolled back.
            Verdict unused = decisions.rollBack(branch, waiting, false);
            throw new TransactionRolledBackException(
                    "the transaction was rolled back while it was prepared", "TRANSACTION_ROLLED_BACK");
        }
        if (waiting.isEmpty()) {
            return;
        }
        requireRoom(waiting);
        database.enter(connection -> table.enter(connection, branch.id(), waiting));
        requireInTime(since, sinceMillis);
    }

    /** Brokers have it, and those are what waits for the decision; false if it is over. */
    private synchronized boolean prepared(List<String> waiting) {
        if (state != State.PREPARING) {
            return false;
        }
        brokers.retainAll(waiting);
        state = waiting.isEmpty() ? State.EMPTY : State.ENTERED;
        return true;
    }

    private static void requireRoom(List<String> brokers) throws JMSException {
        if (String.join(",", brokers).length() > TransactionTable.BROKERS_LENGTH_MAX) {
            throw new JMSException(
                    "a transaction over " + brokers.size() + " brokers; their names have no room in the table",
                    "TOO_MUCH");
        }
    }

    /**
     * Somebody may have asked what became of the branch, entered that it is rolled back, and removed that after a time. So a row that took longer than half of that must not be committed. Two
     * clocks, because one of them stands still while a machine is suspended, and the other may be set.
     */
    private void requireInTime(long since, long sinceMillis) throws JMSException {
        long millis = Math.max((pace.nanoTime() - since) / 1_000_000, table.now() - sinceMillis);
        if (millis > pace.untilEntered().toMillis()) {
            throw new TransactionRolledBackException(
                    "it took " + millis + " ms from the beginning of prepare to the row in the table, and at most "
                            + pace.untilEntered().toMillis() + " are safe",
                    "TIMED_OUT");
        }
    }

    /**
     * The application's transaction has ended. Tells brokers what became of it, and waits for them for a while, but not for good; afterwards the sessions are apart again. Any thread; nothing happens
     * the second time.
     *
     * @return what became of it; null if nobody knows yet
     */
    Verdict completed(Completion completion) {
        State before;
        synchronized (this) {
            before = state;
            state = State.OVER;
        }
        Verdict verdict =
                switch (before) {
                    case OVER -> Verdict.UNKNOWN;
                    case EMPTY -> completion == Completion.COMMITTED ? Verdict.COMMITTED : Verdict.ROLLED_BACK;
                    case ACTIVE ->
                        completion == Completion.COMMITTED
                                ? commitLate()
                                : decisions.rollBack(branch, brokersNow(), false);
                    case PREPARING -> decisions.rollBack(branch, brokersNow(), false);
                    case ENTERED -> decide(completion);
                };
        releaseSessions();
        return verdict;
    }

    /**
     * The database is committed, and nobody has asked for {@link #prepare}: what there is began behind that moment, in what an application does last before a commit, or behind it. Nothing can be one
     * with the database any more; what the application believes to have sent is sent.
     */
    private Verdict commitLate() {
        try {
            handOver();
        } catch (JMSException failed) {
            LOG.error(
                    "{}: its database is committed, and messages that came too late to be one with that are lost",
                    branch,
                    failed);
            return decisions.rollBack(branch, brokersNow(), false);
        }
        return decisions.commitAtOnce(branch, lives);
    }

    /** What all sessions have done is the brokers'. Waits. */
    private void handOver() throws JMSException {
        synchronized (this) {
            if (doomed) {
                throw new TransactionRolledBackException(
                        "a session that took part in the transaction was closed, and what it had done is lost",
                        "TRANSACTION_ROLLED_BACK");
            }
        }
        List<Handover> handovers = new ArrayList<>();
        for (BranchWorker worker : workers()) {
            handovers.add(finish(worker));
        }
        finished = true;
        for (Handover handover : handovers) {
            await(handover);
        }
    }

    private Verdict decide(Completion completion) {
        return switch (completion) {
            case COMMITTED -> decisions.commit(branch, brokersNow());
            case ROLLED_BACK -> decisions.rollBack(branch, brokersNow(), true);
            case ASK_ROW -> decisions.ask(branch, brokersNow());
        };
    }

    private synchronized List<String> brokersNow() {
        return List.copyOf(brokers);
    }

    private synchronized List<BranchWorker> workers() {
        return List.copyOf(parts.keySet());
    }

    /** What sessions have done that is not the branch's is undone. Those of another thread do nothing any more until they have {@linkplain #seen} that. */
    private void releaseSessions() {
        List<BranchWorker> workers = workers();
        if (!finished) {
            workers.forEach(BranchWorker::abandon);
        }
        if (Thread.currentThread() == thread) {
            workers.forEach(this::leave);
        }
    }

    private void leave(BranchWorker worker) {
        Runnable atEnd;
        synchronized (this) {
            atEnd = parts.remove(worker);
        }
        if (atEnd != null) {
            atEnd.run();
        }
    }

    /** On its thread again, a session that was abandoned by another one may work. */
    void seen(BranchWorker worker) {
        if (worker.begin()) {
            worker.abandon();
        }
        leave(worker);
    }

    @Override
    public String toString() {
        return branch.toString();
    }
}
