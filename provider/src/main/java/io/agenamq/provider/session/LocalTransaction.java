// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.session.TransactionWork.Sent;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The transactions of a transacted session, one after another, and how they end.
 *
 * <pre>
 *   commit ──▶ committed │ rolled back │ in doubt ──ask──▶ committed │ rolled back          in each case the next transaction begins
 * </pre>
 *
 * <p>Belongs to the session's thread.
 */
final class LocalTransaction implements Coordination {

    private final AgenaConnection connection;
    private final Settlement settlement;
    private final TransactionWork work;

    LocalTransaction(AgenaConnection connection, Settlement settlement, TransactionWork work) {
        this.connection = connection;
        this.settlement = settlement;
        this.work = work;
    }

    @Override
    public boolean isTransacted() {
        return true;
    }

    @Override
    public void requireOwn() {}

    @Override
    public TransactionWork present() {
        return work;
    }

    /** Ends it with everything that it has sent stored and everything that it has received settled, or with nothing of that. Waits. */
    @Override
    public void commit() throws JMSException {
        JMSException failure = null;
        try {
            ClientException why = work.impossible();
            if (why != null) {
                throw Failures.jms("cannot commit", why);
            }
            // Not knowing the outcome, nobody could give back what a commit that is rolled back has received.
            Failures.awaitInAnyCase(begin(), "cannot commit", "; nobody knows whether the transaction is committed");
        } catch (JMSException rolledBackOrInDoubt) {
            failure = rolledBackOrInDoubt;
        }
        if (failure != null) {
            work.forgetRoutes();
        }
        if (failure instanceof TransactionRolledBackException) {
            try {
                rollback();
            } catch (JMSException alsoFailed) {
                // What the application has to know is that nothing was committed.
                failure.addSuppressed(alsoFailed);
            }
        } else {
            work.next();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private CompletableFuture<Void> begin() {
        return settlement.commit(this::commit);
    }

    private CompletableFuture<Void> commit(Map<String, List<Link.Settled>> receivedByBroker) {
        List<Link.Settled> received = new ArrayList<>();
        receivedByBroker.values().forEach(received::addAll);
        List<Sent> sent = work.sent();
        if (received.isEmpty() && sent.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        // All on one broker: see TransactionHome.
        Sent there = sent.isEmpty() ? null : sent.get(0);
        Route.Home home = there == null ? null : there.home();
        int messages = there == null ? 0 : there.messageCount();
        boolean durable = !received.isEmpty() || (there != null && there.isPersistent());
        return connection.link().commit(work.id(), home, messages, received, durable);
    }

    /** Forgets what it has sent and gives back what it has received. Waits for the broker. */
    @Override
    public void rollback() throws JMSException {
        work.forget();
        settlement.recover();
    }

    /** Forgets what it has sent; what it has received goes back with the session's consumers. */
    @Override
    public void forget() {
        work.forget();
    }
}
