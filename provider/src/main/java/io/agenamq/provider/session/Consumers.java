// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one session, and the sources of those that were closed before their deliveries were acknowledged. Everything is under the
 * session's lock.
 */
final class Consumers {

    private final SessionState state;
    private final @Nullable TransactionHome transaction;
    private final List<AgenaConsumer> open = new ArrayList<>();
    private final List<Source> lingering = new ArrayList<>();
    private int turn;
    private int listenerCount; // of those that are open

    /**
     * No consumers yet.
     *
     * @param transaction that what is handed over takes part in, null if the session is not transacted
     */
    Consumers(SessionState state, @Nullable TransactionHome transaction) {
        this.state = state;
        this.transaction = transaction;
    }

    void add(AgenaConsumer consumer) {
        open.add(consumer);
        listenerCount += consumer.listener == null ? 0 : 1;
    }

    void remove(AgenaConsumer consumer) {
        if (open.remove(consumer)) {
            listenerCount -= consumer.listener == null ? 0 : 1;
        }
    }

    /** All are closed. */
    void clear() {
        open.clear();
        listenerCount = 0;
    }

    /** Says who hears the messages of a consumer that is not closed from now on, null for nobody. */
    void setListener(AgenaConsumer consumer, @Nullable MessageListener listener) {
        listenerCount += (listener == null ? 0 : 1) - (consumer.listener == null ? 0 : 1);
        consumer.listener = listener;
    }

    /** Those that are not closed; live, and not to be changed. */
    List<AgenaConsumer> open() {
        return open;
    }

    /** Keeps the source of a closed consumer, because what it delivered can still be acknowledged. */
    void linger(Source source) {
        // Where each message is acknowledged by itself, nobody says that all are.
        lingering.removeIf(other -> !other.hasUnacknowledged());
        if (!lingering.contains(source)) {
            lingering.add(source);
        }
    }

    void forgetLingering() {
        lingering.clear();
    }

    /** The sources of all consumers, closed ones included as long as they are needed. */
    List<Source> sources() {
        List<Source> all = new ArrayList<>();
        open.forEach(consumer -> all.addAll(consumer.sources));
        all.addAll(lingering);
        return all;
    }

    /** Whether any of them has a listener. Every receive asks, however many there are. */
    boolean hasListener() {
        return listenerCount > 0;
    }

    /** Whether a thread is in a receive of any of them. */
    boolean isReceiving() {
        for (AgenaConsumer consumer : open) {
            if (consumer.receiverCount > 0) {
                return true;
            }
        }
        return false;
    }

    /** The next message of a consumer if there is one here and it may be handed over; it counts as seen from now on. */
    @Nullable
    Delivery poll(AgenaConsumer consumer) {
        if (!state.isDelivering() || consumer.closed) {
            return null;
        }
        Delivery delivery = transaction == null ? consumer.buffer.poll() : pollFor(transaction, consumer);
        if (delivery != null) {
            delivery.source().take(delivery);
        }
        return delivery;
    }

    /** The first message that can take part in a transaction. */
    private static @Nullable Delivery pollFor(TransactionHome transaction, AgenaConsumer consumer) {
        for (Iterator<Delivery> each = consumer.buffer.iterator(); each.hasNext(); ) {
            Delivery delivery = each.next();
            if (transaction.join(delivery.source().broker())) {
                each.remove();
                return delivery;
            }
        }
        return null;
    }

    /** Fails if a consumer has messages, and none that can take part in the present transaction. */
    void requireOneBroker(AgenaConsumer consumer) throws JMSException {
        Delivery first = consumer.buffer.peek();
        if (transaction != null && first != null) {
            String broker = first.source().broker();
            if (!transaction.admits(broker)) {
                throw transaction.spanning(consumer.destination().toString(), broker);
            }
        }
    }

    /** {@link #poll} for the consumers with listeners, which take turns; those without a buffer ask the broker for a message. */
    @Nullable
    Delivery pollForListener() {
        for (int i = 0; i < open.size(); i++) {
            turn = turn + 1 < open.size() ? turn + 1 : 0;
            AgenaConsumer consumer = open.get(turn);
            if (consumer.listener == null) {
                continue;
            }
            Delivery delivery = poll(consumer);
            if (delivery != null) {
                return delivery;
            }
            Delivery waiting = consumer.buffer.peek();
            if (waiting != null && transaction != null) {
                transaction.waiting(
                        consumer.destination().toString(), waiting.source().broker());
            }
            if (consumer.isPull()) {
                consumer.sources.forEach(Source::grantOne);
            }
        }
        return null;
    }

    /** Whether {@link #pollForListener} has something to do. */
    boolean hasWorkForListener() {
        for (AgenaConsumer consumer : open) {
            if (consumer.listener != null && (!consumer.buffer.isEmpty() || consumer.isPull())) {
                return true;
            }
        }
        return false;
    }
}
