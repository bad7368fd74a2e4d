// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jta;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** PostgreSQL in a folder, if the machine has it (Debian's package); on loopback, with as many prepared transactions as tests need. */
final class PostgresServer implements AutoCloseable {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    private final Path programs;
    private final Path folder;
    private final int port;

    private PostgresServer(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** The programs of the server, empty if it is not installed. */
    static Optional<Path> installed() throws IOException {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(programs -> Files.isExecutable(programs.resolve("initdb")))
                    .findFirst();
        }
    }

    static PostgresServer start(Path programs, Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(folder);
        PostgresServer server = new PostgresServer(programs, folder, port);
        server.run("initdb", "-U", "bank", "-A", "trust", "--no-sync", "-D", folder + "/data");
        server.run(
                "pg_ctl",
                "-w",
                "-t",
                "60",
                "-D",
                folder + "/data",
                "-l",
                folder + "/log",
                "-o",
                "-p " + port + " -h 127.0.0.1 -k " + folder + " -c max_prepared_transactions=10",
                "start");
        return server;
    }

    /** Root must not run it; then the user of the package does. */
    private void run(String program, String... arguments) throws IOException {
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        List<String> command = new ArrayList<>();
        if (isRoot) {
            ensure(List.of("chown", "-R", "postgres", folder.toString()));
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        ensure(command);
    }

    private void ensure(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + " ends with " + process.exitValue());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command + " runs", interrupted);
        }
    }

    String name() {
        return "postgresql:" + port;
    }

    @Override
    public void close() throws IOException {
        run("pg_ctl", "-w", "-m", "immediate", "-D", folder + "/data", "stop");
    }
}
