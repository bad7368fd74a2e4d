// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.admin.cli.Agena;
import io.agenamq.admin.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String input, String... arguments) {
        Terminal terminal = new Terminal(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                Map.of("AGENA_STORE_PATH_ROOT_DIR", folder.resolve("data").toString()),
                false);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Agena.commandLine(terminal).execute(arguments);
    }

    @Test
    void users_come_are_listed_and_go() throws Exception {
        assertThat(run("secret\n", "user", "add", "alice")).isZero();
        assertThat(out.toString()).startsWith("added alice to ").doesNotContain("secret");
        assertThat(run("", "user", "list", "--json")).isZero();
        assertThat(out.toString()).isEqualToIgnoringWhitespace("[{\"user\":\"alice\"}]");
        String before = Files.readString(folder.resolve("data/users"));
        assertThat(before).contains("alice pbkdf2-sha256:600000:").doesNotContain("secret");

        assertThat(run("other", "user", "add", "alice")).isZero();
        assertThat(out.toString()).startsWith("alice has a new password");
        assertThat(Files.readString(folder.resolve("data/users"))).isNotEqualTo(before);

        assertThat(run("", "user", "remove", "alice")).isZero();
        assertThat(run("", "user", "list")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("USER");
    }

    @Test
    void each_mistake_is_one_line() {
        assertThat(run("", "user", "add", "alice")).isEqualTo(Agena.FAILED);
        assertThat(err.toString()).isEqualToIgnoringNewLines("agena: there is no password on the standard input");
        assertThat(run("\n", "user", "add", "alice")).isEqualTo(Agena.FAILED);
        assertThat(err.toString()).isEqualToIgnoringNewLines("agena: a password has at least one character");
        assertThat(run("x", "user", "add", "two words")).isEqualTo(Agena.WRONG_USAGE);
        assertThat(err.toString()).contains("'two words' has not").hasLineCount(1);
        assertThat(run("", "user", "remove", "bob")).isEqualTo(Agena.FAILED);
        assertThat(err.toString()).contains("there is no user 'bob'").hasLineCount(1);
        assertThat(run("x", "user", "add", "alice", "--password", "x")).isEqualTo(Agena.WRONG_USAGE);
        assertThat(run("", "user")).isEqualTo(Agena.WRONG_USAGE);
        assertThat(folder.resolve("data/users")).doesNotExist();
    }

    @Test
    void every_command_has_help_with_an_example() {
        for (String command : new String[] {"add", "list", "remove"}) {
            assertThat(run("", "user", command, "--help")).isZero();
            assertThat(out.toString()).contains("Example:", "agena user " + command, "--data");
        }
    }
}
