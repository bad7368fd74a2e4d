// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSRuntimeException;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection for each factory and user, from which all contexts outside of transactions are made: a context is then a session, which costs nothing
 * to open. Any thread.
 */
final class SharedConnections {

    private final Factories factories;

    // Guarded by this.
    private final Map<ContextTerms, JMSContext> roots = new HashMap<>();
    private boolean closed;

    SharedConnections(Factories factories) {
        this.factories = factories;
    }

    ScopedContext open(ContextTerms terms) {
        return new ScopedContext(root(terms.ofConnection()).createContext(terms.mode()));
    }

    private synchronized JMSContext root(ContextTerms terms) {
        if (closed) {
            throw new JMSRuntimeException("the CDI container is being shut down");
        }
        JMSContext known = roots.get(terms);
        if (known != null) {
            return known;
        }
        JMSContext made = terms.userName() == null
                ? factories.find(terms.factory()).createContext()
                : factories.find(terms.factory()).createContext(terms.userName(), terms.password());
        roots.put(terms, made);
        // The provider tells when it gives a connection up: the next context gets a new one.
        made.setExceptionListener(givenUp -> drop(terms, made));
        return made;
    }

    private void drop(ContextTerms terms, JMSContext lost) {
        boolean ours;
        synchronized (this) {
            ours = roots.remove(terms, lost);
        }
        if (ours) {
            lost.close();
        }
    }

    synchronized void close() {
        closed = true;
        roots.values().forEach(JMSContext::close);
        roots.clear();
    }
}
