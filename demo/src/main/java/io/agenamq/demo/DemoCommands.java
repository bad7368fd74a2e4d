// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.cli.CommandSource;
import io.agenamq.admin.cli.Terminal;
import java.util.List;

/** Adds {@code agena demo} to the command line when this jar is on the class path. */
public final class DemoCommands implements CommandSource {
    @Override
    public List<Object> commands(Terminal terminal) {
        return List.of(new DemoCommand(terminal));
    }
}
