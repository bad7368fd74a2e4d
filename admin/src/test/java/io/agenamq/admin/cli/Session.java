// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;

/** One person at a terminal: what is typed, and what came back. */
final class Session {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();
    private String input = "";

    Session with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Session typing(String text) {
        input = text;
        return this;
    }

    Terminal terminal() {
        return new Terminal(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                environment,
                false);
    }

    CommandLine commands() {
        return Agena.commandLine(terminal());
    }

    /** Runs {@code agena} with these arguments and returns its exit status. */
    int run(String... arguments) {
        return commands().execute(arguments);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
