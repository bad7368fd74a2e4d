// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/**
 * What a session's work belongs to, and who ends that: each message by itself, the session's own transactions, or branches of somebody else's. This is all
 * that tells these sessions apart.
 */
interface Coordination {

    /** Each message for itself. */
    Coordination NONE = new Coordination() {};

    /**
     * The session is about to send or to receive.
     *
     * @throws JMSException if it must not
     */
    default void used() throws JMSException {}

    /** The session is about to be closed. */
    default void closing() {}

    /** What {@code Session.getTransacted} says. */
    default boolean isTransacted() {
        return false;
    }

    /**
     * What the next message takes part in, null if it is sent for itself.
     *
     * @throws JMSException if the session must not work at present
     */
    default @Nullable TransactionWork present() throws JMSException {
        return null;
    }

    /** Fails unless the session ends its transactions itself. */
    default void requireOwn() throws JMSException {
        throw new IllegalStateException("the session is not transacted");
    }

    /** What {@code Session.commit} does. Waits. */
    default void commit() throws JMSException {
        requireOwn();
    }

    /** What {@code Session.rollback} does. Waits. */
    default void rollback() throws JMSException {
        requireOwn();
    }

    /** The session closes: what has not ended is undone. Under the session's lock. */
    default void forget() {}

    /** Waits until what was begun before the session closes has arrived, for at most so long. */
    default void awaitLast(long nanosMax) {}
}
