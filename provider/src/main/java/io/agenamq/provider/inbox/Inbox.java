// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.inbox;

import io.agenamq.provider.database.ApplicationTable;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The messages that one consumer has processed, in a table of the application's database.
 *
 * <p>A message may be delivered again after a crash, because its acknowledgement and the database's commit are two things. With its identifier entered
 * in the very transaction that does the work, both are there or neither, and a repetition is seen as one:
 *
 * <pre>{@code
 * Inbox inbox = new Inbox("billing");
 * ...
 * if (inbox.take(connection, message)) {   // in a transaction of the connection: plain, Spring's or JTA's
 *     update(connection, message);
 * }
 * connection.commit();                     // then the message may be acknowledged
 * }</pre>
 *
 * <pre>
 * agena_inbox   consumer | message_id | taken_at, milliseconds since 1970      primary key: consumer, message_id
 * </pre>
 *
 * <p>Identifiers are kept for a time ({@link #keeping}), which has to be longer than a message can be on its way: than it can lie in its queue or in the one
 * for dead letters, as far as that is played back. Immutable; any thread.
 */
public final class Inbox {

    /** The table, unless {@link #inTable} says another. */
    public static final String TABLE = "agena_inbox";

    /** How long identifiers are kept, unless {@link #keeping} says otherwise. */
    public static final Duration KEPT = Duration.ofDays(7);

    /** Most characters of a consumer's name and of an identifier. */
    public static final int NAME_LENGTH_MAX = 200;

    private static final String COLUMNS = "consumer VARCHAR(" + NAME_LENGTH_MAX + ") NOT NULL, message_id VARCHAR("
            + NAME_LENGTH_MAX + ") NOT NULL, taken_at NUMERIC(19) NOT NULL, PRIMARY KEY (consumer, message_id)";

    private final String consumer;
    private final ApplicationTable table;
    private final Duration kept;
    private final InstantSource clock;

    private Inbox(String consumer, ApplicationTable table, Duration kept, InstantSource clock) {
        this.consumer = consumer;
        this.table = table;
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * What a consumer has processed.
     *
     * @param consumer whose; several processes that do the same work with the same messages share a name, and whoever does other work has one of his own
     */
    public Inbox(String consumer) {
        this(
                checkedName(consumer, "the name of a consumer"),
                new ApplicationTable(TABLE, COLUMNS),
                KEPT,
                InstantSource.system());
    }

    /** The same in another table: a name, or a schema and a name, of letters, digits and underscores. */
    public Inbox inTable(String name) {
        return new Inbox(consumer, table.named(name), kept, clock);
    }

    /** The same with identifiers being kept for so long. */
    public Inbox keeping(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("identifiers have to be kept for some time, not for " + time);
        }
        return new Inbox(consumer, table, time, clock);
    }

    /** The same with another clock. */
    public Inbox with(InstantSource other) {
        return new Inbox(consumer, table, kept, other);
    }

    Duration kept() {
        return kept;
    }

    InstantSource clock() {
        return clock;
    }

    /** The statement that makes the table, for every database that knows standard SQL. */
    public String definition() {
        return table.definition();
    }

    /** Makes the table if it cannot be read. */
    public void createTable(Connection connection) throws SQLException {
        table.createIfMissing(connection);
    }

    /**
     * Enters a message as processed, in the transaction of a connection.
     *
     * @return false if it was processed before, and nothing is left to do but to acknowledge it
     * @throws SQLException also if the connection commits each statement by itself, which would protect from nothing, and if somebody else enters the same message
     *     at this moment (SQL state 23…); the transaction is to be rolled back then, and what comes again is seen
     */
    public boolean take(Connection connection, Message message) throws SQLException, JMSException {
        return take(connection, idOf(message));
    }

    static String idOf(Message message) throws JMSException {
        String id = message.getJMSMessageID();
        if (id == null) {
            throw new JMSException(
                    "a message without JMSMessageID cannot be told from others; its producer must not call setDisableMessageID(true)",
                    "NO_MESSAGE_ID");
        }
        return id;
    }

    boolean take(Connection connection, String id) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new SQLException("the connection commits each statement by itself; setAutoCommit(false) first");
        }
        if (has(connection, id)) {
            return false;
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + table.name() + " (consumer, message_id, taken_at) VALUES (?, ?, ?)")) {
            insert.setString(1, consumer);
            insert.setString(2, checkedName(id, "a message identifier"));
            insert.setLong(3, clock.millis());
            insert.executeUpdate();
            return true;
        }
    }

    boolean has(Connection connection, String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT 1 FROM " + table.name() + " WHERE consumer = ? AND message_id = ?")) {
            select.setString(1, consumer);
            select.setString(2, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Removes this consumer's identifiers that were kept long enough, in the transaction of a connection; answers how many. */
    public int forget(Connection connection) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + table.name() + " WHERE consumer = ? AND taken_at < ?")) {
            delete.setString(1, consumer);
            delete.setLong(2, clock.millis() - kept.toMillis());
            return delete.executeUpdate();
        }
    }

    private static String checkedName(String name, String what) {
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    what + " has 1 to " + NAME_LENGTH_MAX + " characters, and this one has " + name.length());
        }
        return name;
    }

    @Override
    public String toString() {
        return "inbox of " + consumer + " in " + table.name();
    }
}
