// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.log.LogState.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that fills up. Needs the right to mount one; without it the test is skipped and says so. */
class FullFileSystemTest {

    private static final int SIZE_BYTES = 8 * 1024 * 1024;
    private static final LogConfig CONFIG = LogConfig.defaults().withSegmentBytes(1024 * 1024);

    @TempDir
    Path directory;

    private Path mount;
    private boolean mounted;
    private LogModel model = new LogModel();

    @BeforeEach
    void mountSmallFileSystem() throws Exception {
        mount = Files.createDirectory(directory.resolve("small"));
        mounted = command("mount", "-t", "tmpfs", "-o", "size=" + SIZE_BYTES, "tmpfs", mount.toString());
        if (!mounted) {
            System.out.println("FullFileSystemTest is skipped: cannot mount a tmpfs here");
        }
        assumeTrue(mounted, "cannot mount a tmpfs here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            command("umount", "-l", mount.toString());
        }
    }

    @Test
    void a_full_file_system_refuses_messages_and_service_resumes_when_space_returns() throws Exception {
        Path ballast = mount.resolve("ballast");
        Files.write(ballast, new byte[SIZE_BYTES / 2]);
        CommitLog log = open();
        Housekeeper housekeeper =
                new Housekeeper(Duration.ofMillis(200), List.of(log::housekeepOnce), FullFileSystemTest::bug);
        log.onHousekeepingWanted(housekeeper::wake);
        housekeeper.start();
        log.start();

        AppendRefusedException refusal = fill(log);

        assertThat(refusal.reason()).isEqualTo(AppendRefusedException.Reason.DISK_FULL);
        assertThat(refusal).hasMessageContaining("no space left on the disk for " + mount);
        assertThat(log.state().kind()).isEqualTo(Kind.DISK_FULL);
        MessageBatch control = log.newBatch();
        control.addControl(ControlType.OFFSETS, ByteBuffer.wrap("settled".getBytes(StandardCharsets.UTF_8)));
        log.append(control);
        for (int i = 0; i < model.applied.size(); i += 50) {
            if (model.sizes.get(i) > 0) {
                RecordSlice slice = log.recordAt(model.positions.get(i));
                assertThat(LogModel.text(slice.buffer(), 0)).isEqualTo(model.applied.get(i));
                slice.release();
            }
        }

        Files.delete(ballast);
        Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> log.state().kind() == Kind.OPEN);

        append(log, "after");
        log.flush();
        housekeeper.close();
        List<String> all = List.copyOf(model.applied);
        assertThat(all).endsWith("!settled", "after");
        // As if killed: nothing is closed.
        CommitLog again = open();
        assertThat(again.state().kind()).isEqualTo(Kind.OPEN);
        assertThat(model.applied).isEqualTo(all);
        again.close();
    }

    @Test
    void a_store_opens_on_a_file_system_without_any_space() throws Exception {
        CommitLog log = open();
        append(log, "before");
        log.flush();
        try {
            Files.write(mount.resolve("ballast"), new byte[SIZE_BYTES]);
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }

        CommitLog again = open();

        assertThat(model.applied).containsExactly("before");
        fill(again);
        assertThat(again.state().kind()).isEqualTo(Kind.DISK_FULL);
        Files.delete(mount.resolve("ballast"));
        again.housekeepOnce();
        append(again, "after");
        again.close();
        log.close();
    }

    private AppendRefusedException fill(CommitLog log) {
        for (int i = 0; i < 100_000; i++) {
            try {
                append(log, "message " + i + " " + "x".repeat(1000));
            } catch (AppendRefusedException e) {
                return e;
            }
        }
        throw new AssertionError("100 MB on a file system of 8 MiB");
    }

    private static void append(CommitLog log, String text) throws AppendRefusedException {
        MessageBatch batch = log.newBatch();
        batch.add(LogModel.draft("t", 0, text));
        log.append(batch);
    }

    private CommitLog open() throws IOException {
        model = new LogModel();
        CommitLog log = CommitLog.open(CONFIG, FileDisk.at(mount), InstantSource.system(), FullFileSystemTest::bug);
        log.replay(0, model);
        log.serve(model, model, appended -> {});
        return log;
    }

    private static void bug(String what, Throwable cause) {
        throw new AssertionError(what, cause);
    }

    private static boolean command(String... words) throws InterruptedException {
        try {
            return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
