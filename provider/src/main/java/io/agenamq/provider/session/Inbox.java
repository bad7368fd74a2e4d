// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

/** Where the messages for a session's consumers come in: into the buffer of the one, and then whoever waits is woken. On event loops. */
final class Inbox {

    private final SessionState state;
    private final Listening listening;

    Inbox(SessionState state, Listening listening) {
        this.state = state;
        this.listening = listening;
    }

    /** A message came. */
    void delivered(Delivery delivery) {
        state.lock();
        try {
            AgenaConsumer consumer = delivery.source().consumer;
            if (consumer.closed || !delivery.isCurrent()) {
                return;
            }
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
}
