// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.ManualClock;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands in the database after deliveries that fail, are repeated, or come at the same time. */
@Timeout(60)
class InboxTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final Inbox inbox = new Inbox("billing").with(clock);
    private final JdbcDataSource database = new JdbcDataSource();
    private final List<String> happened = new ArrayList<>();

    @BeforeEach
    void open() throws SQLException {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000");
        try (Connection connection = database.getConnection()) {
            inbox.createTable(connection);
            inbox.createTable(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE paid (bill VARCHAR(100) NOT NULL)");
            }
        }
    }

    private static Message message(@Nullable String id) {
        return (Message) Proxy.newProxyInstance(
                InboxTest.class.getClassLoader(), new Class<?>[] {Message.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getJMSMessageID")) {
                        return id;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private Session session() {
        return (Session) Proxy.newProxyInstance(
                InboxTest.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                    happened.add(method.getName());
                    return null;
                });
    }

    private static void pay(Message message, Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO paid VALUES ('" + message.getJMSMessageID() + "')");
        }
    }

    private List<String> paid() throws SQLException {
        return column("SELECT bill FROM paid ORDER BY bill");
    }

    private List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** The database, whose next commit is done, and then reported as failed: the connection broke in between. */
    private DataSource losingTheAnswerToOneCommit() {
        boolean[] lost = {false};
        return (DataSource) Proxy.newProxyInstance(
                InboxTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Connection connection = database.getConnection();
                    return Proxy.newProxyInstance(
                            InboxTest.class.getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (self, call, values) -> {
                                Object answer = call.invoke(connection, values);
                                if (call.getName().equals("commit") && !lost[0]) {
                                    lost[0] = true;
                                    throw new SQLException("the connection broke");
                                }
                                return answer;
                            });
                });
    }

    @Test
    void a_message_that_comes_twice_is_processed_once() throws Exception {
        MessageListener listener = new InboxListener(inbox, database, InboxTest::pay);

        listener.onMessage(message("ID:1"));
        listener.onMessage(message("ID:2"));
        listener.onMessage(message("ID:1"));

        assertThat(paid()).containsExactly("ID:1", "ID:2");
    }

    @Test
    void work_that_fails_leaves_nothing_and_may_be_done_again() throws Exception {
        MessageListener failing = new InboxListener(inbox, database, (message, connection) -> {
            pay(message, connection);
            throw new JMSException("no");
        });
        assertThatThrownBy(() -> failing.onMessage(message("ID:1")))
                .hasMessageContaining("could not be processed")
                .hasRootCauseInstanceOf(JMSException.class);
        assertThat(paid()).isEmpty();

        new InboxListener(inbox, database, InboxTest::pay).onMessage(message("ID:1"));
        assertThat(paid()).containsExactly("ID:1");
    }

    @Test
    void a_commit_whose_answer_was_lost_is_not_repeated() throws Exception {
        MessageListener listener = new InboxListener(inbox, losingTheAnswerToOneCommit(), InboxTest::pay);

        assertThatThrownBy(() -> listener.onMessage(message("ID:1"))).hasRootCauseMessage("the connection broke");
        listener.onMessage(message("ID:1"));

        assertThat(paid()).containsExactly("ID:1");
    }

    @Test
    void of_two_deliveries_at_the_same_time_one_waits_for_the_other_and_sees_it() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        MessageListener slow = new InboxListener(inbox, database, (message, connection) -> {
            pay(message, connection);
            begun.countDown();
            assertThat(mayEnd.await(30, TimeUnit.SECONDS)).isTrue();
        });
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> slow.onMessage(message("ID:1")));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> second = CompletableFuture.runAsync(
                () -> new InboxListener(inbox, database, InboxTest::pay).onMessage(message("ID:1")));
        mayEnd.countDown();

        CompletableFuture.allOf(first, second).get(30, TimeUnit.SECONDS);
        assertThat(paid()).containsExactly("ID:1");
    }

    @Test
    void a_transacted_session_is_committed_after_the_database_or_rolled_back_with_it() throws Exception {
        new InboxListener(inbox, database, (message, connection) -> happened.add("work"))
                .committing(session())
                .onMessage(message("ID:1"));
        assertThat(happened).containsExactly("work", "commit");

        happened.clear();
        MessageListener failing = new InboxListener(inbox, database, (message, connection) -> {
                    throw new IllegalStateException("no");
                })
                .committing(session());
        assertThatThrownBy(() -> failing.onMessage(message("ID:2"))).hasMessage("no");
        assertThat(happened).containsExactly("rollback");

        // Otherwise the next commit would acknowledge what was not done.
        happened.clear();
        MessageListener broken = new InboxListener(inbox, database, (message, connection) -> {
                    throw new StackOverflowError("too deep");
                })
                .committing(session());
        assertThatThrownBy(() -> broken.onMessage(message("ID:2"))).isInstanceOf(StackOverflowError.class);
        assertThat(happened).containsExactly("rollback");
    }

    @Test
    void consumers_do_not_see_each_others_messages() throws Exception {
        Inbox other = new Inbox("shipping").with(clock);
        new InboxListener(inbox, database, InboxTest::pay).onMessage(message("ID:1"));
        new InboxListener(other, database, InboxTest::pay).onMessage(message("ID:1"));

        assertThat(paid()).containsExactly("ID:1", "ID:1");
    }

    @Test
    void what_was_kept_long_enough_is_forgotten() throws Exception {
        Inbox brief = inbox.keeping(Duration.ofHours(1));
        MessageListener listener = new InboxListener(brief, database, InboxTest::pay);
        listener.onMessage(message("ID:1"));
        clock.advance(Duration.ofMinutes(59));
        listener.onMessage(message("ID:2"));
        assertThat(column("SELECT message_id FROM agena_inbox ORDER BY message_id"))
                .containsExactly("ID:1", "ID:2");

        clock.advance(Duration.ofMinutes(2));
        listener.onMessage(message("ID:3"));
        assertThat(column("SELECT message_id FROM agena_inbox ORDER BY message_id"))
                .containsExactly("ID:2", "ID:3");
    }

    @Test
    void what_cannot_protect_is_refused() throws Exception {
        MessageListener listener = new InboxListener(inbox, database, InboxTest::pay);
        assertThatThrownBy(() -> listener.onMessage(message(null))).hasMessageContaining("setDisableMessageID");
        try (Connection connection = database.getConnection()) {
            assertThatThrownBy(() -> inbox.take(connection, message("ID:1")))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
        assertThatThrownBy(() -> inbox.inTable("paid; DROP TABLE paid")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> inbox.keeping(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Inbox("")).isInstanceOf(IllegalArgumentException.class);
    }
}
