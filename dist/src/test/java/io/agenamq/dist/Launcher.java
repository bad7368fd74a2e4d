// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** The unpacked distribution, driven through its {@code bin/agena} as a user would. */
final class Launcher {
    /** Generous: the machine may be busy with the rest of the build. */
    static final int PATIENCE_SECONDS = 120;

    private final Path home;
    private final Path scratch;

    /** @param scratch a folder for the output of processes */
    Launcher(Path scratch) {
        this.home = unpacked();
        this.scratch = scratch;
    }

    private static Path unpacked() {
        Path target = Path.of(System.getProperty("agena.target", "target"));
        String name = "agenamq-" + System.getProperty("agena.version");
        return target.resolve(name).resolve(name).toAbsolutePath();
    }

    Path home() {
        return home;
    }

    /** What a command that has ended left behind. */
    record Ended(int status, String out, String err) {}

    /** Runs a command to its end. */
    Ended run(String... arguments) {
        try (Running running = start(arguments)) {
            return running.awaitEnd();
        }
    }

    /** Runs a command to its end, with an option for its virtual machine. */
    Ended runWith(String javaOption, String... arguments) {
        try (Running running = start(Map.of("AGENA_JAVA_OPTS", javaOption), arguments)) {
            return running.awaitEnd();
        }
    }

    /** Starts a command and leaves it running. */
    Running start(String... arguments) {
        return start(Map.of(), arguments);
    }

    private Running start(Map<String, String> environment, String... arguments) {
        try {
            List<String> command = new ArrayList<>();
            command.add(home.resolve("bin/agena").toString());
            command.addAll(Arrays.asList(arguments));
            Path errors = Files.createTempFile(scratch, "stderr", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("AGENA_") || name.equals("NAMESRV_ADDR"));
            builder.environment().putAll(environment);
            return new Running(builder.start(), errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command that runs. Closing kills it if it still does. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final Path errors;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final Thread reader;

        private Running(Process process, Path errors) {
            this.process = process;
            this.errors = errors;
            this.reader = new Thread(this::readLines, "output-of-" + process.pid());
            reader.setDaemon(true);
            reader.start();
        }

        private void readLines() {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    lines.add(line);
                }
            } catch (IOException closed) {
                // Killing the process closes its output: there is nothing more to read.
            }
        }

        long pid() {
            return process.pid();
        }

        /** The next line it prints; fails the test if there is none. */
        String line() {
            try {
                String line = null;
                for (int i = 0;
                        line == null && i < PATIENCE_SECONDS * 10 && (process.isAlive() || !lines.isEmpty());
                        i++) {
                    line = lines.poll(100, TimeUnit.MILLISECONDS);
                }
                return line != null ? line : Assertions.fail("no line; stderr: " + err());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** SIGTERM. */
        void terminate() {
            process.destroy();
        }

        /** SIGKILL. */
        void kill() {
            process.destroyForcibly();
            awaitEnd();
        }

        String err() {
            try {
                return Files.readString(errors, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Ended awaitEnd() {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    return Assertions.fail("still running after " + PATIENCE_SECONDS + " s; stderr: " + err());
                }
                reader.join();
                List<String> rest = new ArrayList<>();
                lines.drainTo(rest);
                String out = String.join("\n", rest);
                return new Ended(process.exitValue(), out, err());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
