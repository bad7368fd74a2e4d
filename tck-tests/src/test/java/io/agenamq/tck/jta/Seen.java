// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jta;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource that a test looks at: something happens before one of its methods is called. Not serializable, as hardly any is. */
final class Seen implements XAResource {

    private final String called;
    private final Runnable happens;
    private final XAResource resource;

    private Seen(String called, Runnable happens, XAResource resource) {
        this.called = called;
        this.happens = happens;
        this.resource = resource;
    }

    /** The same resource, with something before each call of {@code prepare} or {@code commit}. */
    static XAResource before(String called, Runnable happens, XAResource resource) {
        return new Seen(called, happens, resource);
    }

    private void calling(String method) {
        if (method.equals(called)) {
            happens.run();
        }
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        calling("prepare");
        return resource.prepare(xid);
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        calling("commit");
        resource.commit(xid, onePhase);
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        resource.start(xid, flags);
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        resource.end(xid, flags);
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        resource.rollback(xid);
    }

    @Override
    public Xid[] recover(int flags) throws XAException {
        return resource.recover(flags);
    }

    @Override
    public void forget(Xid xid) throws XAException {
        resource.forget(xid);
    }

    @Override
    public boolean isSameRM(XAResource other) throws XAException {
        return resource.isSameRM(other);
    }

    @Override
    public int getTransactionTimeout() throws XAException {
        return resource.getTransactionTimeout();
    }

    @Override
    public boolean setTransactionTimeout(int seconds) throws XAException {
        return resource.setTransactionTimeout(seconds);
    }
}
