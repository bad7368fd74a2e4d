// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A consumer: what it wants, and what it has waiting. All behaviour that concerns more than one consumer is in the parts of its session, under
 * whose lock the fields that change are.
 */
sealed class AgenaConsumer implements MessageConsumer permits AgenaQueueReceiver, AgenaTopicSubscriber {

    private final AgenaSession session;
    private final ConsumerTerms terms;

    // Guarded by the session's lock.
    final List<Source> sources = new CopyOnWriteArrayList<>();
    final Deque<Delivery> buffer = new ArrayDeque<>();

    @Nullable
    MessageListener listener;

    /** Whether the broker has delivered or said anything, so that what is there comes by itself. */
    boolean heard;

    int receiverCount;
    boolean closed;

    AgenaConsumer(AgenaSession session, ConsumerTerms terms) {
        this.session = session;
        this.terms = terms;
    }

    final ConsumerTerms terms() {
        return terms;
    }

    final AgenaDestination destination() {
        return terms.destination();
    }

    /** Whether what it has not acknowledged is nobody's when it closes: the subscription of a topic that has no name ends with it. */
    boolean endsSubscription() {
        return !terms.destination().isQueue() && terms.subscription() == null;
    }

    /** Whether messages are fetched one by one when they are asked for. */
    boolean isPull() {
        return sources.get(0).isPull();
    }

    /** Whether the connections to all brokers of it are lost at present. Under the session's lock. */
    boolean isLost() {
        for (Source source : sources) {
            if (!source.isLost()) {
                return false;
            }
        }
        return true;
    }

    /** From how many brokers it may get messages, now or when they are back. Under the session's lock. */
    int liveSourceCount() {
        int count = 0;
        for (Source source : sources) {
            count += source.failure() == null ? 1 : 0;
        }
        return count;
    }

    /** Whether it may get messages from a broker, now or when that is back. Under the session's lock. */
    boolean hears(String broker) {
        for (Source source : sources) {
            if (source.failure() == null && source.broker().equals(broker)) {
                return true;
            }
        }
        return false;
    }

    /** Fails if there will be no connection to any broker of it any more. Under the session's lock. */
    void requireConnected() throws JMSException {
        ClientException why = null;
        for (Source source : sources) {
            why = source.failure();
            if (why == null) {
                return;
            }
        }
        if (why != null) {
            throw Failures.jms("cannot receive", why);
        }
    }

    void requireOpen() throws JMSException {
        session.state().requireOpen(this);
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        requireOpen();
        return terms.selector();
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        return session.listening().listenerOf(this);
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        session.listening().setListener(this, listener);
    }

    @Override
    public @Nullable Message receive() throws JMSException {
        return receive(0);
    }

    /** Waits at most so many milliseconds; 0, and less, waits for ever. */
    @Override
    public @Nullable Message receive(long timeout) throws JMSException {
        return receive(timeout, Receiving.Check.NONE);
    }

    /** The same for messages that pass a check; see {@link Receiving#receive}. */
    @Nullable
    Message receive(long timeout, Receiving.Check check) throws JMSException {
        session.used();
        long nanos = timeout <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeout);
        return session.receiving().receive(this, nanos, check);
    }

    @Override
    public @Nullable Message receiveNoWait() throws JMSException {
        return receiveNoWait(Receiving.Check.NONE);
    }

    /** The same for messages that pass a check. */
    @Nullable
    Message receiveNoWait(Receiving.Check check) throws JMSException {
        session.used();
        return session.receiving().receiveNoWait(this, check);
    }

    @Override
    public void close() throws JMSException {
        session.close(this);
    }
}
