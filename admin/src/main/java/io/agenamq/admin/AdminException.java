// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import org.jspecify.annotations.Nullable;

/**
 * The cluster refused, or could not be asked: one line for a person, naming what happened and what to do. Carries no stack trace, because
 * the line says all there is to know.
 */
public final class AdminException extends RuntimeException {
    public AdminException(String line) {
        this(line, null);
    }

    public AdminException(String line, @Nullable Throwable cause) {
        super(line, cause, false, false);
    }
}
