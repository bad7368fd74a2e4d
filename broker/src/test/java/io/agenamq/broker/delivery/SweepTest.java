// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.log.AppendRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator takes messages out of a queue. */
class SweepTest {

    private static final String OTHER = "Other";

    @TempDir
    private Path folder;

    private QueueBench queue;

    @BeforeEach
    void open() throws AppendRefusedException {
        queue = new QueueBench(folder);
        queue.store().topics().put(new TopicConfig(OTHER, 1, 1, 6));
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private void send(String... colours) {
        for (String colour : colours) {
            queue.send(colour);
        }
    }

    private List<Long> offsets() {
        return queue.connection.takeDelivered().stream().map(Delivered::offset).toList();
    }

    @Test
    void purging_settles_everything_that_nobody_has_and_for_good() {
        send("red", "blue", "red", "blue");
        queue.attach(null, 1);
        assertThat(offsets()).containsExactly(0L);

        assertThat(queue.sweep(null, null, Long.MAX_VALUE)).isEqualTo(3);
        queue.kill();
        queue.attach(null, 10);

        assertThat(queue.connection.takeDelivered())
                .as("only what was in flight comes back")
                .extracting(Delivered::offset)
                .containsExactly(0L);
    }

    @Test
    void purging_with_a_selector_takes_what_it_selects() {
        send("red", "blue", "red", "blue");

        assertThat(queue.sweep("colour = 'red'", null, Long.MAX_VALUE)).isEqualTo(2);
        assertThat(queue.sweep("colour = 'red'", null, Long.MAX_VALUE)).isZero();

        queue.attach(null, 10);
        assertThat(offsets()).containsExactly(1L, 3L);
    }

    @Test
    void purging_takes_what_waits_for_its_time_and_it_never_comes() {
        queue.attach(null, 10);
        queue.send("late", 0, queue.clock.millis() + 1000);
        assertThat(queue.subscription().parkedCount()).isEqualTo(1);

        assertThat(queue.sweep(null, null, Long.MAX_VALUE)).isEqualTo(1);
        assertThat(queue.subscription().parkedCount()).isZero();
        queue.pass(Duration.ofSeconds(2));

        assertThat(offsets()).isEmpty();
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
        assertThat(queue.window().knowsMoreThanCursor()).isFalse();
    }

    @Test
    void a_long_queue_is_purged_part_by_part() {
        for (int i = 0; i < 40_000; i++) {
            queue.send("red");
        }

        assertThat(queue.sweep(null, null, Long.MAX_VALUE)).isEqualTo(40_000);
        assertThat(queue.window().cursor().floor()).isEqualTo(40_000);
    }

    @Test
    void moving_takes_the_oldest_first_and_no_more_than_was_asked_for() {
        send("red", "blue", "red", "red");

        assertThat(queue.sweep("colour = 'red'", OTHER, 2)).isEqualTo(2);

        assertThat(queue.colours(OTHER)).containsExactly("red", "red");
        queue.attach(null, 10);
        assertThat(offsets()).containsExactly(1L, 3L);
    }

    @Test
    void what_was_moved_is_in_the_other_queue_and_in_no_other_after_a_crash() {
        for (int i = 0; i < 1000; i++) {
            send("red", "blue");
        }
        queue.attach(null, 1);
        assertThat(offsets()).containsExactly(0L);

        assertThat(queue.sweep(null, OTHER, Long.MAX_VALUE)).isEqualTo(1999);
        queue.kill();

        assertThat(queue.colours(OTHER)).hasSize(1999).startsWith("blue", "red", "blue");
        queue.attach(null, 10);
        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void a_message_that_is_moved_comes_to_nobody_who_waits_here() {
        AttachedConsumer waiting = queue.attach("colour = 'green'", 10);
        send("red");
        queue.sweep(null, OTHER, Long.MAX_VALUE);

        queue.attach("colour = 'red'", 10);
        send("green");

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(waiting.id, 1L));
    }

    @Test
    void a_message_that_came_back_and_was_moved_is_not_delivered_here_any_more() {
        send("red", "blue", "red");
        AttachedConsumer consumer = queue.attach(null, 3);
        queue.release(consumer, 1, false, 0);
        queue.connection.takeDelivered();

        assertThat(queue.sweep(null, OTHER, 1)).isEqualTo(1);
        queue.credit(consumer, 10);

        assertThat(queue.colours(OTHER)).containsExactly("blue");
        assertThat(offsets()).containsExactly(2L);
    }

    @Test
    void a_paused_queue_hands_out_nothing_and_lets_go_of_what_is_in_flight() {
        AttachedConsumer consumer = queue.attach(null, 10);
        send("red");
        queue.paused = true;
        send("blue");
        assertThat(offsets()).containsExactly(0L);

        queue.acknowledge(consumer, 1, 1);
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
        assertThat(offsets()).isEmpty();

        queue.paused = false;
        queue.look();
        assertThat(offsets()).containsExactly(1L);
    }
}
