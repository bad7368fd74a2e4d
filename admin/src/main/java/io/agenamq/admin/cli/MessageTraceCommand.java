// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.TracedMessage;
import io.agenamq.protocol.command.JmsTraceFact;
import io.agenamq.protocol.command.JmsTraceFact.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code agena message trace}: where a message is, and what happened to it. */
@Command(
        name = "trace",
        description = {
            "Say where a message is, and what happened to it: stored, delivered, given back, settled, dead.",
            "[log]: the log says it, also after a restart. [memory]: the broker remembers it, for the latest deliveries since its start.",
            "A message that was moved, or is a dead letter, has a paragraph for each place."
        },
        footer = {
            "",
            "Example:",
            "  agena message trace ID:7F0000010A5C18B4AAC2000000000001",
            "  agena message trace ID:7F0000010A5C18B4AAC2000000000001 --topic orders --json"
        })
final class MessageTraceCommand implements Callable<Integer> {

    private static final Listing<Row> LISTING = new Listing<Row>()
            .text("broker", row -> row.copy().broker())
            .text("topic", row -> row.copy().topic())
            .number("queue", row -> row.copy().queueId())
            .number("offset", row -> row.copy().offset())
            .time("time", row -> time(row.fact()))
            .text("event", row -> row.fact().event().words())
            .text("source", row -> row.fact().source().words())
            .text("subscription", row -> row.fact().subscription())
            .text("who", row -> row.fact().who())
            .number(
                    "deliveries",
                    row -> row.fact().count() == 0 ? null : row.fact().count())
            .text("detail", row -> row.fact().detail());

    private final Terminal terminal;

    @Mixin
    private NameServerOption nameServer = new NameServerOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(paramLabel = "ID", description = "JMSMessageID, unique key or offset id.")
    private String id = "";

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Only look there; quicker where there are many topics.")
    private @Nullable String topic;

    @Option(
            names = "--log-seconds",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to read the log for what happened (default: ${DEFAULT-VALUE}).")
    private int logSeconds;

    private record Row(TracedMessage copy, JmsTraceFact fact) {}

    MessageTraceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<TracedMessage> copies;
        try (AdminClient admin = nameServer.connect(terminal)) {
            copies = admin.trace(id, topic, Duration.ofSeconds(Math.max(0, logSeconds)));
        }
        if (copies.isEmpty()) {
            throw new CliFailure("no broker has a message '" + id + "'" + (topic == null ? "" : " in '" + topic + "'")
                    + ": it was never stored, or everybody has had it and the log has dropped it, or its transaction is"
                    + " not committed yet");
        }
        if (output.json()) {
            List<Row> rows = new ArrayList<>();
            for (TracedMessage copy : copies) {
                copy.history().forEach(fact -> rows.add(new Row(copy, fact)));
                copy.now().forEach(fact -> rows.add(new Row(copy, fact)));
            }
            LISTING.print(rows, terminal.out(), true);
        } else {
            copies.forEach(this::print);
        }
        return 0;
    }

    private void print(TracedMessage copy) {
        terminal.out()
                .printf("%s on %s: queue %d, offset %d%n", copy.topic(), copy.broker(), copy.queueId(), copy.offset());
        for (JmsTraceFact fact : copy.history()) {
            Instant time = time(fact);
            terminal.out()
                    .printf(
                            "  %-24s %s [%s]%n",
                            time == null ? "" : time, words(fact), fact.source().words());
        }
        if (!copy.complete()) {
            terminal.out().println("  the log was not read to its end; --log-seconds reads on");
        }
        for (JmsTraceFact fact : copy.now()) {
            terminal.out().println((fact.event() == Event.NOT_FOR ? "         " : "  now:   ") + words(fact));
        }
    }

    private static String words(JmsTraceFact fact) {
        StringBuilder words = new StringBuilder();
        if (fact.event() == Event.NOT_FOR || fact.event() == Event.GROUP) {
            words.append(fact.who());
        } else {
            words.append(
                    fact.event() == Event.IS_SETTLED ? "settled" : fact.event().words());
            if (fact.subscription() != null) {
                words.append(", subscription ").append(fact.subscription());
            }
            if (fact.who() != null) {
                words.append(", ").append(fact.who());
            }
            if (fact.count() > 0) {
                words.append(
                                fact.event() == Event.DELIVERED || fact.event() == Event.IN_FLIGHT
                                        ? ", delivery "
                                        : ", deliveries: ")
                        .append(fact.count());
            }
        }
        if (fact.detail() != null && !fact.detail().isEmpty()) {
            words.append(": ").append(fact.detail());
        }
        return words.toString().replaceAll("\\p{Cntrl}", "·");
    }

    private static @Nullable Instant time(JmsTraceFact fact) {
        return fact.time() == 0 ? null : Instant.ofEpochMilli(fact.time());
    }
}
