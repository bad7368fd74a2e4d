// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.session.AgenaConnection;
import io.agenamq.provider.session.ConnectionParts;
import io.agenamq.provider.session.Connections;
import io.agenamq.provider.session.Contexts;
import io.agenamq.provider.session.Outside;
import io.agenamq.provider.xa.BranchWorker;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Session;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Transactions in which messages and an application's database are one whole, without XA: both are committed, or neither, whatever dies when.
 *
 * <pre>{@code
 * DatabaseTransactions transactions = factory.databaseTransactions(dataSource, "shop");     // once per process
 *
 * try (JMSContext context = transactions.createContext()) {
 *     context.createProducer().send(queue, "paid");           // in a transaction of JTA or Spring: it takes part by itself
 * }
 *
 * try (DatabaseTransaction transaction = transactions.begin(connection)) {                   // plain JDBC
 *     update(connection);
 *     context.createProducer().send(queue, "paid");
 *     transaction.commit();
 * }
 * }</pre>
 *
 * <p>It is a connection factory. What its sessions send or receive on a thread that is in a transaction belongs to that transaction, and takes effect when the database is committed; a message that was received comes again if
 * it is rolled back. What they do outside of any takes effect at once. Their session mode is that of a container: automatic, whatever was asked for.
 *
 * <p>How: before the database is committed, brokers have all messages of the transaction on their disks, hidden, and the application's own transaction enters an id in the {@linkplain TransactionTable table}. Afterwards the brokers
 * are told. If nobody tells them, they ask any process that has this with the same group, and the row says what became of it.
 *
 * <p>Any thread. To be closed when the application ends; answers for other processes as long as it is open.
 */
public final class DatabaseTransactions implements ConnectionFactory, AutoCloseable {

    private final Opening opening;
    private final ConnectionParts own;
    private final TransactionTable table;
    private final Decisions decisions;
    private final Pace pace;
    private final List<Surroundings> surroundings = new ArrayList<>();
    private final Outside outside = new Joining();

    /** The transaction of plain JDBC that a thread is in. */
    @SuppressWarnings("ThreadLocalUsage") // a process has one of these, or two
    private final ThreadLocal<@Nullable DatabaseTransaction> ofThread = new ThreadLocal<>();

    /** Sessions that take part in a transaction, and in which. */
    private final Map<BranchWorker, TableBranch> joined = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** Makes what connections are made of. */
    @FunctionalInterface
    public interface Opening {

        /** Parts of one more connection of the factory's own user; its link is not open yet. */
        ConnectionParts parts() throws JMSException;
    }

    /**
     * Transactions with the database of a data source; applications get them from their connection factory.
     *
     * @param registry of a transaction manager; null for the container's, if there is one
     * @throws JMSException if the table is not there and cannot be made, or the database does not answer
     */
    public DatabaseTransactions(
            Opening opening,
            DataSource dataSource,
            TransactionTable table,
            @Nullable TransactionSynchronizationRegistry registry)
            throws JMSException {
        this(opening, dataSource, table, registry, null);
    }

    /** The same at another pace. */
    DatabaseTransactions(
            Opening opening,
            DataSource dataSource,
            TransactionTable table,
            @Nullable TransactionSynchronizationRegistry registry,
            @Nullable Pace given)
            throws JMSException {
        this.opening = opening;
        this.table = table;
        this.own = opening.parts();
        this.pace = given == null ? Pace.usual(own.nanoClock()) : given;
        this.decisions = new Decisions(table, dataSource, own.link(), pace);
        boolean begun = false;
        try {
            decisions.createTable();
            if (Surroundings.springIsThere()) {
                surroundings.add(new SpringSurroundings(dataSource, this::newBranch));
            }
            Surroundings jta = JtaSurroundings.of(registry, dataSource, this::newBranch);
            if (jta != null) {
                surroundings.add(jta);
            }
            decisions.start();
            begun = true;
        } finally {
            if (!begun) {
                decisions.close();
            }
        }
    }

    private TableBranch newBranch() {
        JmsBranch id = new JmsBranch(JmsBranch.Kind.TABLE, own.messageKeys().next());
        return new TableBranch(id, table, decisions, pace);
    }

    // ---- plain JDBC

