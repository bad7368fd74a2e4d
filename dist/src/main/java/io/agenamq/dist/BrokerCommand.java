// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.CliFailure;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.broker.BrokerServer;
import io.agenamq.broker.ProcessFaults;
import io.agenamq.broker.StartException;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.Settings.FlagValue;
import io.agenamq.remoting.HostPort;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agena broker}: a broker that registers with name servers elsewhere. */
@Command(
        name = "broker",
        description = "Start a broker that registers with name servers of their own; stops on SIGTERM or Ctrl-C.",
        footer = {
            "",
            "Example:",
            "  agena broker -n 'ns1:9876;ns2:9876' -c conf/broker.conf",
            "  agena broker -n ns1:9876 --listen 0.0.0.0:10911 --advertise mq.example.org:10911"
        })
final class BrokerCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Mixin
    private BrokerFlags flags = new BrokerFlags();

    @Option(
            names = {"-n", "--namesrv"},
            paramLabel = "HOST:PORT",
            description = "Name servers to register with, several separated by ';' (default: namesrvAddr of the"
                    + " configuration, or NAMESRV_ADDR).")
    private @Nullable String nameServers;

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description = "What clients are told to connect to (default: where the broker listens).")
    private @Nullable String advertise;

    BrokerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, FlagValue> more = new HashMap<>();
        if (nameServers != null) {
            BrokerFlags.put(more, BrokerOptions.NAME_SERVERS, nameServers, "--namesrv");
        }
        if (advertise != null) {
            HostPort address = Addresses.parse(spec, "--advertise", advertise);
            BrokerFlags.put(more, BrokerOptions.ADVERTISED_HOST, address.host(), "--advertise");
            BrokerFlags.put(more, BrokerOptions.ADVERTISED_PORT, Integer.toString(address.port()), "--advertise");
        }
        BrokerConfig config = flags.config(terminal, more);
        if (config.nameServers().isEmpty()) {
            throw new CliFailure("no name server to register with; give one with -n HOST:PORT, or use 'agena start'");
        }
        Lifetime.logInto(config.dataDirectory());
        try {
            BrokerServer server = BrokerServer.start(config, new ProcessFaults());
            return new Lifetime(terminal, server).serveBroker(server);
        } catch (StartException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
    }
}
