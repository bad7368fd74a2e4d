// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code agena} command: the composition root of the command line.
 *
 * <p>Exit status: 0 done; 1 it could not be done, and one line on the error stream says why; 2 the command line itself is wrong. A stack
 * trace is printed only when {@code AGENA_DEBUG} is set.
 */
@Command(
        name = "agena",
        description = "AgenaMQ: a RocketMQ-compatible messaging server with a Jakarta Messaging provider.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "First steps: 'agena demo' shows it at work, 'agena start' runs a server on this machine.",
            "",
            "Environment: AGENA_NAMESRV_ADDR or NAMESRV_ADDR the name servers, 'host:port;host:port';",
            "AGENA_USER and AGENA_PASSWORD who asks, where brokers want to know;",
            "AGENA_JAVA_OPTS options for the Java virtual machine; AGENA_DEBUG=1 shows stack traces.",
            "",
            "Example:",
            "  agena topic list"
        })
public final class Agena implements Runnable {
    /** Status of a command that could not do what it was asked. */
    public static final int FAILED = 1;

    /** Status of a command line that makes no sense. */
    public static final int WRONG_USAGE = 2;

    /** The order of the help text: what a newcomer needs first; commands that are not listed follow in alphabetical order. */
    private static final List<String> ORDER =
            List.of("demo", "start", "nameserver", "broker", "topic", "queue", "message", "user", "perf", "version");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private Agena() {}

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        int status = commandLine(terminal).execute(arguments);
        terminal.out().flush();
        terminal.err().flush();
        System.exit(status);
    }

    /** The whole command tree on this terminal, with the commands of every {@link CommandSource} on the class path. */
    public static CommandLine commandLine(Terminal terminal) {
        List<CommandLine> commands = new ArrayList<>();
        commands.add(TopicCommand.of(terminal));
        commands.add(SubscriptionCommand.of(terminal));
        commands.add(TxCommand.of(terminal));
        commands.add(QueueCommand.of(terminal));
        commands.add(MessageCommand.of(terminal));
        commands.add(new CommandLine(new PerfCommand(terminal)));
        commands.add(new CommandLine(new VersionCommand(terminal)));
        for (CommandSource source : ServiceLoader.load(CommandSource.class)) {
            for (Object command : source.commands(terminal)) {
                commands.add(new CommandLine(command));
            }
        }
        commands.sort(Comparator.comparingInt((CommandLine c) -> rank(c.getCommandName()))
                .thenComparing(CommandLine::getCommandName));

        CommandLine root = new CommandLine(new Agena());
        root.getCommandSpec().addOption(helpOption());
        for (CommandLine command : commands) {
            root.addSubcommand(command.getCommandName(), command);
        }
        return root.setOut(terminal.out())
                .setErr(terminal.err())
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.AUTO))
                .setParameterExceptionHandler((wrong, arguments) -> reportUsage(wrong, terminal))
                .setExecutionExceptionHandler((failure, line, result) -> reportFailure(failure, terminal));
    }

    /** Declared once: every command below inherits it. */
    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("Show this help and exit.")
                .build();
    }

    private static int rank(String name) {
        int index = ORDER.indexOf(name);
        return index < 0 ? ORDER.size() : index;
    }

    private static int reportUsage(ParameterException wrong, Terminal terminal) {
        CommandLine command = wrong.getCommandLine();
        StringBuilder line = new StringBuilder("agena: ")
                .append(firstLine(String.valueOf(wrong.getMessage()).replaceFirst("^Error: ", "")));
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            nearest(unmatched.getUnmatched().get(0), unmatched.getSuggestions())
                    .ifPresent(
                            near -> line.append("; did you mean ").append(near).append('?'));
        }
        line.append(" (see '")
                .append(command.getCommandSpec().qualifiedName(" "))
                .append(" --help')");
        terminal.err().println(line);
        return WRONG_USAGE;
    }

    /** The candidate that the fewest changes of a letter turn the word into, unless that changes it beyond recognition. */
    private static Optional<String> nearest(String word, List<String> candidates) {
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(2, word.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /** Levenshtein's distance: letters to insert, delete or replace. */
    private static int distance(String a, String b) {
        int[] previous = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }

    private static int reportFailure(Exception failure, Terminal terminal) {
        if (terminal.variable("AGENA_DEBUG") != null) {
            failure.printStackTrace(terminal.err());
        }
        if (failure instanceof CliFailure || failure instanceof AdminException) {
            terminal.err().println("agena: " + firstLine(String.valueOf(failure.getMessage())));
        } else {
            terminal.err()
                    .println("agena: unexpected " + firstLine(failure.toString())
                            + "; this is a bug in agena: set AGENA_DEBUG=1 to see where");
        }
        return FAILED;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text).strip();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
