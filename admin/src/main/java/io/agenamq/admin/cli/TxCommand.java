// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminException;
import io.agenamq.admin.BranchStatus;
import java.time.Duration;
import java.time.InstantSource;
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

/** {@code agena tx …}: branches of transactions that somebody else decides about. */
@Command(
        name = "tx",
        description =
                "List branches of XA and other distributed transactions, and decide about those whose decider will never come back.",
        footer = {"", "Example:", "  agena tx list"})
final class TxCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    private TxCommand() {}

    /** The command with its sub-commands. */
    static CommandLine of(Terminal terminal) {
        InstantSource clock = InstantSource.system();
        return new CommandLine(new TxCommand())
                .addSubcommand(new ListBranches(terminal, clock))
                .addSubcommand(new Show(terminal, clock))
                .addSubcommand(new Commit(terminal))
                .addSubcommand(new Rollback(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static Listing<BranchStatus> listing(InstantSource clock) {
        return new Listing<BranchStatus>()
                .text("id", BranchStatus::id)
                .text("kind", BranchStatus::kind)
                .text("state", branch -> branch.state() + (branch.heuristic() ? " by an operator" : ""))
                .number(
                        "ageSeconds",
                        branch -> Math.max(
                                0,
                                Duration.between(branch.since(), clock.instant())
                                        .toSeconds()))
                .text("decider", branch -> branch.kind().equals("xa") ? "transaction manager" : branch.decider())
                .number("messages", BranchStatus::messages)
                .number("deliveries", BranchStatus::deliveries)
                .text("destinations", branch -> String.join(",", branch.destinations()))
                .text("user", BranchStatus::user)
                .text("broker", BranchStatus::broker);
    }

    @Command(
            name = "list",
            description = {
                "List branches: those that are prepared and wait for their decision, those that are not prepared yet,",
                "and those that an operator has decided about."
            },
            footer = {"", "Example:", "  agena tx list --prepared --json"})
    private static final class ListBranches implements Callable<Integer> {
        private final Terminal terminal;
        private final InstantSource clock;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Option(names = "--prepared", description = "Only those that wait for their decision.")
        private boolean prepared;

        ListBranches(Terminal terminal, InstantSource clock) {
            this.terminal = terminal;
            this.clock = clock;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<BranchStatus> branches = admin.branches(null).stream()
                        .filter(branch -> !prepared || branch.state().equals("prepared"))
                        .toList();
                listing(clock).print(branches, terminal.out(), output.json());
            }
            return 0;
        }
    }

    @Command(
            name = "show",
            description = "Show one branch, on every broker that has it.",
            footer = {"", "Example:", "  agena tx show xa:00020005.0102.03"})
    private static final class Show implements Callable<Integer> {
        private final Terminal terminal;
        private final InstantSource clock;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Mixin
        private JsonOption output = new JsonOption();

        @Parameters(paramLabel = "ID", description = "The branch, or a part of its id.")
        private String id = "";

        Show(Terminal terminal, InstantSource clock) {
            this.terminal = terminal;
            this.clock = clock;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<BranchStatus> branches = admin.branches(id);
                if (branches.isEmpty()) {
                    throw nothing(id);
                }
                listing(clock).print(branches, terminal.out(), output.json());
            }
            return 0;
        }
    }

    private static AdminException nothing(String id) {
        return new AdminException("there is no branch '" + id + "'; 'agena tx list' shows what there is");
    }

    /** What committing and rolling back share. */
    private abstract static class Decide implements Callable<Integer> {
        private final Terminal terminal;
        private final boolean commit;

        @Mixin
        private NameServerOption nameServer = new NameServerOption();

        @Parameters(paramLabel = "ID", description = "The branch; all of its id.")
        private String id = "";

        @Option(
                names = "--broker",
                paramLabel = "NAME",
                description = "Only the part on this broker; otherwise all brokers that have it.")
        private @Nullable String broker;

        @Option(
                names = "--user",
                paramLabel = "NAME",
                description = "Whose branch it is, where several users have one of this id.")
        private @Nullable String user;

        Decide(Terminal terminal, boolean commit) {
            this.terminal = terminal;
            this.commit = commit;
        }

        @Override
        public Integer call() {
            try (AdminClient admin = nameServer.connect(terminal)) {
                List<BranchStatus> found = admin.branches(id).stream()
                        .filter(branch -> branch.id().equals(id) && !branch.heuristic())
                        .filter(branch -> broker == null || broker.equals(branch.broker()))
                        .filter(branch -> user == null || user.equals(branch.user()))
                        .toList();
                if (found.isEmpty()) {
                    throw nothing(id);
                }
                if (found.stream().map(BranchStatus::user).distinct().count() > 1) {
                    throw new AdminException("several users have a branch of this id; say which by --user");
                }
                for (BranchStatus branch : found) {
                    admin.resolveBranch(branch, commit);
                    terminal.out()
                            .printf(
                                    "%s %s on %s: %,d messages, %,d deliveries%n",
                                    commit ? "committed" : "rolled back",
                                    branch.id(),
                                    branch.broker(),
                                    branch.messages(),
                                    branch.deliveries());
                }
            }
            return 0;
        }
    }

    @Command(
            name = "commit",
            description = {
                "Commit a prepared branch instead of who should decide.",
                "If the other resources of its transaction roll back, the transaction is not whole any more."
            },
            footer = {"", "Example:", "  agena tx commit xa:00020005.0102.03"})
    private static final class Commit extends Decide {
        Commit(Terminal terminal) {
            super(terminal, true);
        }
    }

    @Command(
            name = "rollback",
            description = {
                "Roll back a branch instead of who should decide.",
                "If the other resources of its transaction commit, the transaction is not whole any more."
            },
            footer = {"", "Example:", "  agena tx rollback xa:00020005.0102.03"})
    private static final class Rollback extends Decide {
        Rollback(Terminal terminal) {
            super(terminal, false);
        }
    }
}
