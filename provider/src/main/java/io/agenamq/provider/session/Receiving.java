// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.message.AgenaMessage;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How application threads get messages: they take them from the buffers of consumers, wait for the next, or ask the broker whether there is
 * any. Every method waits; who waits here is woken by the end of the consumer, the session and the connection.
 */
final class Receiving {

    private final SessionState state;
    private final Consumers consumers;
    private final Settlement settlement;
    private final DeliveryReader reader;
    private final LongSupplier nanoClock;

    Receiving(
            SessionState state,
            Consumers consumers,
            Settlement settlement,
            DeliveryReader reader,
            LongSupplier nanoClock) {
        this.state = state;
        this.consumers = consumers;
        this.settlement = settlement;
        this.reader = reader;
        this.nanoClock = nanoClock;
    }

    /** Decides whether a message can be handed over as it is. */
    @FunctionalInterface
    interface Check {
        /** Any message can. */
        Check NONE = message -> {};

        /** Throws if it cannot. */
        void accept(AgenaMessage message) throws JMSException;
    }

    /**
     * The next message, or null when time is up or the consumer is closed meanwhile.
     *
     * @param timeoutNanos {@link Long#MAX_VALUE} to wait for ever
     * @param check whose refusal leaves the message with the consumer, or, in CLIENT mode, with the application
     */
    @Nullable
    AgenaMessage receive(AgenaConsumer consumer, long timeoutNanos, Check check) throws JMSException {
        boolean forEver = timeoutNanos == Long.MAX_VALUE;
        long deadline = forEver ? 0 : nanoClock.getAsLong() + timeoutNanos;
        return receive(consumer, check, () -> awaitDelivery(consumer, forEver, deadline));
    }

    /**
     * The next message if there is one, here or at the broker, which is asked if there is none here. While there is no connection to it the
     * answer has to wait: that there is nothing must not be a guess.
     */
    @Nullable
    AgenaMessage receiveNoWait(AgenaConsumer consumer, Check check) throws JMSException {
        return receive(consumer, check, () -> {
            while (true) {
                Delivery delivery = takeNow(consumer);
                if (delivery != null) {
                    return delivery;
                }
                awaitRoom(consumer);
                if (probe(consumer)) {
                    return takeNow(consumer);
                }
            }
        });
    }

    /** Where the next delivery comes from, if one does. */
    @FunctionalInterface
    private interface Next {
        @Nullable
        Delivery take() throws JMSException;
    }

    private @Nullable AgenaMessage receive(AgenaConsumer consumer, Check check, Next next) throws JMSException {
        Delivery delivery = begin(consumer);
        boolean ended = false;
        try {
            while (true) {
                if (delivery == null) {
                    delivery = next.take();
                }
                if (delivery == null) {
                    return null;
                }
                AgenaMessage message = handOver(delivery, check);
                if (message != null) {
                    settleAndEnd(consumer, delivery);
                    ended = true;
                    return message;
                }
                delivery = null;
            }
        } finally {
            if (!ended) {
                end(consumer);
            }
        }
    }

    /** A thread begins to receive. What it gets is mostly here already: then it is its own at once, null otherwise. */
    private @Nullable Delivery begin(AgenaConsumer consumer) throws JMSException {
        state.lock();
        try {
            state.requireOpenLocked(consumer);
            if (consumers.hasListener()) {
                throw new IllegalStateException(
                        "the session has a message listener; receive() is for sessions without");
            }
            Delivery delivery = poll(consumer);
            consumer.receiverCount++;
            return delivery;
        } finally {
            state.unlock();
        }
    }

    private void settleAndEnd(AgenaConsumer consumer, Delivery delivery) {
        state.lock();
        try {
            settlement.settle(delivery.source());
        } finally {
            consumer.receiverCount--;
            state.signal();
            state.unlock();
        }
    }

    private void end(AgenaConsumer consumer) {
        state.lock();
        try {
            consumer.receiverCount--;
            state.signal();
        } finally {
            state.unlock();
        }
    }

    /** Whatever the outcome: of a consumer without a window nothing waits here, or is on its way, when nobody waits for it. */
    private @Nullable Delivery awaitDelivery(AgenaConsumer consumer, boolean forEver, long deadline)
            throws JMSException {
        try {
            return awaitFirst(consumer, forEver, deadline);
        } finally {
            if (consumer.isPull()) {
                locked(() -> consumer.sources.forEach(source -> {
                    var unused = source.takeBack();
                }));
            }
        }
    }

