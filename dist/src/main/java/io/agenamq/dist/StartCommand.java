// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.CliFailure;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.broker.LocalServer;
import io.agenamq.broker.ProcessFaults;
import io.agenamq.broker.StartException;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.remoting.HostPort;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agena start}: name server and broker in one process, which is what one machine needs. */
@Command(
        name = "start",
        description = {
            "Start name server and broker in one process; stops on SIGTERM or Ctrl-C.",
            "Listens on this machine only, unless --listen says otherwise. Prints one line when it is ready."
        },
        footer = {
            "",
            "Example:",
            "  agena start",
            "  agena start --data /var/lib/agenamq -c conf/broker.conf --listen 0.0.0.0:10911"
        })
final class StartCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Mixin
    private BrokerFlags flags = new BrokerFlags();

    @Option(
            names = "--namesrv-port",
            paramLabel = "N",
            defaultValue = "9876",
            description = "Where the name server listens, on the broker's host; 0 picks a free port"
                    + " (default: ${DEFAULT-VALUE}).")
    private int nameServerPort;

    StartCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (nameServerPort < 0 || nameServerPort > PORT_MAX) {
            throw new ParameterException(spec.commandLine(), "--namesrv-port is from 0 to " + PORT_MAX);
        }
        BrokerConfig config = flags.config(terminal, Map.of());
        Lifetime.logInto(config.dataDirectory());
        HostPort nameServer = new HostPort(config.listen().host(), nameServerPort);
        // Other brokers may register here, too; where they are when they are away is known after a restart.
        NameServerConfig nameServerConfig = NameServerConfig.listeningOn(nameServer)
                .withDataDirectory(config.dataDirectory().resolve("nameserver"));
        try {
            LocalServer server = LocalServer.start(nameServerConfig, config, new ProcessFaults());
            return new Lifetime(terminal, server).serveBroker(server.broker());
        } catch (StartException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
    }
}
