// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import picocli.CommandLine.Option;

/** For people or for scripts: the option of every command that prints a list. */
final class JsonOption {
    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    boolean json() {
        return json;
    }
}
