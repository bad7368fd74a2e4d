// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.FileDisk;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Real processes, killed by SIGKILL at random moments: every acknowledged message is there, in order, once. */
class KilledProcessTest {

    /** Two stores at the same time, because starting a JVM keeps one core busy and forcing the other's disk. */
    private static final int LANES = 2;

    @TempDir
    Path directory;

    @Test
    void a_hundred_kills_lose_nothing_that_was_acknowledged() {
        Seeds.once(random -> kill(random, 100));
    }

    @Test
    @Tag("long")
    void a_thousand_kills_lose_nothing_that_was_acknowledged() {
        Seeds.once(random -> kill(random, 1000));
    }

    private void kill(Random random, int times) {
        List<CompletableFuture<Void>> lanes = Stream.iterate(0, i -> i < LANES, i -> i + 1)
                .map(i -> {
                    Path store = directory.resolve("store" + i);
                    Random luck = new Random(random.nextLong());
                    return CompletableFuture.runAsync(() -> killInOneLane(store, luck, times / LANES));
                })
                .toList();
        lanes.forEach(CompletableFuture::join);
    }

    private void killInOneLane(Path store, Random random, int times) {
        try {
            int acknowledged = 0;
            for (int i = 0; i < times; i++) {
                acknowledged = startAndKill(store, random, acknowledged);
            }
            CommitLog log = CommitLog.open(
                    AppendingProcess.CONFIG, FileDisk.at(store), InstantSource.system(), (what, cause) -> {
                        throw new AssertionError(what, cause);
                    });
            assertThat(AppendingProcess.check(log)).isGreaterThanOrEqualTo(acknowledged);
            assertThat(acknowledged).isGreaterThan(times);
            log.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** One life of a process; returns how many messages are acknowledged now. */
    private int startAndKill(Path store, Random random, int acknowledgedBefore)
            throws IOException, InterruptedException {
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath(),
                        AppendingProcess.class.getName(),
                        store.toString())
                .redirectError(errors.toFile())
                .start();
        int acknowledged = acknowledgedBefore;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            if (random.nextInt(10) == 0) {
                // Somewhere in its start, with recovery and the first preparation.
                process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
                kill(process);
            }
            int patience = random.nextInt(300);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged = heard(line, acknowledged, acknowledgedBefore);
                if (patience-- == 0) {
                    kill(process);
                }
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isEqualTo(128 + 9);
        return acknowledged;
    }

    /** SIGKILL; not by the process itself, which would also close the pipe that holds its last words. */
    private static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }

    private static int heard(String line, int acknowledged, int acknowledgedBefore) {
        int number = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
        if (line.startsWith("found ")) {
            assertThat(number).as("messages found at the start").isGreaterThanOrEqualTo(acknowledgedBefore);
            // What the process found and serves is durable from then on.
            return number;
        }
        assertThat(line).startsWith("durable ");
        assertThat(number).isGreaterThanOrEqualTo(acknowledged);
        return number + 1;
    }

    /** No more than it needs: a process that loads a logging framework starts half a second later. */
    private static String classPath() {
        return Stream.of(AppendingProcess.class, CommitLog.class, MessageRecord.class, LoggerFactory.class)
                .map(KilledProcessTest::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }
}
