// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.jms.JMSRuntimeException;
import java.util.function.Consumer;

/** Jakarta transactions, where there are any. Apart from its implementation nothing here needs their API. */
interface Transactions {

    /** Where there is no transaction manager. */
    Transactions NONE = new Transactions() {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public ScopedContext context(ContextTerms terms) {
            throw new IllegalStateException("there is no transaction");
        }

        @Override
        public Reception receive(ListenerMethod method, BeanManager manager, Consumer<String> lost) {
            throw new JMSRuntimeException(
                    "ListenerTransaction.JTA needs a bean of type jakarta.transaction.TransactionManager, "
                            + "or one in JNDI at java:comp/TransactionManager");
        }

        @Override
        public void close() {
            // Has nothing.
        }
    };

    /** Whether the calling thread is in a transaction. */
    boolean isActive();

    /**
     * The context of these terms in the present transaction. Its work is committed and rolled back with it.
     *
     * @throws JMSRuntimeException if it cannot take part
     */
    ScopedContext context(ContextTerms terms);

    /**
     * Lets a method receive, each message in a transaction.
     *
     * @param lost told once, with the reason, if that cannot go on
     * @throws JMSRuntimeException if it is not possible now
     */
    Reception receive(ListenerMethod method, BeanManager manager, Consumer<String> lost);

    /** Closes the connections that wait for the next transaction. */
    void close();
}
