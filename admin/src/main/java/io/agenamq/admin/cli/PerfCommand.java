// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.TopicKind;
import io.agenamq.admin.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agena perf}: a load that says honestly how long messages take, and how durable they were. */
@Command(
        name = "perf",
        description = {
            "Put a load on a destination and measure it: JMS for a queue or JMS topic, RocketMQ's protocol for a native topic.",
            "With --rate, latency counts from when a message was due, so that a stall of the server is not hidden."
        },
        footer = {
            "",
            "Example:",
            "  agena perf --seconds 10",
            "  agena perf orders --rate 1000 --size 512 --producers 2 --consumers 2"
        })
final class PerfCommand implements Callable<Integer> {
    private static final String OWN_QUEUE = "agena-perf-";

    private static final int SIZE_MAX = 4 * 1024 * 1024;

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Mixin
    private NameServerOption nameServer = new NameServerOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "DESTINATION",
            description = "A topic or JMS queue that exists (default: a JMS queue that is made and deleted again).")
    private @Nullable String destination;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "2",
            description = "Seconds before that are not measured (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Messages per second in all (default: as many as the producers can).")
    private int rate;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "1024",
            description = "Body of a message (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--producers",
            paramLabel = "N",
            defaultValue = "4",
            description = "Threads that send, each waiting for its answers (default: ${DEFAULT-VALUE}).")
    private int producers;

    @Option(
            names = "--consumers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Consumers; 0 only sends; a native topic has one for each queue (default: ${DEFAULT-VALUE}).")
    private int consumers;

    @Option(
            names = "--durable",
            description = "Native topics: answer only when a message is on the disk; JMS always does.")
    private boolean durable;

    @Option(names = "--non-persistent", description = "JMS: messages need not survive.")
    private boolean nonPersistent;

    PerfCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** One line of the result. */
    private record Row(String what, Histogram latencies, long bytes, double seconds) {
        static Listing<Row> listing() {
            return new Listing<Row>()
                    .text("measured", Row::what)
                    .number("messages", row -> row.latencies.getTotalCount())
                    .decimal("perSecond", 0, row -> row.latencies.getTotalCount() / row.seconds)
                    .decimal("mbPerSecond", 1, row -> row.latencies.getTotalCount() * row.bytes / row.seconds / 1e6)
                    .decimal("p50Millis", 2, row -> row.millisAt(50))
                    .decimal("p99Millis", 2, row -> row.millisAt(99))
                    .decimal("p999Millis", 2, row -> row.millisAt(99.9))
                    .decimal("maxMillis", 2, row -> row.latencies.getMaxValue() / 1e6);
        }

        double millisAt(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    @Override
    public Integer call() {
        within("--seconds", seconds, 1, 86_400);
        within("--warmup", warmUp, 0, 3_600);
        within("--rate", rate, 0, 10_000_000);
        within("--size", size, 1, SIZE_MAX);
        within("--producers", producers, 1, 1_024);
        within("--consumers", consumers, 0, 1_024);
        try (AdminClient admin = nameServer.connect(terminal)) {
            if (destination != null) {
                measure(admin, destination);
            } else {
                String own = OWN_QUEUE + ProcessHandle.current().pid();
                admin.createTopic(TopicSpec.queue(own));
                try {
                    measure(admin, own);
                } finally {
                    admin.deleteTopic(own);
                }
            }
        }
        return 0;
    }

    private void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(spec.commandLine(), "%s is from %,d to %,d".formatted(option, min, max));
        }
    }

    private void measure(AdminClient admin, String name) {
        TopicKind kind = admin.topic(name).kind();
        if (!output.json()) {
            terminal.out()
                    .printf(
                            "%s %s: %,d-byte messages, %s, %s, %s for %d s%n",
                            kind == TopicKind.NATIVE ? "topic" : "JMS " + kind.word(),
                            name,
                            size,
                            counted(producers, "producer"),
                            counted(consumers, "consumer"),
                            rate == 0 ? "as fast as they can" : String.format(Locale.ROOT, "%,d messages/s", rate),
                            seconds);
        }
        Histogram receipts = new ConcurrentHistogram(LoadRun.SIGNIFICANT_DIGITS);
        try (PerfTarget target = target(admin, name, kind)) {
            LoadRun run = new LoadRun(producers, rate, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
            target.listen(consumers, intended -> {
                if (run.isMeasured(intended)) {
                    receipts.recordValue(Math.max(0, System.nanoTime() - intended));
                }
            });
            LoadRun.Outcome outcome = run.send(target::sender);
            target.awaitSilence();
            print(outcome, receipts, target.durability());
        }
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private PerfTarget target(AdminClient admin, String name, TopicKind kind) {
        byte[] body = new byte[size];
        return kind == TopicKind.NATIVE
                ? new NativePerfTarget(admin, name, body, durable)
                : new JmsPerfTarget(nameServer.jms(terminal), name, kind, body, !nonPersistent);
    }

    private void print(LoadRun.Outcome outcome, Histogram receipts, String durability) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("send", outcome.latencies(), size, outcome.seconds()));
        if (consumers > 0) {
            rows.add(new Row("send to receipt", receipts, size, outcome.seconds()));
        }
        Row.listing().print(rows, terminal.out(), output.json());
        if (outcome.gaveUp()) {
            terminal.err()
                    .printf("agena: warning: %,d messages/s are more than the server and this client can do%n", rate);
        }
        if (!output.json()) {
            terminal.out().println("durability  " + durability);
            terminal.out()
                    .println("latency     "
                            + (rate == 0
                                    ? "of a call; the load is as fast as it can be, so add --rate for what users wait"
                                    : "from when the message was due"));
        }
    }
}
