// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.message.AgenaMessage;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How listeners get messages: one task on the executor calls them, one message at a time, whichever consumer it is for (Jakarta Messaging 3.1
 * §6.2.5), as long as there is something to deliver. An idle session has no thread.
 */
final class Listening {

    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final SessionState state;
    private final Consumers consumers;
    private final Settlement settlement;
    private final DeliveryReader reader;
    private final Executor executor;

    // Guarded by the state's lock.
    private boolean dispatching;
    private @Nullable AgenaConsumer running; // whose listener is running

    /** The listener that is running. Written under the lock by the thread that runs it, and read by that thread alone. */
    private @Nullable MessageListener listener;

    Listening(
            SessionState state, Consumers consumers, Settlement settlement, DeliveryReader reader, Executor executor) {
        this.state = state;
        this.consumers = consumers;
        this.settlement = settlement;
        this.reader = reader;
        this.executor = executor;
        settlement.onRoom(this::dispatchIfNeeded);
    }

    @Nullable
    MessageListener listenerOf(AgenaConsumer consumer) throws JMSException {
        state.lock();
        try {
            state.requireOpenLocked(consumer);
            return consumer.listener;
        } finally {
            state.unlock();
        }
    }

    void setListener(AgenaConsumer consumer, @Nullable MessageListener listener) throws JMSException {
        state.lock();
        try {
            state.requireOpenLocked(consumer);
            if (listener != null && consumers.isReceiving()) {
                throw new IllegalStateException(
                        "a thread is receiving from this session; it cannot have a listener as well");
            }
            consumers.setListener(consumer, listener);
            if (listener == null && consumer.isPull()) {
                consumer.sources.forEach(source -> {
                    var unused = source.takeBack();
                });
            }
            dispatchIfNeeded();
        } finally {
            state.unlock();
        }
    }

    // ---- under the lock

    boolean isRunning() {
        return running != null;
    }

    /** Whether the listener of a consumer is running, on whatever thread. */
    boolean isRunning(AgenaConsumer consumer) {
        return running == consumer;
    }

    /** Whether the listener of a consumer is running, on a thread other than the calling one. */
    boolean isRunningElsewhere(AgenaConsumer consumer) {
        return running == consumer && !state.isInListener();
    }

    /** Lets the executor deliver to listeners, unless it does, or there is nothing to deliver. */
    void dispatchIfNeeded() {
        if (!dispatching && state.isDelivering() && !settlement.isFull() && consumers.hasWorkForListener()) {
            dispatching = true;
            try {
                executor.execute(this::dispatch);
            } catch (Error noThread) {
                // The next event tries again.
                dispatching = false;
                throw noThread;
            }
        }
    }

    /** The next message; null if there is none, or if too much is acknowledged without an answer. */
    private @Nullable Delivery next() {
        if (!state.isDelivering() || settlement.isFull()) {
            return null;
        }
        return consumers.pollForListener();
    }

    // ---- on the executor

    /** Delivers to listeners until there is nothing to deliver. */
    private void dispatch() {
        for (Delivery delivery = first(); delivery != null; ) {
            Throwable failure = null;
            try {
                AgenaMessage message = reader.read(delivery);
                if (listener != null && !reader.isExpired(message)) {
                    listener.onMessage(message);
                }
            } catch (Throwable foreign) {
                // An error ends neither the session nor the thread: somebody would wait for them for ever. Nor does a
                // checked exception, which languages other than Java throw without saying so.
                failure = foreign;
                LOG.warn(
                        "a message listener of {} failed",
                        delivery.source().consumer.destination(),
                        foreign);
            }
            delivery = afterListener(delivery, failure);
        }
    }

    private @Nullable Delivery first() {
        state.lock();
        try {
            return begin();
        } finally {
            state.unlock();
        }
    }

    /**
     * A listener has returned: settles its message, and begins with the next one, if there is one, under the same lock. Whoever waits for a listener has
     * said before that no other one may begin.
     */
    private @Nullable Delivery afterListener(Delivery delivery, @Nullable Throwable failure) {
        state.lock();
        try {
            running = null;
            state.setListenerThread(null);
            if (failure != null) {
                settlement.settleFailed(delivery, failure);
            } else {
                settlement.settle(delivery.source());
            }
            return begin();
        } finally {
            state.signal();
            state.unlock();
        }
    }

    /** Under the lock. */
    private @Nullable Delivery begin() {
        Delivery delivery = next();
        if (delivery == null) {
            // If too much is unanswered, the answer comes back here.
            dispatching = false;
            return null;
        }
        running = delivery.source().consumer;
        listener = running.listener;
        state.setListenerThread(Thread.currentThread());
        return delivery;
    }
}
