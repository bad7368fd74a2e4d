// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.cli.CliFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Name server and broker in a process of their own, started as a user would: {@code agena start}. It is ready when this object exists;
 * its addresses come from the ready line. Closing stops it with SIGTERM, {@link #kill} with SIGKILL.
 */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("agena: broker \\S+ listening on (\\S+:\\d+), registered with (\\S+:\\d+).*");

    /** Generous: the machine may be busy with a build. A start takes about a second. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final Process process;
    private final String broker;
    private final String nameServer;

    private ServerProcess(Process process, String broker, String nameServer) {
        this.process = process;
        this.broker = broker;
        this.nameServer = nameServer;
    }

    /**
     * Starts a server and waits until it is ready.
     *
     * @param launcher the {@code agena} script
     * @param data its data directory
     * @param listen where its broker listens, {@code host:port}; port 0 picks a free one
     * @param nameServerPort where its name server listens; 0 picks a free port
     * @throws CliFailure with the server's own words if it does not get ready
     */
    static ServerProcess start(Path launcher, Path data, String listen, int nameServerPort) {
        try {
            Path errors = Files.createDirectories(data).resolve("server-errors.txt");
            ProcessBuilder builder = new ProcessBuilder(List.of(
                    launcher.toString(),
                    "start",
                    "--listen",
                    listen,
                    "--namesrv-port",
                    Integer.toString(nameServerPort),
                    "--data",
                    data.toString()));
            Process process = builder.redirectError(errors.toFile()).start();
            try {
                Matcher ready = READY.matcher(firstLine(process));
                if (!ready.matches()) {
                    throw new CliFailure("the server did not start: " + lastWords(errors));
                }
                return new ServerProcess(process, ready.group(1), ready.group(2));
            } catch (RuntimeException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String firstLine(Process process) {
        // The reader stays open for the life of the process: what it may print later must not block it.
        CompletableFuture<String> first = new CompletableFuture<>();
        Thread reader = new Thread(() -> readAll(process, first), "agena-demo-server-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return first.get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CliFailure("the server was not ready after " + START_TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new CliFailure("the server's output cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted while the server started", e);
        }
    }

    private static void readAll(Process process, CompletableFuture<String> first) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                first.complete(line);
            }
            first.complete("");
        } catch (IOException e) {
            first.completeExceptionally(e);
        }
    }

    /** The last line the server wrote to its error stream, without the prefix every line of ours has. */
    private static String lastWords(Path errors) throws IOException {
        List<String> lines = Files.readAllLines(errors, StandardCharsets.UTF_8);
        String last = lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
        return last.startsWith("agena: ") ? last.substring("agena: ".length()) : last;
    }

    /** {@code host:port} of the broker. */
    String broker() {
        return broker;
    }

    /** {@code host:port} of the name server. */
    String nameServer() {
        return nameServer;
    }

    int nameServerPort() {
        return Integer.parseInt(nameServer.substring(nameServer.lastIndexOf(':') + 1));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The memory the process occupies now, or nothing where the operating system does not say. */
    OptionalLong residentBytes() {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty();
        }
    }

    /** SIGKILL: no handler runs, nothing is closed, nothing is flushed. Returns when the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM, and SIGKILL if that takes too long. */
    @Override
    public void close() {
        process.destroy();
        if (!awaitEnd()) {
            process.destroyForcibly();
        }
    }

    private boolean awaitEnd() {
        try {
            return process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
