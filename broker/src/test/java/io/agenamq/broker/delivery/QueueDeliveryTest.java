// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueDeliveryTest {

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

    private List<Long> offsets() {
        return queue.connection.takeDelivered().stream().map(Delivered::offset).toList();
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            queue.send("red");
        }
    }

    @Test
    void a_message_is_pushed_when_it_arrives_as_long_as_there_is_credit() {
        AttachedConsumer consumer = queue.attach(null, 2);

        send(3);
        assertThat(offsets()).containsExactly(0L, 1L);

        queue.credit(consumer, 5);
        assertThat(offsets()).containsExactly(2L);
        send(1);
        assertThat(offsets()).containsExactly(3L);
    }

    @Test
    void consumers_take_turns() {
        send(6);
        queue.attach(null, 0);
        AttachedConsumer first = queue.attach(null, 0);
        AttachedConsumer second = queue.attach(null, 0);

        queue.connection.writable = false;
        queue.credit(first, 10);
        queue.credit(second, 10);
        assertThat(queue.connection.takeDelivered()).isEmpty();
        queue.connection.becomeWritable();

        assertThat(queue.connection.takeDelivered().stream()
                        .filter(delivered -> delivered.consumer() == first.id)
                        .count())
                .isEqualTo(3);
    }

    @Test
    void a_released_message_comes_before_new_ones_and_counts_only_if_it_was_seen() {
        send(4);
        AttachedConsumer consumer = queue.attach(null, 3);
        queue.connection.takeDelivered();

        queue.release(consumer, 2, true, 4);

        assertThat(queue.connection.takeDelivered())
                .containsExactly(
                        new Delivered(consumer.id, 1, 4, 2, 0),
                        new Delivered(consumer.id, 1, 5, 2, 1),
                        new Delivered(consumer.id, 1, 6, 1, 2),
                        new Delivered(consumer.id, 1, 7, 1, 3));
    }

    @Test
    void a_consumer_that_goes_leaves_its_unseen_messages_to_the_others_at_once() {
        send(4);
        AttachedConsumer first = queue.attach(null, 4);
        queue.connection.takeDelivered();
        AttachedConsumer second = queue.attach(null, 10);

        queue.detach(first, 1, false);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(tuple(second.id, 1L, 1), tuple(second.id, 2L, 1), tuple(second.id, 3L, 1));
        assertThat(first.isDone()).isFalse();
        queue.acknowledge(first, 1, 1);
        assertThat(first.isDone()).isTrue();
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
    }

    @Test
    void a_selector_passes_over_what_stays_for_others() {
        queue.send("red");
        queue.send("blue");
        queue.send("red");
        queue.attach("colour = 'blue'", 10);
        assertThat(offsets()).containsExactly(1L);

        queue.attach(null, 10);
        assertThat(offsets()).containsExactly(0L, 2L);
    }

    @Test
    void a_released_message_finds_the_consumer_whose_selector_it_matches() {
        AttachedConsumer any = queue.attach(null, 1);
        queue.send("blue");
        queue.attach("colour = 'blue'", 10);
        queue.attach("colour = 'red'", 10);
        queue.connection.takeDelivered();

        queue.release(any, 0, false, 0);

        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void what_was_in_flight_at_a_crash_comes_back_as_redelivered_and_what_was_acknowledged_does_not() {
        send(5);
        AttachedConsumer consumer = queue.attach(null, 3);
        queue.connection.takeDelivered();
        queue.acknowledge(consumer, 2, 2);

        queue.kill();
        queue.attach(null, 10);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(tuple(0L, 2), tuple(2L, 2), tuple(3L, 1), tuple(4L, 1));
    }

    @Test
    void counts_survive_a_crash() {
        send(1);
        AttachedConsumer consumer = queue.attach(null, 1);
        queue.release(consumer, 1, true, 1);
        queue.release(consumer, 2, true, 1);
        queue.connection.takeDelivered();

        queue.kill();
        queue.attach(null, 1);

        assertThat(queue.connection.takeDelivered().get(0).deliveryNumber()).isEqualTo(3);
    }

    @Test
    void an_expired_message_is_settled_and_never_delivered() {
        queue.send("red", queue.clock.millis() + 1000);
        queue.send("red");
        queue.clock.advance(Duration.ofSeconds(1));

        queue.attach(null, 10);

        assertThat(offsets()).containsExactly(1L);
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
    }

    @Test
    void a_long_backlog_is_handed_out_in_order_turn_by_turn() {
        send(2000);
        AttachedConsumer consumer = queue.attach(null, 1500);

        assertThat(offsets()).isSorted().hasSize(1500);
        queue.acknowledge(consumer, 1, 1500);
        assertThat(queue.window().cursor().floor()).isEqualTo(1500);
        assertThat(consumer.inFlight().isEmpty()).isTrue();
    }

    @Test
    void acknowledging_again_changes_nothing() {
        send(2);
        AttachedConsumer consumer = queue.attach(null, 2);
        queue.acknowledge(consumer, 1, 1);
        long end = queue.store().log().writtenPosition();

        queue.acknowledge(consumer, 1, 1);
        queue.acknowledge(consumer, 5, 9);

        assertThat(queue.store().log().writtenPosition()).isEqualTo(end);
    }

    @Test
    void that_there_is_nothing_is_not_said_while_the_connection_takes_nothing() {
        AttachedConsumer consumer = queue.attach(null, 0);
        queue.send("red");
        List<Integer> known = new ArrayList<>();
        queue.connection.writable = false;

        queue.probe(
                consumer, 1, () -> known.add(queue.connection.takeDelivered().size()));
        assertThat(known).isEmpty();

        queue.connection.becomeWritable();
        assertThat(known).containsExactly(1);
    }
}
