// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.remoting.HostPort;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Addresses on the command line. */
final class Addresses {
    private Addresses() {}

    /** The address that a flag gives; a mistake is wrong usage. */
    static HostPort parse(CommandSpec spec, String flag, String text) {
        try {
            return HostPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    flag + ": " + e.getMessage() + "; expected HOST:PORT, for example 127.0.0.1:10911",
                    e);
        }
    }
}
