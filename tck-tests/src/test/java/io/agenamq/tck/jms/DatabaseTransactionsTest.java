// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.transaction.DatabaseTransaction;
import io.agenamq.provider.transaction.DatabaseTransactions;
import io.agenamq.provider.transaction.TransactionNotPreparedException;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TransactionInProgressRuntimeException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages and a database as one whole, in transactions of plain JDBC and of Spring. */
@Timeout(120)
class DatabaseTransactionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long WAIT_MILLIS = 60_000;
    private static final JdbcDataSource DATABASE = new JdbcDataSource();

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;
    private static DatabaseTransactions transactions;

    private String name;
    private Connection connection;
    private JMSContext context;
    private JMSContext observer;
    private Queue queue;

    @BeforeAll
    static void start() throws Exception {
        DATABASE.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        server = new EmbeddedServer(folder, Map.of("transactionTimeOut", "100", "transactionCheckInterval", "100"));
        transactions = server.factory("").databaseTransactions(DATABASE, "shop");
        try (Connection setup = DATABASE.getConnection();
                Statement statement = setup.createStatement()) {
            statement.execute("CREATE TABLE paid (bill VARCHAR(100) NOT NULL)");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        transactions.close();
        server.close();
    }

    @BeforeEach
    void open(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName();
        connection = DATABASE.getConnection();
        connection.setAutoCommit(false);
        context = transactions.createContext();
        observer = server.factory("?prefetch=0").createContext();
        queue = context.createQueue(name);
    }

    @AfterEach
    void close() throws Exception {
        context.close();
        observer.close();
        connection.close();
    }

    private void pay(Connection over) throws SQLException {
        try (PreparedStatement insert = over.prepareStatement("INSERT INTO paid VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }

    private int paid() throws SQLException {
        return count("SELECT COUNT(*) FROM paid WHERE bill = '" + name + "'");
    }

    private static int count(String query) throws SQLException {
        try (Connection other = DATABASE.getConnection();
                Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** What somebody else can receive now. */
    private List<String> visible() {
        List<String> texts = new ArrayList<>();
        try (JMSConsumer consumer = observer.createConsumer(queue)) {
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                texts.add(next.getBody(String.class));
            }
        } catch (JMSException failed) {
            throw new AssertionError(failed);
        }
        return texts;
    }

    private void send(String text) {
        context.createProducer().send(queue, text);
    }

    // ---- plain JDBC

    @Test
    void a_commit_makes_both_visible_and_leaves_no_row() throws Exception {
        try (DatabaseTransaction transaction = transactions.begin(connection)) {
            pay(connection);
            send("one");
            send("two");
            assertThat(visible()).isEmpty();
            transaction.commit();
        }
        assertThat(visible()).containsExactly("one", "two");
        assertThat(paid()).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> count("SELECT COUNT(*) FROM agena_transaction WHERE outcome = 'C'") == 0);
    }

    @Test
    void a_rollback_or_a_missing_commit_undoes_both() throws Exception {
        try (DatabaseTransaction transaction = transactions.begin(connection)) {
            pay(connection);
            send("one");
            transaction.rollback();
        }
        try (DatabaseTransaction forgotten = transactions.begin(connection)) {
            pay(connection);
            send("two");
            assertThat(forgotten).isNotNull();
        }
        assertThat(paid()).isZero();
        assertThat(visible()).isEmpty();
    }

    @Test
    void what_was_received_comes_again_with_a_rollback_and_never_after_a_commit() throws Exception {
        send("order");
        Queue answers = context.createQueue(name + "-answers");
        try (JMSConsumer consumer = context.createConsumer(queue);
                JMSConsumer answered = observer.createConsumer(answers)) {
            try (DatabaseTransaction transaction = transactions.begin(connection)) {
                assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("order");
                pay(connection);
                context.createProducer().send(answers, "no");
                transaction.rollback();
            }
            try (DatabaseTransaction transaction = transactions.begin(connection)) {
                Message again = consumer.receive(WAIT_MILLIS);
                assertThat(again.getBody(String.class)).isEqualTo("order");
                assertThat(again.getJMSRedelivered()).isTrue();
                pay(connection);
                context.createProducer().send(answers, "yes");
                transaction.commit();
            }
            assertThat(answered.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("yes");
            assertThat(answered.receiveNoWait()).isNull();
        }
        assertThat(paid()).isEqualTo(1);
        assertThat(visible()).isEmpty();
    }

    @Test
    void nobody_sees_a_message_before_the_database_is_committed() throws Exception {
        try (DatabaseTransaction transaction = transactions.begin(connection)) {
            pay(connection);
            send("one");
            transaction.prepare();
            // However often the broker asks, and whoever is faster: the row is not committed.
            assertThat(visible()).isEmpty();
            assertThat(paid()).isZero();
            connection.commit();
        }
        assertThat(paid()).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> visible().contains("one"));
    }

    @Test
    void who_commits_the_connection_himself_prepares_before() throws Exception {
        try (DatabaseTransaction transaction = transactions.begin(connection)) {
            send("one");
            transaction.prepare();
            assertThatThrownBy(() -> send("late")).isInstanceOf(IllegalStateRuntimeException.class);
            connection.rollback();
        }
        assertThat(visible()).isEmpty();
    }

    @Test
    void a_session_may_be_closed_before_the_transaction_ends() throws Exception {
        try (DatabaseTransaction transaction = transactions.begin(connection)) {
            try (JMSContext brief = transactions.createContext()) {
                brief.createProducer().send(queue, "one");
            }
            pay(connection);
            transaction.commit();
        }
        assertThat(visible()).containsExactly("one");
    }

    @Test
    void several_sessions_are_one_whole() throws Exception {
        try (JMSContext second = transactions.createContext();
                DatabaseTransaction transaction = transactions.begin(connection)) {
            send("one");
            second.createProducer().send(queue, "two");
            transaction.rollback();
        }
        assertThat(visible()).isEmpty();
    }

    @Test
    void outside_of_a_transaction_each_message_takes_effect_by_itself() throws Exception {
        send("one");
        assertThat(visible()).containsExactly("one");
        send("two");
        try (JMSConsumer consumer = context.createConsumer(queue)) {
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("two");
        }
        assertThat(visible()).isEmpty();
        assertThatThrownBy(context::commit).isInstanceOf(TransactionInProgressRuntimeException.class);
    }

    @Test
    void a_listener_joins_with_the_message_that_it_has() throws Exception {
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        context.createConsumer(queue).setMessageListener(message -> {
            try (Connection own = DATABASE.getConnection()) {
                own.setAutoCommit(false);
                try (DatabaseTransaction transaction = transactions.begin(own)) {
                    transactions.join(context);
                    pay(own);
                    if (message.getJMSRedelivered()) {
                        transaction.commit();
                        second.complete(true);
                    }
                }
            } catch (SQLException | JMSException | RuntimeException failed) {
                second.completeExceptionally(failed);
            }
        });
        observer.createProducer().send(queue, "order");
        assertThat(second.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(paid()).isEqualTo(1);
        context.close();
        assertThat(visible()).isEmpty();
    }

    @Test
    void wrong_use_is_said_before_anything_happens() throws Exception {
        try (Connection commitsItself = DATABASE.getConnection()) {
            assertThatThrownBy(() -> transactions.begin(commitsItself))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("commits each statement by itself");
        }
        assertThatThrownBy(() -> transactions.join(context)).hasMessageContaining("the thread is in no transaction");
        assertThatThrownBy(() -> transactions.createContext("somebody", "else"))
                .isInstanceOf(JMSRuntimeException.class);
        try (DatabaseTransaction transaction = transactions.begin(connection)) {
            assertThatThrownBy(() -> transactions.begin(connection)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> transactions.join(observer)).hasMessageContaining("not of this factory");
            transaction.rollback();
            assertThatThrownBy(transaction::commit).isInstanceOf(SQLException.class);
        }
    }

    // ---- Spring

    private static TransactionTemplate template(int propagation) {
        TransactionTemplate template = new TransactionTemplate(new DataSourceTransactionManager(DATABASE));
        template.setPropagationBehavior(propagation);
        return template;
    }

    private void payWithSpring(DataSource dataSource) {
        Connection bound = DataSourceUtils.getConnection(dataSource);
        try {
            pay(bound);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        } finally {
            DataSourceUtils.releaseConnection(bound, dataSource);
        }
    }

    @Test
    void a_transaction_of_Spring_is_joined_by_itself() throws Exception {
        TransactionTemplate required = template(TransactionDefinition.PROPAGATION_REQUIRED);
        required.executeWithoutResult(status -> {
            payWithSpring(DATABASE);
            send("one");
            assertThat(visible()).isEmpty();
        });
        assertThat(visible()).containsExactly("one");
        assertThat(paid()).isEqualTo(1);

        required.executeWithoutResult(status -> {
            payWithSpring(DATABASE);
            send("two");
            status.setRollbackOnly();
        });
        assertThatThrownBy(() -> required.executeWithoutResult(status -> {
                    payWithSpring(DATABASE);
                    send("three");
                    throw new java.lang.IllegalStateException("it went wrong");
                }))
                .hasMessage("it went wrong");
        assertThat(visible()).isEmpty();
        assertThat(paid()).isEqualTo(1);
    }

    @Test
    void a_transaction_that_Spring_suspends_keeps_its_messages() {
        TransactionTemplate outer = template(TransactionDefinition.PROPAGATION_REQUIRED);
        TransactionTemplate inner = template(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        outer.executeWithoutResult(status -> {
            send("outer");
            inner.executeWithoutResult(nested -> {
                try (JMSContext other = transactions.createContext()) {
                    other.createProducer().send(queue, "inner");
                }
            });
            assertThat(visible()).containsExactly("inner");
            status.setRollbackOnly();
        });
        assertThat(visible()).isEmpty();
    }

    @Test
    void a_transaction_about_another_database_is_refused_and_rolled_back() {
        JdbcDataSource other = new JdbcDataSource();
        other.setURL("jdbc:h2:mem:" + System.nanoTime());
        TransactionTemplate elsewhere = new TransactionTemplate(new DataSourceTransactionManager(other));
        assertThatThrownBy(() -> elsewhere.executeWithoutResult(status -> send("one")))
                .isInstanceOf(TransactionNotPreparedException.class)
                .hasMessageContaining("it commits each statement by itself");
        assertThat(visible()).isEmpty();
    }
}
