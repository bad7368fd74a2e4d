// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import org.jspecify.annotations.Nullable;

/**
 * Says which context an injected one stands for at the moment (§12.4.4): that of the transaction, of the request, or its own. Any thread. Made with the
 * first injection, and closed with the container.
 */
final class CurrentContexts {

    private static final String TRANSACTION_MANAGER = "jakarta.transaction.TransactionManager";

    private final BeanManager manager;
    private final Factories factories;
    private final SharedConnections connections;
    private final RequestContexts ofRequest;

    // Guarded by this.
    private @Nullable Transactions transactions;

    CurrentContexts(BeanManager manager) {
        this.manager = manager;
        Instance<Object> beans = manager.createInstance();
        this.factories = new Factories(beans);
        this.connections = new SharedConnections(factories);
        this.ofRequest = beans.select(RequestContexts.class).get();
    }

    Factories factories() {
        return factories;
    }

    /** The one that stands for it now. */
    ScopedContext of(ContextTerms terms, OwnContext own) {
        Transactions present = transactions();
        if (present.isActive()) {
            return present.context(terms);
        }
        return isInRequest() ? ofRequest.get(terms, connections::open) : own.get(() -> connections.open(terms));
    }

    private boolean isInRequest() {
        try {
            return manager.getContext(RequestScoped.class).isActive();
        } catch (ContextNotActiveException none) {
            return false;
        }
    }

    /** Found late: a container binds its transaction manager while it starts. */
    synchronized Transactions transactions() {
        Transactions known = transactions;
        if (known == null) {
            known = isJtaThere() ? JtaTransactions.find(manager.createInstance(), factories) : null;
            known = known == null ? Transactions.NONE : known;
            transactions = known;
        }
        return known;
    }

    private static boolean isJtaThere() {
        try {
            Class.forName(TRANSACTION_MANAGER, false, CurrentContexts.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException without) {
            return false;
        }
    }

    void close() {
        transactions().close();
        connections.close();
    }
}
