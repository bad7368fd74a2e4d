// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.store.queue.QueueEntry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rotten message on the disk costs that message, not its queue and not the broker. */
class DamagedMessageTest {

    private static final long DAMAGED = 5;
    /** More than two segments hold: what was written a moment ago is not checked. */
    private static final int COUNT = 6_000;

    @TempDir
    private Path folder;

    private QueueBench queue;

    @BeforeEach
    void open() throws IOException {
        queue = new QueueBench(folder);
        for (int i = 0; i < COUNT; i++) {
            queue.send("red");
        }
        damage(DAMAGED);
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private void damage(long offset) throws IOException {
        QueueEntry entry = new QueueEntry();
        assertThat(queue.window().queue().read(offset, entry)).isTrue();
        try (var file = new RandomAccessFile(
                folder.resolve("commitlog/" + "0".repeat(20)).toFile(), "rw")) {
            // The last bytes of a record are its properties.
            file.seek(entry.position() + entry.size() - 1);
            int last = file.read();
            file.seek(entry.position() + entry.size() - 1);
            file.write(last ^ 1);
        }
    }

    @Test
    void the_messages_around_a_damaged_one_are_delivered_and_it_is_not_settled() {
        AttachedConsumer consumer = queue.attach(null, COUNT);

        List<Long> offsets =
                queue.connection.takeDelivered().stream().map(Delivered::offset).toList();
        assertThat(offsets)
                .containsExactlyElementsOf(LongStream.range(0, COUNT)
                        .filter(offset -> offset != DAMAGED)
                        .boxed()
                        .toList());

        queue.acknowledge(consumer, 1, COUNT);
        assertThat(queue.window().cursor().floor()).isEqualTo(DAMAGED);
        assertThat(queue.window().isSettled(DAMAGED + 1)).isTrue();
    }

    @Test
    void purging_everything_takes_a_damaged_message_with_it_and_purging_by_a_selector_does_not() {
        assertThat(queue.sweep("colour = 'red' and 1 = 1", null, Long.MAX_VALUE))
                .isEqualTo(COUNT - 1);
        assertThat(queue.window().cursor().floor()).isEqualTo(DAMAGED);

        assertThat(queue.sweep(null, null, Long.MAX_VALUE)).isEqualTo(1);
        assertThat(queue.window().cursor().floor()).isEqualTo(COUNT);
    }

    @Test
    void a_selector_that_would_have_to_read_it_passes_it_over() {
        queue.attach("colour = 'red' and 1 = 1", COUNT);

        assertThat(queue.connection.takeDelivered()).hasSize(COUNT - 1);
    }
}
