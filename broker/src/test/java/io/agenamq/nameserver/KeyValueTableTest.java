// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Configuration items on a disk that crashes, fills up and fails: what was answered with success is there, and nothing is half there. */
class KeyValueTableTest {

    private static final int CHANGES = 6;

    @Test
    void every_acknowledged_change_survives_a_crash_at_any_operation() {
        Seeds.forEach(5, random -> {
            long operations = operationsOfAWholeRun();
            assertThat(operations).isGreaterThan(CHANGES);
            for (long crashAt = 1; crashAt <= operations; crashAt++) {
                crashesAt(crashAt, random);
            }
        });
    }

    private static long operationsOfAWholeRun() {
        SimulatedDisk disk = new SimulatedDisk();
        assertThat(change(disk)).isEqualTo(CHANGES);
        return disk.operations();
    }

    private static void crashesAt(long operation, Random random) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.crashAt(operation);
        int acknowledged = change(disk);
        disk.restart(random);

        try (KeyValueTable items = KeyValueTable.open(disk)) {
            String value = items.get("ns", "k");
            int survived = value == null ? 0 : Integer.parseInt(value);
            // The one in progress may have become durable just before the crash.
            assertThat(survived).as("crash at operation %d", operation).isBetween(acknowledged, acknowledged + 1);
            if (survived > 0) {
                assertThat(items.get("ns", "constant")).isEqualTo("c");
            }
        } catch (IOException e) {
            throw new AssertionError("crash at operation " + operation, e);
        }
    }

    /** Makes changes until the disk fails; returns how many were acknowledged. */
    private static int change(SimulatedDisk disk) {
        int acknowledged = 0;
        try (KeyValueTable items = KeyValueTable.open(disk)) {
            items.put("ns", "constant", "c").join();
            for (int i = 1; i <= CHANGES; i++) {
                items.put("ns", "k", Integer.toString(i)).join();
                acknowledged = i;
            }
        } catch (CompletionException | IOException crashed) {
            assertThat(disk.isCrashed()).isTrue();
        }
        return acknowledged;
    }

    @Test
    void a_change_that_does_not_fit_is_refused_and_the_items_stay() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        try (KeyValueTable items = KeyValueTable.open(disk)) {
            items.put("ns", "k", "old").join();
            disk.capacity(disk.usedBytes() + 10);

            assertThatThrownBy(() -> items.put("ns", "k", "x".repeat(1000)).join())
                    .isInstanceOf(CompletionException.class);
            assertThat(items.get("ns", "k")).isEqualTo("old");

            disk.capacity(1_000_000);
            items.put("ns", "k", "new").join();
            assertThat(items.get("ns", "k")).isEqualTo("new");
        }
        try (KeyValueTable items = KeyValueTable.open(disk)) {
            assertThat(items.get("ns", "k")).isEqualTo("new");
        }
    }

    @Test
    void a_failed_force_is_no_success() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        try (KeyValueTable items = KeyValueTable.open(disk)) {
            disk.failForces(1);

            assertThatThrownBy(() -> items.put("ns", "k", "v").join()).isInstanceOf(CompletionException.class);
            assertThat(items.namespace("ns")).isNull();
        }
    }

    @Test
    void what_was_accepted_can_be_read_again_however_much_it_is() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        // A character that takes most bytes in JSON.
        String value = "\u0001".repeat(60_000);
        int accepted = 0;
        try (KeyValueTable items = KeyValueTable.open(disk)) {
            try {
                while (accepted < 1_000) {
                    items.put("ns", "k" + accepted, value).join();
                    accepted++;
                }
            } catch (CompletionException full) {
                assertThat(full).hasMessageContaining("characters together");
            }
        }
        assertThat(accepted).isBetween(1, 999);

        try (KeyValueTable items = KeyValueTable.open(disk)) {
            assertThat(items.namespace("ns")).hasSize(accepted);
        }
    }

    @Test
    void a_file_that_is_no_json_is_named_with_what_to_do() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        try (DiskFile file = disk.create("kvConfig.json")) {
            file.writeFully(0, ByteBuffer.wrap("{\"configTable\":{".getBytes(StandardCharsets.UTF_8)));
        }

        assertThatThrownBy(() -> KeyValueTable.open(disk))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("kvConfig.json")
                .hasMessageContaining("mend it, or remove it");
    }

    @Test
    void items_are_bounded() throws IOException {
        try (KeyValueTable items = KeyValueTable.open(null)) {
            assertThatThrownBy(() -> items.put("ns", "k", "x".repeat(100_000)).join())
                    .hasMessageContaining("longer than");
            items.put("ns", "k", "v").join();
            items.delete("ns", "k").join();
            assertThat(items.namespace("ns")).isNull();
        }
    }
}
