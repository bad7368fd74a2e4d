// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A consumer: what of its state the session does not own is its buffer and its listener, and these are guarded by the session's lock as well.
 * All behaviour that concerns more than one consumer is in {@link AgenaSession}.
 */
final class AgenaConsumer implements MessageConsumer {

    private final AgenaSession session;
    private final AgenaDestination destination;
    private final @Nullable String selector;
    private final boolean noLocal;

    // Guarded by the session's lock.
    final List<Source> sources = new ArrayList<>();
    final Deque<Delivery> buffer = new ArrayDeque<>();

    @Nullable
    MessageListener listener;

    int receiverCount;
    boolean closed;

    AgenaConsumer(AgenaSession session, AgenaDestination destination, @Nullable String selector, boolean noLocal) {
        this.session = session;
        this.destination = destination;
        this.selector = selector;
        this.noLocal = noLocal;
    }

    AgenaDestination destination() {
        return destination;
    }

    boolean noLocal() {
        return noLocal;
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        session.requireOpen(this);
        return selector;
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        return session.listenerOf(this);
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        session.setListener(this, listener);
    }

    @Override
    public @Nullable Message receive() throws JMSException {
        return session.receive(this, Long.MAX_VALUE);
    }

    /** Waits at most so many milliseconds; 0, and less, waits for ever. */
    @Override
    public @Nullable Message receive(long timeout) throws JMSException {
        return session.receive(this, timeout <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeout));
    }

    @Override
    public @Nullable Message receiveNoWait() throws JMSException {
        return session.receiveNoWait(this);
    }

    @Override
    public void close() throws JMSException {
        session.close(this);
    }
}
