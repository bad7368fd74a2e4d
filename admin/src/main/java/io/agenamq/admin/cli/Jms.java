// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.Credentials;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/** The only place of the command line that names the provider. */
final class Jms {
    private Jms() {}

    /**
     * A factory of connections to a cluster.
     *
     * @param nameServers {@code host:port}, several separated by semicolons or commas
     * @param credentials who logs in; null for nobody in particular
     */
    static ConnectionFactory factory(String nameServers, @Nullable Credentials credentials) {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena://" + nameServers.replace(';', ','));
        if (credentials != null) {
            factory.setUser(credentials.user());
            factory.setPassword(credentials.password());
        }
        return factory;
    }

    /** One line about what the provider could not do. */
    static CliFailure failure(String doing, JMSException e) {
        return new CliFailure(doing + ": " + e.getMessage(), e);
    }
}
