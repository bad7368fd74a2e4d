// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.access.Principal;
import io.agenamq.broker.delivery.BatchPool;
import io.agenamq.broker.delivery.Deliveries;
import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCommitRequest;
import io.agenamq.protocol.command.JmsOutcomeRequest;
import io.agenamq.protocol.command.JmsOutcomeResponse;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsRollbackRequest;
import io.agenamq.protocol.command.JmsSettled;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.log.CommitLog;
import java.time.InstantSource;
import java.util.List;

/**
 * Local transactions: serves commits, rollbacks and questions for outcomes, and keeps what was sent for transactions that are open.
 *
 * <p>Handlers run on event loops. A transaction ends with its connection; only what is being committed then goes on to its decision, and the client
 * may ask for that over another connection.
 */
public final class LocalTransactions {

    private final CommitLog log;
    private final Deliveries deliveries;
    private final TransactionConfig config;
    private final Memory memory;
    private final BatchPool batches;
    private final Overflow overflow;
    private final Decisions decisions;
    private final InstantSource clock;
    private final Branches branches;
    private volatile StoredListener stored = (messages, bytes) -> {};

    /** Transactions over a store. What is hidden there for local transactions of an earlier process is discarded. */
    public LocalTransactions(TransactionConfig config, Store store, Deliveries deliveries, InstantSource clock) {
        this.config = config;
        this.log = store.log();
        this.deliveries = deliveries;
        this.memory = new Memory(config.memoryBytesMax());
        this.batches = new BatchPool(log::newBatch);
        this.overflow = new Overflow(store, batches);
        this.decisions = new Decisions(store.outcomes(), clock);
        this.clock = clock;
        this.branches = new Branches(
                config,
                store,
                new BranchLog(
                        store,
                        config,
                        memory,
                        batches,
                        overflow,
                        clock,
                        (messages, bytes) -> stored.stored(messages, bytes)),
                this,
                deliveries,
                clock);
    }

    /** Transactions that somebody else decides about. They are within the same bounds. */
    public Branches branches() {
        return branches;
    }

    /** Enters the handlers. */
    public void register(HandlerTable table) {
        table.register(JmsCode.COMMIT, this::commit);
        table.register(JmsCode.ROLLBACK, this::rollback);
        table.register(JmsCode.OUTCOME, this::outcome);
        branches.register(table);
    }

    /** {@code connection} is gone, and with it what was not committed. On its event loop, before its consumers are taken away. */
    public void closed(Connection connection) {
        ConnectionTransactions open = connection.attachment(ConnectionTransactions.class);
        if (open != null) {
            open.endAll();
        }
        branches.closed(connection);
    }

    /** Tells {@code listener} of each commit that has stored messages: how many, and how many bytes. */
    public void onStored(StoredListener listener) {
        stored = listener;
    }

    /** Told what commits store. On the thread that has appended; short. */
    @FunctionalInterface
    public interface StoredListener {
        /** So many messages of so many bytes. */
        void stored(int messages, long bytes);
    }

    /** Bytes that open transactions hold at present. */
    public long memoryBytes() {
        return memory.used();
    }

    /** The open transaction that a client calls so on a connection, begun if there is none. On its event loop. */
    public OpenTransaction open(Connection connection, JmsTransaction named) {
        JmsTransaction id = owned(connection, named);
        ConnectionTransactions known = connection.attachment(ConnectionTransactions.class);
        if (known == null) {
            known = new ConnectionTransactions();
            connection.attach(ConnectionTransactions.class, known);
        }
        return known.open(id, () -> new OpenTransaction(id, config, memory, batches, overflow));
    }

    private static JmsTransaction owned(Connection connection, JmsTransaction named) {
        return named.ofUser(Principal.of(connection).user());
    }

    /** Takes what was sent for a transaction from its connection: it is another's from now on. On its event loop. */
    OpenTransaction take(Connection connection, JmsTransaction named) {
        JmsTransaction id = owned(connection, named);
        ConnectionTransactions known = connection.attachment(ConnectionTransactions.class);
        OpenTransaction open = known == null ? null : known.take(id);
        return open == null ? new OpenTransaction(id, config, memory, batches, overflow) : open;
    }

    private void rollback(Request request) {
        JmsRollbackRequest rollback =
                JmsRollbackRequest.readFrom(request.frame().fields());
        take(request.connection(), rollback.transaction()).end();
        request.reply(Header.NONE);
    }

    private void outcome(Request request) {
        JmsOutcomeRequest asked = JmsOutcomeRequest.readFrom(request.frame().fields());
        decisions.ask(owned(request.connection(), asked.transaction()), asked.ageMillis(), outcome -> {
            if (outcome == Outcome.COMMITTED) {
                // Who asks has not seen the answer to the commit, which may have waited for the disk.
                DurableAnswer.when(log, log.writtenPosition(), request, new JmsOutcomeResponse(outcome));
            } else {
                request.reply(new JmsOutcomeResponse(outcome));
            }
        });
    }

    private void commit(Request request) {
        JmsCommitRequest asked = JmsCommitRequest.readFrom(request.frame().fields());
        List<JmsSettled> settled = JmsSettled.readAll(request.frame().body());
        OpenTransaction open = take(request.connection(), asked.transaction());
        switch (decisions.begin(open.id())) {
            case COMMITTED -> {
                open.end();
                DurableAnswer.when(log, log.writtenPosition(), request, Header.NONE);
            }
            case OUT_OF_TURN -> {
                open.end();
                request.refuse(
                        ResponseCode.SYSTEM_BUSY,
                        "another transaction of the session is being decided, or a later one has been: "
                                + asked.transaction());
            }
            case FENCED -> {
                open.end();
                Commit.refuse(
                        request,
                        JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                        "transaction " + asked.transaction() + " is rolled back: it was asked for before it came");
            }
            case DECIDE -> decide(request, asked, open, settled);
        }
    }

    private void decide(Request request, JmsCommitRequest asked, OpenTransaction open, List<JmsSettled> settled) {
        HeldDeliveries held = null;
        ProtocolException impossible = open.doom();
        if (impossible == null && open.count() != asked.messages()) {
            impossible = new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                    open.count() + " of the " + asked.messages() + " messages of transaction " + open.id()
                            + " are here: the others were lost with a connection");
        }
        if (impossible == null && !settled.isEmpty()) {
            try {
                held = deliveries.hold(request.connection(), settled);
            } catch (ProtocolException gone) {
                impossible = gone;
            }
        }
        Commit commit = new Commit(request, asked, open, held, log, decisions, clock, stored);
        if (impossible != null) {
            commit.rollBack(impossible);
        } else if (held == null) {
            commit.decide();
        } else {
            held.collect(commit::decide);
        }
    }
}
