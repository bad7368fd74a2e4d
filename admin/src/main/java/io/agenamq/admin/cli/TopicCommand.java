// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.QueueStatus;
import io.agenamq.admin.TopicKind;
import io.agenamq.admin.TopicSpec;
import io.agenamq.admin.TopicStatus;
import java.util.List;
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

/** {@code agena topic …}: topics of every kind, Jakarta Messaging queues among them. */
@Command(
        name = "topic",
        description = "Create, list, describe and delete topics and JMS queues.",
        footer = {"", "Example:", "  agena topic list"})
final class TopicCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private TopicCommand() {}

    /** The command with its sub-commands. */
    static CommandLine of(Terminal terminal) {
        return new CommandLine(new TopicCommand())
                .addSubcommand(new Create(terminal))
                .addSubcommand(new ListTopics(terminal))
                .addSubcommand(new Describe(terminal))
                .addSubcommand(new Delete(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(
            name = "create",
            description = {
                "Create a topic, or a JMS queue or topic.",
                "A native topic is made on every broker; a JMS queue or topic lives on one, so that its order stays exact."
            },
            footer = {
                "",
                "Example:",
                "  agena topic create orders --kind queue",
                "  agena topic create prices --queues 8"
            })
    private static final class Create implements Callable<Integer> {
        private static final int NATIVE_QUEUES = 4;

        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "TOPIC", description = "Its name: letters, digits and % | - _, at most 127.")
        private String topic = "";

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                defaultValue = "native",
                description = "native for RocketMQ clients, queue or topic for JMS (default: ${DEFAULT-VALUE}).")
        private TopicKind kind = TopicKind.NATIVE;

        @Option(
                names = "--queues",
                paramLabel = "N",
                description = "Message queues on each broker, for a native topic (default: " + NATIVE_QUEUES + ").")
        private @Nullable Integer queues;

        Create(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            if (kind != TopicKind.NATIVE && queues != null && queues != 1) {
                throw new ParameterException(
                        spec.commandLine(), "--queues is for native topics; a JMS " + kind.word() + " has one");
            }
            int count = kind != TopicKind.NATIVE ? 1 : queues == null ? NATIVE_QUEUES : queues;
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<String> brokers = admin.createTopic(new TopicSpec(topic, kind, count));
                terminal.out()
                        .printf(
                                "created %s on %s%n",
                                kind == TopicKind.NATIVE
                                        ? "topic " + topic + " with " + count + (count == 1 ? " queue" : " queues")
                                        : "JMS " + kind.word() + " " + topic,
                                String.join(", ", brokers));
            }
            return 0;
        }
    }

    @Command(
            name = "list",
            description = "List the topics of the cluster.",
            footer = {"", "Example:", "  agena topic list --json"})
    private static final class ListTopics implements Callable<Integer> {
        private static final Listing<TopicStatus> LISTING = new Listing<TopicStatus>()
                .text("topic", TopicStatus::name)
                .text("kind", topic -> topic.kind().word())
                .number("queues", TopicStatus::queues)
                .text("brokers", topic -> String.join(",", topic.brokers()));

        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Option(
                names = {"-a", "--all"},
                description =
                        "Also the topics that brokers make for themselves, and those for retries and dead letters.")
        private boolean all;

        ListTopics(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                LISTING.print(admin.topics(all), terminal.out(), output.json());
            }
            return 0;
        }
    }

    @Command(
            name = "describe",
            description = "Show the message queues of a topic, what they hold, and who reads them.",
            footer = {"", "Example:", "  agena topic describe orders"})
    private static final class Describe implements Callable<Integer> {
        private static final Listing<QueueStatus> LISTING = new Listing<QueueStatus>()
                .text("broker", status -> status.queue().brokerName())
                .number("queue", status -> status.queue().queueId())
                .number("minOffset", QueueStatus::minOffset)
                .number("maxOffset", QueueStatus::maxOffset)
                .number("stored", QueueStatus::count)
                .time("newest", QueueStatus::newest);

        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Parameters(paramLabel = "TOPIC", description = "Its name.")
        private String topic = "";

        Describe(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                TopicStatus status = admin.topic(topic);
                List<QueueStatus> queues = admin.queues(topic);
                if (!output.json()) {
                    terminal.out().printf("topic   %s%n", status.name());
                    terminal.out().printf("kind    %s%n", status.kind().word());
                    terminal.out().printf("access  %s%n", access(status));
                    terminal.out().printf("groups  %s%n%n", groups(admin.groups(topic)));
                }
                LISTING.print(queues, terminal.out(), output.json());
            }
            return 0;
        }

        private static String access(TopicStatus status) {
            String readable = status.readable() ? "read" : "";
            String writable = status.writable() ? "write" : "";
            return (readable + " " + writable).strip();
        }

        private static String groups(List<String> groups) {
            return groups.isEmpty() ? "none" : String.join(", ", groups);
        }
    }

    @Command(
            name = "delete",
            description = "Delete a topic with all of its messages, on every broker.",
            footer = {"", "Example:", "  agena topic delete orders"})
    private static final class Delete implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "TOPIC", description = "Its name.")
        private String topic = "";

        Delete(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                long stored = admin.queues(topic).stream()
                        .mapToLong(QueueStatus::count)
                        .sum();
                admin.deleteTopic(topic);
                terminal.out().printf("deleted topic %s with %,d stored messages%n", topic, stored);
            }
            return 0;
        }
    }
}
