// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.DerivedState.Control;
import io.agenamq.store.snapshot.DerivedState.ControlSink;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BranchTableTest {

    private static final long BATCH = 100;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    /** A log of control records that applies what is appended. */
    private static final class ListLog implements ControlSink {

        private record Kept(long position, ControlType type, ByteBuffer payload) {}

        private final List<Kept> records = new ArrayList<>();
        private final BranchTable table = new BranchTable();
        private Runnable beforeAppend = () -> {};
        private long end;

        @Override
        public long append(ControlType type, ByteBuffer payload) {
            return appendAll(List.of(new Control(type, payload)));
        }

        @Override
        public long appendAll(List<Control> batch) {
            beforeAppend.run();
            return appendNow(batch);
        }

        /** A batch is in a log as a whole or not at all. */
        private long appendNow(List<Control> batch) {
            long position = end;
            for (Control control : batch) {
                ByteBuffer payload = control.payload();
                // What is applied is valid during the call only.
                ByteBuffer reused = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate());
                ByteBuffer copy = ByteBuffer.allocate(payload.remaining())
                        .put(payload.duplicate())
                        .flip();
                records.add(new Kept(position, control.type(), copy));
                table.apply(position++, control.type(), reused.flip());
                reused.put(0, new byte[reused.capacity()]);
            }
            return end += BATCH;
        }

        void prepare(PreparedBranch branch) {
            appendNow(BranchTable.prepared(branch).stream()
                    .map(payload -> new Control(ControlType.BRANCH_PREPARED, payload))
                    .toList());
        }

        void decide(DecidedBranch branch) {
            appendNow(List.of(new Control(ControlType.BRANCH_DECIDED, BranchTable.decided(branch))));
        }

        void forget(DecidedBranch branch) {
            appendNow(List.of(new Control(ControlType.BRANCH_FORGOTTEN, BranchTable.forgotten(branch))));
        }

        BranchTable replayed(long from, ByteBuffer snapshot) {
            BranchTable fresh = new BranchTable();
            if (snapshot != null) {
                fresh.load(new StateInput(snapshot));
            }
            records.stream()
                    .filter(record -> record.position() >= from)
                    .forEach(record -> fresh.apply(record.position(), record.type(), record.payload()));
            return fresh;
        }
    }

    private static String digest(BranchTable table) {
        StringBuilder out = new StringBuilder();
        table.digest(out);
        return out.toString();
    }

    private static BranchId id(String name) {
        return new BranchId("alice", "xa:" + name);
    }

    private static PreparedBranch branch(String name, long time, int parts) {
        List<ByteBuffer> held = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            held.add(ByteBuffer.allocate(40).putLong(0, 7 + i).putLong(8, time));
        }
        return new PreparedBranch(
                id(name), time, "orders", 3, List.of(new HiddenId(HiddenId.Kind.BRANCH, name + time)), held);
    }

    private static DecidedBranch decided(String name, boolean committed, boolean heuristic, long time) {
        return new DecidedBranch(id(name), committed, heuristic, heuristic, time);
    }

    @Test
    void a_branch_is_prepared_with_everything_until_it_is_decided() {
        ListLog log = new ListLog();
        PreparedBranch branch = branch("a", 10, 3);
        log.prepare(branch);

        assertThat(log.table.findPrepared(id("a"))).isEqualTo(branch);
        assertThat(log.table.findPrepared(new BranchId("bob", "xa:a"))).isNull();
        assertThat(log.table.hidden()).containsExactlyElementsOf(branch.hidden());

        log.decide(decided("a", true, false, 11));
        assertThat(log.table.allPrepared()).isEmpty();
        assertThat(log.table.hidden()).isEmpty();
        assertThat(log.table.findDecided(id("a"))).isEqualTo(decided("a", true, false, 11));
    }

    @Test
    void an_operators_decision_is_remembered_until_it_is_forgotten_and_others_for_a_day() {
        ListLog log = new ListLog();
        log.decide(decided("operators", false, true, 0));
        log.decide(decided("old", true, false, 0));
        log.decide(decided("young", true, false, 2 * HOUR));
        log.decide(decided("new", true, false, BranchTable.KEPT.toMillis() + HOUR));

        assertThat(log.table.findDecided(id("old"))).isNull();
        assertThat(log.table.findDecided(id("young"))).isNotNull();
        assertThat(log.table.allKept()).containsExactly(decided("operators", false, true, 0));

        log.forget(decided("operators", false, true, 0));
        assertThat(log.table.allKept()).isEmpty();
        assertThat(log.table.findDecided(id("operators"))).isNull();
    }

    @Test
    void there_are_never_more_decisions_than_the_bound() {
        ListLog log = new ListLog();
        for (int i = 0; i < BranchTable.DECIDED_MAX + 3; i++) {
            log.table.apply(i, ControlType.BRANCH_DECIDED, BranchTable.decided(decided("d" + i, true, false, i)));
        }
        assertThat(log.table.findDecided(id("d2"))).isNull();
        assertThat(log.table.findDecided(id("d3"))).isNotNull();
    }

    @Test
    void a_branch_that_is_decided_while_it_is_stated_again_stays_decided() {
        ListLog log = new ListLog();
        log.prepare(branch("a", 10, 2));
        long start = log.end;
        log.beforeAppend = () -> {
            log.beforeAppend = () -> {};
            log.decide(decided("a", false, false, 10));
        };
        restate(log, start);

        assertThat(log.table.allPrepared()).isEmpty();
        assertThat(log.replayed(start, null).allPrepared()).isEmpty();
        assertThat(digest(log.replayed(0, null))).isEqualTo(digest(log.table));
    }

    /** What the table says, in the words of a map that is too simple to be wrong. */
    private static final class Model {
        private final Map<BranchId, PreparedBranch> prepared = new HashMap<>();
        private final Map<BranchId, DecidedBranch> decided = new HashMap<>();

        void check(BranchTable table) {
            assertThat(table.allPrepared()).containsExactlyInAnyOrderElementsOf(prepared.values());
            assertThat(table.allKept())
                    .containsExactlyInAnyOrderElementsOf(decided.values().stream()
                            .filter(DecidedBranch::kept)
                            .toList());
            decided.forEach((id, decision) -> assertThat(table.findDecided(id)).isEqualTo(decision));
        }
    }

    @Test
    void any_history_is_the_same_after_a_replay_and_a_snapshot_and_nothing_is_lost_with_old_segments() {
        Seeds.forEach(200, random -> {
            ListLog log = new ListLog();
            Model model = new Model();
            ByteBuffer snapshot = null;
            long snapshotAt = 0;
            long logStart = 0;
            long[] time = {1};
            for (int step = 1; step < 200; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        PayloadOutput out = new PayloadOutput();
                        log.table.capture().writeTo(out);
                        snapshot = out.payload();
                        snapshotAt = log.end;
                    }
                    case 1 -> {
                        logStart += BATCH * random.nextInt(1 + (int) ((log.end - logStart) / BATCH));
                        log.beforeAppend = () -> {
                            if (random.nextInt(3) == 0) {
                                change(log, model, random, time);
                            }
                        };
                        restate(log, logStart);
                    }
                    default -> change(log, model, random, time);
                }
                model.check(log.table);
            }

            assertThat(digest(log.replayed(0, null))).isEqualTo(digest(log.table));
            if (snapshot != null && snapshotAt >= logStart) {
                assertThat(digest(log.replayed(snapshotAt, snapshot))).isEqualTo(digest(log.table));
            }
            BranchTable rest = log.replayed(logStart, null);
            model.check(rest);
            assertThat(digest(rest)).isEqualTo(digest(log.table));
        });
    }

    private static void change(ListLog log, Model model, Random random, long[] time) {
        String name = String.valueOf(random.nextInt(6));
        time[0] += random.nextInt(3);
        DecidedBranch known = model.decided.get(id(name));
        PreparedBranch open = model.prepared.get(id(name));
        if (open != null) {
            DecidedBranch now = decided(name, random.nextBoolean(), random.nextInt(3) == 0, time[0]);
            log.decide(now);
            model.prepared.remove(now.id());
            model.decided.put(now.id(), now);
        } else if (known != null && known.kept()) {
            log.forget(known);
            model.decided.put(known.id(), new DecidedBranch(known.id(), known.committed(), true, false, known.time()));
        } else {
            // Strictly after a former life.
            PreparedBranch begun = branch(name, ++time[0], random.nextInt(3));
            log.prepare(begun);
            model.prepared.put(begun.id(), begun);
            model.decided.remove(begun.id());
        }
    }

    private static void restate(ListLog log, long position) {
        try {
            log.table.restate(position, log);
        } catch (AppendRefusedException impossible) {
            throw new AssertionError(impossible);
        } finally {
            log.beforeAppend = () -> {};
        }
    }
}
