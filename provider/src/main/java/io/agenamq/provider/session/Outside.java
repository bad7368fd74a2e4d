// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.xa.BranchWorker;
import jakarta.jms.JMSException;

/** Transactions that begin and end outside of the sessions of a connection, on the threads of the application, and that sessions join by themselves. */
public interface Outside {

    /**
     * A session is about to send or to receive, on the calling thread. If the thread is in a transaction, the session works in its branch from now on.
     *
     * @throws JMSException if the transaction takes nothing any more; then nothing is sent or received
     */
    void used(BranchWorker session) throws JMSException;

    /** A session is about to be closed. What it has done in a branch, and has not handed over, is undone afterwards. */
    void closing(BranchWorker session);
}
