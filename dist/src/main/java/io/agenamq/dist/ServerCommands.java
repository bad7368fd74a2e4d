// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.CommandSource;
import io.agenamq.admin.cli.Terminal;
import java.util.List;

/** Adds the server to the command line: {@code start}, {@code nameserver}, {@code broker}, and who may use it: {@code user}. */
public final class ServerCommands implements CommandSource {
    @Override
    public List<Object> commands(Terminal terminal) {
        return List.of(
                new StartCommand(terminal),
                new NameServerCommand(terminal),
                new BrokerCommand(terminal),
                UserCommand.of(terminal));
    }
}
