// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XAQueueConnection;
import jakarta.jms.XAQueueSession;
import jakarta.jms.XASession;

/** The same as {@link AgenaXAConnection} under the name that the older interfaces have for one that makes sessions for queues. */
public final class AgenaXAQueueConnection extends AgenaQueueConnection implements XAQueueConnection {

    AgenaXAQueueConnection(ConnectionParts parts) {
        super(parts);
    }

    @Override
    public XASession createXASession() throws JMSException {
        return openSession(
                Session.SESSION_TRANSACTED, (connection, mode, lane) -> new AgenaXASession(connection, lane));
    }

    @Override
    public XAQueueSession createXAQueueSession() throws JMSException {
        return openSession(
                Session.SESSION_TRANSACTED, (connection, mode, lane) -> new AgenaXAQueueSession(connection, lane));
    }
}
