// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.provider.database.ApplicationTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table in an application's database whose rows decide about transactions.
 *
 * <pre>
 * agena_transaction   id | member_group | outcome | brokers | entered_at, milliseconds since 1970      primary key: id
 * </pre>
 *
 * <p>The application's own database transaction enters {@code id} with outcome C. Who wants to know what became of a transaction tries to enter the same id with outcome R, in
 * a database transaction of his own, and whatever happens is an answer that stands:
 *
 * <pre>
 *   R is entered     nothing of the application's is there, and nothing can come any more: the key is taken         rolled back
 *   the key is there, with C, committed                                                                            committed
 *   the key is there, with R                                      somebody asked before                             rolled back
 *   anything else    an open transaction has it (the insert waits for that, up to a time), no database: nobody knows  ask again
 * </pre>
 *
 * <p>This needs nothing of a database but that a primary key is unique among committed rows, at whatever isolation. Rows are removed when they have been heeded; see {@link Decisions}. Immutable;
 * any thread. Methods with a connection work in its transaction, the others in short ones of their own.
 */
public final class TransactionTable {

    /** The table, unless {@link #inTable} says another. */
    public static final String TABLE = "agena_transaction";

    /** Most characters of a group's name. */
    public static final int GROUP_LENGTH_MAX = 200;

    /** Most characters of an id. */
    static final int ID_LENGTH_MAX = 200;

    /** Most characters of the names of all brokers that take part in one transaction. */
    static final int BROKERS_LENGTH_MAX = 2000;

    /** So long a question may wait for an open transaction that has the row. */
    private static final int QUESTION_SECONDS = 5;

    private static final String COLUMNS = "id VARCHAR(" + ID_LENGTH_MAX + ") NOT NULL, member_group VARCHAR("
            + GROUP_LENGTH_MAX + ") NOT NULL, outcome CHAR(1) NOT NULL, brokers VARCHAR(" + BROKERS_LENGTH_MAX
            + "), entered_at NUMERIC(19) NOT NULL, PRIMARY KEY (id)";

    private static final String COMMITTED = "C";
    private static final String ROLLED_BACK = "R";

    private final String group;
    private final ApplicationTable table;
    private final InstantSource clock;

    private TransactionTable(String group, ApplicationTable table, InstantSource clock) {
        this.group = group;
        this.table = table;
        this.clock = clock;
    }

    /**
     * The table for a group.
     *
     * @param group name of all processes that use the same database for the same work: any of them finds out what became of another one's transactions
     */
    public TransactionTable(String group) {
        this(checkedGroup(group), new ApplicationTable(TABLE, COLUMNS), InstantSource.system());
    }

    private static String checkedGroup(String group) {
        if (group.isEmpty() || group.length() > GROUP_LENGTH_MAX) {
            throw new IllegalArgumentException("the name of a group has 1 to " + GROUP_LENGTH_MAX
                    + " characters, and this one has " + group.length());
        }
        return group;
    }

    /** The same under another name: a name, or a schema and a name, of letters, digits and underscores. */
    public TransactionTable inTable(String name) {
        return new TransactionTable(group, table.named(name), clock);
    }

    /** The same with another clock. */
    TransactionTable with(InstantSource other) {
        return new TransactionTable(group, table, other);
    }

    /** The group. */
    public String group() {
        return group;
    }

    /** The statement that makes the table, for every database that knows standard SQL. */
    public String definition() {
        return table.definition();
    }

    /** Makes the table if it cannot be read. */
    public void createTable(Connection connection) throws SQLException {
        table.createIfMissing(connection);
    }

    // ---- the application's transaction

