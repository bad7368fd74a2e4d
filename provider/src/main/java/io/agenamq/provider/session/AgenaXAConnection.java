// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;

/** A connection whose sessions may work in branches of a transaction manager's. Those that the ordinary methods make do not. */
public final class AgenaXAConnection extends AgenaConnection implements XAConnection {

    AgenaXAConnection(ConnectionParts parts) {
        super(parts);
    }

    @Override
    public XASession createXASession() throws JMSException {
        return openSession(
                Session.SESSION_TRANSACTED, (connection, mode, lane) -> new AgenaXASession(connection, lane));
    }
}
