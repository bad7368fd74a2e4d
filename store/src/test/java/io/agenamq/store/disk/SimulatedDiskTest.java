// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest extends DiskContract {

    @Override
    Disk disk() {
        return new SimulatedDisk();
    }

    @Override
    Disk sameDirectory(Disk disk) {
        return disk;
    }

    @Test
    void what_was_forced_survives_every_crash() {
        Seeds.forEach(200, random -> {
            try {
                SimulatedDisk disk = new SimulatedDisk();
                DiskFile file = disk.create("a");
                write(file, 0, "forced");
                file.force();
                disk.forceDirectory("");
                write(file, 6, " unforced");

                disk.crash();
                disk.restart(random);

                try (DiskFile again = disk.open("a")) {
                    assertThat(read(again, 0, 6)).isEqualTo("forced");
                    assertThat(again.size()).isBetween(6L, 15L);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void what_was_not_forced_survives_in_every_combination() {
        Set<String> seen = new HashSet<>();
        Seeds.forEach(500, random -> {
            try {
                SimulatedDisk disk = new SimulatedDisk();
                DiskFile file = disk.create("f");
                write(file, 0, "..");
                file.force();
                disk.forceDirectory("");
                write(file, 0, "a");
                write(file, 1, "b");

                disk.restart(random);

                try (DiskFile again = disk.open("f")) {
                    seen.add(read(again, 0, 2));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(seen).containsExactlyInAnyOrder("..", "a.", ".b", "ab");
    }

    @Test
    void names_that_were_not_forced_may_be_old_or_new() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.create("old").close();
        disk.forceDirectory("");
        disk.rename("old", "new");

        disk.restartLosingAll();
        assertThat(disk.files()).containsExactly("old");

        disk.rename("old", "new");
        disk.restartKeepingAll();
        assertThat(disk.files()).containsExactly("new");
    }

    @Test
    void the_machine_stops_during_the_chosen_operation_and_stays_stopped() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        DiskFile file = disk.create("a");
        disk.crashAt(disk.operations() + 2);
        write(file, 0, "x");

        assertThatThrownBy(file::force).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> read(file, 0, 1)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.list("")).isInstanceOf(SimulatedCrash.class);
        disk.restartKeepingAll();
        assertThatThrownBy(() -> write(file, 0, "y")).isInstanceOf(SimulatedCrash.class);
        assertThat(disk.files()).containsExactly("a");
    }

    @Test
    void a_failed_force_loses_what_it_should_have_forced_though_it_can_be_read() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        DiskFile file = disk.create("a");
        disk.forceDirectory("");
        write(file, 0, "hello");
        disk.failForces(1);

        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        file.force();

        assertThat(read(file, 0, 5)).isEqualTo("hello");
        disk.restartLosingAll();
        assertThat(disk.bytes("a")).isEmpty();
    }

    @Test
    void a_full_disk_takes_what_fits_and_then_says_so() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.capacity(8);
        DiskFile file = disk.create("a");

        assertThatThrownBy(() -> write(file, 0, "0123456789")).isInstanceOf(NoSpaceException.class);

        assertThat(disk.bytes("a")).hasSize(8);
        write(file, 2, "fits");
    }
}
