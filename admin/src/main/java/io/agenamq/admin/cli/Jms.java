// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;

/** The only place of the command line that names the provider. */
final class Jms {
    private Jms() {}

    /**
     * A factory of connections to a cluster.
     *
     * @param nameServers {@code host:port}, several separated by semicolons or commas
     */
    static ConnectionFactory factory(String nameServers) {
        return new AgenaConnectionFactory("agena://" + nameServers.replace(';', ','));
    }

    /** One line about what the provider could not do. */
    static CliFailure failure(String doing, JMSException e) {
        return new CliFailure(doing + ": " + e.getMessage(), e);
    }
}
