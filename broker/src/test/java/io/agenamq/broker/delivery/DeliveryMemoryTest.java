// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.JmsTraceFact.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of deliveries, and for how long. */
class DeliveryMemoryTest {

    private static List<DeliveryMemory.Note> about(DeliveryMemory memory, String topic, long offset) {
        List<DeliveryMemory.Note> notes = new ArrayList<>();
        memory.about(topic, 0, offset, notes::add);
        return notes;
    }

    @Test
    void the_latest_notes_are_kept_in_their_order_and_older_ones_make_room() {
        DeliveryMemory memory = new DeliveryMemory(new ManualClock(Instant.EPOCH));
        int count = DeliveryMemory.NOTES_MAX + 1000;
        for (int i = 0; i < count; i++) {
            memory.add(Event.DELIVERED, "Orders", 0, null, i, i, 1, "me", i, null);
        }
        memory.add(Event.SETTLED, "Orders", 0, null, count - 4, count, 2, "me", 0, null);

        assertThat(about(memory, "Orders", 1000)).isEmpty();
        assertThat(about(memory, "Orders", 1001)).hasSize(1);
        assertThat(about(memory, "Orders", count - 2))
                .extracting(DeliveryMemory.Note::event)
                .containsExactly(Event.DELIVERED, Event.SETTLED);
        assertThat(about(memory, "Orders", count - 1)).hasSize(1);
        assertThat(about(memory, "Others", count - 1)).isEmpty();
        DeliveryMemory.none().add(Event.DELIVERED, "Orders", 0, null, 0, 0, 1, "me", 1, null);
    }

    @Test
    void consumers_that_take_turns_fill_one_note_each_and_every_message_is_told_once(@TempDir Path folder)
            throws IOException {
        QueueBench queue = new QueueBench(folder);
        for (int i = 0; i < 10; i++) {
            queue.send("red");
        }
        AttachedConsumer one = queue.attach("colour = 'blue'", 10);
        AttachedConsumer two = queue.attach(null, 4);
        queue.acknowledge(two, 1, 2);
        queue.release(two, 3, true, 10);

        assertThat(about(queue.memory, "Orders", 0))
                .extracting(DeliveryMemory.Note::event)
                .containsExactly(Event.DELIVERED, Event.SETTLED);
        assertThat(about(queue.memory, "Orders", 0))
                .extracting(DeliveryMemory.Note::who)
                .containsOnly(two.who());
        assertThat(about(queue.memory, "Orders", 0).get(0).last()).isEqualTo(3);
        assertThat(about(queue.memory, "Orders", 2))
                .extracting(DeliveryMemory.Note::event, DeliveryMemory.Note::count)
                .containsExactly(tuple(Event.DELIVERED, 1), tuple(Event.RELEASED, 1), tuple(Event.DELIVERED, 2));
        assertThat(about(queue.memory, "Orders", 3))
                .extracting(DeliveryMemory.Note::detail)
                .contains("not shown to the application");
        assertThat(one.inFlight().isEmpty()).isTrue();
        queue.close();
    }
}
