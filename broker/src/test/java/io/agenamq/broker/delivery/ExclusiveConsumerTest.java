// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A queue that one consumer at a time gets messages from. */
class ExclusiveConsumerTest {

    @TempDir
    private Path folder;

    private QueueBench queue;

    @BeforeEach
    void open() {
        queue = new QueueBench(folder);
        queue.exclusive = true;
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            queue.send("red");
        }
    }

    @Test
    void the_consumer_that_came_first_gets_everything() {
        AttachedConsumer first = queue.attach(null, 2);
        queue.attach(null, 10);

        send(4);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(first.id, 0L), tuple(first.id, 1L));

        queue.credit(first, 10);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer)
                .containsExactly(first.id, first.id);
    }

    @Test
    void the_next_in_the_order_of_their_coming_takes_over_and_begins_with_what_comes_back() {
        AttachedConsumer first = queue.attach(null, 3);
        AttachedConsumer second = queue.attach(null, 10);
        AttachedConsumer third = queue.attach(null, 10);
        send(5);
        queue.connection.takeDelivered();

        queue.detach(first, 1, true);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(
                        tuple(second.id, 0L, 2),
                        tuple(second.id, 1L, 1),
                        tuple(second.id, 2L, 1),
                        tuple(second.id, 3L, 1),
                        tuple(second.id, 4L, 1));

        queue.detach(second, 0, true);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .startsWith(tuple(third.id, 0L), tuple(third.id, 1L));
    }

    @Test
    void nobody_takes_over_while_something_can_come_back_that_is_older() {
        AttachedConsumer first = queue.attach(null, 2);
        AttachedConsumer second = queue.attach(null, 10);
        send(4);
        queue.connection.takeDelivered();

        queue.detach(first, 2, false); // closed, but its session has not acknowledged
        assertThat(queue.connection.takeDelivered()).isEmpty();

        queue.release(first, 2, true, 0);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(
                        tuple(second.id, 0L), tuple(second.id, 1L), tuple(second.id, 2L), tuple(second.id, 3L));
    }

    @Test
    void every_consumer_gets_its_share_when_the_attribute_is_gone() {
        queue.attach(null, 1);
        AttachedConsumer second = queue.attach(null, 10);
        send(2);
        queue.connection.takeDelivered();

        queue.exclusive = false;
        queue.look();

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer)
                .containsExactly(second.id);
    }

    @Test
    void nobody_takes_over_while_a_transaction_is_being_decided_that_may_give_back_what_is_older() {
        AttachedConsumer first = queue.attach(null, 2);
        AttachedConsumer second = queue.attach(null, 10);
        send(4);
        queue.connection.takeDelivered();

        HeldOffsets held = queue.hold(first, 1, 2);
        queue.credit(first, 1);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(first.id, 2L));
        queue.detach(first, 0, true);
        assertThat(queue.connection.takeDelivered()).isEmpty();

        queue.rollBack(held);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(
                        tuple(second.id, 0L), tuple(second.id, 1L), tuple(second.id, 2L), tuple(second.id, 3L));
    }
}
