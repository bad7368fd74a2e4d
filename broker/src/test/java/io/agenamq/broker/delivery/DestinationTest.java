// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.disk.SimulatedDisk;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationTest {

    private static final String TOPIC = "Orders";

    @Test
    void a_destination_is_worked_on_again_after_a_turn_that_found_no_memory() throws IOException {
        ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
        List<Throwable> faults = new ArrayList<>();
        try (Store store = Store.openStepped(
                StoreConfig.defaults(), new SimulatedDisk(), clock, (what, cause) -> faults.add(cause))) {
            Destination destination = new Destination(
                    TOPIC,
                    store.log(),
                    new BatchPool(store.log()::newBatch),
                    Runnable::run,
                    clock,
                    (what, cause) -> faults.add(cause),
                    (due, task) -> {},
                    (topic, whenMade) -> DeadLetters.NOWHERE);
            OutOfMemoryError none = new OutOfMemoryError("direct buffer memory");
            List<String> done = new ArrayList<>();

            destination.submit(() -> {
                throw none;
            });
            destination.submit(() -> done.add("next"));

            assertThat(faults).containsExactly(none);
            assertThat(done).containsExactly("next");
        }
    }

    @Test
    void tasks_go_on_behind_one_that_found_no_memory() {
        List<Throwable> faults = new ArrayList<>();
        List<String> done = new ArrayList<>();
        SerialTasks tasks = new SerialTasks(Runnable::run, (what, cause) -> faults.add(cause));

        tasks.execute(() -> {
            throw new OutOfMemoryError("heap");
        });
        tasks.execute(() -> done.add("next"));

        assertThat(faults).hasSize(1);
        assertThat(done).containsExactly("next");
    }
}
