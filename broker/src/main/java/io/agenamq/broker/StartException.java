// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

/** A server cannot start. The message is one line for the operator: what is wrong, and what to do. */
public final class StartException extends Exception {

    /** With the line, and what lies behind it. */
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
