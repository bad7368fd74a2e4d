// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CursorTest {

    private static final CursorName ORDERS = new CursorName("Orders", 0, CursorName.QUEUE);

    @Test
    void sixty_four_acknowledgements_are_one_word() {
        CursorProgress progress = new CursorProgress();
        for (long offset = 128; offset < 192; offset++) {
            progress.settle(offset);
        }
        ProgressPayloads payloads = new ProgressPayloads();

        payloads.add(7, progress);

        assertThat(payloads.payloads()).hasSize(1);
        assertThat(payloads.payloads().get(0).remaining())
                .isEqualTo(CursorRecords.SPANS + CursorRecords.SPAN_WORDS + Long.BYTES);
    }

    @Test
    void several_cursors_share_one_payload() {
        Cursor first = new Cursor(1, ORDERS, 0);
        Cursor second = new Cursor(2, ORDERS, 0);
        ProgressPayloads payloads = new ProgressPayloads();
        CursorProgress progress = new CursorProgress();
        progress.settle(0);
        payloads.add(1, progress);
        progress.settle(1);
        payloads.add(2, progress);

        assertThat(payloads.payloads()).hasSize(1);
        apply(payloads, first, second);

        assertThat(first.floor()).isEqualTo(1);
        assertThat(second.floor()).isEqualTo(2);
    }

    @Test
    void progress_of_any_size_fits_into_payloads_of_a_bounded_size() {
        CursorProgress progress = new CursorProgress();
        for (long offset = 0; offset < 3_000_000; offset += 129) {
            progress.settle(offset);
            progress.count(offset + 1, 2);
        }
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(1, progress);
        Cursor cursor = new Cursor(1, ORDERS, 0);

        assertThat(payloads.payloads())
                .hasSizeGreaterThan(5)
                .allMatch(payload -> payload.remaining() < 2 * ProgressPayloads.PAYLOAD_BYTES_MAX);
        apply(payloads, cursor);

        for (long offset = 0; offset < 3_000_000; offset += 129) {
            assertThat(cursor.isSettled(offset)).isTrue();
            assertThat(cursor.deliveries(offset + 1)).isEqualTo(2);
        }
    }

    @Test
    void a_cursor_is_what_a_map_of_offsets_says_after_any_progress_applied_by_record_or_directly() {
        Seeds.forEach(300, random -> {
            Model model = new Model(random.nextInt(3) * 500L);
            Cursor logged = new Cursor(1, ORDERS, model.floor);
            Cursor volatileCursor = new Cursor(1, ORDERS, model.floor);
            List<ByteBuffer> log = new ArrayList<>();
            for (int turn = 0; turn < 60; turn++) {
                CursorProgress progress = model.randomTurn(random);
                ProgressPayloads payloads = new ProgressPayloads();
                payloads.add(1, progress);
                log.addAll(payloads.payloads());
                apply(payloads, logged);
                volatileCursor.apply(progress);
                model.check(logged);
                model.check(volatileCursor);
            }
            Cursor replayed = new Cursor(1, ORDERS, model.initialFloor);
            Random again = new Random(random.nextLong());
            for (ByteBuffer payload : log) {
                applyOne(payload, replayed);
                if (again.nextInt(4) == 0) {
                    applyOne(payload, replayed);
                }
            }
            model.check(replayed);
        });
    }

    private static void apply(ProgressPayloads payloads, Cursor... cursors) {
        for (ByteBuffer payload : payloads.payloads()) {
            applyOne(payload, cursors);
        }
    }

    private static void applyOne(ByteBuffer payload, Cursor... cursors) {
        CursorRecords.forEachSection(payload, (id, section) -> {
            for (Cursor cursor : cursors) {
                if (cursor.id() == id) {
                    cursor.apply(payload, section);
                }
            }
        });
    }

    /** The plainest description of a cursor: a set of settled offsets, a map of counts. */
    private static final class Model {
        final long initialFloor;
        final TreeSet<Long> settled = new TreeSet<>();
        final Map<Long, Integer> counts = new TreeMap<>();
        long floor;
        long mark;
        int deliveries = 1;

        Model(long floor) {
            this.initialFloor = floor;
            this.floor = floor;
        }

        CursorProgress randomTurn(Random random) {
            CursorProgress progress = new CursorProgress();
            for (int i = random.nextInt(30); i > 0; i--) {
                long offset = floor + random.nextInt(random.nextBoolean() ? 20 : 3_000);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        progress.count(offset, ++deliveries);
                        counts.put(offset, deliveries);
                    }
                    case 1 -> {
                        progress.deliveredUpTo(offset);
                        mark = Math.max(mark, offset);
                    }
                    case 2 -> {
                        if (random.nextInt(20) == 0) {
                            progress.settleBelow(offset);
                            for (long at = floor; at < offset; at++) {
                                settled.add(at);
                            }
                        }
                    }
                    default -> {
                        progress.settle(offset);
                        settled.add(offset);
                    }
                }
            }
            while (settled.contains(floor)) {
                floor++;
            }
            counts.keySet().removeAll(settled);
            counts.keySet().removeIf(offset -> offset < floor);
            return progress;
        }

        void check(Cursor cursor) {
            assertThat(cursor.floor()).isEqualTo(floor);
            assertThat(cursor.deliveredMark()).isEqualTo(mark);
            long unsettled = 0;
            for (long offset = floor; offset < floor + 3_100; offset++) {
                assertThat(cursor.isSettled(offset)).isEqualTo(settled.contains(offset));
                assertThat(cursor.deliveries(offset)).isEqualTo(counts.getOrDefault(offset, 0));
                unsettled += settled.contains(offset) ? 0 : 1;
            }
            assertThat(cursor.unsettledBelow(floor + 3_100)).isEqualTo(unsettled);
        }
    }
}
