// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.AdminException;
import io.agenamq.admin.cli.CliFailure;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.provider.AgenaConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agena demo}: plays the {@link Story} against a server of its own and prints what it measured. */
@Command(
        name = "demo",
        description = {
            "Start a server on free ports and play an order story with the JMS client and the official RocketMQ client:"
                    + " send, receive, cross over, and survive a SIGKILL.",
            "Needs about half a minute. Nothing is left behind unless --data is given or an act fails."
        },
        footer = {"", "Example:", "  agena demo", "  agena demo --data /tmp/agena-demo"})
final class DemoCommand implements Callable<Integer> {
    /** Fewer would leave the third act with nothing to do. */
    private static final int ORDERS_MIN = 100;

    private static final long MEGABYTE = 1024 * 1024;

    private static final int ORDERS_MAX = 10_000_000;

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Keep the store in this new or empty directory (default: a temporary one, deleted at the end).")
    private @Nullable Path data;

    @Option(
            names = "--orders",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Orders per act (default: ${DEFAULT-VALUE}).")
    private int orders;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (orders < ORDERS_MIN || orders > ORDERS_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--orders is from %,d to %,d".formatted(ORDERS_MIN, ORDERS_MAX));
        }
        String home = terminal.variable("AGENA_HOME");
        if (home == null) {
            throw new CliFailure("AGENA_HOME is not set; start the demo with bin/agena");
        }
        Path directory = data == null ? temporaryDirectory() : newDirectory(data);
        keepRocketMqLogsIn(directory);

        Progress progress = new Progress(terminal.out(), terminal.interactive(), Story.ACTS);
        Story story = new Story(
                Path.of(home, "bin", "agena"),
                directory,
                orders,
                nameServer -> new AgenaConnectionFactory("agena://" + nameServer),
                progress);
        terminal.out().println("agena demo: a server of its own on free ports, its store in " + directory);
        Story.Outcome outcome;
        try {
            outcome = story.play();
        } catch (CliFailure | AdminException e) {
            progress.abandon();
            throw new CliFailure(e.getMessage() + "; the store and its logs are kept in " + directory, e);
        }
        terminal.out().println();
        Figure.listing().print(outcome.figures(), terminal.out(), false);
        outcome.serverBytes().ifPresent(bytes -> terminal.out().printf("%nserver memory  %,d MB%n", bytes / MEGABYTE));
        if (data == null) {
            delete(directory);
        }
        return 0;
    }

    /** The official client writes a log of its own, into the user's home unless told otherwise; it reads this when it is loaded. */
    private static void keepRocketMqLogsIn(Path directory) {
        System.setProperty("rocketmq.log.root", directory.resolve("logs").toString());
        System.setProperty("rocketmq.log.level", "warn");
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("agena-demo-");
        } catch (IOException e) {
            throw new CliFailure("no temporary directory can be made: " + e.getMessage() + "; use --data DIR", e);
        }
    }

    private static Path newDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new CliFailure(directory + " is not empty; give --data a new or empty directory");
                }
            }
            return directory.toAbsolutePath();
        } catch (IOException e) {
            throw new CliFailure("the directory " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
