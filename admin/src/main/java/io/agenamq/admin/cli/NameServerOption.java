// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.Credentials;
import jakarta.jms.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the cluster is: the option that every client command has. */
final class NameServerOption {
    private static final String DEFAULT = "127.0.0.1:9876";

    @Option(
            names = {"-n", "--namesrv"},
            paramLabel = "HOST:PORT",
            description = "Name servers, several separated by ';' (default: AGENA_NAMESRV_ADDR, NAMESRV_ADDR, "
                    + DEFAULT + ").")
    private @Nullable String nameServers;

    /** The addresses, separated by semicolons or commas: the option, a variable, or this machine. */
    String addresses(Terminal terminal) {
        if (nameServers != null) {
            return nameServers;
        }
        String own = terminal.variable("AGENA_NAMESRV_ADDR");
        String theirs = terminal.variable("NAMESRV_ADDR");
        return own != null ? own : theirs != null ? theirs : DEFAULT;
    }

    AdminClient connect(Terminal terminal) {
        return AdminClient.of(addresses(terminal), credentials(terminal));
    }

    /** For connections of the JMS provider. */
    ConnectionFactory jms(Terminal terminal) {
        return Jms.factory(addresses(terminal), credentials(terminal));
    }

    /** From the environment, where other users of the machine do not see it as they see a command line. */
    private static @Nullable Credentials credentials(Terminal terminal) {
        String user = terminal.variable("AGENA_USER");
        if (user == null) {
            return null;
        }
        String password = terminal.environment().get("AGENA_PASSWORD");
        return new Credentials(user, password == null ? "" : password);
    }
}
