// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code agena version}: which build this is, and what it runs on: the first thing a bug report needs. */
@Command(
        name = "version",
        description = "Print the version of this build and of the Java virtual machine it runs on.",
        footer = {"", "Example:", "  agena version"})
final class VersionCommand implements Callable<Integer> {
    private static final String RESOURCE = "/io/agenamq/admin/product.properties";

    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out()
                .printf(
                        "agena %s (Java %s, %s, %s %s)%n",
                        version(),
                        Runtime.version(),
                        System.getProperty("java.vm.name"),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"));
        return 0;
    }

    private static String version() {
        try (InputStream in = VersionCommand.class.getResourceAsStream(RESOURCE)) {
            Properties product = new Properties();
            if (in != null) {
                product.load(in);
            }
            return product.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
