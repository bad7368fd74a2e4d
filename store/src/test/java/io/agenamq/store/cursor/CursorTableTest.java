// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CursorTableTest {

    /** A log of control records that applies what is appended, as the real one does. */
    private static final class ListLog implements DerivedState.ControlSink {
        private static final int RECORD_BYTES = 100;

        private record Entry(long position, ControlType type, ByteBuffer payload) {}

        private final List<Entry> entries = new ArrayList<>();
        private final CursorTable table = new CursorTable(this);
        private long end;
        /** What another thread does right before, and right after, the next append. */
        private Runnable before = () -> {};

        private Runnable after = () -> {};

        @Override
        public long append(ControlType type, ByteBuffer payload) {
            Runnable first = before;
            before = () -> {};
            first.run();
            store(type, payload);
            Runnable then = after;
            after = () -> {};
            then.run();
            return end;
        }

        /** Runs {@code action} right after the append that follows {@code count} others. */
        void after(int count, Runnable action) {
            after = count == 0 ? action : () -> after(count - 1, action);
        }

        private void store(ControlType type, ByteBuffer payload) {
            ByteBuffer copy = ByteBuffer.allocate(payload.remaining() + 7).position(7);
            copy.put(payload.duplicate()).flip().position(7);
            entries.add(new Entry(end, type, copy));
            table.apply(end, type, copy);
            end += RECORD_BYTES;
        }

        /** What a restart makes of the log from {@code position} on, after a snapshot if there is one. */
        String replayed(long position, ByteBuffer snapshot) {
            CursorTable fresh = new CursorTable((type, payload) -> {
                throw new AssertionError("a replay appends nothing");
            });
            if (snapshot != null) {
                fresh.load(new StateInput(snapshot));
            }
            for (Entry entry : entries) {
                if (entry.position >= position) {
                    fresh.apply(entry.position, entry.type, entry.payload);
                }
            }
            return digest(fresh);
        }
    }

    private static String digest(CursorTable table) {
        StringBuilder out = new StringBuilder();
        table.digest(out);
        return out.toString();
    }

    @Test
    void any_history_is_the_same_after_a_replay_a_snapshot_and_the_loss_of_old_segments() {
        Seeds.forEach(150, random -> {
            ListLog log = new ListLog();
            log.table.beginOwnership();
            ByteBuffer snapshot = null;
            long snapshotAt = 0;
            long logStart = 0;
            for (int step = 0; step < 120; step++) {
                try {
                    switch (random.nextInt(12)) {
                        case 0 -> log.table.getOrCreate(randomName(random), random.nextInt(100));
                        case 1 -> {
                            Cursor cursor = randomCursor(random, log.table);
                            if (cursor != null && random.nextInt(4) == 0) {
                                log.table.remove(cursor);
                            }
                        }
                        case 2 -> {
                            PayloadOutput out = new PayloadOutput();
                            log.table.capture().writeTo(out);
                            snapshot = out.payload();
                            snapshotAt = log.end;
                        }
                        case 3 -> {
                            long cut = logStart + (long) (random.nextDouble() * (log.end - logStart));
                            log.table.restate(cut, log);
                            logStart = cut;
                        }
                        case 4, 5 -> {
                            Cursor cursor = randomCursor(random, log.table);
                            if (cursor != null) {
                                log.table.takeOver(cursor);
                            }
                        }
                        default -> progress(random, log);
                    }
                } catch (AppendRefusedException impossible) {
                    throw new AssertionError(impossible);
                }
            }

            String expected = digest(log.table);
            assertThat(log.replayed(logStart, null)).isEqualTo(expected);
            if (snapshot != null && snapshotAt >= logStart) {
                assertThat(log.replayed(snapshotAt, snapshot)).isEqualTo(expected);
            }
        });
    }

    private static CursorName randomName(Random random) {
        return new CursorName("topic" + random.nextInt(3), random.nextInt(2), random.nextBoolean() ? "" : "news");
    }

    private static Cursor randomCursor(Random random, CursorTable table) {
        List<Cursor> all = new ArrayList<>(table.all());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private static void progress(Random random, ListLog log) {
        ProgressPayloads payloads = new ProgressPayloads();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            Cursor cursor = randomCursor(random, log.table);
            if (cursor == null) {
                return;
            }
            CursorProgress progress = new CursorProgress();
            for (int n = random.nextInt(10); n > 0; n--) {
                long offset = cursor.floor() + random.nextInt(200);
                progress.settle(offset);
                progress.count(cursor.floor() + random.nextInt(200), 1 + random.nextInt(5));
                progress.deliveredUpTo(offset);
            }
            payloads.add(cursor.id(), progress);
        }
        ControlType type = random.nextBoolean() ? ControlType.CURSOR : ControlType.CURSOR_COMMIT;
        payloads.payloads().forEach(payload -> log.append(type, payload));
    }

    @Test
    void what_a_commit_settles_reaches_a_cursor_when_its_owner_takes_it_over_and_a_snapshot_at_once() throws Exception {
        ListLog log = new ListLog();
        Cursor cursor = log.table.getOrCreate(new CursorName("Orders", 0, CursorName.QUEUE), 0);
        log.table.beginOwnership();
        CursorProgress committed = new CursorProgress();
        committed.settle(0);
        committed.settle(2);
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(cursor.id(), committed);

        log.append(ControlType.CURSOR_COMMIT, payloads.payloads().get(0));
        PayloadOutput snapshot = new PayloadOutput();
        log.table.capture().writeTo(snapshot);

        assertThat(cursor.floor()).as("its owner reads it without a lock").isZero();
        assertThat(log.replayed(0, null)).contains("floor=1").isEqualTo(digest(log.table));
        assertThat(log.replayed(log.end, snapshot.payload())).isEqualTo(digest(log.table));
        log.table.takeOver(cursor);
        assertThat(cursor.floor()).isEqualTo(1);
        assertThat(cursor.isSettled(2)).isTrue();
        assertThat(log.replayed(0, null)).isEqualTo(digest(log.table));
    }

    @Test
    void stating_a_cursor_again_does_not_change_it_behind_its_owners_back() throws Exception {
        ListLog log = new ListLog();
        Cursor cursor = log.table.getOrCreate(new CursorName("Orders", 0, CursorName.QUEUE), 0);
        log.table.beginOwnership();
        settle(log, cursor, 2);
        CursorProgress committed = new CursorProgress();
        committed.settle(0);
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(cursor.id(), committed);
        log.append(ControlType.CURSOR_COMMIT, payloads.payloads().get(0));
        long cut = log.end;

        log.table.restate(cut, log);

        assertThat(cursor.floor()).as("its owner reads it without a lock").isZero();
        assertThat(log.replayed(cut, null)).contains("floor=1").isEqualTo(digest(log.table));
        log.table.takeOver(cursor);
        assertThat(cursor.floor()).isEqualTo(1);
        assertThat(log.replayed(cut, null)).isEqualTo(digest(log.table));
    }

    @Test
    void progress_for_a_removed_cursor_does_not_reach_a_later_one_of_the_same_name() throws Exception {
        ListLog log = new ListLog();
        CursorName name = new CursorName("Orders", 0, "audit");
        Cursor old = log.table.getOrCreate(name, 0);
        log.table.remove(old);
        Cursor young = log.table.getOrCreate(name, 0);
        CursorProgress late = new CursorProgress();
        late.settle(0);
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(old.id(), late);

        log.append(ControlType.CURSOR, payloads.payloads().get(0));

        assertThat(young.floor()).isZero();
        assertThat(log.table.get(name)).isSameAs(young);
    }

    @Test
    void a_cursor_that_is_removed_while_it_is_stated_again_stays_removed() throws Exception {
        for (int recordsBefore = 0; recordsBefore < 6; recordsBefore++) {
            ListLog log = new ListLog();
            Cursor first = log.table.getOrCreate(new CursorName("Orders", 0, "audit"), 0);
            Cursor second = log.table.getOrCreate(new CursorName("Orders", 1, "audit"), 0);
            settle(log, first, 3);
            settle(log, second, 3);
            long cut = log.end;
            log.after(recordsBefore, () -> {
                remove(log, first);
                remove(log, second);
            });

            log.table.restate(cut, log);

            assertThat(log.table.all())
                    .as("removed after record %d of the restatement", recordsBefore)
                    .isEmpty();
            assertThat(log.replayed(cut, null)).isEqualTo(digest(log.table));
        }
    }

    @Test
    void the_namesake_of_a_cursor_that_was_removed_while_it_was_stated_again_keeps_its_place() throws Exception {
        ListLog log = new ListLog();
        CursorName name = new CursorName("Orders", 0, CursorName.QUEUE);
        Cursor old = log.table.getOrCreate(name, 0);
        settle(log, old, 0);
        log.after(0, () -> {
            remove(log, old);
            create(log, name);
        });

        log.table.restate(log.end, log);

        Cursor young = log.table.get(name);
        assertThat(young).isNotSameAs(old);
        assertThat(young.floor())
                .as("what the old queue settled says nothing about the new one")
                .isZero();
    }

    @Test
    void an_acknowledgement_that_comes_while_its_cursor_is_stated_again_is_told_by_what_is_left_of_the_log()
            throws Exception {
        ListLog log = new ListLog();
        Cursor cursor = log.table.getOrCreate(new CursorName("Orders", 0, "audit"), 0);
        long cut = log.end;
        log.before = () -> settle(log, cursor, 5);

        log.table.restate(cut, log);

        // The first record of the restatement is the oldest one that is needed, so a later cut may be right before it.
        long restatement = log.entries.stream()
                .filter(entry -> entry.type == ControlType.CURSOR_PUT && entry.position >= cut)
                .findFirst()
                .orElseThrow()
                .position;
        assertThat(log.replayed(restatement, null)).isEqualTo(digest(log.table));
    }

    private static void settle(ListLog log, Cursor cursor, long offset) {
        CursorProgress progress = new CursorProgress();
        progress.settle(offset);
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(cursor.id(), progress);
        log.append(ControlType.CURSOR, payloads.payloads().get(0));
    }

    private static void remove(ListLog log, Cursor cursor) {
        try {
            log.table.remove(cursor);
        } catch (AppendRefusedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void create(ListLog log, CursorName name) {
        try {
            log.table.getOrCreate(name, 0);
        } catch (AppendRefusedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void removing_a_topic_removes_its_cursors() throws Exception {
        ListLog log = new ListLog();
        log.table.getOrCreate(new CursorName("Orders", 0, CursorName.QUEUE), 0);
        log.table.getOrCreate(new CursorName("Other", 0, CursorName.QUEUE), 0);

        log.append(ControlType.TOPIC_REMOVE, removalOf("Orders"));

        assertThat(log.table.all()).hasSize(1);
        assertThat(log.table.get(new CursorName("Other", 0, CursorName.QUEUE))).isNotNull();
    }

    @Test
    void a_cursor_whose_topic_is_removed_meanwhile_does_not_begin_again_for_the_next_topic_of_that_name()
            throws Exception {
        ListLog log = new ListLog();
        CursorName name = new CursorName("Orders", 0, CursorName.QUEUE);
        Cursor former = log.table.getOrCreate(name, 0);
        log.append(ControlType.TOPIC_REMOVE, removalOf("Orders"));

        assertThat(log.table.replace(List.of(former), List.of(500L))).isEmpty();
        assertThat(log.table.get(name)).isNull();

        Cursor next = log.table.getOrCreate(name, 0);
        assertThat(log.table.replace(List.of(former), List.of(500L))).isEmpty();
        assertThat(log.table.get(name)).isSameAs(next);
        assertThat(next.floor()).isZero();
        assertThat(log.table.replace(List.of(next), List.of(3L)))
                .singleElement()
                .satisfies(replaced -> assertThat(replaced.floor()).isEqualTo(3));
    }

    @Test
    void there_is_no_new_cursor_of_what_has_gone() throws Exception {
        ListLog log = new ListLog();
        CursorName name = new CursorName("Orders", 0, "audit");

        assertThat(log.table.getOrCreate(name, 0, () -> false)).isNull();

        assertThat(log.entries).isEmpty();
        Cursor cursor = log.table.getOrCreate(name, 0, () -> true);
        assertThat(log.table.getOrCreate(name, 0, () -> false)).isSameAs(cursor);
    }

    private static ByteBuffer removalOf(String topic) {
        PayloadOutput removal = new PayloadOutput();
        removal.putByte(1);
        removal.putCount(0);
        removal.putCount(0);
        removal.putCount(0);
        removal.putText(topic);
        return removal.payload();
    }
}
