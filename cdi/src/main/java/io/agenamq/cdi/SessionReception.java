// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives without a transaction, or with a local one: the sessions of one connection, each with a message listener, on the provider's threads. */
final class SessionReception implements Reception {

    private static final Logger LOG = LoggerFactory.getLogger(SessionReception.class);

    private final ListenerMethod method;
    private final BeanManager manager;
    private final List<JMSContext> contexts = new ArrayList<>();

    /**
     * Begins.
     *
     * @param lost told once, with the reason, if the provider gives the connection up
     * @throws JMSRuntimeException if that is not possible now; nothing is left behind
     */
    SessionReception(ListenerMethod method, Factories factories, BeanManager manager, Consumer<String> lost) {
        this.method = method;
        this.manager = manager;
        JmsListener terms = method.terms();
        boolean local = terms.transaction() == ListenerTransaction.LOCAL;
        int mode = local ? JMSContext.SESSION_TRANSACTED : JMSContext.AUTO_ACKNOWLEDGE;
        AtomicBoolean told = new AtomicBoolean();
        JMSContext first = factories.find(terms.factory()).createContext(mode);
        contexts.add(first);
        boolean begun = false;
        try {
            first.setExceptionListener(givenUp -> {
                if (told.compareAndSet(false, true)) {
                    lost.accept(String.valueOf(givenUp.getMessage()));
                }
            });
            for (int i = 0; i < terms.concurrency(); i++) {
                JMSContext context = i == 0 ? first : first.createContext(mode);
                if (i > 0) {
                    contexts.add(context);
                }
                Consumers.open(context, terms)
                        .setMessageListener(local ? message -> inTransaction(context, message) : this::receive);
            }
            begun = true;
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    /** What is thrown makes the session deliver the message again, and its provider tells so. */
    private void receive(Message message) {
        try {
            method.deliver(message, manager);
        } catch (RuntimeException unchecked) {
            throw unchecked;
        } catch (Exception failed) {
            throw new JMSRuntimeException(method + " has failed: " + failed.getMessage(), null, failed);
        }
    }

    private void inTransaction(JMSContext context, Message message) {
        try {
            method.deliver(message, manager);
        } catch (Exception | Error failed) {
            // Errors, too: otherwise the next message's commit would settle this one.
            LOG.warn("{} has failed; its message is delivered again", method, failed);
            context.rollback();
            return;
        }
        context.commit();
    }

    @Override
    public void close() {
        // The last made first: the connection ends with the first.
        for (int i = contexts.size() - 1; i >= 0; i--) {
            try {
                contexts.get(i).close();
            } catch (JMSRuntimeException failed) {
                LOG.warn("a session of {} could not be closed: {}", method, failed.getMessage());
            }
        }
    }
}
