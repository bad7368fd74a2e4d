// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.queue.QueueTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTableTest {

    private final ManualClock clock = new ManualClock(Instant.ofEpochMilli(1000));
    private final TableHarness log = new TableHarness();

    @TempDir
    private Path folder;

    private QueueTable queues;
    private TopicTable topics;

    @BeforeEach
    void open() throws IOException {
        queues = new QueueTable(FileDisk.at(folder));
        topics = new TopicTable(log, queues, clock);
        log.states.add(topics);
    }

    @Test
    void a_topic_that_was_put_is_there_with_its_queues() throws Exception {
        TopicConfig config = new TopicConfig("T", 4, 8, 6, "SINGLE_TAG", 0, true, Map.of("kind", "queue"));

        long end = topics.put(config);

        assertThat(end).isEqualTo(log.end());
        assertThat(topics.get("T")).isEqualTo(config);
        assertThat(topics.all()).containsExactly(config);
        assertThat(queues.queueCount("T")).isEqualTo(8);
        assertThat(queues.find("T", 7)).isNotNull();
        assertThat(queues.find("T", 8)).isNull();
    }

    @Test
    void every_change_makes_a_new_version() throws Exception {
        assertThat(topics.version()).isEqualTo(DataVersion.NONE);

        topics.put(new TopicConfig("T", 1, 1, 6));
        assertThat(topics.version()).isEqualTo(new DataVersion(0, 1000, 1));
        clock.advance(java.time.Duration.ofMillis(5));
        topics.remove("T");

        assertThat(topics.version()).isEqualTo(new DataVersion(0, 1005, 2));
        assertThat(topics.get("T")).isNull();
        assertThat(queues.queueCount("T")).isZero();
    }

    @Test
    void of_queues_that_are_no_longer_declared_those_that_had_messages_stay() throws Exception {
        topics.put(new TopicConfig("T", 8, 8, 6));
        queues.reserve("T", 4);

        topics.put(new TopicConfig("T", 2, 2, 6));

        assertThat(queues.queueCount("T")).isEqualTo(5);
    }

    @Test
    void a_topic_without_queues_or_with_too_many_is_refused() {
        assertThatThrownBy(() -> topics.put(new TopicConfig("T", 0, 0, 6)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topics.put(new TopicConfig("T", 100_000, 1, 6)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("T");
        assertThat(log.records).isEmpty();
    }

    @Test
    void a_restated_table_needs_no_older_records() throws Exception {
        topics.put(new TopicConfig("A", 1, 1, 6));
        topics.put(new TopicConfig("B", 1, 1, 6));
        topics.put(new TopicConfig("A", 3, 3, 6));
        topics.remove("B");
        String before = TableHarness.digest(List.of(topics));
        long cut = log.end();

        topics.restate(cut, log);

        assertThat(TableHarness.digest(List.of(topics))).isEqualTo(before);
        assertThat(TableHarness.digest(List.of(rebuilt(cut)))).isEqualTo(before);
    }

    @Test
    void the_version_of_an_empty_table_is_restated_too() throws Exception {
        topics.put(new TopicConfig("A", 1, 1, 6));
        topics.remove("A");
        long cut = log.end();

        topics.restate(cut, log);

        assertThat(rebuilt(cut).version()).isEqualTo(topics.version());
    }

    @Test
    void what_is_young_enough_is_not_restated() throws Exception {
        topics.put(new TopicConfig("A", 1, 1, 6));
        int count = log.records.size();

        topics.restate(0, log);

        assertThat(log.records).hasSize(count);
    }

    @Test
    void groups_are_kept_with_everything_they_have() throws Exception {
        GroupTable groups = new GroupTable(log, clock);
        log.states.add(groups);
        SubscriptionGroupConfig config = new SubscriptionGroupConfig(
                "G", true, false, true, true, 3, 7, "{\"type\":\"CUSTOMIZED\"}", 0, 1, true, 0, 15, Map.of("a", "b"));

        groups.put(config);
        GroupTable fresh = new GroupTable(new TableHarness(), clock);
        log.replay(0, List.of(fresh));

        assertThat(fresh.get("G")).isEqualTo(config);
        assertThat(fresh.version()).isEqualTo(groups.version());
    }

    private TopicTable rebuilt(long from) throws IOException {
        TopicTable fresh = new TopicTable(new TableHarness(), queues, clock);
        log.replay(from, List.of(fresh));
        return fresh;
    }
}
