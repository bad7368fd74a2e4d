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

class SubscriptionTableTest {

    private static final SubscriptionKey KEY = new SubscriptionKey("app", "audit");

    /** A log of control records that applies what is appended, as the real one does. */
    private static final class ListLog implements DerivedState.ControlSink {
        private record Entry(long position, ControlType type, ByteBuffer payload) {}

        private final List<Entry> entries = new ArrayList<>();
        private final CursorTable cursors = new CursorTable(this);
        private final SubscriptionTable table = new SubscriptionTable(this, cursors);
        private long end;

        @Override
        public long append(ControlType type, ByteBuffer payload) {
            ByteBuffer copy = ByteBuffer.allocate(payload.remaining() + 3).position(3);
            copy.put(payload.duplicate()).flip().position(3);
            entries.add(new Entry(end, type, copy));
            cursors.apply(end, type, copy);
            table.apply(end, type, copy);
            end += 100;
            return end;
        }

        String replayed(long position, ByteBuffer snapshot) {
            ListLog fresh = new ListLog();
            if (snapshot != null) {
                fresh.table.load(new StateInput(snapshot));
            }
            for (Entry entry : entries) {
                if (entry.position >= position) {
                    fresh.table.apply(entry.position, entry.type, entry.payload);
                }
            }
            return fresh.digest();
        }

        String digest() {
            StringBuilder out = new StringBuilder();
            table.digest(out);
            return out.toString();
        }
    }

    private final ListLog log = new ListLog();

    private DurableSubscription put(SubscriptionKey key, String topic, String selector, Long... floors)
            throws AppendRefusedException {
        return log.table.put(key, topic, selector, false, false, () -> List.of(floors));
    }

    @Test
    void a_subscription_has_a_cursor_on_every_message_queue_from_where_it_begins() throws Exception {
        DurableSubscription made = put(KEY, "News", "a = 1", 7L, 9L);

        assertThat(log.table.get(KEY)).isEqualTo(made);
        assertThat(log.cursors.get(made.cursor(0)).floor()).isEqualTo(7);
        assertThat(log.cursors.get(made.cursor(1)).floor()).isEqualTo(9);
    }

    @Test
    void one_that_replaces_another_begins_anew_and_leaves_no_cursor_of_the_old() throws Exception {
        DurableSubscription old = put(KEY, "News", null, 0L);

        DurableSubscription young = put(KEY, "Weather", null, 3L);

        assertThat(log.table.all()).containsExactly(young);
        assertThat(log.cursors.all()).extracting(Cursor::name).containsExactly(young.cursor(0));
        assertThat(young.cursor(0)).isNotEqualTo(old.cursor(0));
    }

    @Test
    void removing_ends_it_with_its_cursors_and_removing_again_changes_nothing() throws Exception {
        DurableSubscription made = put(KEY, "News", null, 0L);
        put(new SubscriptionKey(null, "audit"), "News", null, 0L);

        log.table.remove(made);
        long end = log.end;
        log.table.remove(made);

        assertThat(log.end).isEqualTo(end);
        assertThat(log.table.get(KEY)).isNull();
        assertThat(log.cursors.all()).hasSize(1);
    }

    @Test
    void there_is_no_subscription_to_a_topic_that_has_gone() throws Exception {
        assertThat(log.table.put(KEY, "News", null, false, false, List::of)).isNull();
        assertThat(log.entries).isEmpty();
    }

    @Test
    void any_history_is_the_same_after_a_replay_a_snapshot_and_the_loss_of_old_segments() {
        Seeds.forEach(100, random -> {
            ListLog history = new ListLog();
            ByteBuffer snapshot = null;
            long snapshotAt = 0;
            long start = 0;
            for (int step = 0; step < 60; step++) {
                try {
                    switch (random.nextInt(8)) {
                        case 0 -> {
                            PayloadOutput out = new PayloadOutput();
                            history.table.capture().writeTo(out);
                            snapshot = out.payload();
                            snapshotAt = history.end;
                        }
                        case 1 -> {
                            long cut = start + (long) (random.nextDouble() * (history.end - start));
                            history.table.restate(cut, history);
                            start = cut;
                        }
                        case 2 -> removeOne(history, random);
                        default -> {
                            SubscriptionKey key = new SubscriptionKey(
                                    random.nextBoolean() ? null : "c" + random.nextInt(2), "s" + random.nextInt(4));
                            String selector = random.nextBoolean() ? null : "a = '" + random.nextInt() + "'";
                            history.table.put(
                                    key,
                                    "T" + random.nextInt(3),
                                    selector,
                                    random.nextBoolean(),
                                    random.nextBoolean(),
                                    () -> List.of(0L));
                        }
                    }
                } catch (AppendRefusedException impossible) {
                    throw new AssertionError(impossible);
                }
            }

            assertThat(history.replayed(start, null)).isEqualTo(history.digest());
            if (snapshot != null && snapshotAt >= start) {
                assertThat(history.replayed(snapshotAt, snapshot)).isEqualTo(history.digest());
            }
        });
    }

    private static void removeOne(ListLog history, Random random) throws AppendRefusedException {
        List<DurableSubscription> all = new ArrayList<>(history.table.all());
        if (!all.isEmpty()) {
            history.table.remove(all.get(random.nextInt(all.size())));
        }
    }
}
