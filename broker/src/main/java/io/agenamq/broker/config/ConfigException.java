// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

/** The configuration cannot be used as it is; the message is one line that names the place and what to do. Made at start-up and by requests that change options. */
public final class ConfigException extends RuntimeException {

    /** With the one line that the operator reads. */
    public ConfigException(String message) {
        super(message, null, false, false);
    }
}
