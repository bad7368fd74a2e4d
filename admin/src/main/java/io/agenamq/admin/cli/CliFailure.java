// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import org.jspecify.annotations.Nullable;

/**
 * A command could not do what it was asked: one line for a person, naming what happened and what to do. Ends the process with status 1.
 * No stack trace is taken or shown; the cause is kept for {@code AGENA_DEBUG}.
 */
public final class CliFailure extends RuntimeException {
    public CliFailure(String line) {
        this(line, null);
    }

    public CliFailure(String line, @Nullable Throwable cause) {
        super(line, cause, false, false);
    }

    /** The line shown to the user. */
    public String line() {
        String message = getMessage();
        return message == null ? "failed" : message;
    }
}
