// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much a selector on a queue looks at, and whom it holds up. */
class LaneTest {

    private static final int BACKLOG = 20_000;

    @TempDir
    private Path folder;

    private QueueBench queue;

    @BeforeEach
    void open() {
        queue = new QueueBench(folder);
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private void send(int count, String colour) {
        for (int i = 0; i < count; i++) {
            queue.send(colour);
        }
    }

    private List<Long> offsets() {
        return queue.connection.takeDelivered().stream().map(Delivered::offset).toList();
    }

    @Test
    void a_backlog_is_searched_once_for_all_consumers_with_the_same_selector_even_if_they_come_one_after_the_other() {
        send(2000, "red");
        for (int i = 0; i < 3; i++) {
            AttachedConsumer consumer = queue.attach(i == 1 ? "(colour)='blue'" : "colour = 'blue'", 1);
            queue.attach(" colour='blue' ", 1);
            queue.detach(consumer, 0, true);
        }

        assertThat(queue.recordsRead).isEqualTo(2000);
        queue.send("blue");
        assertThat(offsets()).containsExactly(2000L);
        assertThat(queue.recordsRead).isEqualTo(2001);
    }

    @Test
    void what_the_last_consumer_with_a_selector_passed_over_is_remembered_while_the_backlog_lasts() {
        send(2000, "red");
        AttachedConsumer first = queue.attach("colour = 'blue'", 1);

        queue.detach(first, 0, true);
        assertThat(queue.subscription().isIdle()).isFalse();
        queue.attach("colour = 'blue'", 1);
        assertThat(queue.recordsRead).isEqualTo(2000);

        AttachedConsumer all = queue.attach(null, 3000);
        queue.acknowledge(all, 1, 2000);
        queue.detach(all, 0, true);
        queue.detach(queue.attach("colour = 'blue'", 1), 0, true);
        assertThat(queue.window().cursor().floor()).isEqualTo(2000);
    }

    @Test
    void a_tag_set_is_answered_without_reading_a_record() {
        send(1000, "red");
        send(2, "blue");

        queue.attach("JMSType IN ('blue', 'green')", 10);

        assertThat(offsets()).containsExactly(1000L, 1001L);
        assertThat(queue.recordsRead).isEqualTo(2);
    }

    @Test
    void a_long_search_does_not_hold_up_the_other_lanes() {
        // Somebody is there while they come, so that they are sorted already.
        queue.attach(null, 0);
        send(BACKLOG, "red");
        queue.stepping();
        queue.attach("colour = 'blue'", 1);
        queue.attach("JMSType = 'green'", 1);

        AttachedConsumer any = queue.attach(null, 100);

        int turns = 0;
        List<Long> got = new ArrayList<>(offsets());
        while (got.size() < 100) {
            assertThat(queue.step()).isTrue();
            turns++;
            got.addAll(offsets());
        }
        assertThat(turns).as("turns until a hundred messages were handed out").isLessThan(3);
        assertThat(queue.recordsRead)
                .as("of which the search took only its slices")
                .isLessThan(BACKLOG / 4);
        while (queue.step()) {
            assertThat(any.inFlight().next()).isEqualTo(101);
        }
        queue.send("blue");
        while (queue.step()) {
            // Until nothing is left to do.
        }
        assertThat(offsets()).containsExactly((long) BACKLOG);
    }

    @Test
    void many_lanes_share_a_turn() {
        queue.attach(null, 0);
        send(3000, "red");
        queue.stepping();
        for (int i = 0; i < 100; i++) {
            queue.attach("colour = 'c" + i + "'", 1);
        }
        queue.attach(null, 5);

        int turns = 0;
        List<Long> got = new ArrayList<>(offsets());
        while (got.size() < 5) {
            assertThat(queue.step()).isTrue();
            turns++;
            got.addAll(offsets());
        }
        assertThat(turns).isLessThan(5);
    }
}
