// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A queue that goes on from elsewhere while it is consumed. */
class QueueSeekTest {

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
    void what_was_acknowledged_comes_again_and_late_acknowledgements_change_nothing() {
        AttachedConsumer consumer = queue.attach(null, 100);
        send(5);
        assertThat(offsets()).containsExactly(0L, 1L, 2L, 3L, 4L);
        queue.acknowledge(consumer, 1, 3);

        queue.seek(1);
        assertThat(offsets()).containsExactly(1L, 2L, 3L, 4L);
        queue.acknowledge(consumer, 4, 5); // the deliveries of before
        queue.acknowledge(consumer, 6, 6);

        assertThat(queue.window().cursor().floor()).isEqualTo(2);
        queue.kill();
        queue.attach(null, 100);
        assertThat(offsets()).containsExactly(2L, 3L, 4L);
    }

    @Test
    void what_is_before_the_place_is_not_delivered_any_more_even_if_it_comes_back() {
        AttachedConsumer consumer = queue.attach(null, 2);
        send(5);
        assertThat(offsets()).containsExactly(0L, 1L);

        queue.seek(4);
        queue.release(consumer, 2, true, 10);

        assertThat(offsets()).containsExactly(4L);
        queue.restart();
        queue.attach(null, 10);
        assertThat(offsets()).containsExactly(4L);
        assertThat(queue.window().cursor().floor()).isEqualTo(4);
    }

    @Test
    void a_message_that_waits_or_is_dying_is_where_the_place_says() {
        queue.policy = new RedeliveryPolicy(16, 60_000, false);
        AttachedConsumer consumer = queue.attach(null, 10);
        send(2);
        queue.release(consumer, 2, true, 10);
        assertThat(offsets()).containsExactly(0L, 1L);
        assertThat(queue.subscription().parkedCount()).isEqualTo(2);

        queue.seek(1);

        assertThat(queue.connection.takeDelivered()).singleElement().satisfies(delivered -> {
            assertThat(delivered.offset()).isEqualTo(1);
            assertThat(delivered.deliveryNumber()).isEqualTo(1);
        });
        assertThat(queue.subscription().parkedCount()).isZero();
    }
}
