// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jta;

import io.agenamq.provider.AgenaXAConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import jakarta.transaction.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.xa.PGXADataSource;

/** A database and a queue, by connections of their own that stay open: each transfer is a row in the one and a message in the other. */
final class Bank implements AutoCloseable {

    private final javax.sql.XAConnection database;
    private final Connection rows;
    private final XAConnection connection;
    private final XASession session;
    private final MessageProducer producer;

    /**
     * A bank.
     *
     * @param database {@code h2:FOLDER}, or {@code postgresql:PORT}
     */
    Bank(String database, String url, String queue) throws SQLException, JMSException {
        this.database = source(database).getXAConnection();
        this.rows = this.database.getConnection();
        try (Statement statement = rows.createStatement()) {
            statement.execute("create table if not exists transfers (id varchar(80) primary key)");
        }
        this.connection = new AgenaXAConnectionFactory(url).createXAConnection();
        this.connection.start();
        this.session = connection.createXASession();
        this.producer = session.createProducer(session.createQueue(queue));
    }

    private static XADataSource source(String database) {
        if (database.startsWith("h2:")) {
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setURL("jdbc:h2:file:" + Path.of(database.substring(3)).resolve("bank") + ";WRITE_DELAY=0");
            return h2;
        }
        PGXADataSource postgres = new PGXADataSource();
        postgres.setUrl("jdbc:postgresql://127.0.0.1:" + database.substring("postgresql:".length()) + "/postgres");
        postgres.setUser("bank");
        return postgres;
    }

    XAResource databaseResource() throws SQLException {
        return database.getXAResource();
    }

    XAResource queueResource() {
        return session.getXAResource();
    }

    /** A transfer within a transaction. Its resources are seen by it as the test says: the database's first. */
    void transfer(
            Transaction transaction, String id, UnaryOperator<XAResource> database, UnaryOperator<XAResource> queue)
            throws Exception {
        transaction.enlistResource(database.apply(databaseResource()));
        transaction.enlistResource(queue.apply(queueResource()));
        try (PreparedStatement insert = rows.prepareStatement("insert into transfers values (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
        producer.send(session.createTextMessage(id));
    }

    /** The transfers that the database knows, sorted. */
    List<String> transfers() throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Statement statement = rows.createStatement();
                ResultSet found = statement.executeQuery("select id from transfers order by id")) {
            while (found.next()) {
                ids.add(found.getString(1));
            }
        }
        return ids;
    }

    @Override
    public void close() throws SQLException, JMSException {
        connection.close();
        rows.close();
        database.close();
    }
}
