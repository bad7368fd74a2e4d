// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.JmsQueueStatus;
import io.agenamq.admin.Swept;
import io.agenamq.admin.TopicSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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

/** {@code agena queue …}: JMS queues at work; those for dead letters, {@code %DLQ%NAME}, among them. */
@Command(
        name = "queue",
        description =
                "Create JMS queues and look at them, pause and resume them, purge them, move their messages, and let them go on from elsewhere.",
        footer = {"", "Example:", "  agena queue list"})
final class QueueCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private QueueCommand() {}

    /** The command with its sub-commands. */
    static CommandLine of(Terminal terminal) {
        return new CommandLine(new QueueCommand())
                .addSubcommand(new Create(terminal))
                .addSubcommand(new ListQueues(terminal))
                .addSubcommand(new Describe(terminal))
                .addSubcommand(new Pause(terminal))
                .addSubcommand(new Resume(terminal))
                .addSubcommand(new Purge(terminal))
                .addSubcommand(new Move(terminal))
                .addSubcommand(new QueueSeekCommand(terminal))
                .addSubcommand(new SetAttribute(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static Listing<JmsQueueStatus> listing() {
        return new Listing<JmsQueueStatus>()
                .text("queue", JmsQueueStatus::name)
                .text("broker", JmsQueueStatus::broker)
                .number("ready", JmsQueueStatus::ready)
                .number("inFlight", JmsQueueStatus::inFlight)
                .number("parked", JmsQueueStatus::parked)
                .number("redelivered", JmsQueueStatus::redelivered)
                .number("dead", JmsQueueStatus::deadLetters)
                .number("consumers", JmsQueueStatus::consumers)
                .number(
                        "ageSeconds",
                        queue -> queue.age() == null ? null : queue.age().toSeconds())
                .text("delivery", queue -> queue.paused() ? "paused" : "on");
    }

    private static String messages(long count) {
        return String.format("%,d %s", count, count == 1 ? "message" : "messages");
    }

    private static String kept(Swept swept) {
        return swept.kept() == 0 ? "" : "; " + messages(swept.kept()) + " stayed: in flight, damaged, or too large";
    }

    @Command(
            name = "create",
            description = {
                "Create a JMS queue.",
                "With partitions it is spread over several brokers, for more messages than one of them can take. Each session sends to one"
                        + " partition, so that its messages stay in order; consumers hear all."
            },
            footer = {"", "Example:", "  agena queue create orders --partitions 3"})
    private static final class Create implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "QUEUE", description = "Its name: letters, digits and % | - _, at most 127.")
        private String queue = "";

        @Option(
                names = "--partitions",
                paramLabel = "N",
                defaultValue = "1",
                description = "Brokers that it is spread over (default: ${DEFAULT-VALUE}).")
        private int partitions = 1;

        Create(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<String> brokers = admin.createTopic(TopicSpec.partitionedQueue(queue, partitions));
                terminal.out().printf("created JMS queue %s on %s%n", queue, String.join(", ", brokers));
            }
            return 0;
        }
    }

    @Command(
            name = "list",
            description = {
                "List the JMS queues of the cluster with what they hold.",
                "ready: nobody has it; in flight: a consumer has it; parked: it waits for its time; age: of the oldest of them all."
            },
            footer = {"", "Example:", "  agena queue list --json"})
    private static final class ListQueues implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Option(
                names = {"-a", "--all"},
                description = "Also the queues for dead letters.")
        private boolean all;

        ListQueues(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                listing().print(admin.jmsQueues(all), terminal.out(), output.json());
            }
            return 0;
        }
    }

    @Command(
            name = "describe",
            description = "Show what a JMS queue holds, who consumes it, and how it is set.",
            footer = {"", "Example:", "  agena queue describe orders", "  agena queue describe %%DLQ%%orders --json"})
    private static final class Describe implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Parameters(paramLabel = "QUEUE", description = "Its name.")
        private String queue = "";

        Describe(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<JmsQueueStatus> brokers = admin.jmsQueue(queue);
                if (output.json()) {
                    listing().print(brokers, terminal.out(), true);
                } else {
                    brokers.forEach(this::print);
                }
            }
            return 0;
        }

        private void print(JmsQueueStatus status) {
            line("queue", status.name() + " on " + status.broker());
            line("depth", messages(status.depth()));
            line("ready", status.ready());
            line("in flight", status.inFlight());
            line("parked", status.parked());
            line("redelivered", status.redelivered());
            line("oldest", status.oldest() == null ? "-" : status.oldest() + ", " + age(status) + " ago");
            line("dead letters", status.deadLetters() == null ? "-" : status.deadLetters());
            line("consumers", status.consumers() + (status.exclusive() ? ", one at a time" : ""));
            line("delivery", status.paused() ? "paused; 'agena queue resume " + status.name() + "' goes on" : "on");
        }

        private static String age(JmsQueueStatus status) {
            return status.age() == null
                    ? "-"
                    : Duration.ofSeconds(status.age().toSeconds())
                            .toString()
                            .substring(2)
                            .toLowerCase(Locale.ROOT);
        }

        private void line(String name, Object value) {
            terminal.out().printf("%-13s %s%n", name, value);
        }
    }

    @Command(
            name = "pause",
            description = {
                "Stop delivering the messages of a JMS queue or topic until 'agena queue resume'; also over a restart.",
                "Consumers stay attached and may finish what they have; sends go on."
            },
            footer = {"", "Example:", "  agena queue pause orders"})
    private static final class Pause implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "QUEUE", description = "Its name.")
        private String queue = "";

        Pause(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                admin.pause(queue);
                terminal.out().printf("paused %s; 'agena queue resume %s' goes on%n", queue, queue);
            }
            return 0;
        }
    }

    @Command(
            name = "resume",
            description = "Go on delivering the messages of a JMS queue or topic.",
            footer = {"", "Example:", "  agena queue resume orders"})
    private static final class Resume implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "QUEUE", description = "Its name.")
        private String queue = "";

        Resume(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                admin.resume(queue);
                terminal.out().printf("resumed %s%n", queue);
            }
            return 0;
        }
    }

    @Command(
            name = "purge",
            description = {
                "Take messages out of a JMS queue for good; those that consumers have in flight stay.",
                "Without a selector also damaged messages, which nobody can receive."
            },
            footer = {
                "",
                "Example:",
                "  agena queue purge orders",
                "  agena queue purge orders --selector 'JMSPriority < 4 AND amount > 100'"
            })
    private static final class Purge implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "QUEUE", description = "Its name.")
        private String queue = "";

        @Option(names = "--selector", paramLabel = "SELECTOR", description = "Only messages that it selects.")
        private @Nullable String selector;

        Purge(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                Swept swept = admin.purge(queue, selector);
                terminal.out().printf("purged %s of %s%s%n", messages(swept.count()), queue, kept(swept));
            }
            return 0;
        }
    }

    @Command(
            name = "move",
            description = {
                "Move messages from one JMS queue to another, the oldest first; those that consumers have in flight stay.",
                "Each message is in exactly one of the two at any time, whatever crashes."
            },
            footer = {
                "",
                "Example:",
                "  agena queue move %%DLQ%%orders orders",
                "  agena queue move orders late --selector 'JMSPriority < 4' --count 100"
            })
    private static final class Move implements Callable<Integer> {
        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(index = "0", paramLabel = "FROM", description = "The queue that has the messages.")
        private String from = "";

        @Parameters(index = "1", paramLabel = "TO", description = "The queue that gets them.")
        private String to = "";

        @Option(names = "--selector", paramLabel = "SELECTOR", description = "Only messages that it selects.")
        private @Nullable String selector;

        @Option(names = "--count", paramLabel = "N", description = "At most so many (default: all).")
        private @Nullable Long count;

        Move(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            if (count != null && count < 1) {
                throw new ParameterException(spec.commandLine(), "--count is 1 or more");
            }
            try (AdminClient admin = nameServer.connect(terminal)) {
                Swept swept = admin.move(from, to, selector, count == null ? Long.MAX_VALUE : count);
                terminal.out().printf("moved %s from %s to %s%s%n", messages(swept.count()), from, to, kept(swept));
            }
            return 0;
        }
    }

    @Command(
            name = "set",
            description = {
                "Set an attribute of a JMS queue or topic; consumers notice at once. Without a value it gets its default again.",
                "consumer.exclusive (true, false): one consumer at a time gets messages;",
                "redelivery.count.max (16): deliveries after the first, before a message is a dead letter;",
                "redelivery.delay.millis (0): how long a message waits that came back for the first time;",
                "redelivery.delay.factor (2): how many times as long the next time, from 1 to 10;",
                "redelivery.delay.max.millis (7200000): what the waits grow to;",
                "redelivery.delay.jitter.percent (20): by how much a wait is longer at most, by chance;",
                "expired.dead.letter (false): whether expired messages are kept as dead letters;",
                "delivery.paused (false): see 'agena queue pause'."
            },
            footer = {
                "",
                "Example:",
                "  agena queue set orders consumer.exclusive=true",
                "  agena queue set orders consumer.exclusive="
            })
    private static final class SetAttribute implements Callable<Integer> {
        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(index = "0", paramLabel = "QUEUE", description = "Its name.")
        private String queue = "";

        @Parameters(index = "1", paramLabel = "NAME=VALUE", description = "The attribute and its value.")
        private String change = "";

        SetAttribute(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            int equals = change.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(spec.commandLine(), "'" + change + "' is not NAME=VALUE");
            }
            String name = change.substring(0, equals).strip();
            String value = change.substring(equals + 1).strip();
            try (AdminClient admin = nameServer.connect(terminal)) {
                admin.configure(queue, name, value.isEmpty() ? null : value);
                terminal.out().printf("%s of %s is %s%n", name, queue, value.isEmpty() ? "as by default" : value);
            }
            return 0;
        }
    }
}
