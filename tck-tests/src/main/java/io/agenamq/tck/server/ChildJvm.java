// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A JVM of its own, with its output in a file and its lines handed to whoever waits for one.
 *
 * <p>Nothing it starts outlives it: processes that are still alive are killed when this JVM ends. Any thread may call anything.
 */
public final class ChildJvm implements AutoCloseable {

    /** How many of the last lines a failure shows. */
    private static final int SHOWN_LINE_COUNT = 30;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "tck-end-of-children"));
    }

    private final String name;
    private final Process process;
    private final Path errors;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private boolean ended;

    private ChildJvm(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
    }

    /** Somebody waits for a line: completed with it, or with the end of the process. */
    private static final class Waiter {
        private final Predicate<String> wanted;
        private volatile String line = "";

        private Waiter(Predicate<String> wanted) {
            this.wanted = wanted;
        }
    }

    /** How to start one. */
    public static final class Command {
        private final String name;
        private final String classPath;
        private final String mainClass;
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private Path directory = Path.of("").toAbsolutePath();

        public Command(String name, String classPath, String mainClass) {
            this.name = name;
            this.classPath = classPath;
            this.mainClass = mainClass;
        }

        public Command jvm(String... options) {
            jvmOptions.addAll(List.of(options));
            return this;
        }

        public Command with(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        public Command environment(String key, String value) {
            environment.put(key, value);
            return this;
        }

        /** Where the output file goes; also the working directory. */
        public Command in(Path where) {
            directory = where;
            return this;
        }

        /** Starts it; {@code lines} gets every line of standard output, on the reader thread. */
        public ChildJvm start(Consumer<String> lines) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.add("-cp");
            command.add(classPath);
            command.add(mainClass);
            command.addAll(arguments);
            try {
                Files.createDirectories(directory);
                Path errors = directory.resolve(name + ".err");
                var builder = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
                builder.environment().putAll(environment);
                Process process = builder.start();
                ALIVE.add(process);
                var child = new ChildJvm(name, process, errors);
                var reader = new Thread(() -> child.read(directory.resolve(name + ".out"), lines), "tck-read-" + name);
                reader.setDaemon(true);
                reader.start();
                return child;
            } catch (IOException failed) {
                throw new UncheckedIOException("cannot start " + name, failed);
            }
        }

        public ChildJvm start() {
            return start(line -> {});
        }
    }

    private void read(Path log, Consumer<String> lines) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8);
                var out = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(line);
                out.write('\n');
                out.flush();
                seen(line);
                lines.accept(line);
            }
        } catch (IOException closed) {
            // The process is gone; whoever waits learns that below.
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    private synchronized void seen(String line) {
        if (lastLines.size() == SHOWN_LINE_COUNT) {
            lastLines.removeFirst();
        }
        lastLines.addLast(line);
        for (Waiter waiter : waiters) {
            if (waiter.line.isEmpty() && waiter.wanted.test(line)) {
                waiter.line = line;
            }
        }
        notifyAll();
    }

    /**
     * Waits for a line, counting those that were already printed (of the last few).
     *
     * @throws IllegalStateException if the process ends or the time is over first; the message shows the last lines
     */
    public synchronized String awaitLine(Predicate<String> wanted, Duration timeout) {
        for (String line : lastLines) {
            if (wanted.test(line)) {
                return line;
            }
        }
        var waiter = new Waiter(wanted);
        waiters.add(waiter);
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (waiter.line.isEmpty()) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || leftMillis <= 0) {
                    throw new IllegalStateException(name + (ended ? " ended" : " said nothing in " + timeout)
                            + "; its last lines:\n" + String.join("\n", lastLines) + "\n" + errors());
                }
                wait(leftMillis);
            }
            return waiter.line;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, interrupted);
        } finally {
            waiters.remove(waiter);
        }
    }

    /** The end of what it wrote to its error stream. */
    private String errors() {
        try {
            List<String> lines = Files.readAllLines(errors);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINE_COUNT), lines.size()));
        } catch (IOException unreadable) {
            return "(" + unreadable + ")";
        }
    }

    /** Writes a line to its standard input. */
    public void tell(String line) {
        try {
            var out = process.getOutputStream();
            synchronized (out) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(name + " does not listen", gone);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: nothing of it runs any more, but all that it has open stays so. */
    public void freeze() {
        try {
            int status = new ProcessBuilder("sh", "-c", "kill -STOP " + pid())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException(name + " cannot be stopped: kill ends with " + status);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while stopping " + name, interrupted);
        }
    }

    /** SIGTERM; returns its exit status, or kills it if it does not end. */
    public int stop() {
        process.destroy();
        return awaitEnd();
    }

    /** Waits for it to end by itself; returns its exit status. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(name + " did not end within " + STOP_TIMEOUT + " and was killed");
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of " + name, interrupted);
        } finally {
            ALIVE.remove(process);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    @Override
    public String toString() {
        return name + " (pid " + pid() + ")";
    }
}
