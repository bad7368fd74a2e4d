// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.CliFailure;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.nameserver.NameServer;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.remoting.HostPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agena nameserver}: knows the brokers of a cluster; keeps no messages. */
@Command(
        name = "nameserver",
        description = {
            "Start a name server; stops on SIGTERM or Ctrl-C.",
            "Several are independent of each other: brokers register with all, clients ask any."
        },
        footer = {"", "Example:", "  agena nameserver --listen 0.0.0.0:9876"})
final class NameServerCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9876",
            description = "Where it listens; port 0 picks a free one (default: ${DEFAULT-VALUE}).")
    private String listen = "";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where its log and its configuration items are kept (default: ~/agena/nameserver).")
    private Path data = Path.of(System.getProperty("user.home"), "agena", "nameserver");

    NameServerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        HostPort address = Addresses.parse(spec, "--listen", listen);
        Lifetime.logInto(data);
        try {
            NameServer server =
                    NameServer.start(NameServerConfig.listeningOn(address).withDataDirectory(data));
            return new Lifetime(terminal, server).serve("name server listening on " + HostPort.of(server.address()));
        } catch (IOException e) {
            throw new CliFailure("the name server cannot start: " + e.getMessage(), e);
        }
    }
}
