// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.client.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The whole-system benchmarks, one command per figure: {@code bench/run send --threads 8 --seconds 3 --rounds 1}.
 *
 * <p>Both servers get the same heap and the same setting for forcing the disk; everything else is as each is distributed. The load is the
 * official client 5.5 in a process of its own on the same machine, over loopback; that of {@code answer} is a {@link BareClient} in this one.
 */
public final class BenchMain {

    private static final TreeMap<String, BiConsumer<Options, String>> FIGURES = new TreeMap<>();

    static {
        FIGURES.put("send", BenchMain::send);
        FIGURES.put("transaction", BenchMain::transaction);
        FIGURES.put("async", BenchMain::async);
        FIGURES.put("batch", BenchMain::batch);
        FIGURES.put("end-to-end", BenchMain::endToEnd);
        FIGURES.put("pull", BenchMain::pull);
        FIGURES.put("latency", BenchMain::latency);
        FIGURES.put("answer", BenchMain::answer);
        FIGURES.put("idle", BenchMain::idle);
        FIGURES.put("start", BenchMain::start);
        FIGURES.put("restart", BenchMain::restart);
        FIGURES.put("topics", BenchMain::topics);
        FIGURES.putAll(JmsFigures.all());
    }

    private BenchMain() {}

    public static void main(String[] arguments) {
        BiConsumer<Options, String> figure = arguments.length == 0 ? null : FIGURES.get(arguments[0]);
        if (figure == null) {
            System.err.println("bench: which figure? " + FIGURES.keySet() + ", with " + Options.help());
            System.exit(2);
            return;
        }
        try {
            figure.accept(Options.parse(arguments, 1), "bench/run " + String.join(" ", Arrays.asList(arguments)));
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage());
            System.exit(2);
        }
        System.exit(0);
    }

    private static void send(Options options, String command) {
        Report report = rates(new Report("Synchronous send", command), "threads, flush");
        for (String flush : options.list("flush")) {
            for (int threads : options.numbers("threads")) {
                try (Duel<Contender> duel = Duel.start(flush, options)) {
                    duel.fight(
                            options.number("rounds"),
                            (contender, round) -> contender.run(contender
                                    .plan("send", options)
                                    .with("threads", threads)
                                    .with("topic", "send-" + round)));
                    rateRow(report, threads + ", " + flush, duel);
                }
            }
        }
        report.print();
    }

    private static void transaction(Options options, String command) {
        Report report = new Report("Transactional messages: half message, commit, seen", command)
                .columns(
                        "threads, flush",
                        "AgenaMQ msg/s",
                        "RocketMQ msg/s",
                        "ratio",
                        "AgenaMQ log bytes/msg",
                        "RocketMQ log bytes/msg",
                        "ratio",
                        "AgenaMQ disk bytes/msg",
                        "RocketMQ disk bytes/msg",
                        "ratio",
                        "p99 ms",
                        "p99 ms",
                        "errors");
        for (String flush : options.list("flush")) {
            for (int threads : options.numbers("threads")) {
                try (Duel<Contender> duel = Duel.start(flush, options)) {
                    duel.fight(
                            options.number("rounds"),
                            (contender, round) -> contender.run(contender
                                    .plan("transaction", options)
                                    .with("threads", threads)
                                    .with("topic", "transaction-" + round)));
                    Duel.Pair rate = duel.medians(Measurement::ratePerSecond);
                    Duel.Pair log = duel.medians(Measurement::logBytesPerMessage);
                    Duel.Pair disk = duel.medians(Measurement::diskBytesPerMessage);
                    Duel.Pair p99 = duel.medians(Measurement::p99Millis);
                    report.row(
                            threads + ", " + flush,
                            Report.rate(rate.ours()),
                            Report.rate(rate.theirs()),
                            Report.number(rate.ratio()),
                            Report.rate(log.ours()),
                            Report.rate(log.theirs()),
                            Report.number(log.ratio()),
                            Report.rate(disk.ours()),
                            Report.rate(disk.theirs()),
                            Report.number(disk.ratio()),
                            Report.number(p99.ours()),
                            Report.number(p99.theirs()),
                            String.valueOf(duel.errors()));
                }
            }
        }
        report.print();
    }

    private static void async(Options options, String command) {
        Report report = rates(new Report("Asynchronous send", command), "window, flush");
        for (String flush : options.list("flush")) {
            try (Duel<Contender> duel = Duel.start(flush, options)) {
                duel.fight(
                        options.number("rounds"),
                        (contender, round) ->
                                contender.run(contender.plan("async", options).with("topic", "async-" + round)));
                rateRow(report, options.text("window") + ", " + flush, duel);
            }
        }
        report.print();
    }

    private static void batch(Options options, String command) {
        Report report = rates(new Report("Batches of " + options.text("batch"), command), "threads, flush");
        for (String flush : options.list("flush")) {
            for (int threads : options.numbers("threads")) {
                try (Duel<Contender> duel = Duel.start(flush, options)) {
                    duel.fight(
                            options.number("rounds"),
                            (contender, round) -> contender.run(contender
                                    .plan("send", options)
                                    .with("threads", threads)
                                    .with("batch", options.text("batch"))
                                    .with("topic", "batch-" + round)));
                    rateRow(report, threads + ", " + flush, duel);
                }
            }
        }
        report.print();
    }

    private static void endToEnd(Options options, String command) {
        Report report = rates(new Report("From producer to push consumer", command), "window, flush");
        for (String flush : options.list("flush")) {
            try (Duel<Contender> duel = Duel.start(flush, options)) {
                duel.fight(
                        options.number("rounds"),
                        (contender, round) -> contender.run(contender
                                .plan("end-to-end", options)
                                .with("threads", 20)
                                .with("topic", "end-to-end-" + round)));
                rateRow(report, options.text("window") + ", " + flush, duel);
            }
        }
        report.print();
    }

    private static void pull(Options options, String command) {
        Report report = rates(new Report("Pull of a backlog", command), "messages");
        try (Duel<Contender> duel = Duel.start("async", options)) {
            System.err.println("  filling");
            duel.fight(
                    1, (contender, round) -> contender.run(fill(contender, options, options.longNumber("messages"))));
            duel.fight(
                    options.number("rounds"),
                    (contender, round) -> contender.run(contender
                            .plan("drain", options)
                            .with("seconds", 600)
                            .with("threads", 20)
                            .with("topic", "backlog")
                            .with("countMax", options.text("messages"))));
            rateRow(report, options.text("messages"), duel);
        }
        report.print();
    }

    private static void latency(Options options, String command) {
        Report report = latencies(new Report("Latency at a fixed rate, from the intended send time", command));
        for (String flush : options.list("flush")) {
            for (int rate : options.numbers("rates")) {
                try (Duel<Contender> duel = Duel.start(flush, options)) {
                    duel.fight(
                            options.number("rounds"),
                            (contender, round) -> contender.run(contender
                                    .plan("latency", options)
                                    .with("rate", rate)
                                    .with("topic", "latency-" + round)));
                    latencyRow(report, rate + ", " + flush, duel);
                }
            }
        }
        report.print();
    }

    private static void answer(Options options, String command) {
        Report report =
                latencies(new Report("Latency at a fixed rate, of a client without threads or garbage", command));
        Duration warmup = Duration.ofSeconds(options.number("warmup"));
        Duration measured = Duration.ofSeconds(options.number("seconds"));
        for (String flush : options.list("flush")) {
            for (int rate : options.numbers("rates")) {
                try (Duel<Contender> duel = Duel.start(flush, options)) {
                    duel.fight(options.number("rounds"), (contender, round) -> {
                        contender.goOn();
                        try (var client =
                                new BareClient(contender.broker().port(), "answer-" + round, options.number("size"))) {
                            return client.run(
                                    rate, warmup, measured, contender.broker().pid());
                        } catch (IOException failed) {
                            throw new UncheckedIOException(failed);
                        }
                    });
                    latencyRow(report, rate + ", " + flush, duel);
                }
            }
        }
        report.print();
    }

    private static void idle(Options options, String command) {
        Report report = new Report("An idle broker with connected clients", command)
                .columns("clients", "AgenaMQ % of a core", "RocketMQ % of a core");
        try (Duel<Contender> duel = Duel.start("async", options)) {
            duel.fight(
                    options.number("rounds"),
                    (contender, round) ->
                            contender.run(contender.plan("idle", options).with("threads", options.text("clients"))));
            Duel.Pair cpu = duel.medians(Measurement::cpuPercent);
            report.row(options.text("clients"), Report.number(cpu.ours()), Report.number(cpu.theirs()));
        }
        report.print();
    }

    private static void start(Options options, String command) {
        Report report = new Report("From the start of the broker's process to ready", command)
                .columns("store", "AgenaMQ s", "RocketMQ s");
        try (Duel<Contender> duel = Duel.start("async", options)) {
            duel.fight(options.number("rounds"), (contender, round) -> {
                contender.goOn();
                contender.broker().stop();
                long before = System.nanoTime();
                contender.broker().restart();
                return new Measurement(1, 0, System.nanoTime() - before, 0, 0, 0);
            });
            Duel.Pair seconds = duel.medians(one -> one.nanos() / 1e9);
            report.row("empty", Report.number(seconds.ours()), Report.number(seconds.theirs()));
        }
        report.print();
    }

    private static void restart(Options options, String command) {
        Report report = new Report("From the start of the broker's process to ready, after SIGKILL", command)
                .columns("store MiB", "AgenaMQ s", "RocketMQ s");
        try (Duel<Contender> duel = Duel.start("async", options)) {
            System.err.println("  filling");
            long messages = options.longNumber("megabytes") * 1024 * 1024 / options.number("size");
            duel.fight(1, (contender, round) -> contender.run(fill(contender, options, messages)));
            duel.fight(options.number("rounds"), (contender, round) -> {
                contender.goOn();
                contender.broker().kill();
                long before = System.nanoTime();
                contender.broker().restart();
                return new Measurement(1, 0, System.nanoTime() - before, 0, 0, 0);
            });
            Duel.Pair seconds = duel.medians(one -> one.nanos() / 1e9);
            report.row(options.text("megabytes"), Report.number(seconds.ours()), Report.number(seconds.theirs()));
        }
        report.print();
    }

    private static void topics(Options options, String command) {
        Report report = new Report("Many topics", command).columns("", "AgenaMQ", "RocketMQ");
        int many = options.number("topics");
        try (Duel<Contender> duel = Duel.start("async", options)) {
            Duel.Pair[] rates = new Duel.Pair[2];
            int[] counts = {10, many};
            for (int i = 0; i < 2; i++) {
                int count = counts[i];
                duel.fight(
                        1,
                        (contender, round) -> contender.run(contender
                                .plan("create-topics", options)
                                .with("topic", "t" + count)
                                .with("topics", count)));
                rates[i] = duel.fight(
                                options.number("rounds"),
                                (contender, round) -> contender.run(contender
                                        .plan("send", options)
                                        .with(
                                                "threads",
                                                options.numbers("threads").get(0))
                                        .with("topic", "t" + count)
                                        .with("topics", count)))
                        .medians(Measurement::ratePerSecond);
            }
            Duel.Pair memory = duel.now(
                    contender -> ProcessStatus.residentBytes(contender.broker().pid()) / 1024.0 / 1024.0);
            Duel.Pair own = duel.now(
                    contender -> ProcessStatus.ownBytes(contender.broker().pid()) / 1024.0 / 1024.0);
            report.row("sends/s over 10 topics", Report.rate(rates[0].ours()), Report.rate(rates[0].theirs()));
            report.row("sends/s over " + many, Report.rate(rates[1].ours()), Report.rate(rates[1].theirs()));
            report.row("resident MiB with " + many, Report.rate(memory.ours()), Report.rate(memory.theirs()));
            report.row("of these without mapped files", Report.rate(own.ours()), Report.rate(own.theirs()));
        }
        report.print();
    }

    private static Line fill(Contender contender, Options options, long messages) {
        return contender
                .plan("fill", options)
                .with("topic", "backlog")
                .with("threads", 4)
                .with("batch", 32)
                .with("countMax", messages);
    }

    private static Report latencies(Report report) {
        return report.columns(
                "msg/s, flush", "AgenaMQ p50 ms", "p99 ms", "RocketMQ p50 ms", "p99 ms", "p99 ratio", "errors");
    }

    static void latencyRow(Report report, String first, Duel<?> duel) {
        Duel.Pair p50 = duel.medians(Measurement::p50Millis);
        Duel.Pair p99 = duel.medians(Measurement::p99Millis);
        report.row(
                first,
                Report.number(p50.ours()),
                Report.number(p99.ours()),
                Report.number(p50.theirs()),
                Report.number(p99.theirs()),
                Report.number(p99.ratio()),
                String.valueOf(duel.errors()));
    }

    private static Report rates(Report report, String first) {
        return report.columns(
                first,
                "AgenaMQ msg/s",
                "RocketMQ msg/s",
                "ratio",
                "AgenaMQ CPU µs/msg",
                "RocketMQ CPU µs/msg",
                "ratio",
                "p99 ms",
                "p99 ms",
                "errors");
    }

    static void rateRow(Report report, String first, Duel<?> duel) {
        Duel.Pair rate = duel.medians(Measurement::ratePerSecond);
        Duel.Pair cpu = duel.medians(Measurement::cpuMicrosPerMessage);
        Duel.Pair p99 = duel.medians(Measurement::p99Millis);
        report.row(
                first,
                Report.rate(rate.ours()),
                Report.rate(rate.theirs()),
                Report.number(rate.ratio()),
                Report.number(cpu.ours()),
                Report.number(cpu.theirs()),
                Report.number(cpu.ratio()),
                Report.number(p99.ours()),
                Report.number(p99.theirs()),
                String.valueOf(duel.errors()));
    }
}
