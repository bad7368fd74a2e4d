// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import jakarta.jms.JMSException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who begins and ends transactions on the threads of the application, and says so. */
interface Surroundings {

    /**
     * The branch of the transaction that the calling thread is in; it begins if the transaction has none yet, and ends with the transaction. Null if the thread is in no transaction.
     *
     * @throws JMSException if the transaction can only be rolled back, or is over
     */
    @Nullable
    TableBranch present() throws JMSException;

    /** Whether Spring's transactions and connections are there, and {@link SpringSurroundings} can be loaded. */
    static boolean springIsThere() {
        try {
            for (String name : List.of(
                    "org.springframework.transaction.support.TransactionSynchronizationManager",
                    "org.springframework.jdbc.datasource.DataSourceUtils")) {
                Class<?> unused = Class.forName(name, false, Surroundings.class.getClassLoader());
            }
            return true;
        } catch (ClassNotFoundException notThere) {
            return false;
        }
    }

    /** Begins a branch. */
    @FunctionalInterface
    interface Beginning {
        TableBranch begin();
    }
}
