// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker that the present transaction of a session is on: that of the first message it sends or receives. What would take it to another broker is
 * refused, or stays where it is; the transaction is what it was and can be committed or rolled back. The next one may be on any broker.
 *
 * <p>Branches may be on several brokers; then this is the first one, and refuses nothing. Any thread.
 */
final class TransactionHome {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionHome.class);

    private final boolean several;

    // Guarded by this.
    private @Nullable String broker;
    private boolean warned;

    /**
     * A transaction that has done nothing yet.
     *
     * @param several whether it may be on several brokers
     */
    TransactionHome(boolean several) {
        this.several = several;
    }

    /** Whether the transaction has sent and received nothing yet. */
    synchronized boolean isFree() {
        return broker == null;
    }

    /** Which it is, null if the transaction has sent and received nothing yet. */
    synchronized @Nullable String broker() {
        return broker;
    }

    /** Whether something on a broker can take part. */
    synchronized boolean admits(String other) {
        return several || broker == null || broker.equals(other);
    }

    /** Something on a broker takes part; false if it cannot. */
    synchronized boolean join(String other) {
        if (broker == null) {
            broker = other;
        }
        return several || broker.equals(other);
    }

    /** Another transaction begins. */
    synchronized void clear() {
        broker = null;
    }

    /** What is thrown when a message on another broker would have to take part. */
    synchronized JMSException spanning(String what, String other) {
        return new JMSException(
                what + " is on broker " + other + " and the transaction on " + broker
                        + "; commit or roll back first: a transaction over several brokers is not available in this version "
                        + "of AgenaMQ",
                "UNAVAILABLE");
    }

    /** A listener's message waits, because its transaction is on another broker. Said once. */
    synchronized void waiting(String what, String other) {
        if (!warned) {
            warned = true;
            LOG.warn(
                    "messages wait until the transaction of their session ends: {}",
                    spanning(what, other).getMessage());
        }
    }
}
