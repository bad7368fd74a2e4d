// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.provider.transaction.TableBranch.Completion;
import jakarta.jms.JMSException;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction of plain JDBC with messages in it, on one thread, from {@link DatabaseTransactions#begin} to {@link #close}.
 *
 * <pre>{@code
 * try (DatabaseTransaction transaction = transactions.begin(connection)) {
 *     update(connection);
 *     producer.send(queue, message);
 *     transaction.commit();
 * } // not committed: rolled back, both
 * }</pre>
 *
 * <p>Who lets somebody else commit the connection calls {@link #prepare} before that, and {@code close} after it: the row says what became of it.
 */
public final class DatabaseTransaction implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseTransaction.class);

    private final TableBranch branch;
    private final Connection connection;
    private final Runnable atEnd;
    private boolean prepared;
    private boolean over;

    DatabaseTransaction(TableBranch branch, Connection connection, Runnable atEnd) {
        this.branch = branch;
        this.connection = connection;
        this.atEnd = atEnd;
    }

    TableBranch branch() {
        return branch;
    }

    /**
     * Commits the database, and with it the messages. When this returns both are committed; the messages can be received, or will be as soon as their broker is reached again, whatever happens to this process.
     *
     * @throws JMSException if a broker did not do its part: nothing was done, the connection is rolled back
     * @throws SQLException if the database did not: nothing was done. With SQL state {@value #IN_DOUBT}: the database has not answered its commit and cannot be asked now; the messages will follow what it has done
     */
    public void commit() throws JMSException, SQLException {
        requireOpen();
        try {
            if (!prepared) {
                prepare();
            }
        } catch (JMSException | SQLException | RuntimeException failed) {
            rollBackAfter(failed);
            throw failed;
        }
        try {
            connection.commit();
        } catch (SQLException failed) {
            Verdict verdict = end(Completion.ASK_ROW);
            if (verdict == Verdict.COMMITTED) {
                LOG.warn("{}: the database has reported that a commit failed, and it has not", branch, failed);
                return;
            } else if (verdict == Verdict.UNKNOWN) {
                throw new SQLException(
                        "nobody knows whether the transaction is committed; its messages will follow the database: "
                                + failed.getMessage(),
                        IN_DOUBT,
                        failed);
            }
            rollBackConnection(failed);
            throw failed;
        }
        Verdict unused = end(Completion.COMMITTED);
    }

    /** SQL state of a commit that nobody knows the outcome of: "transaction resolution unknown". */
    public static final String IN_DOUBT = "08007";

    /**
     * What {@link #commit} does before it commits the connection: brokers keep the messages from now on until the connection's transaction is decided, and the row is entered. Nothing can be sent or received
     * in the transaction any more.
     *
     * @throws JMSException if a broker did not do its part: the connection has to be rolled back
     * @throws SQLException if the row could not be entered: likewise
     */
    public void prepare() throws JMSException, SQLException {
        requireOpen();
        branch.prepare(entry -> {
            Requirements.inTransaction(connection, "a");
            entry.over(connection);
        });
        prepared = true;
    }

    /** Rolls back the database and the messages. */
    public void rollback() throws SQLException {
        requireOpen();
        boolean done = false;
        try {
            connection.rollback();
            done = true;
        } finally {
            // Who has prepared may have committed the connection, or tried to: only the row knows.
            Verdict unused = end(done && !prepared ? Completion.ROLLED_BACK : Completion.ASK_ROW);
        }
    }

    /** Rolls back what is neither committed nor prepared. Messages that are prepared follow the connection's transaction, which the application has committed or rolled back by now, or will. */
    @Override
    public void close() throws SQLException {
        if (over) {
            return;
        } else if (prepared) {
            Verdict unused = end(Completion.ASK_ROW);
        } else {
            rollback();
        }
    }

    private void requireOpen() throws SQLException {
        if (over) {
            throw new SQLException("the transaction has ended");
        }
    }

    private void rollBackAfter(Exception why) {
        try {
            rollback();
        } catch (SQLException broken) {
            // The connection is gone, and its transaction with it.
            why.addSuppressed(broken);
        }
    }

    private void rollBackConnection(Exception why) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            why.addSuppressed(broken);
        }
    }

    private Verdict end(Completion completion) {
        over = true;
        atEnd.run();
        return branch.completed(completion);
    }

    @Override
    public String toString() {
        return branch.toString();
    }
}
