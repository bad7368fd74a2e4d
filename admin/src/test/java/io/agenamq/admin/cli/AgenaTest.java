// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class AgenaTest {
    private final Session session = new Session();

    @ParameterizedTest
    @MethodSource("everyCommand")
    void every_command_has_help_with_an_example_that_parses(String path) {
        CommandLine command = commandAt(path);

        String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);

        assertThat(help).contains("Usage: agena", "-h, --help");
        assertThat(examples(command)).isNotEmpty();
        for (String example : examples(command)) {
            assertThatCode(() -> new Session().commands().parseArgs(words(example)))
                    .as(example)
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void help_is_a_success_and_needs_nothing_else(String path) {
        String[] arguments = (path + " --help").strip().split(" ");

        int status = session.run(arguments);

        assertThat(status).isZero();
        assertThat(session.out()).startsWith("Usage: agena");
        assertThat(session.err()).isEmpty();
    }

    @Test
    void an_unknown_option_is_one_line_and_wrong_usage() {
        int status = session.run("version", "--jsno");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err().lines())
                .singleElement()
                .asString()
                .startsWith("agena: Unknown option: '--jsno'")
                .endsWith("(see 'agena version --help')");
        assertThat(session.out()).isEmpty();
    }

    @Test
    void a_misspelt_command_names_the_nearest() {
        int status = session.run("verson");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).contains("did you mean version?");
    }

    @Test
    void no_command_at_all_is_wrong_usage() {
        int status = session.run();

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).isEqualToIgnoringNewLines("agena: a command is missing (see 'agena --help')");
    }

    @Test
    void a_failure_is_one_line_without_a_stack_trace() {
        CommandLine commands =
                session.commands().addSubcommand(new Failing(new CliFailure("no; try yes\nsecond line")));

        int status = commands.execute("failing");

        assertThat(status).isEqualTo(Agena.FAILED);
        assertThat(session.err()).isEqualToIgnoringNewLines("agena: no; try yes");
    }

    @Test
    void a_bug_is_one_line_that_says_how_to_see_more() {
        CommandLine commands = session.commands().addSubcommand(new Failing(new IllegalStateException("broken")));

        int status = commands.execute("failing");

        assertThat(status).isEqualTo(Agena.FAILED);
        assertThat(session.err().lines())
                .singleElement()
                .asString()
                .contains("unexpected java.lang.IllegalStateException: broken", "AGENA_DEBUG=1");
    }

    @Test
    void a_stack_trace_is_there_for_who_asks() {
        session.with("AGENA_DEBUG", "1");
        CommandLine commands = session.commands().addSubcommand(new Failing(new IllegalStateException("broken")));

        commands.execute("failing");

        assertThat(session.err()).contains("at io.agenamq.admin.cli.AgenaTest");
    }

    @Test
    void the_version_names_build_and_virtual_machine() {
        int status = session.run("version");

        assertThat(status).isZero();
        assertThat(session.out()).matches("agena \\d+\\.\\d+\\.\\d+\\S* \\(Java 17.*\\)\\R");
    }

    @Command(name = "failing")
    private record Failing(RuntimeException failure) implements Callable<Integer> {
        @Override
        public Integer call() {
            throw failure;
        }
    }

    static Stream<String> everyCommand() {
        List<String> paths = new ArrayList<>();
        collect(new Session().commands(), "", paths);
        return paths.stream();
    }

    private static void collect(CommandLine command, String path, List<String> into) {
        into.add(path);
        command.getSubcommands().forEach((name, child) -> collect(child, (path + " " + name).strip(), into));
    }

    private CommandLine commandAt(String path) {
        CommandLine command = session.commands();
        for (String name : path.isEmpty() ? new String[0] : path.split(" ")) {
            command = command.getSubcommands().get(name);
        }
        return command;
    }

    /** The lines of the footer that start with two blanks and {@code agena}. */
    private static List<String> examples(CommandLine command) {
        return Arrays.stream(command.getCommandSpec().usageMessage().footer())
                .filter(line -> line.startsWith("  ") && line.contains("agena "))
                .map(line -> line.substring(line.indexOf("agena ") + "agena ".length()))
                .toList();
    }

    /** Words as a shell would split them, with single quotes. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : (line + " ").toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                if (word.length() > 0) {
                    words.add(word.toString());
                }
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        return words.toArray(String[]::new);
    }
}
