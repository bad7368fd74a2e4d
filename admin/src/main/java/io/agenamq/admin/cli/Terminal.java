// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command sees of the process it runs in: the three streams and the environment. Tests hand in their own.
 *
 * @param out what the command was asked for; scripts read it
 * @param err progress, warnings and the one line that says why a command failed
 * @param in what {@code -} reads
 * @param environment the process environment
 * @param interactive whether {@code out} is a screen on which a line can be written over
 */
public record Terminal(
        PrintWriter out, PrintWriter err, InputStream in, Map<String, String> environment, boolean interactive) {

    /** Set by the launcher script, which can ask; Java 17 cannot ask about one stream alone. */
    private static final String INTERACTIVE_PROPERTY = "agena.tty";

    /** The streams and environment of this process. */
    public static Terminal ofProcess() {
        Charset charset = processCharset(System.getenv());
        return new Terminal(
                new PrintWriter(new OutputStreamWriter(System.out, charset), true),
                new PrintWriter(new OutputStreamWriter(System.err, charset), true),
                System.in,
                System.getenv(),
                Boolean.getBoolean(INTERACTIVE_PROPERTY));
    }

    /** The variable's value, or null if it is absent or blank: {@code NAME=} in a shell means "not set" to people. */
    public @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** UTF-8 unless the locale clearly says otherwise: bodies are UTF-8, and a bare {@code LANG=C} must not turn them into '?'. */
    private static Charset processCharset(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.get(name);
            int dot = locale == null ? -1 : locale.indexOf('.');
            if (locale != null && dot >= 0 && Charset.isSupported(locale.substring(dot + 1))) {
                return Charset.forName(locale.substring(dot + 1));
            }
        }
        return StandardCharsets.UTF_8;
    }
}
