// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XASession;
import jakarta.jms.XATopicConnection;
import jakarta.jms.XATopicSession;

/** The same as {@link AgenaXAConnection} under the name that the older interfaces have for one that makes sessions for topics. */
public final class AgenaXATopicConnection extends AgenaTopicConnection implements XATopicConnection {

    AgenaXATopicConnection(ConnectionParts parts) {
        super(parts);
    }

    @Override
    public XASession createXASession() throws JMSException {
        return openSession(
                Session.SESSION_TRANSACTED, (connection, mode, lane) -> new AgenaXASession(connection, lane));
    }

    @Override
    public XATopicSession createXATopicSession() throws JMSException {
        return openSession(
                Session.SESSION_TRANSACTED, (connection, mode, lane) -> new AgenaXATopicSession(connection, lane));
    }
}
