// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.client.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Figures of Jakarta Messaging about what a server has to keep: long backlogs, many queues, temporary queues; the sides as in {@link JmsFigures}. */
final class JmsStateFigures {

    private static final double MIB = 1024.0 * 1024.0;

    private JmsStateFigures() {}

    static Map<String, BiConsumer<Options, String>> all() {
        Map<String, BiConsumer<Options, String>> figures = new TreeMap<>();
        figures.put("jms-backlog", JmsStateFigures::backlog);
        figures.put("jms-queues", JmsStateFigures::queues);
        figures.put("jms-temporary", JmsStateFigures::temporary);
        return figures;
    }

    /** Filled and drained; filled again, and drained after a restart. One round: it is long enough. */
    private static void backlog(Options options, String command) {
        Report report = new Report(
                        "JMS: a backlog of " + options.text("backlog") + ", 4 producers, then 4 consumers in AUTO mode",
                        command)
                .columns(
                        "what, flush",
                        "AgenaMQ msg/s",
                        "slowest tenth",
                        "fastest tenth",
                        "MiB resident",
                        "MiB its own",
                        "Artemis msg/s",
                        "slowest tenth",
                        "fastest tenth",
                        "MiB resident",
                        "MiB its own");
        for (String flush : options.list("flush")) {
            try (Duel<JmsContender> duel = Duel.start(JmsContender.all(flush, options))) {
                backlogRow(report, "filled, " + flush, duel, options, "fill");
                backlogRow(report, "drained, " + flush, duel, options, "drain");
                backlogRow(report, "filled again, " + flush, duel, options, "fill");
                duel.now(contender -> {
                    contender.restart();
                    return 0;
                });
                backlogRow(report, "drained after a restart, " + flush, duel, options, "drain");
            }
        }
        report.print();
    }

    private static void backlogRow(Report report, String first, Duel<JmsContender> duel, Options options, String kind) {
        duel.fight(
                1,
                (contender, round) -> contender.run(contender
                        .plan(kind, options)
                        .with("destination", "jms-backlog")
                        .with("producers", 4)
                        .with("consumers", 4)
                        .with("countMax", options.text("backlog"))));
        Duel.Pair rate = duel.medians(Measurement::ratePerSecond);
        Duel.Pair slowest = duel.now(contender -> contender.last("slowest"));
        Duel.Pair fastest = duel.now(contender -> contender.last("fastest"));
        Duel.Pair resident = duel.now(contender -> contender.lastResidentBytes() / MIB);
        Duel.Pair own = duel.now(contender -> contender.lastOwnBytes() / MIB);
        report.row(
                first,
                Report.rate(rate.ours()),
                Report.rate(slowest.ours()),
                Report.rate(fastest.ours()),
                Report.rate(resident.ours()),
                Report.rate(own.ours()),
                Report.rate(rate.theirs()),
                Report.rate(slowest.theirs()),
                Report.rate(fastest.theirs()),
                Report.rate(resident.theirs()),
                Report.rate(own.theirs()));
    }

    private static void queues(Options options, String command) {
        Report report = JmsFigures.rates(
                new Report("JMS: 4 producers to all queues in turn, 4 sessions with listeners", command),
                "queues, flush");
        for (String flush : options.list("flush")) {
            try (Duel<JmsContender> duel = Duel.start(JmsContender.all(flush, options))) {
                Duel.Pair[] rates = new Duel.Pair[2];
                int[] counts = {1, options.number("queues")};
                for (int i = 0; i < counts.length; i++) {
                    int count = counts[i];
                    duel.fight(
                            options.number("rounds"),
                            (contender, round) -> contender.run(contender
                                    .plan("queues", options)
                                    .with("destination", "jms-queues-" + count)
                                    .with("destinations", count)
                                    .with("producers", 4)
                                    .with("consumers", 4)));
                    BenchMain.rateRow(report, count + ", " + flush, duel);
                    rates[i] = duel.medians(Measurement::ratePerSecond);
                }
                report.row(
                        "many to one, " + flush,
                        Report.number(rates[1].ours() / rates[0].ours()),
                        Report.number(rates[1].theirs() / rates[0].theirs()));
            }
        }
        report.print();
    }

    /** What one server has at a moment, after a full collection. */
    private record State(long files, long open, long threads, double heapMib, double ownMib) {

        static State of(JmsContender contender) {
            contender.goOn();
            long pid = contender.pid();
            double heap = liveHeapBytes(pid) / MIB;
            return new State(
                    storedFiles(contender.directory()),
                    ProcessStatus.openCount(pid),
                    ProcessStatus.threadCount(pid),
                    heap,
                    ProcessStatus.ownBytes(pid) / MIB);
        }

        String text() {
            return files + " / " + open + " / " + threads + " / " + Report.number(heapMib) + " / "
                    + Report.rate(ownMib);
        }
    }

    private static void temporary(Options options, String command) {
        Report report = new Report(
                        "JMS: temporary queues made, used for one request and its reply, and deleted", command)
                .columns(
                        "server, lives/s wanted",
                        "lives/s",
                        "CPU µs/life",
                        "p50 ms",
                        "p99 ms",
                        "errors",
                        "files / open files / threads / MiB live heap / MiB its own, after the warm-up",
                        "the same at the end");
        for (int rate : new int[] {options.number("lives"), 0}) {
            try (Duel<JmsContender> duel = Duel.start(JmsContender.all("async", options))) {
                duel.fight(1, (contender, round) -> {
                    // Not measured: what is compiled, loaded and pooled once.
                    Line plan = contender
                            .plan("temporary", options)
                            .with("destination", "jms-temporary")
                            .with("producers", 8)
                            .with("consumers", 2)
                            .with("rate", rate);
                    var unused = contender.run(plan);
                    State before = State.of(contender);
                    Measurement measured = contender.run(plan);
                    State after = State.of(contender);
                    report.row(
                            contender.name() + ", " + (rate == 0 ? "all that can be" : rate),
                            Report.rate(measured.ratePerSecond()),
                            Report.number(measured.cpuMicrosPerMessage()),
                            Report.number(measured.p50Millis()),
                            Report.number(measured.p99Millis()),
                            String.valueOf(measured.errors()),
                            before.text(),
                            after.text());
                    return measured;
                });
            }
        }
        report.print();
    }

    private static long storedFiles(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).count();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What is alive on the heap: the last line of a class histogram, which collects before it counts. */
    private static long liveHeapBytes(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process = new ProcessBuilder(jcmd.toString(), String.valueOf(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String total;
            try (var lines = process.inputReader()) {
                total = lines.lines()
                        .filter(line -> line.startsWith("Total"))
                        .findFirst()
                        .orElse("Total 0 0");
            }
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return Long.parseLong(total.strip().split(" +")[2]);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
