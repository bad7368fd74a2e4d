// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.ClientException;

/**
 * Where what happens to a session's consumers comes in: messages, which go into the buffer of the one they are for, and the loss and return of
 * connections. Then whoever waits is woken. On event loops.
 */
final class Inbox {

    private final SessionState state;
    private final Settlement settlement;
    private final Listening listening;

    Inbox(SessionState state, Settlement settlement, Listening listening) {
        this.state = state;
        this.settlement = settlement;
        this.listening = listening;
    }

    /** Messages come together: whoever waits for them gets the lock once, when all are there, instead of fighting for it after each. */
    void together(Runnable deliveries) {
        state.lock();
        try {
            deliveries.run();
        } finally {
            state.unlock();
        }
    }

    /** A message came. */
    void delivered(Delivery delivery) {
        state.lock();
        try {
            AgenaConsumer consumer = delivery.source().consumer;
            if (consumer.closed || !delivery.isCurrent()) {
                return;
            }
            consumer.heard = true;
            consumer.buffer.add(delivery);
            if (consumer.listener == null) {
                state.signal();
            } else {
                listening.dispatchIfNeeded();
            }
        } finally {
            state.unlock();
        }
    }

    /** A connection was lost: what waits here will come again. Answers the last sequence number that the application has seen. */
    long lost(Source source) {
        state.lock();
        try {
            source.consumer.buffer.removeIf(delivery -> delivery.source() == source);
            long seen = settlement.lost(source);
            state.signal();
            return seen;
        } finally {
            state.unlock();
        }
    }

    /** There will be no connection any more: whoever waits for a message learns it. */
    void failed(Source source, ClientException why) {
        state.lock();
        try {
            source.fail(why);
            state.signal();
        } finally {
            state.unlock();
        }
    }

    /** There is a connection again, and delivery goes on. */
    void restarted(Source source, boolean resumed) {
        state.lock();
        try {
            source.attachedAgain(resumed, state.isDelivering() && !source.consumer.closed);
            settlement.restarted();
            state.signal();
            listening.dispatchIfNeeded();
        } finally {
            state.unlock();
        }
    }
}