    private @Nullable Delivery awaitFirst(AgenaConsumer consumer, boolean forEver, long deadline) throws JMSException {
        boolean probed = false;
        while (true) {
            state.lock();
            try {
                Delivery delivery = poll(consumer);
                if (delivery != null || consumer.closed || state.isEnding()) {
                    return delivery;
                }
                consumer.requireConnected();
                long left = forEver ? Long.MAX_VALUE : deadline - nanoClock.getAsLong();
                if (left <= 0 && (probed || !isWorthAsking(consumer))) {
                    return null;
                }
                if (left > 0) {
                    if (state.isStarted() && consumer.isPull() && !settlement.isFull()) {
                        consumer.sources.forEach(Source::grantOne);
                    }
                    state.awaitChange(left);
                    continue;
                }
            } finally {
                state.unlock();
            }
            // Time is up while a message may be on its way: the broker says when it is here.
            boolean unused = probe(consumer);
            probed = true;
        }
    }

    /** Whether a message may be on its way, or at the broker, although none is here: the broker has its time for the first one. */
    private boolean isWorthAsking(AgenaConsumer consumer) {
        return state.isStarted() && !settlement.isFull() && (consumer.isPull() || !consumer.heard);
    }

    /** Nothing is handed over while too much is acknowledged without an answer, nor before the application knows of a refusal. */
    private @Nullable Delivery poll(AgenaConsumer consumer) throws JMSException {
        settlement.requireAccepted();
        if (settlement.isFull()) {
            return null;
        }
        Delivery delivery = consumers.poll(consumer);
        if (delivery == null && state.isDelivering()) {
            consumers.requireOneBroker(consumer);
        }
        return delivery;
    }

    private @Nullable Delivery takeNow(AgenaConsumer consumer) throws JMSException {
        state.lock();
        try {
            Delivery delivery = poll(consumer);
            if (delivery == null && !consumer.closed && !state.isEnding()) {
                consumer.requireConnected();
            }
            return delivery;
        } finally {
            state.unlock();
        }
    }

    /** Waits for a connection, and until a message could be handed over. */
    private void awaitRoom(AgenaConsumer consumer) throws JMSException {
        state.lock();
        try {
            while (state.isDelivering() && !consumer.closed && (consumer.isLost() || settlement.isFull())) {
                consumer.requireConnected();
                settlement.requireUninterrupted();
                state.awaitChange(Long.MAX_VALUE);
            }
        } finally {
            state.unlock();
        }
    }

    /** Asks the broker for what it has. Returns when that is in the buffer; false if the connection was lost before. */
    private boolean probe(AgenaConsumer consumer) throws JMSException {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        state.lock();
        try {
            if (!state.isDelivering() || consumer.closed) {
                return true;
            } else if (consumer.isLost()) {
                return false;
            }
            consumer.heard = true;
            for (Source source : consumer.sources) {
                if (!source.isLost()) {
                    answers.add(source.probe());
                }
            }
        } finally {
            state.unlock();
        }
        boolean answered = true;
        for (CompletableFuture<Void> answer : answers) {
            try {
                Failures.await(answer, "cannot receive");
            } catch (JMSException failed) {
                if (!Failures.isConnectionLost(failed)) {
                    takeBackLate(consumer);
                    throw failed;
                }
                answered = false;
            }
        }
        return answered;
    }

    /** The broker was asked, and nobody waits for its answer: what comes with that is nobody's here, and goes back. */
    private void takeBackLate(AgenaConsumer consumer) {
        if (consumer.isPull()) {
            locked(() -> consumer.sources.forEach(source -> {
                var unused = source.release(false, false);
            }));
        }
    }

    /** A message that cannot be made, for want of memory for instance, comes again; what is not shown to anybody must not be acknowledged with the next. */
    private AgenaMessage read(Delivery delivery) throws JMSException {
        try {
            return reader.read(delivery);
        } catch (RuntimeException unreadable) {
            locked(() -> settlement.settleFailed(delivery, unreadable));
            throw Failures.withCause(new JMSException("a message cannot be read: " + unreadable), unreadable);
        } catch (Error noMemory) {
            locked(() -> settlement.settleFailed(delivery, noMemory));
            throw noMemory;
        }
    }

    /** Makes a message of a delivery. Null for one that has expired, which is settled. */
    private @Nullable AgenaMessage handOver(Delivery delivery, Check check) throws JMSException {
        AgenaMessage message = read(delivery);
        if (reader.isExpired(message)) {
            locked(() -> settlement.settleExpired(delivery));
            return null;
        }
        try {
            check.accept(message);
        } catch (JMSException refused) {
            locked(settlement.isByClient() ? () -> settlement.settle(delivery.source()) : delivery::putBack);
            throw refused;
        }
        return message;
    }

    private void locked(Runnable change) {
        state.lock();
        try {
            change.run();
        } finally {
            state.unlock();
        }
    }
}
