// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.DerivedState.ControlSink;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutcomeTableTest {

    private static final long HOUR = Duration.ofHours(1).toMillis();

    /** A log of control records that applies what is appended. */
    private static final class ListLog implements ControlSink {

        private record Kept(long position, ControlType type, ByteBuffer payload) {}

        private final List<Kept> records = new ArrayList<>();
        private final OutcomeTable table = new OutcomeTable();
        private long end;

        @Override
        public long append(ControlType type, ByteBuffer payload) {
            Kept kept = new Kept(end, type, payload);
            records.add(kept);
            table.apply(end, type, payload);
            return end += 100;
        }

        void commit(String session, long number, long time) {
            append(ControlType.TRANSACTION_OUTCOME, OutcomeTable.committed(session, number, time));
        }

        OutcomeTable replayed(long from, ByteBuffer snapshot) {
            OutcomeTable fresh = new OutcomeTable();
            if (snapshot != null) {
                fresh.load(new StateInput(snapshot));
            }
            records.stream()
                    .filter(record -> record.position() >= from)
                    .forEach(record -> fresh.apply(record.position(), record.type(), record.payload()));
            return fresh;
        }
    }

    private static String digest(OutcomeTable table) {
        StringBuilder out = new StringBuilder();
        table.digest(out);
        return out.toString();
    }

    @Test
    void the_last_commit_of_every_session_is_known() {
        ListLog log = new ListLog();
        log.commit("a", 1, 10);
        log.commit("b", 7, 11);
        log.commit("a", 4, 12);

        assertThat(log.table.lastCommitted("a")).isEqualTo(4);
        assertThat(log.table.lastCommitted("b")).isEqualTo(7);
        assertThat(log.table.lastCommitted("c")).isZero();
        assertThat(log.table.count()).isEqualTo(2);
    }

    @Test
    void an_entry_ends_after_its_time_and_the_table_knows_since_when_it_knows_everything() {
        ListLog log = new ListLog();
        log.commit("old", 1, 0);
        log.commit("young", 1, 2 * HOUR);
        assertThat(log.table.remembersSince()).isZero();

        log.commit("new", 1, OutcomeTable.KEPT.toMillis() + HOUR);

        assertThat(log.table.lastCommitted("old")).isZero();
        assertThat(log.table.lastCommitted("young")).isEqualTo(1);
        assertThat(log.table.remembersSince()).isEqualTo(1);
    }

    @Test
    void there_are_never_more_entries_than_the_bound() {
        ListLog log = new ListLog();
        for (int i = 0; i < OutcomeTable.SESSIONS_MAX + 3; i++) {
            log.commit("s" + i, 1, 1000 + i);
        }
        assertThat(log.table.count()).isEqualTo(OutcomeTable.SESSIONS_MAX);
        assertThat(log.table.lastCommitted("s2")).isZero();
        assertThat(log.table.lastCommitted("s3")).isEqualTo(1);
        assertThat(log.table.remembersSince()).isEqualTo(1003);
    }

    @Test
    void any_history_is_the_same_after_a_replay_and_a_snapshot_and_nothing_is_lost_with_old_segments() {
        Seeds.forEach(100, random -> {
            ListLog log = new ListLog();
            Map<String, Long> expected = new HashMap<>();
            ByteBuffer snapshot = null;
            long snapshotAt = 0;
            long logStart = 0;
            long time = 0;
            for (int step = 1; step < 200; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        PayloadOutput out = new PayloadOutput();
                        log.table.capture().writeTo(out);
                        snapshot = out.payload();
                        snapshotAt = log.end;
                    }
                    case 1 -> {
                        logStart += (long) (random.nextDouble() * (log.end - logStart));
                        restate(log, logStart);
                    }
                    default -> {
                        String session = "s" + random.nextInt(10);
                        time += random.nextInt(1000);
                        log.commit(session, step, time);
                        expected.put(session, (long) step);
                    }
                }
            }

            assertThat(digest(log.replayed(0, null))).isEqualTo(digest(log.table));
            if (snapshot != null && snapshotAt >= logStart) {
                assertThat(digest(log.replayed(snapshotAt, snapshot))).isEqualTo(digest(log.table));
            }
            OutcomeTable rest = log.replayed(logStart, null);
            expected.forEach(
                    (session, number) -> assertThat(rest.lastCommitted(session)).isEqualTo(number));
        });
    }

    private static void restate(ListLog log, long position) {
        try {
            log.table.restate(position, log);
        } catch (AppendRefusedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
