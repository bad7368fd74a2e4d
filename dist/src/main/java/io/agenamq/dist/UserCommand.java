// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.CliFailure;
import io.agenamq.admin.cli.Listing;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.broker.access.PasswordHash;
import io.agenamq.broker.access.UserFile;
import io.agenamq.broker.access.Users;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/** {@code agena user …}: who may connect to a broker. Works on the broker's data folder, whether the broker runs or not. */
@Command(
        name = "user",
        description = {
            "Add, list and remove the users of a broker.",
            "Works on the data folder of the broker on this machine, whether it runs or not; a running broker notices."
        },
        footer = {"", "Example:", "  agena user list"})
final class UserCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private UserCommand() {}

    /** The command with its sub-commands. */
    static CommandSpec of(Terminal terminal) {
        return new CommandLine(new UserCommand())
                .addSubcommand(new Add(terminal))
                .addSubcommand(new ListUsers(terminal))
                .addSubcommand(new Remove(terminal))
                .getCommandSpec();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Where the users are kept: the options of every command here. */
    private static final class DataFolder {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The broker's configuration file, for its storePathRootDir.")
        private @Nullable Path config;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "The broker's data folder (default: ~/agena/store).")
        private @Nullable Path data;

        UserFile users(Terminal terminal) {
            return UserFile.in(
                    BrokerFlags.config(terminal, config, data, Map.of()).dataDirectory());
        }
    }

    private static String requireName(CommandSpec spec, String name) {
        try {
            return Users.requireName(name);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static CliFailure failure(IOException e) {
        return new CliFailure("the users cannot be read or written: " + e.getMessage(), e);
    }

    @Command(
            name = "add",
            description = {
                "Add a user, or give one another password.",
                "The password is asked for, or read from the standard input: its first line. Connections that a user has",
                "when his password changes are ended."
            },
            footer = {
                "",
                "Example:",
                "  agena user add billing",
                "  agena user add billing --data /var/lib/agenamq < password.txt"
            })
    private static final class Add implements Callable<Integer> {
        private final Terminal terminal;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Mixin
        private DataFolder folder = new DataFolder();

        @Parameters(paramLabel = "NAME", description = "Letters, digits and . _ - @, at most 64.")
        private String name = "";

        Add(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            requireName(spec, name);
            UserFile users = folder.users(terminal);
            char[] password = password();
            try {
                if (password.length == 0) {
                    throw new CliFailure("a password has at least one character");
                }
                boolean known = users.read().has(name);
                PasswordHash hash = PasswordHash.of(password, PasswordHash.ROUNDS, new SecureRandom());
                users.change(all -> all.with(name, hash));
                terminal.out().printf(known ? "%s has a new password in %s%n" : "added %s to %s%n", name, users);
            } catch (IOException e) {
                throw failure(e);
            } finally {
                Arrays.fill(password, '\0');
            }
            return 0;
        }

        private char[] password() {
            Console console = terminal.in() == System.in ? System.console() : null;
            return console == null ? firstLine() : asked(console);
        }

        private char[] asked(Console console) {
            char[] password = console.readPassword("Password of %s: ", name);
            char[] again = console.readPassword("Once more: ");
            if (password == null || again == null) {
                throw new CliFailure("no password was typed");
            }
            boolean same = Arrays.equals(password, again);
            Arrays.fill(again, '\0');
            if (!same) {
                throw new CliFailure("the passwords are not the same");
            }
            return password;
        }

        private char[] firstLine() {
            try {
                String line =
                        new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8)).readLine();
                if (line == null) {
                    throw new CliFailure("there is no password on the standard input");
                }
                return line.toCharArray();
            } catch (IOException e) {
                throw new CliFailure("the standard input cannot be read: " + e.getMessage(), e);
            }
        }
    }

    @Command(
            name = "list",
            description = "List the users.",
            footer = {"", "Example:", "  agena user list --json"})
    private static final class ListUsers implements Callable<Integer> {
        private static final Listing<String> LISTING = new Listing<String>().text("user", name -> name);

        private final Terminal terminal;

        @Mixin
        private DataFolder folder = new DataFolder();

        @Option(names = "--json", description = "Print JSON instead of a table.")
        private boolean json;

        ListUsers(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try {
                LISTING.print(List.copyOf(folder.users(terminal).read().names()), terminal.out(), json);
            } catch (IOException e) {
                throw failure(e);
            }
            return 0;
        }
    }

    @Command(
            name = "remove",
            description = "Remove a user; connections that he has are ended.",
            footer = {"", "Example:", "  agena user remove billing"})
    private static final class Remove implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private DataFolder folder = new DataFolder();

        @Parameters(paramLabel = "NAME", description = "Who is removed.")
        private String name = "";

        Remove(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            UserFile users = folder.users(terminal);
            try {
                if (!users.read().has(name)) {
                    throw new CliFailure("there is no user '" + name + "' in " + users);
                }
                users.change(all -> all.without(name));
                terminal.out().printf("removed %s from %s%n", name, users);
            } catch (IOException e) {
                throw failure(e);
            }
            return 0;
        }
    }
}
