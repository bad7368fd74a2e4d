// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.client.Line;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Figures of Jakarta Messaging, ours and Apache ActiveMQ Artemis side by side: {@code bench/run jms-send --seconds 3 --rounds 1}.
 *
 * <p>Flush {@code async} means that what was answered survives the end of the process: AgenaMQ with {@code durability=process}, Artemis with
 * {@code journal-sync-transactional}, {@code journal-sync-non-transactional} and {@code journal-datasync} off. Flush {@code sync} means that it was
 * forced to the disk before the answer: AgenaMQ's default, and Artemis with all three on, which is its default. Both have the same heap; everything
 * else is as each is by default.
 */
final class JmsFigures {

    private JmsFigures() {}

    static Map<String, BiConsumer<Options, String>> all() {
        Map<String, BiConsumer<Options, String>> figures = new TreeMap<>();
        figures.put("jms-send", JmsFigures::send);
        figures.put("jms-async", JmsFigures::async);
        figures.put("jms-end-to-end", JmsFigures::endToEnd);
        figures.put("jms-latency", JmsFigures::latency);
        figures.put("jms-request-reply", JmsFigures::requestReply);
        figures.put("jms-fan-out", JmsFigures::fanOut);
        figures.put("jms-selectors", JmsFigures::selectors);
        figures.put("jms-correlation", JmsFigures::correlation);
        figures.putAll(JmsStateFigures.all());
        return figures;
    }

    private static void send(Options options, String command) {
        Report report = rates(new Report("JMS: synchronous persistent send", command), "producers, flush");
        for (String flush : options.list("flush")) {
            for (int producers : options.numbers("producers")) {
                row(
                        report,
                        producers + ", " + flush,
                        flush,
                        options,
                        "send",
                        plan -> plan.with("producers", producers));
            }
        }
        report.print();
    }

    private static void async(Options options, String command) {
        Report report = rates(new Report("JMS: asynchronous persistent send", command), "window, flush");
        for (String flush : options.list("flush")) {
            row(report, options.text("window") + ", " + flush, flush, options, "async", plan -> plan);
        }
        report.print();
    }

    private static void endToEnd(Options options, String command) {
        Report report = rates(new Report("JMS: 4 producers and 4 consumers on one queue", command), "mode, flush");
        for (String flush : options.list("flush")) {
            for (String mode : options.list("modes")) {
                row(report, mode + ", " + flush, flush, options, "flow", plan -> plan.with("producers", 4)
                        .with("consumers", 4)
                        .with("mode", mode)
                        .with("every", 100));
            }
        }
        report.print();
    }

    private static void latency(Options options, String command) {
        Report report = new Report("JMS: latency from the intended send time to the listener", command)
                .columns(
                        "msg/s, flush",
                        "AgenaMQ p50 ms",
                        "p99 ms",
                        "Artemis p50 ms",
                        "p99 ms",
                        "p50 ratio",
                        "p99 ratio",
                        "errors");
        for (String flush : options.list("flush")) {
            for (int rate : options.numbers("rates")) {
                try (Duel<JmsContender> duel = duel(flush, options, "latency", plan -> plan.with("rate", rate))) {
                    Duel.Pair p50 = duel.medians(Measurement::p50Millis);
                    Duel.Pair p99 = duel.medians(Measurement::p99Millis);
                    report.row(
                            rate + ", " + flush,
                            Report.number(p50.ours()),
                            Report.number(p99.ours()),
                            Report.number(p50.theirs()),
                            Report.number(p99.theirs()),
                            Report.number(p50.ratio()),
                            Report.number(p99.ratio()),
                            String.valueOf(duel.errors()));
                }
            }
        }
        report.print();
    }

    private static void requestReply(Options options, String command) {
        Report report =
                rates(new Report("JMS: request and reply over temporary queues, 2 services", command), "clients");
        for (int clients : options.numbers("askers")) {
            row(report, String.valueOf(clients), "async", options, "request-reply", plan -> plan.with(
                            "producers", clients)
                    .with("consumers", 2));
        }
        report.print();
    }

    private static void fanOut(Options options, String command) {
        Report report = rates(
                new Report("JMS: one publisher, every message to all durable subscribers; deliveries", command),
                "subscribers, flush");
        for (String flush : options.list("flush")) {
            for (int subscribers : options.numbers("subscribers")) {
                row(report, subscribers + ", " + flush, flush, options, "fan-out", plan -> plan.with(
                                "consumers", subscribers)
                        .with("window", 256));
            }
        }
        report.print();
    }

    private static void selectors(Options options, String command) {
        Report report = rates(
                new Report("JMS: 4 producers, ten consumers with a selector each on one queue", command), "flush");
        for (String flush : options.list("flush")) {
            row(report, flush, flush, options, "selectors", plan -> plan.with("producers", 4)
                    .with("consumers", 10));
        }
        report.print();
    }

    private static void correlation(Options options, String command) {
        Report report = rates(
                new Report(
                        "JMS: request and reply over one queue, each client selecting its JMSCorrelationID", command),
                "clients, 10 requests under way");
        for (int clients : options.numbers("correlating")) {
            row(report, String.valueOf(clients), "async", options, "correlation", plan -> plan.with("producers", 10)
                    .with("consumers", 2)
                    .with("destinations", clients));
        }
        report.print();
    }

    private static Duel<JmsContender> duel(String flush, Options options, String kind, UnaryOperator<Line> more) {
        Duel<JmsContender> duel = Duel.start(JmsContender.all(flush, options));
        try {
            return duel.fight(
                    options.number("rounds"),
                    (contender, round) -> contender.run(more.apply(contender.plan(kind, options))
                            .with("destination", "jms-" + kind + "-" + round)));
        } catch (RuntimeException failed) {
            duel.close();
            throw failed;
        }
    }

    private static void row(
            Report report, String first, String flush, Options options, String kind, UnaryOperator<Line> more) {
        try (Duel<JmsContender> duel = duel(flush, options, kind, more)) {
            BenchMain.rateRow(report, first, duel);
        }
    }

    static Report rates(Report report, String first) {
        return report.columns(
                first,
                "AgenaMQ msg/s",
                "Artemis msg/s",
                "ratio",
                "AgenaMQ CPU µs/msg",
                "Artemis CPU µs/msg",
                "ratio",
                "p99 ms",
                "p99 ms",
                "errors");
    }
}
