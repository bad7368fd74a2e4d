// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.TransactionRolledBackRuntimeException;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XAJMSContext;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Contexts that are a part of the Jakarta transaction of their thread: one for each transaction and terms, enlisted when it is used first. A context
 * whose transaction is over waits, connected, for the next one; up to {@link #IDLE_MAX} of the same terms do. Any thread.
 */
final class JtaTransactions implements Transactions {

    /** So many connections of the same terms are kept for the next transactions. */
    static final int IDLE_MAX = 8;

    private static final List<String> NAMES =
            List.of("java:comp/TransactionManager", "java:/TransactionManager", "java:jboss/TransactionManager");

    private final TransactionManager manager;
    private final Factories factories;

    // Guarded by this.
    private final Map<Transaction, Map<ContextTerms, Enlisted>> active = new HashMap<>();
    private final Map<ContextTerms, Deque<Pooled>> idle = new HashMap<>();
    private boolean closed;

    /** A connection with its one XA session. */
    private record Pooled(XAJMSContext xa, ScopedContext scoped) {}

    /** A context in a transaction. */
    private record Enlisted(ContextTerms terms, Pooled pooled) {}

    private JtaTransactions(TransactionManager manager, Factories factories) {
        this.manager = manager;
        this.factories = factories;
    }

    /** With the transaction manager among the beans, or in JNDI; null if there is none. */
    static @Nullable Transactions find(Instance<Object> beans, Factories factories) {
        Instance<TransactionManager> bean = beans.select(TransactionManager.class);
        if (bean.isResolvable()) {
            return new JtaTransactions(bean.get(), factories);
        }
        for (String name : NAMES) {
            TransactionManager bound = Jndi.lookup(name, TransactionManager.class);
            if (bound != null) {
                return new JtaTransactions(bound, factories);
            }
        }
        return null;
    }

    @Override
    public boolean isActive() {
        try {
            return manager.getStatus() != Status.STATUS_NO_TRANSACTION;
        } catch (SystemException failed) {
            throw broken(failed);
        }
    }

    @Override
    public ScopedContext context(ContextTerms terms) {
        try {
            Transaction transaction = manager.getTransaction();
            Enlisted known = known(transaction, terms);
            return known == null ? enlist(transaction, terms) : known.pooled().scoped();
        } catch (SystemException failed) {
            throw broken(failed);
        }
    }

    private synchronized @Nullable Enlisted known(Transaction transaction, ContextTerms terms) {
        Map<ContextTerms, Enlisted> its = active.get(transaction);
        return its == null ? null : its.get(terms);
    }

    private ScopedContext enlist(Transaction transaction, ContextTerms terms) throws SystemException {
        Pooled pooled = take(terms);
        boolean enlisted = false;
        try {
            transaction.registerSynchronization(new Ending(transaction, new Enlisted(terms, pooled)));
            if (!transaction.enlistResource(pooled.xa().getXAResource())) {
                throw new JMSRuntimeException(
                        "the transaction manager refuses " + terms + " for the present transaction");
            }
            synchronized (this) {
                active.computeIfAbsent(transaction, key -> new HashMap<>()).put(terms, new Enlisted(terms, pooled));
            }
            enlisted = true;
            return pooled.scoped();
        } catch (RollbackException marked) {
            throw new TransactionRolledBackRuntimeException(
                    "the transaction can only be rolled back; nothing can take part in it any more", null, marked);
        } catch (IllegalStateException tooLate) {
            throw new JMSRuntimeException(
                    "the transaction is ending; nothing can take part in it any more", null, tooLate);
        } finally {
            if (!enlisted) {
                pooled.scoped().close();
            }
        }
    }

    private Pooled take(ContextTerms terms) {
        synchronized (this) {
            Deque<Pooled> waiting = idle.get(terms);
            Pooled free = waiting == null ? null : waiting.pollLast();
            if (free != null) {
                return free;
            }
        }
        XAConnectionFactory factory = factories.findXa(terms.factory());
        XAJMSContext made = terms.userName() == null
                ? factory.createXAContext()
                : factory.createXAContext(terms.userName(), terms.password());
        Pooled pooled = new Pooled(made, new ScopedContext(made));
        // The provider tells when it gives a connection up.
        made.setExceptionListener(givenUp -> forget(terms, pooled));
        return pooled;
    }

    /** If it is waiting; what is in a transaction fails there. */
    private void forget(ContextTerms terms, Pooled lost) {
        boolean waited;
        synchronized (this) {
            Deque<Pooled> waiting = idle.get(terms);
            waited = waiting != null && waiting.remove(lost);
        }
        if (waited) {
            lost.scoped().close();
        }
    }

    /** What happens to a context when its transaction ends. Registered before the context can take part. */
    private final class Ending implements Synchronization {

        private final Transaction transaction;
        private final Enlisted ended;

        Ending(Transaction transaction, Enlisted ended) {
            this.transaction = transaction;
            this.ended = ended;
        }

        @Override
        public void beforeCompletion() {
            // The branch says itself what it has done.
        }

        @Override
        public void afterCompletion(int status) {
            boolean known;
            synchronized (JtaTransactions.this) {
                Map<ContextTerms, Enlisted> its = active.get(transaction);
                known = its != null && its.remove(ended.terms(), ended);
                if (its != null && its.isEmpty()) {
                    active.remove(transaction);
                }
            }
            if (known) {
                finish(ended, status == Status.STATUS_COMMITTED || status == Status.STATUS_ROLLEDBACK);
            }
        }
    }

    private void finish(Enlisted ended, boolean sound) {
        Pooled pooled = ended.pooled();
        if (sound && cleaned(pooled.scoped())) {
            synchronized (this) {
                Deque<Pooled> waiting = idle.computeIfAbsent(ended.terms(), key -> new ArrayDeque<>());
                if (!closed && waiting.size() < IDLE_MAX) {
                    waiting.addLast(pooled);
                    return;
                }
            }
        }
        pooled.scoped().close();
    }

    private static boolean cleaned(ScopedContext scoped) {
        try {
            scoped.clean();
            return true;
        } catch (JMSRuntimeException unusable) {
            return false;
        }
    }

    @Override
    public Reception receive(ListenerMethod method, BeanManager beans, Consumer<String> lost) {
        return new JtaReception(method, manager, factories.findXa(method.terms().factory()), beans, lost);
    }

    @Override
    public void close() {
        Map<ContextTerms, Deque<Pooled>> left;
        synchronized (this) {
            closed = true;
            left = new HashMap<>(idle);
            idle.clear();
        }
        left.values().forEach(waiting -> waiting.forEach(each -> each.scoped().close()));
    }

    private static JMSRuntimeException broken(SystemException failed) {
        return new JMSRuntimeException("the transaction manager has failed: " + failed.getMessage(), null, failed);
    }
}
