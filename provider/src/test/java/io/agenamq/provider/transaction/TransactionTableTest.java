// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.database.ApplicationTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the row says, whoever is faster, at every isolation. */
@Timeout(120)
class TransactionTableTest {

    private static final int[] ISOLATIONS = {
        Connection.TRANSACTION_READ_UNCOMMITTED,
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ,
        Connection.TRANSACTION_SERIALIZABLE
    };

    private final JdbcDataSource dataSource = new JdbcDataSource();
    private final TransactionTable table = new TransactionTable("shop");
    private Connection application;

    @BeforeEach
    void open() throws SQLException {
        // Questions give up after 100 ms where they have to wait for an open transaction.
        dataSource.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=100");
        try (Connection connection = dataSource.getConnection()) {
            table.createTable(connection);
            table.createTable(connection);
        }
        application = dataSource.getConnection();
        application.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        application.close();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }

    private Verdict ask(String id) throws SQLException {
        return table.ask(dataSource, id);
    }

    private void enter(String id) throws SQLException {
        table.enter(application, id, List.of("broker-a", "broker-b"));
    }

    @Test
    void a_row_that_is_committed_says_so_as_often_as_it_is_asked_for() throws Exception {
        enter("t1");
        application.commit();
        assertThat(ask("t1")).isEqualTo(Verdict.COMMITTED);
        assertThat(ask("t1")).isEqualTo(Verdict.COMMITTED);
    }

    @Test
    void who_asks_first_decides_that_it_is_rolled_back_for_good() throws Exception {
        assertThat(ask("t1")).isEqualTo(Verdict.ROLLED_BACK);
        assertThatThrownBy(() -> enter("t1")).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(
                        ApplicationTable.isRefusedByRule(refused))
                .isTrue());
        application.rollback();
        assertThat(ask("t1")).isEqualTo(Verdict.ROLLED_BACK);
    }

    @Test
    void a_row_that_was_rolled_back_says_so() throws Exception {
        enter("t1");
        application.rollback();
        assertThat(ask("t1")).isEqualTo(Verdict.ROLLED_BACK);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void an_open_transaction_has_no_verdict_at_any_isolation(int isolation) throws Exception {
        application.setTransactionIsolation(ISOLATIONS[isolation]);
        enter("t1");
        assertThat(askOrNobodyKnows("t1")).isEqualTo(Verdict.UNKNOWN);
        application.commit();
        assertThat(ask("t1")).isEqualTo(Verdict.COMMITTED);
    }

    /** Databases say it in different ways that somebody has the row; none of them is a verdict. */
    private Verdict askOrNobodyKnows(String id) {
        try {
            return ask(id);
        } catch (SQLException busy) {
            return Verdict.UNKNOWN;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_question_waits_for_the_transaction_that_has_the_row(int isolation) throws Exception {
        application.setTransactionIsolation(ISOLATIONS[isolation]);
        enter("t1");
        enter("t2");
        CompletableFuture<Verdict> asked = CompletableFuture.supplyAsync(() -> {
            while (true) {
                Verdict verdict = askOrNobodyKnows("t1");
                if (verdict != Verdict.UNKNOWN) {
                    return verdict;
                }
            }
        });
        application.commit();
        assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo(Verdict.COMMITTED);
    }

    @Test
    void a_question_leaves_the_connection_as_it_was() throws Exception {
        JdbcConnectionPool pool = JdbcConnectionPool.create(dataSource);
        pool.setMaxConnections(1);
        try (Connection connection = pool.getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        }
        assertThat(table.ask(pool, "t1")).isEqualTo(Verdict.ROLLED_BACK);
        try (Connection connection = pool.getConnection();
                PreparedStatement any = connection.prepareStatement("SELECT 1")) {
            assertThat(any.getQueryTimeout()).isZero();
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        }
        pool.dispose();
    }

    @Test
    void rows_are_found_with_their_brokers_and_removed() throws Exception {
        enter("t1");
        application.commit();
        assertThat(ask("t2")).isEqualTo(Verdict.ROLLED_BACK);
        var rows = table.enteredBefore(dataSource, Long.MAX_VALUE, 10);
        assertThat(rows).extracting(TransactionTable.Row::id).containsExactlyInAnyOrder("t1", "t2");
        assertThat(rows)
                .filteredOn(TransactionTable.Row::committed)
                .singleElement()
                .satisfies(row -> assertThat(row.brokers()).containsExactly("broker-a", "broker-b"));
        assertThat(table.enteredBefore(dataSource, Long.MAX_VALUE, 1)).hasSize(1);
        assertThat(new TransactionTable("billing").enteredBefore(dataSource, Long.MAX_VALUE, 10))
                .isEmpty();

        table.remove(dataSource, List.of("t1", "t2", "t3"));
        assertThat(table.enteredBefore(dataSource, Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    void a_missing_table_is_no_verdict() {
        TransactionTable elsewhere = new TransactionTable("shop").inTable("public.not_there");
        assertThatThrownBy(() -> elsewhere.ask(dataSource, "t1")).isInstanceOf(SQLException.class);
        assertThat(elsewhere.definition()).startsWith("CREATE TABLE public.not_there (id VARCHAR(200) NOT NULL");
        assertThatThrownBy(() -> table.inTable("a; DROP TABLE b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TransactionTable("")).isInstanceOf(IllegalArgumentException.class);
    }
}
