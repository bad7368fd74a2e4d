// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest extends DiskContract {

    @TempDir
    Path directory;

    @Override
    Disk disk() throws IOException {
        return FileDisk.at(directory.resolve("store"));
    }

    @Override
    Disk sameDirectory(Disk disk) throws IOException {
        return FileDisk.at(directory.resolve("store"));
    }

    @Test
    void an_interrupted_thread_writes_and_keeps_its_interrupt() throws IOException {
        try (DiskFile file = disk().create("a")) {
            Thread.currentThread().interrupt();

            write(file, 0, "hello");
            file.force();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(read(file, 0, 5)).isEqualTo("hello");
        }
    }

    @Test
    void interrupts_of_one_thread_do_not_disturb_another() throws Exception {
        try (DiskFile file = disk().create("a")) {
            AtomicBoolean done = new AtomicBoolean();
            Thread victim = new Thread(() -> {
                ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
                try {
                    while (!done.get()) {
                        file.writeFully(1 << 20, bytes.clear());
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            victim.start();
            for (int i = 0; i < 2000; i++) {
                write(file, 8L * i, "%08d".formatted(i));
                victim.interrupt();
            }
            done.set(true);
            victim.join();

            for (int i = 0; i < 2000; i++) {
                assertThat(read(file, 8L * i, 8)).isEqualTo("%08d".formatted(i));
            }
        }
    }

    @Test
    void a_lock_file_that_a_dead_process_left_is_no_obstacle() throws IOException {
        Disk disk = disk();
        Files.writeString(directory.resolve("store/lock"), "999999\n");

        disk.lock();

        assertThat(Files.readString(directory.resolve("store/lock")))
                .isEqualTo(ProcessHandle.current().pid() + "\n");
        disk.close();
    }
}
