// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.provider.transaction.FakeBrokers.FakeSession;
import io.agenamq.provider.transaction.TableBranch.Completion;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each step of a transaction, and what is left when it is the last one. */
@Timeout(120)
class TableBranchTest {

    private final JdbcDataSource dataSource = new JdbcDataSource();
    private final TransactionTable table = new TransactionTable("shop");
    private final FakeBrokers brokers = new FakeBrokers();

    /** Nanoseconds that have passed while nobody looked. */
    private final AtomicLong skipped = new AtomicLong();

    private final Pace pace = new Pace(
            () -> System.nanoTime() + skipped.get(),
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMillis(10),
            Duration.ofMillis(50));
    private Decisions decisions;
    private Connection connection;
    private int last;

    @BeforeEach
    void open() throws Exception {
        dataSource.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=100");
        decisions = new Decisions(table, dataSource, brokers.link(), pace);
        decisions.createTable();
        decisions.start();
        connection = dataSource.getConnection();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws Exception {
        decisions.close();
        brokers.close();
        connection.close();
        try (Connection last = dataSource.getConnection();
                Statement statement = last.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }

    private TableBranch branch() {
        return new TableBranch(new JmsBranch(JmsBranch.Kind.TABLE, "t" + ++last), table, decisions, pace);
    }

    private TableBranch branch(FakeSession... sessions) throws JMSException {
        TableBranch branch = branch();
        for (FakeSession session : sessions) {
            branch.include(session, () -> session.calls.add("apart"));
        }
        return branch;
    }

    private void prepare(TableBranch branch) throws Exception {
        branch.prepare(entry -> entry.over(connection));
    }

    private String rows() throws SQLException {
        StringBuilder rows = new StringBuilder();
        try (Connection other = dataSource.getConnection();
                Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, outcome FROM agena_transaction ORDER BY id")) {
            while (row.next()) {
                rows.append(row.getString(1)).append(row.getString(2)).append(' ');
            }
        }
        return rows.toString().strip();
    }

    private void awaitNoRows() {
        await().atMost(Duration.ofSeconds(60)).until(() -> rows().isEmpty());
    }

    @Test
    void a_commit_is_told_to_all_brokers_and_then_its_row_goes() throws Exception {
        FakeSession session = brokers.session("a", "b");
        TableBranch branch = branch(session);
        prepare(branch);
        assertThat(brokers.states()).containsExactly("prepared", "prepared");
        connection.commit();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
        assertThat(brokers.states()).containsExactly("committed", "committed");
        assertThat(session.calls).containsExactly("begin", "finish", "apart");
        awaitNoRows();
    }

    @Test
    void a_rollback_before_anything_was_handed_over_tells_nobody() throws Exception {
        FakeSession session = brokers.session("a");
        TableBranch branch = branch(session);
        assertThat(branch.completed(Completion.ROLLED_BACK)).isEqualTo(Verdict.ROLLED_BACK);
        assertThat(session.calls).containsExactly("begin", "abandon", "apart");
        assertThat(brokers.states()).isEmpty();
    }

    @Test
    void a_transaction_without_messages_has_no_row() throws Exception {
        TableBranch branch = branch(brokers.session());
        prepare(branch);
        connection.commit();
        assertThat(rows()).isEmpty();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
    }

    @Test
    void a_database_that_rolls_back_at_commit_rolls_back_the_messages() throws Exception {
        TableBranch branch = branch(brokers.session("a"));
        prepare(branch);
        connection.rollback();
        assertThat(branch.completed(Completion.ASK_ROW)).isEqualTo(Verdict.ROLLED_BACK);
        assertThat(brokers.states()).containsExactly("rolled back");
        awaitNoRows();
    }

    @Test
    void a_commit_that_was_not_answered_is_what_the_row_says() throws Exception {
        TableBranch branch = branch(brokers.session("a"));
        prepare(branch);
        connection.commit();
        assertThat(branch.completed(Completion.ASK_ROW)).isEqualTo(Verdict.COMMITTED);
        assertThat(brokers.states()).containsExactly("committed");
        awaitNoRows();
    }

    @Test
    void while_the_row_is_open_nobody_knows_and_then_it_is_heeded() throws Exception {
        TableBranch branch = branch(brokers.session("a"));
        prepare(branch);
        assertThat(branch.completed(Completion.ASK_ROW)).isEqualTo(Verdict.UNKNOWN);
        assertThat(brokers.states()).containsExactly("prepared");
        connection.commit();
        await().atMost(Duration.ofSeconds(60)).until(() -> brokers.states().contains("committed"));
        awaitNoRows();
    }

    @Test
    void a_broker_that_is_away_at_prepare_fails_the_transaction() throws Exception {
        brokers.away.add("b");
        TableBranch branch = branch(brokers.session("a", "b"));
        assertThatThrownBy(() -> prepare(branch))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("b is away");
        connection.rollback();
        assertThat(branch.completed(Completion.ROLLED_BACK)).isEqualTo(Verdict.ROLLED_BACK);
        assertThat(brokers.branches).containsEntry("a t1", "rolled back").containsEntry("b t1", "active");
        brokers.away.clear();
        await().atMost(Duration.ofSeconds(60)).until(() -> "rolled back".equals(brokers.branches.get("b t1")));
        assertThat(rows()).isEmpty();
    }

    @Test
    void a_broker_that_is_away_when_it_is_decided_hears_of_it_later_and_the_row_waits() throws Exception {
        TableBranch branch = branch(brokers.session("a", "b"));
        prepare(branch);
        brokers.away.add("b");
        connection.commit();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
        assertThat(brokers.branches).containsEntry("a t1", "committed").containsEntry("b t1", "prepared");
        assertThat(rows()).isEqualTo("t1C");
        brokers.away.clear();
        await().atMost(Duration.ofSeconds(60)).until(() -> "committed".equals(brokers.branches.get("b t1")));
        awaitNoRows();
    }

    @Test
    void a_refusal_at_prepare_is_told_as_what_it_is() throws Exception {
        brokers.prepareRefusal = new ClientException(Reason.TRANSACTION_ROLLED_BACK, "a message was refused");
        TableBranch branch = branch(brokers.session("a"));
        assertThatThrownBy(() -> prepare(branch)).isInstanceOf(TransactionRolledBackException.class);
        assertThat(rows()).isEmpty();
    }

    @Test
    void a_broker_that_asks_while_the_row_is_being_entered_waits() throws Exception {
        brokers.afterPrepare = brokers::ask;
        TableBranch branch = branch(brokers.session("a"));
        prepare(branch);
        connection.commit();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
        assertThat(brokers.states()).containsExactly("committed");
    }

    @Test
    void another_member_that_was_asked_before_the_row_decides_that_it_is_rolled_back() throws Exception {
        brokers.afterPrepare = () -> {
            try {
                assertThat(table.ask(dataSource, "t1")).isEqualTo(Verdict.ROLLED_BACK);
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
        };
        TableBranch branch = branch(brokers.session("a"));
        assertThatThrownBy(() -> prepare(branch)).isInstanceOf(SQLException.class);
        connection.rollback();
        assertThat(branch.completed(Completion.ASK_ROW)).isEqualTo(Verdict.ROLLED_BACK);
        assertThat(brokers.states()).containsExactly("rolled back");
        awaitNoRows();
    }

    @Test
    void a_row_that_is_entered_too_late_is_not_committed() throws Exception {
        brokers.afterPrepare =
                () -> skipped.addAndGet(pace.untilEntered().plusMillis(1).toNanos());
        TableBranch branch = branch(brokers.session("a"));
        assertThatThrownBy(() -> prepare(branch))
                .isInstanceOf(TransactionRolledBackException.class)
                .hasMessageContaining("from the beginning of prepare to the row");
        connection.rollback();
        assertThat(branch.completed(Completion.ASK_ROW)).isEqualTo(Verdict.ROLLED_BACK);
        assertThat(brokers.states()).containsExactly("rolled back");
    }

    /** What a process leaves that died there. */
    private void died(String broker, String id, boolean row) throws Exception {
        brokers.branches.put(broker + " " + id, "prepared");
        if (row) {
            table.enter(connection, id, java.util.List.of(broker));
        }
    }

    @Test
    void who_died_before_the_row_has_rolled_back() throws Exception {
        died("a", "dead", false);
        brokers.ask();
        await().atMost(Duration.ofSeconds(60)).until(() -> brokers.states().contains("rolled back"));
        assertThat(rows()).isEqualTo("deadR");
        skipped.addAndGet(pace.refusalKept().toNanos());
        awaitNoRows();
    }

    @Test
    void who_died_after_the_database_was_committed_has_committed_and_its_row_is_found() throws Exception {
        died("a", "dead", true);
        connection.commit();
        brokers.ask();
        await().atMost(Duration.ofSeconds(60)).until(() -> brokers.states().contains("committed"));
        awaitNoRows();
    }

    @Test
    void who_died_with_an_open_row_is_decided_by_the_end_of_his_database_transaction() throws Exception {
        died("a", "dead", true);
        brokers.ask();
        connection.rollback();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            brokers.ask();
            return brokers.states().contains("rolled back");
        });
    }

    @Test
    void who_died_before_he_could_remove_the_row_is_cleaned_up_after() throws Exception {
        brokers.branches.put("a dead", "committed");
        table.enter(connection, "dead", java.util.List.of("a"));
        connection.commit();
        awaitNoRows();
        assertThat(brokers.states()).containsExactly("committed");
    }

    @Test
    void a_late_answer_does_not_turn_a_commit_whose_row_has_gone() throws Exception {
        TableBranch branch = branch(brokers.session("a"));
        prepare(branch);
        connection.commit();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
        awaitNoRows();
        brokers.member.about("a", new JmsBranch(JmsBranch.Kind.TABLE, "t1"));
        await().atMost(Duration.ofSeconds(60)).until(() -> rows().equals("t1R"));
        assertThat(brokers.states()).containsExactly("committed");
        skipped.addAndGet(pace.refusalKept().toNanos());
        awaitNoRows();
    }

    @Test
    void a_session_that_is_closed_before_the_end_stays_in_the_transaction() throws Exception {
        FakeSession session = brokers.session("a");
        TableBranch branch = branch(session);
        branch.closing(session);
        assertThat(session.calls).containsExactly("begin", "finish", "apart");
        prepare(branch);
        connection.commit();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
        assertThat(brokers.states()).containsExactly("committed");
    }

    @Test
    void a_session_that_another_thread_closes_takes_the_transaction_with_it() throws Exception {
        FakeSession session = brokers.session("a");
        TableBranch branch = branch(session);
        Thread other = new Thread(() -> branch.closing(session));
        other.start();
        other.join();
        assertThatThrownBy(() -> prepare(branch)).isInstanceOf(TransactionRolledBackException.class);
    }

    @Test
    void a_transaction_that_is_being_completed_takes_nothing_any_more() throws Exception {
        TableBranch branch = branch(brokers.session("a"));
        prepare(branch);
        assertThatThrownBy(() -> branch.include(brokers.session("a"), () -> {}))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> prepare(branch)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_is_sent_for_the_first_time_behind_the_last_moment_to_prepare_follows_the_database() throws Exception {
        FakeSession session = brokers.session("a", "b");
        TableBranch branch = branch(session);
        connection.commit();
        assertThat(branch.completed(Completion.COMMITTED)).isEqualTo(Verdict.COMMITTED);
        assertThat(brokers.states()).containsExactly("committed", "committed");
        assertThat(session.calls).containsExactly("begin", "finish", "apart");
        assertThat(rows()).isEmpty();
    }

    @Test
    void who_rolls_back_what_he_has_prepared_and_committed_himself_keeps_the_messages() throws Exception {
        TableBranch branch = branch(brokers.session("a"));
        DatabaseTransaction transaction = new DatabaseTransaction(branch, connection, () -> {});
        transaction.prepare();
        connection.commit();
        transaction.rollback();
        assertThat(brokers.states()).containsExactly("committed");
        awaitNoRows();
    }

    @Test
    void a_manager_may_end_it_from_another_thread() throws Exception {
        FakeSession session = brokers.session("a");
        TableBranch branch = branch(session);
        Thread reaper = new Thread(() -> branch.completed(Completion.ASK_ROW));
        reaper.start();
        reaper.join();
        assertThat(branch.isOver()).isTrue();
        assertThatThrownBy(() -> prepare(branch)).isInstanceOf(IllegalStateException.class);
        assertThat(session.calls).containsExactly("begin", "abandon");
        branch.seen(session);
        assertThat(session.calls).containsExactly("begin", "abandon", "begin", "abandon", "apart");
    }
}
