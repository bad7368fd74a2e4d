// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDiskTest extends DiskContract {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path parent;

    @Override
    Disk disk() throws IOException {
        return TemporaryDisk.make(parent, NOW);
    }

    @Override
    Disk sameDirectory(Disk disk) throws IOException {
        return FileDisk.at(((TemporaryDisk) disk).root());
    }

    /** Until it is closed, as every disk; then there is nothing left to lock. */
    @Override
    @Test
    void a_locked_directory_is_refused_with_the_owner_until_it_is_closed() throws IOException {
        Disk disk = disk();
        disk.lock();

        assertThatThrownBy(() -> sameDirectory(disk).lock()).isInstanceOf(StoreInUseException.class);
        disk.close();
    }

    @Test
    void it_is_for_its_owner_and_goes_when_it_is_closed() throws Exception {
        TemporaryDisk disk = TemporaryDisk.make(parent, NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk.root())))
                .isEqualTo("rwx------");
        disk.lock();
        disk.createDirectory("log");
        try (DiskFile file = disk.create("log/0")) {
            file.force();
            disk.close();
        }

        assertThat(disk.root()).doesNotExist();
        disk.close();
    }

    @Test
    void what_a_killed_process_left_is_swept_and_what_is_in_use_is_not() throws Exception {
        Path left =
                Files.createDirectories(parent.resolve("agena-embedded-1/log")).getParent();
        Path young = Files.createDirectories(parent.resolve("agena-embedded-2"));
        Path others = Files.createDirectories(parent.resolve("others"));
        TemporaryDisk used = TemporaryDisk.make(parent, NOW);
        used.lock();
        for (Path old : new Path[] {left, others, used.root()}) {
            Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofHours(2))));
        }
        Files.setLastModifiedTime(young, FileTime.from(NOW.minus(Duration.ofMinutes(59))));

        TemporaryDisk.make(parent, NOW).close();

        assertThat(left).doesNotExist();
        assertThat(young).exists();
        assertThat(others).exists();
        assertThat(used.root()).exists();
        used.close();
    }
}
