// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;

/** Makes contexts. */
public final class Contexts {

    private Contexts() {}

    /** Opens connections. */
    @FunctionalInterface
    public interface ConnectionSource {
        /** A connection that nobody has used yet. */
        AgenaConnection open() throws JMSException;
    }

    /** A context with a connection of its own, which it closes when it is the last one to use it. Waits for the broker. */
    public static JMSContext open(ConnectionSource source, int sessionMode) {
        AgenaContext.requireMode(sessionMode);
        try {
            AgenaConnection connection = source.open();
            try {
                return new AgenaContext(connection, sessionMode);
            } catch (JMSException | RuntimeException failed) {
                connection.close();
                throw failed;
            }
        } catch (JMSException failed) {
            throw Failures.unchecked(failed);
        }
    }
}
