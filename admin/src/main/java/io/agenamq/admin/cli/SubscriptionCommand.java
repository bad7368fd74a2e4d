// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.Sought;
import io.agenamq.admin.SubscriptionStatus;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agena subscription …}: durable subscriptions of JMS topics. */
@Command(
        name = "subscription",
        description = "List, move and delete durable subscriptions of JMS topics.",
        footer = {"", "Example:", "  agena subscription list"})
final class SubscriptionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private SubscriptionCommand() {}

    /** The command with its sub-commands. */
    static CommandLine of(Terminal terminal) {
        return new CommandLine(new SubscriptionCommand())
                .addSubcommand(new ListSubscriptions(terminal))
                .addSubcommand(new Seek(terminal))
                .addSubcommand(new Delete(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Which subscription is meant. */
    private static final class Which {
        @Parameters(paramLabel = "NAME", description = "Name of the subscription.")
        private String name = "";

        @Option(
                names = "--client-id",
                paramLabel = "ID",
                description = "Client identifier that the name belongs to, if it belongs to one.")
        private @Nullable String clientId;
    }

    @Command(
            name = "list",
            description = "List durable subscriptions, and how many messages each has in front of it.",
            footer = {"", "Example:", "  agena subscription list --topic prices --json"})
    private static final class ListSubscriptions implements Callable<Integer> {
        private static final Listing<SubscriptionStatus> LISTING = new Listing<SubscriptionStatus>()
                .text("topic", SubscriptionStatus::topic)
                .text("name", SubscriptionStatus::name)
                .text("clientId", SubscriptionStatus::clientId)
                .text("kind", status -> status.shared() ? "shared" : "unshared")
                .number("consumers", SubscriptionStatus::consumers)
                .number("pending", SubscriptionStatus::pending)
                .text("selector", SubscriptionStatus::selector)
                .text("broker", SubscriptionStatus::broker);

        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Option(names = "--topic", paramLabel = "TOPIC", description = "Only those of this topic.")
        private @Nullable String topic;

        ListSubscriptions(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                LISTING.print(admin.subscriptions(topic), terminal.out(), output.json());
            }
            return 0;
        }
    }

    @Command(
            name = "seek",
            description = {
                "Let a durable subscription go on from another place, back or forth.",
                "It must not have a consumer. Messages that retention has removed do not come back."
            },
            footer = {
                "",
                "Example:",
                "  agena subscription seek audit --client-id app --to since=PT1H --preview",
                "  agena subscription seek audit --client-id app --to now"
            })
    private static final class Seek implements Callable<Integer> {
        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private Which which = new Which();

        @Option(names = "--to", paramLabel = "PLACE", required = true, description = SeekPlace.FORMS)
        private String to = "";

        @Option(names = "--preview", description = "Only say what it would do.")
        private boolean preview;

        Seek(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            SeekPlace place = place();
            try (AdminClient admin = nameServer.connect(terminal)) {
                String message = place.messageId();
                Sought sought = message == null
                        ? admin.seek(which.name, which.clientId, place.start(), preview)
                        : admin.seekToMessage(which.name, which.clientId, message, preview);
                terminal.out()
                        .printf(
                                preview
                                        ? "would move subscription %s to %s: %,d messages in front of it, now %,d%n"
                                        : "moved subscription %s to %s: %,d messages in front of it, before %,d%n",
                                which.name,
                                to,
                                sought.after(),
                                sought.before());
            }
            return 0;
        }

        private SeekPlace place() {
            try {
                return SeekPlace.parse(to);
            } catch (IllegalArgumentException wrong) {
                throw new ParameterException(spec.commandLine(), "--to: " + wrong.getMessage(), wrong);
            }
        }
    }

    @Command(
            name = "delete",
            description = "End a durable subscription, with everything it has not delivered.",
            footer = {"", "Example:", "  agena subscription delete audit --client-id app"})
    private static final class Delete implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private Which which = new Which();

        Delete(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                admin.unsubscribe(which.name, which.clientId);
                terminal.out().printf("deleted subscription %s%n", which.name);
            }
            return 0;
        }
    }
}
