// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriorityTest {

    @TempDir
    private Path folder;

    private QueueBench queue;
    private int run;

    @BeforeEach
    void open() {
        queue = new QueueBench(folder.resolve("store" + run++));
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private void send(int priority) {
        queue.send("p" + priority, 0, 0, priority);
    }

    private List<Long> offsets() {
        return queue.connection.takeDelivered().stream().map(Delivered::offset).toList();
    }

    @Test
    void a_higher_priority_is_delivered_before_every_lower_one_that_is_still_here() {
        for (int priority : new int[] {4, 0, 9, 4, 5, 9, 1}) {
            send(priority);
        }

        queue.attach(null, 10);

        assertThat(offsets()).containsExactly(2L, 5L, 4L, 0L, 3L, 6L, 1L);
    }

    @Test
    void it_is_found_behind_a_long_backlog() {
        for (int i = 0; i < 10_000; i++) {
            queue.send("plain");
        }
        send(7);

        queue.attach(null, 2);

        assertThat(offsets()).containsExactly(10_000L, 0L);
    }

    @Test
    void what_comes_back_has_its_place_among_its_own_priority() {
        send(8);
        send(4);
        send(8);
        AttachedConsumer consumer = queue.attach(null, 1);
        send(9);
        assertThat(offsets()).containsExactly(0L);

        queue.release(consumer, 1, true, 10);

        assertThat(offsets()).containsExactly(3L, 0L, 2L, 1L);
    }

    @Test
    void a_selector_passes_over_higher_ones_that_it_does_not_match_and_leaves_them_to_others() {
        send(9);
        send(5);
        AttachedConsumer low = queue.attach("colour = 'p5'", 10);
        assertThat(offsets()).containsExactly(1L);
        send(9);
        send(5);
        assertThat(offsets()).containsExactly(3L);

        queue.release(low, 2, true, 0);
        queue.attach(null, 10);

        assertThat(offsets()).containsExactly(0L, 2L, 1L, 3L);
    }

    @Test
    void priorities_hold_over_a_crash_and_what_is_settled_is_not_sorted_again() {
        send(9);
        send(9);
        send(4);
        AttachedConsumer consumer = queue.attach(null, 1);
        queue.connection.takeDelivered();
        queue.acknowledge(consumer, 1, 1);

        queue.kill();
        queue.attach(null, 10);

        assertThat(offsets()).containsExactly(1L, 2L);
    }

    @Test
    void any_backlog_comes_in_the_order_of_priorities_and_within_one_in_that_of_sending() throws Exception {
        Seeds.forEach(30, random -> {
            try {
                queue.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            open();
            List<Integer> priorities = new ArrayList<>();
            AttachedConsumer consumer = queue.attach(null, 0);
            List<Long> left = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                if (random.nextInt(3) > 0) {
                    int priority = random.nextBoolean() ? 4 : random.nextInt(10);
                    left.add((long) priorities.size());
                    priorities.add(priority);
                    send(priority);
                } else {
                    int count = random.nextInt(4);
                    queue.credit(consumer, count);
                    List<Long> expected = left.stream()
                            .sorted(Comparator.comparing((Long offset) -> -priorities.get((int) (long) offset))
                                    .thenComparing(offset -> offset))
                            .limit(count)
                            .toList();
                    assertThat(offsets()).isEqualTo(expected);
                    left.removeAll(expected);
                    boolean all = random.nextBoolean();
                    if (all) {
                        queue.acknowledge(consumer, 0, Long.MAX_VALUE);
                    } else {
                        queue.release(consumer, 0, true, 0);
                        left.addAll(expected);
                    }
                    // No credit is left over for messages to come.
                    queue.release(consumer, Long.MAX_VALUE - 1, false, 0);
                }
            }
        });
    }
}