    /**
     * Enters a transaction as committed, in the transaction of a connection.
     *
     * @param brokers those that wait for the decision
     * @throws SQLException also if somebody has found by now that it is rolled back (SQL state 23…)
     */
    void enter(Connection connection, String id, List<String> brokers) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(insertion())) {
            insert(insert, id, COMMITTED, String.join(",", brokers));
        }
    }

    private String insertion() {
        return "INSERT INTO " + table.name()
                + " (id, member_group, outcome, brokers, entered_at) VALUES (?, ?, ?, ?, ?)";
    }

    private void insert(PreparedStatement insert, String id, String outcome, @Nullable String brokers)
            throws SQLException {
        insert.setString(1, id);
        insert.setString(2, group);
        insert.setString(3, outcome);
        insert.setString(4, brokers);
        insert.setLong(5, clock.millis());
        insert.executeUpdate();
    }

    // ---- questions

    /**
     * Finds out what became of a transaction, as the header says. Not on a thread that is in a transaction: a data source would take part in that.
     *
     * @throws SQLException if the database does not answer
     */
    Verdict ask(DataSource dataSource, String id) throws SQLException {
        try (OwnTransaction own = new OwnTransaction(dataSource)) {
            try (PreparedStatement insert = own.bounded(insertion())) {
                insert(insert, id, ROLLED_BACK, null);
                own.commit();
                return Verdict.ROLLED_BACK;
            } catch (SQLException there) {
                // The key is there, or somebody has it who may still commit or roll back; what can be read decides, and
                // not
                // how a database names these.
                own.rollback();
                Verdict read = read(own, id);
                own.commit();
                if (read == Verdict.UNKNOWN && !ApplicationTable.isRefusedByRule(there)) {
                    throw there;
                }
                return read;
            }
        }
    }

    private Verdict read(OwnTransaction own, String id) throws SQLException {
        try (PreparedStatement select = own.bounded("SELECT outcome FROM " + table.name() + " WHERE id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Verdict.UNKNOWN;
                }
                return row.getString(1).equals(COMMITTED) ? Verdict.COMMITTED : Verdict.ROLLED_BACK;
            }
        }
    }

    // ---- removal

    /** A row of this group. */
    record Row(String id, boolean committed, List<String> brokers, long enteredAt) {}

    /** Rows of the group that were entered before a time, the oldest first. */
    List<Row> enteredBefore(DataSource dataSource, long millis, int countMax) throws SQLException {
        try (OwnTransaction own = new OwnTransaction(dataSource);
                PreparedStatement select = own.connection()
                        .prepareStatement("SELECT id, outcome, brokers, entered_at FROM " + table.name()
                                + " WHERE member_group = ? AND entered_at < ? ORDER BY entered_at")) {
            select.setMaxRows(countMax);
            select.setString(1, group);
            select.setLong(2, millis);
            List<Row> rows = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String brokers = row.getString(3);
                    rows.add(new Row(
                            row.getString(1),
                            row.getString(2).equals(COMMITTED),
                            brokers == null || brokers.isEmpty() ? List.of() : List.of(brokers.split(",")),
                            row.getLong(4)));
                }
            }
            own.commit();
            return rows;
        }
    }

    /** Removes rows. */
    void remove(DataSource dataSource, List<String> ids) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        try (OwnTransaction own = new OwnTransaction(dataSource);
                PreparedStatement delete =
                        own.connection().prepareStatement("DELETE FROM " + table.name() + " WHERE id = ?")) {
            for (String id : ids) {
                delete.setString(1, id);
                delete.addBatch();
            }
            delete.executeBatch();
            own.commit();
        }
    }

    /** Milliseconds since 1970. */
    long now() {
        return clock.millis();
    }

    /** A short transaction of our own, with rows that others have committed and no others; rolled back unless committed. */
    private static final class OwnTransaction implements AutoCloseable {

        private static final int NOT_SET = -1;

        private final Connection connection;
        private final boolean commitsItself;
        private final int isolation;
        private int secondsBefore = NOT_SET;

        OwnTransaction(DataSource dataSource) throws SQLException {
            connection = dataSource.getConnection();
            boolean begun = false;
            try {
                commitsItself = connection.getAutoCommit();
                isolation = connection.getTransactionIsolation();
                connection.setAutoCommit(false);
                if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                }
                begun = true;
            } finally {
                if (!begun) {
                    connection.close();
                }
            }
        }

        Connection connection() {
            return connection;
        }

        /** A statement that waits for locks of others for {@link #QUESTION_SECONDS} at most. */
        PreparedStatement bounded(String sql) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            if (secondsBefore == NOT_SET) {
                secondsBefore = statement.getQueryTimeout();
            }
            statement.setQueryTimeout(QUESTION_SECONDS);
            return statement;
        }

        void commit() throws SQLException {
            connection.commit();
        }

        void rollback() throws SQLException {
            connection.rollback();
        }

        /** H2 keeps the time for the whole connection, which may be one of the application's pool. */
        private void resetTime() throws SQLException {
            if (secondsBefore != NOT_SET) {
                try (Statement any = connection.createStatement()) {
                    any.setQueryTimeout(secondsBefore);
                }
            }
        }

        @Override
        public void close() throws SQLException {
            try {
                connection.rollback();
                resetTime();
                if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                    connection.setTransactionIsolation(isolation);
                }
                connection.setAutoCommit(commitsItself);
            } finally {
                connection.close();
            }
        }
    }

    @Override
    public String toString() {
        return "transactions of " + group + " in " + table.name();
    }
}
