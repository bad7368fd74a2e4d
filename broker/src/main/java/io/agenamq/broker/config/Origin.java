// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

/**
 * Where a value comes from, in words for people: {@code default}, {@code broker.conf line 7}, {@code environment AGENA_LISTEN_PORT},
 * {@code --listen}, {@code changed while running}.
 */
public record Origin(String text) {

    static final Origin DEFAULT = new Origin("default");
    static final Origin WHILE_RUNNING = new Origin("changed while running");

    static Origin file(String fileName, int line) {
        return new Origin(fileName + " line " + line);
    }

    static Origin environment(String variable) {
        return new Origin("environment " + variable);
    }
}
