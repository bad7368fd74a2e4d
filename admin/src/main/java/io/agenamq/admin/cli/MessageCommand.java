// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminClient.Pulled;
import io.agenamq.admin.QueueAddress;
import io.agenamq.admin.StoredMessage;
import io.agenamq.admin.TopicKind;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.jms.BodyKind;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.UniqueKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agena message …}: single messages, for trying things out and for finding out what happened. */
@Command(
        name = "message",
        description = "Send, receive, browse, look up and trace single messages.",
        footer = {"", "Example:", "  agena message send orders 'hello' --key o-1"})
final class MessageCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private MessageCommand() {}

    /** The command with its sub-commands. */
    static CommandLine of(Terminal terminal) {
        return new CommandLine(new MessageCommand())
                .addSubcommand(new Send(terminal))
                .addSubcommand(new Receive(terminal))
                .addSubcommand(new Browse(terminal))
                .addSubcommand(new Query(terminal))
                .addSubcommand(new MessageTraceCommand(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(
            name = "send",
            description = {
                "Send a message and print where it was stored.",
                "To a JMS queue or topic it is sent as a persistent text message."
            },
            footer = {
                "",
                "Example:",
                "  agena message send orders 'hello' --key o-1",
                "  date | agena message send orders - --tag clock --property colour=blue"
            })
    private static final class Send implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(index = "0", paramLabel = "TOPIC", description = "Topic or JMS queue; it must exist.")
        private String topic = "";

        @Parameters(index = "1", paramLabel = "BODY", description = "The body as text; - reads it from standard input.")
        private String body = "";

        @Option(names = "--key", paramLabel = "KEY", description = "A key to find it by; may be repeated.")
        private List<String> keys = new ArrayList<>();

        @Option(names = "--tag", paramLabel = "TAG", description = "Its tag, which is JMSType for JMS.")
        private @Nullable String tag;

        @Option(names = "--property", paramLabel = "NAME=VALUE", description = "A property; may be repeated.")
        private Map<String, String> properties = new LinkedHashMap<>();

        @Option(names = "--queue", paramLabel = "N", description = "Number of the message queue (default: any).")
        private @Nullable Integer queue;

        @Option(
                names = "--durable",
                description = "Answer only when it is on the disk; JMS queues and topics always do.")
        private boolean durable;

        Send(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            byte[] bytes = bodyBytes();
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<QueueAddress> queues = admin.queueAddresses(topic);
                TopicKind kind = admin.topic(topic).kind();
                QueueAddress to = choose(queues);
                Map<String, String> all = allProperties(kind);
                boolean onDisk = durable || kind != TopicKind.NATIVE;

                long start = System.nanoTime();
                SendMessageResponse sent = admin.send(to, all, bytes, onDisk);
                terminal.out()
                        .printf(
                                "sent to %s: queue %d of %s, offset %d, id %s, %.1f ms%s%n",
                                topic,
                                sent.queueId(),
                                to.queue().brokerName(),
                                sent.queueOffset(),
                                all.get(PropertyNames.UNIQUE_KEY),
                                (System.nanoTime() - start) / 1e6,
                                onDisk ? ", on disk" : "");
            }
            return 0;
        }

        private byte[] bodyBytes() {
            if (!body.equals("-")) {
                return body.getBytes(StandardCharsets.UTF_8);
            }
            try {
                return terminal.in().readAllBytes();
            } catch (IOException e) {
                throw new CliFailure("standard input cannot be read: " + e.getMessage(), e);
            }
        }

        private QueueAddress choose(List<QueueAddress> queues) {
            if (queue == null) {
                return queues.get(ThreadLocalRandom.current().nextInt(queues.size()));
            }
            for (QueueAddress candidate : queues) {
                if (candidate.queue().queueId() == queue) {
                    return candidate;
                }
            }
            throw new CliFailure("topic '" + topic + "' has no queue " + queue + "; 'agena topic describe " + topic
                    + "' shows its queues");
        }

        private Map<String, String> allProperties(TopicKind kind) {
            Map<String, String> all = new LinkedHashMap<>(properties);
            all.put(PropertyNames.UNIQUE_KEY, uniqueKey());
            if (!keys.isEmpty()) {
                all.put(PropertyNames.KEYS, String.join(" ", keys));
            }
            if (tag != null) {
                all.put(PropertyNames.TAGS, tag);
            }
            if (kind != TopicKind.NATIVE) {
                all.put(JmsProperties.BODY, BodyKind.TEXT.word());
            }
            return all;
        }

        private static String uniqueKey() {
            return new UniqueKeys(
                            InetAddress.getLoopbackAddress(),
                            ProcessHandle.current().pid(),
                            ThreadLocalRandom.current().nextInt(),
                            InstantSource.system())
                    .next();
        }
    }

    @Command(
            name = "receive",
            description = {
                "Receive messages and print them; they are acknowledged when they are printed.",
                "From a JMS queue they are gone then; from a JMS topic come those that are sent meanwhile; from a native topic a"
                        + " consumer group reads on where it stopped, a new group from the oldest message."
            },
            footer = {
                "",
                "Example:",
                "  agena message receive orders",
                "  agena message receive prices --group audit --count 100 --wait 1",
                "  agena message receive orders --follow --json"
            })
    private static final class Receive implements Callable<Integer> {
        private static final String DEFAULT_GROUP = "agena-cli";

        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Parameters(paramLabel = "TOPIC", description = "Topic or JMS queue.")
        private String topic = "";

        @Option(
                names = "--group",
                paramLabel = "GROUP",
                description = "Consumer group, for a native topic (default: " + DEFAULT_GROUP + ").")
        private @Nullable String group;

        @Option(
                names = "--count",
                paramLabel = "N",
                defaultValue = "1",
                description = "How many (default: ${DEFAULT-VALUE}).")
        private int count;

        @Option(
                names = "--wait",
                paramLabel = "SECONDS",
                defaultValue = "5",
                description = "How long to wait for the next one (default: ${DEFAULT-VALUE}).")
        private int waitSeconds;

        @Option(names = "--follow", description = "Go on until interrupted.")
        private boolean follow;

        Receive(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            if (count < 1 || waitSeconds < 0) {
                throw new ParameterException(spec.commandLine(), "--count is at least 1, --wait at least 0");
            }
            MessagePrinter printer = new MessagePrinter(terminal.out(), output.json());
            try (AdminClient admin = nameServer.connect(terminal)) {
                TopicKind kind = admin.topic(topic).kind();
                if (kind != TopicKind.NATIVE && group != null) {
                    throw new ParameterException(
                            spec.commandLine(), "--group is for native topics; " + topic + " is a JMS " + kind.word());
                }
                try (MessageSource source = kind == TopicKind.NATIVE
                        ? new GroupSource(admin, topic, group == null ? DEFAULT_GROUP : group)
                        : new JmsSource(nameServer.jms(terminal), topic, kind)) {
                    receive(source, printer);
                }
            }
            if (printer.count() == 0) {
                throw new CliFailure("no message in " + topic + " within " + waitSeconds + " s");
            }
            return 0;
        }

        private void receive(MessageSource source, MessagePrinter printer) {
            while (follow || printer.count() < count) {
                if (!source.next(Duration.ofSeconds(waitSeconds), printer) && !follow) {
                    return;
                }
            }
        }
    }

    @Command(
            name = "browse",
            description = {
                "Show messages as they are stored, oldest first; nobody's progress changes.",
                "Messages that have been consumed are shown, too, until the log drops them."
            },
            footer = {
                "",
                "Example:",
                "  agena message browse orders --max 5",
                "  agena message browse orders --from latest --max 20 --json",
                "  agena message browse orders --from 2026-11-21T08:00:00Z"
            })
    private static final class Browse implements Callable<Integer> {
        /** Records of one answer; the broker may give fewer. */
        private static final int PULL_MAX = 32;

        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Parameters(paramLabel = "TOPIC", description = "Topic or JMS queue.")
        private String topic = "";

        @Option(names = "--queue", paramLabel = "N", description = "Only this message queue (default: all).")
        private @Nullable Integer queue;

        @Option(
                names = "--from",
                paramLabel = "WHERE",
                defaultValue = "earliest",
                description = "earliest, latest (the last --max of each queue), an offset, or a time like"
                        + " 2026-11-21T08:00:00Z (default: ${DEFAULT-VALUE}).")
        private String from = "";

        @Option(
                names = "--max",
                paramLabel = "N",
                defaultValue = "10",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int max;

        Browse(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            if (max < 1) {
                throw new ParameterException(spec.commandLine(), "--max is at least 1");
            }
            MessagePrinter printer = new MessagePrinter(terminal.out(), output.json());
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<StoredMessage> messages = new ArrayList<>();
                for (QueueAddress at : admin.queueAddresses(topic)) {
                    if (queue == null || queue == at.queue().queueId()) {
                        messages.addAll(read(admin, at));
                    }
                }
                messages.sort(Comparator.comparing(StoredMessage::stored).thenComparing(StoredMessage::offset));
                int skip = from.equals("latest") ? Math.max(0, messages.size() - max) : 0;
                messages.stream().skip(skip).limit(max).map(ShownMessage::of).forEach(printer::print);
            }
            if (printer.count() == 0) {
                terminal.err().println("agena: no messages there");
            }
            return 0;
        }

        private List<StoredMessage> read(AdminClient admin, QueueAddress at) {
            List<StoredMessage> messages = new ArrayList<>();
            long offset = start(admin, at);
            long end = admin.maxOffset(at);
            while (offset < end && messages.size() < max) {
                Pulled pulled = admin.pull(at, offset, Math.min(PULL_MAX, max - messages.size()), Duration.ZERO);
                messages.addAll(pulled.messages());
                if (pulled.next() <= offset) {
                    break;
                }
                offset = pulled.next();
            }
            return messages;
        }

        private long start(AdminClient admin, QueueAddress at) {
            return switch (from) {
                case "earliest" -> admin.minOffset(at);
                case "latest" -> Math.max(admin.minOffset(at), admin.maxOffset(at) - max);
                default -> from.matches("\\d{1,18}") ? Long.parseLong(from) : admin.offsetAt(at, time());
            };
        }

        private Instant time() {
            try {
                return Instant.parse(from);
            } catch (DateTimeParseException e) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--from is earliest, latest, an offset or a time like 2026-11-21T08:00:00Z, not '" + from + "'",
                        e);
            }
        }
    }

    @Command(
            name = "query",
            description = "Look messages up by key or id.",
            footer = {
                "",
                "Example:",
                "  agena message query orders --key o-1",
                "  agena message query orders --id 7F0000010F5C4B1AC5D20A3BD7E10000"
            })
    private static final class Query implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Parameters(paramLabel = "TOPIC", description = "Topic or JMS queue.")
        private String topic = "";

        @ArgGroup(multiplicity = "1")
        @SuppressWarnings("NullAway.Init") // mandatory: set by picocli
        private By by;

        private static final class By {
            @Option(names = "--key", paramLabel = "KEY", description = "One of the message's keys.")
            private @Nullable String key;

            @Option(
                    names = "--id",
                    paramLabel = "ID",
                    description = "Its id as the sender knows it, its JMSMessageID, or its offset id.")
            private @Nullable String id;
        }

        @Option(
                names = "--max",
                paramLabel = "N",
                defaultValue = "32",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int max;

        Query(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            List<StoredMessage> found;
            try (AdminClient admin = nameServer.connect(terminal)) {
                found = by.key != null ? admin.query(topic, by.key, false, max) : byId(admin, String.valueOf(by.id));
            }
            if (found.isEmpty()) {
                throw new CliFailure("topic '" + topic + "' has no message with "
                        + (by.key != null ? "key '" + by.key : "id '" + by.id) + "'");
            }
            MessagePrinter printer = new MessagePrinter(terminal.out(), output.json());
            found.stream().map(ShownMessage::of).forEach(printer::print);
            return 0;
        }

        /** Both kinds of id have the same shape: the sender's is looked for first, because it is the one people see. */
        private List<StoredMessage> byId(AdminClient admin, String text) {
            String id = text.startsWith(JmsProperties.MESSAGE_ID_PREFIX)
                    ? text.substring(JmsProperties.MESSAGE_ID_PREFIX.length())
                    : text;
            List<StoredMessage> found = admin.query(topic, id, true, max);
            return found.isEmpty() && MessageId.isOffsetId(id) ? admin.message(topic, MessageId.parse(id)) : found;
        }
    }
}
