// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.xa.AgenaXAResource;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TopicSession;
import jakarta.jms.XATopicSession;
import javax.transaction.xa.XAResource;

/** The same as {@link AgenaXASession} for topics. */
final class AgenaXATopicSession extends AgenaTopicSession implements XATopicSession {

    private final AgenaXAResource resource;

    AgenaXATopicSession(AgenaConnection connection, int lane) {
        super(connection, SESSION_TRANSACTED, lane, true);
        this.resource = connection.newResource(branchWork());
    }

    @Override
    public Session getSession() throws JMSException {
        requireOpen();
        return this;
    }

    @Override
    public TopicSession getTopicSession() throws JMSException {
        requireOpen();
        return this;
    }

    /** Works on when the session is closed, as long as its connection is open. */
    @Override
    public XAResource getXAResource() {
        return resource;
    }
}
