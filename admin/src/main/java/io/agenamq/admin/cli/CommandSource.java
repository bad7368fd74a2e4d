// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.util.List;

/**
 * Commands that live in other jars: found by {@link java.util.ServiceLoader}, so that this module need not know the server and the
 * server's class path need not know the demo. {@code docs/adr/0003-commands-come-from-the-class-path.md} says why.
 */
public interface CommandSource {
    /**
     * The commands this jar adds below {@code agena}.
     *
     * @param terminal the streams and environment they use
     * @return new objects annotated with {@code picocli.CommandLine.Command}, each a {@code Callable<Integer>}; a command that has
     *     sub-commands is a {@code CommandSpec}
     */
    List<Object> commands(Terminal terminal);
}