    /**
     * Begins a transaction with messages over a connection. What sessions of this factory send and receive on this thread belongs to it until it ends.
     *
     * @param connection of the database that the table is in, with auto-commit off; what was done over it since its last commit is part of the transaction
     */
    public DatabaseTransaction begin(java.sql.Connection connection) throws JMSException, SQLException {
        requireOpen();
        if (ofThread.get() != null) {
            throw new IllegalStateException("the thread is in a transaction already", "TRANSACTION_IN_PROGRESS");
        }
        Requirements.inTransaction(connection, "a");
        DatabaseTransaction begun = new DatabaseTransaction(newBranch(), connection, ofThread::remove);
        ofThread.set(begun);
        return begun;
    }

    /**
     * Lets a session take part in the transaction that the thread is in before it sends or receives, so that the message that its listener has at this moment takes part as well.
     *
     * @param session of a connection of this factory
     * @throws JMSException if the thread is in no transaction
     */
    public void join(Session session) throws JMSException {
        join(Contexts.branchWorker(session));
    }

    /** The same for a context. */
    public void join(JMSContext context) throws JMSException {
        join(Contexts.branchWorker(context));
    }

    private void join(@Nullable BranchWorker worker) throws JMSException {
        if (worker == null) {
            throw new IllegalStateException("the session is not of this factory", "NO_TRANSACTION");
        }
        outside.used(worker);
        if (!joined.containsKey(worker)) {
            throw new IllegalStateException("the thread is in no transaction", "NO_TRANSACTION");
        }
    }

    /** The branch of the transaction that the calling thread is in; null if it is in none. */
    private @Nullable TableBranch present() throws JMSException {
        DatabaseTransaction plain = ofThread.get();
        if (plain != null) {
            return plain.branch();
        }
        for (Surroundings each : surroundings) {
            TableBranch branch = each.present();
            if (branch != null) {
                return branch;
            }
        }
        return null;
    }

    private final class Joining implements Outside {

        @Override
        public void used(BranchWorker worker) throws JMSException {
            TableBranch now = present();
            TableBranch before = joined.get(worker);
            if (before != null && before != now && before.isOver()) {
                // Ended by another thread: the session was told to work no more, and now it has seen that.
                before.seen(worker);
                before = null;
            }
            if (before != null && before != now) {
                throw new IllegalStateException(
                        "the session takes part in another transaction that has not ended", "TRANSACTION_IN_PROGRESS");
            } else if (now == null) {
                return;
            }
            now.requireActive();
            if (before == null) {
                now.include(worker, () -> joined.remove(worker));
                joined.put(worker, now);
            }
        }

        @Override
        public void closing(BranchWorker worker) {
            TableBranch branch = joined.get(worker);
            if (branch != null) {
                branch.closing(worker);
            }
        }
    }

    // ---- a connection factory

    private ConnectionParts parts(@Nullable String userName) throws JMSException {
        requireOpen();
        if (userName != null && !userName.isEmpty()) {
            throw new JMSSecurityException(
                    "branches belong to the user who answers for them: set the user of the connection factory",
                    "NOT_ALLOWED");
        }
        return opening.parts().with(outside);
    }

    private void requireOpen() throws JMSException {
        if (closed) {
            throw new IllegalStateException("the transactions are closed", "CLOSED");
        }
    }

    private AgenaConnection open(@Nullable String userName) throws JMSException {
        return Connections.open(parts(userName));
    }

    @Override
    public Connection createConnection() throws JMSException {
        return open(null);
    }

    /** Refused for any other user than that of the factory, who is meant by a null or empty name. */
    @Override
    public Connection createConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return open(userName);
    }

    @Override
    public JMSContext createContext() {
        return createContext(JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return createContext(null, null, sessionMode);
    }

    /** See {@link #createConnection(String, String)}. */
    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password) {
        return createContext(userName, password, JMSContext.AUTO_ACKNOWLEDGE);
    }

    /** See {@link #createConnection(String, String)}. */
    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password, int sessionMode)
            throws JMSRuntimeException {
        return Contexts.open(() -> open(userName), sessionMode);
    }

    /** Ends what this has to say to other processes' brokers. Its connections are closed by whoever opened them, before. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            decisions.close();
        }
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
