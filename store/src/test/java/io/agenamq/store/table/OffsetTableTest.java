// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OffsetTableTest {

    private final TableHarness log = new TableHarness();
    private final OffsetTable offsets = new OffsetTable(log);

    OffsetTableTest() {
        log.states.add(offsets);
    }

    @Test
    void a_commit_is_visible_at_once_and_in_the_log_after_a_flush() throws Exception {
        offsets.commit("G", "T", 2, 40);

        assertThat(offsets.get("G", "T", 2)).isEqualTo(40);
        assertThat(offsets.get("G", "T", 0)).isEqualTo(-1);
        assertThat(log.records).isEmpty();
        offsets.flush();
        assertThat(log.records).hasSize(1);
        assertThat(rebuilt().get("G", "T", 2)).isEqualTo(40);
    }

    @Test
    void many_commits_are_one_record() throws Exception {
        for (int i = 0; i <= 1000; i++) {
            offsets.commit("G", "T", i % 4, i);
            offsets.commit("H", "T", 0, i);
        }

        offsets.flush();

        assertThat(log.records).hasSize(1);
        assertThat(rebuilt().get("G", "T"))
                .containsExactly(Map.entry(0, 1000L), Map.entry(1, 997L), Map.entry(2, 998L), Map.entry(3, 999L));
        assertThat(rebuilt().get("H", "T", 0)).isEqualTo(1000);
    }

    @Test
    void nothing_new_is_nothing_to_flush() throws Exception {
        offsets.commit("G", "T", 0, 5);
        offsets.flush();

        offsets.commit("G", "T", 0, 5);

        assertThat(offsets.hasWork()).isFalse();
    }

    @Test
    void an_offset_may_go_back() throws Exception {
        offsets.commit("G", "T", 0, 5);
        offsets.flush();
        offsets.commit("G", "T", 0, 1);
        offsets.flush();

        assertThat(rebuilt().get("G", "T", 0)).isEqualTo(1);
    }

    @Test
    void removing_a_group_or_a_topic_forgets_their_offsets() throws Exception {
        offsets.commit("G", "T", 0, 5);
        offsets.commit("G", "U", 0, 6);
        offsets.commit("H", "T", 0, 7);
        offsets.flush();

        offsets.removeTopic("T");
        assertThat(offsets.get("G", "T", 0)).isEqualTo(-1);
        assertThat(offsets.groupsOf("T")).isEmpty();
        assertThat(offsets.topicsOf("G")).containsExactly("U");
        assertThat(offsets.groups()).containsExactly("G");
        offsets.removeGroup("G");
        assertThat(offsets.groups()).isEmpty();
        assertThat(TableHarness.digest(List.of(rebuilt()))).isEqualTo(TableHarness.digest(List.of(offsets)));
    }

    @Test
    void a_commit_in_flight_does_not_bring_a_removed_group_back() throws Exception {
        offsets.commit("G", "T", 0, 5);
        offsets.removeGroup("G");

        offsets.flush();

        assertThat(offsets.get("G", "T", 0)).isEqualTo(-1);
        assertThat(rebuilt().get("G", "T", 0)).isEqualTo(-1);
    }

    @Test
    void a_queue_or_an_offset_that_cannot_be_is_refused() {
        assertThatThrownBy(() -> offsets.commit("G", "T", -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> offsets.commit("G", "T", 1 << 20, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> offsets.commit("G", "T", 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(offsets.get("G", "T", -1)).isEqualTo(-1);
    }

    @Test
    void restated_offsets_make_older_records_superfluous() {
        Seeds.forEach(50, random -> {
            TableHarness history = new TableHarness();
            OffsetTable table = new OffsetTable(history);
            history.states.add(table);
            Map<String, Long> model = new HashMap<>();
            try {
                for (int step = 0; step < 200; step++) {
                    String group = "G" + random.nextInt(4);
                    String topic = "T" + random.nextInt(4);
                    int queueId = random.nextInt(5);
                    switch (random.nextInt(20)) {
                        case 0 -> {
                            table.removeGroup(group);
                            model.keySet().removeIf(key -> key.startsWith(group + " "));
                        }
                        case 1 -> {
                            table.removeTopic(topic);
                            model.keySet().removeIf(key -> key.contains(" " + topic + " "));
                        }
                        case 2, 3, 4 -> table.flush();
                        case 5 -> {
                            String before = TableHarness.digest(List.of(table));
                            long cut = random.nextInt((int) history.end() + 1);
                            table.restate(cut, history);
                            assertThat(TableHarness.digest(List.of(table))).isEqualTo(before);
                            OffsetTable rest = new OffsetTable(new TableHarness());
                            history.replay(cut, List.of(rest));
                            assertThat(TableHarness.digest(List.of(rest))).isEqualTo(before);
                        }
                        default -> {
                            long offset = random.nextInt(1000);
                            table.commit(group, topic, queueId, offset);
                            model.put(group + " " + topic + " " + queueId, offset);
                        }
                    }
                }
                table.flush();
                model.forEach((key, offset) -> {
                    String[] parts = key.split(" ");
                    assertThat(table.get(parts[0], parts[1], Integer.parseInt(parts[2])))
                            .as(key)
                            .isEqualTo(offset);
                });
            } catch (io.agenamq.store.log.AppendRefusedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private OffsetTable rebuilt() {
        OffsetTable fresh = new OffsetTable(new TableHarness());
        log.replay(0, List.of(fresh));
        return fresh;
    }
}
