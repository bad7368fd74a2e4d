// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.inbox.Inbox;
import io.agenamq.provider.inbox.InboxListener;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database and a queue that agree although nobody coordinates them. */
@Timeout(120)
class InboxTest {

    private static final int MESSAGES = 20;

    @TempDir
    private Path folder;

    private final JdbcDataSource database = new JdbcDataSource();

    private int paid() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM paid")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void what_was_committed_in_the_database_and_not_acknowledged_is_not_done_again() throws Exception {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        Inbox inbox = new Inbox("billing");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE paid (bill VARCHAR(100) NOT NULL)");
            inbox.createTable(connection);
        }
        MessageListener once = new InboxListener(inbox, database, (message, connection) -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO paid VALUES ('" + message.getBody(String.class) + "')");
            }
        });
        AtomicInteger redelivered = new AtomicInteger();
        try (EmbeddedServer server = new EmbeddedServer(folder);
                JMSContext context = server.factory("").createContext()) {
            Queue queue = context.createQueue("Bills");
            context.createConsumer(queue).setMessageListener(message -> {
                once.onMessage(message);
                try {
                    if (message.getJMSRedelivered()) {
                        redelivered.incrementAndGet();
                        return;
                    }
                } catch (JMSException failed) {
                    throw new IllegalStateException(failed);
                }
                // Every message fails once, when the database has it already.
                throw new IllegalStateException("the process stumbles before it acknowledges");
            });
            for (int i = 0; i < MESSAGES; i++) {
                context.createProducer().send(queue, "bill " + i);
            }

            await().atMost(Duration.ofSeconds(60)).until(() -> redelivered.get() == MESSAGES);
            assertThat(paid()).isEqualTo(MESSAGES);
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                try (QueueBrowser browser = context.createBrowser(queue)) {
                    return !browser.getEnumeration().hasMoreElements();
                }
            });
        }
    }
}
