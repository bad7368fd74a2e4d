// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.xa.AgenaXAResource;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XASession;
import javax.transaction.xa.XAResource;

/** A session that works in branches of a transaction manager's, and otherwise acknowledges automatically. It is its own {@link #getSession}. */
final class AgenaXASession extends AgenaSession implements XASession {

    private final AgenaXAResource resource;

    AgenaXASession(AgenaConnection connection, int lane) {
        super(connection, SESSION_TRANSACTED, lane, true);
        this.resource = connection.newResource(branchWork());
    }

    @Override
    public Session getSession() throws JMSException {
        requireOpen();
        return this;
    }

    /** Works on when the session is closed, as long as its connection is open. */
    @Override
    public XAResource getXAResource() {
        return resource;
    }
}
