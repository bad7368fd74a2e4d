// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.transaction.Decisions.Begun;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.transaction.OutcomeTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsTest {

    private static final JmsTransaction FIRST = new JmsTransaction("S", 1);
    private static final JmsTransaction SECOND = new JmsTransaction("S", 2);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final OutcomeTable outcomes = new OutcomeTable();
    private final Decisions decisions = new Decisions(outcomes, clock);
    private final List<Outcome> answers = new ArrayList<>();

    private void append(JmsTransaction committed) {
        outcomes.apply(
                0,
                ControlType.TRANSACTION_OUTCOME,
                OutcomeTable.committed(committed.session(), committed.number(), clock.millis()));
    }

    private void ask(JmsTransaction transaction) {
        decisions.ask(transaction, 1000, answers::add);
    }

    @Test
    void a_commit_is_decided_once_and_may_be_asked_for_again() {
        assertThat(decisions.begin(FIRST)).isEqualTo(Begun.DECIDE);
        append(FIRST);
        decisions.decided(FIRST);

        assertThat(decisions.begin(FIRST)).isEqualTo(Begun.COMMITTED);
        ask(FIRST);
        assertThat(answers).containsExactly(Outcome.COMMITTED);
        assertThat(decisions.begin(SECOND)).isEqualTo(Begun.DECIDE);
    }

    @Test
    void who_asks_while_it_is_being_decided_waits_for_the_decision() {
        for (boolean committed : new boolean[] {true, false}) {
            JmsTransaction transaction = new JmsTransaction("Waits " + committed, 5);
            assertThat(decisions.begin(transaction)).isEqualTo(Begun.DECIDE);
            answers.clear();
            ask(transaction);
            ask(transaction);
            assertThat(answers).isEmpty();

            if (committed) {
                append(transaction);
            }
            decisions.decided(transaction);

            assertThat(answers).hasSize(2).containsOnly(committed ? Outcome.COMMITTED : Outcome.ROLLED_BACK);
        }
    }

    @Test
    void after_the_answer_that_it_is_rolled_back_a_commit_that_comes_late_is_refused() {
        ask(FIRST);
        assertThat(answers).containsExactly(Outcome.ROLLED_BACK);

        assertThat(decisions.begin(FIRST)).isEqualTo(Begun.FENCED);
        assertThat(decisions.begin(SECOND)).as("the session goes on").isEqualTo(Begun.DECIDE);
        append(SECOND);
        decisions.decided(SECOND);
        assertThat(decisions.begin(FIRST)).isEqualTo(Begun.OUT_OF_TURN);
    }

    @Test
    void two_commits_of_one_session_are_not_decided_at_once() {
        assertThat(decisions.begin(FIRST)).isEqualTo(Begun.DECIDE);
        assertThat(decisions.begin(FIRST)).isEqualTo(Begun.OUT_OF_TURN);
        assertThat(decisions.begin(SECOND)).isEqualTo(Begun.OUT_OF_TURN);
    }

    @Test
    void what_the_table_may_have_forgotten_is_unknown() {
        append(new JmsTransaction("old", 1));
        clock.advance(Duration.ofHours(25));
        append(new JmsTransaction("new", 1));
        assertThat(outcomes.lastCommitted("old")).isZero();

        decisions.ask(new JmsTransaction("old", 1), Duration.ofHours(26).toMillis(), answers::add);
        decisions.ask(new JmsTransaction("other", 1), Duration.ofHours(1).toMillis(), answers::add);

        assertThat(answers).containsExactly(Outcome.UNKNOWN, Outcome.ROLLED_BACK);
    }
}
