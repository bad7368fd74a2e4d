// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.XAJMSContext;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAResource;

/** The simplified API over an {@link AgenaXASession}. It is its own {@link #getContext}; contexts that are made of it work in no branches. */
final class AgenaXAContext extends AgenaContext implements XAJMSContext {

    private final AgenaXASession session;

    /** The first context of a connection. */
    AgenaXAContext(AgenaConnection connection) throws JMSException {
        this(
                connection,
                connection.openContextSession(SESSION_TRANSACTED, (its, mode, lane) -> new AgenaXASession(its, lane)));
    }

    private AgenaXAContext(AgenaConnection connection, AgenaXASession session) {
        super(connection, new AtomicInteger(), SESSION_TRANSACTED, session);
        this.session = session;
    }

    @Override
    public JMSContext getContext() {
        Unchecked.act(session::requireOpen);
        return this;
    }

    /** Works on when the context is closed, as long as its connection is open. */
    @Override
    public XAResource getXAResource() {
        return session.getXAResource();
    }
}
