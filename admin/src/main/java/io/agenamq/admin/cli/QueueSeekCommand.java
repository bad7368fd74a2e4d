// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.QueueSought;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agena queue seek}: a JMS queue goes on from another place. */
@Command(
        name = "seek",
        description = {
            "Let a JMS queue go on from another place, back or forth.",
            "What is behind the place is delivered, again if it was before; what is before it is not delivered any more. Consumers stay; what"
                    + " they have in flight is decided by the place too, whether they acknowledge it or not.",
            "Consumed messages that the log has dropped do not come back; settledReservedTime keeps them for a while."
        },
        footer = {
            "",
            "Example:",
            "  agena queue seek orders --to since=PT1H --preview",
            "  agena queue seek orders --to id=ID:7F0000010A5C18B4AAC2000000000001"
        })
final class QueueSeekCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Mixin
    private NameServerOption nameServer = new NameServerOption();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    @Option(names = "--to", paramLabel = "PLACE", required = true, description = SeekPlace.FORMS)
    private String to = "";

    @Option(names = "--preview", description = "Only say what it would do.")
    private boolean preview;

    QueueSeekCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        SeekPlace place;
        try {
            place = SeekPlace.parse(to);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--to: " + wrong.getMessage(), wrong);
        }
        try (AdminClient admin = nameServer.connect(terminal)) {
            String message = place.messageId();
            List<QueueSought> brokers = message == null
                    ? admin.seekQueue(queue, place.start(), preview)
                    : admin.seekQueueToMessage(queue, message, preview);
            brokers.forEach(this::print);
        }
        return 0;
    }

    private void print(QueueSought sought) {
        terminal.out()
                .printf(
                        "%s queue %s on %s to %s: %,d messages delivered again, %,d skipped; it has %,d then, before %,d%n",
                        preview ? "would move" : "moved",
                        queue,
                        sought.broker(),
                        to,
                        sought.again(),
                        sought.skipped(),
                        sought.after(),
                        sought.before());
        if (sought.inFlight() > 0) {
            terminal.out()
                    .printf("%,d of them are in flight: their acknowledgements come too late%n", sought.inFlight());
        }
        if (sought.knownSince() == null) {
            terminal.out().println("the log has no message of it");
        } else {
            terminal.out()
                    .printf(
                            "the log has every message of it since %s; what was consumed before is gone%n",
                            sought.knownSince());
        }
    }
}
