// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.provider.transaction.TableBranch.Completion;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions of a transaction manager (JTA 2.0 §3.3). The row is entered behind the {@code beforeCompletion} of everything that the application has registered, over a connection that the data source gives in that
 * transaction. Any thread.
 */
final class JtaSurroundings implements Surroundings {

    /** Where every container has it (JTA 2.0 §4.1). */
    private static final String JNDI_NAME = "java:comp/TransactionSynchronizationRegistry";

    private static final Logger LOG = LoggerFactory.getLogger(JtaSurroundings.class);

    private final TransactionSynchronizationRegistry registry;
    private final DataSource dataSource;
    private final Beginning beginning;

    private JtaSurroundings(TransactionSynchronizationRegistry registry, DataSource dataSource, Beginning beginning) {
        this.registry = registry;
        this.dataSource = dataSource;
        this.beginning = beginning;
    }

    /**
     * Those of a registry.
     *
     * @param registry null for the one of the container
     * @return null if there is none
     */
    static @Nullable Surroundings of(
            @Nullable TransactionSynchronizationRegistry registry, DataSource dataSource, Beginning beginning) {
        TransactionSynchronizationRegistry found = registry == null ? ofContainer() : registry;
        return found == null ? null : new JtaSurroundings(found, dataSource, beginning);
    }

    @SuppressWarnings("BanJNDI") // the container's own names, and none that anybody says
    private static @Nullable TransactionSynchronizationRegistry ofContainer() {
        try {
            Context names = new InitialContext();
            try {
                return names.lookup(JNDI_NAME) instanceof TransactionSynchronizationRegistry found ? found : null;
            } finally {
                names.close();
            }
        } catch (NamingException noContainer) {
            LOG.debug("there is no {}", JNDI_NAME, noContainer);
            return null;
        }
    }

    @Override
    public @Nullable TableBranch present() throws JMSException {
        if (registry.getTransactionKey() == null) {
            return null;
        }
        Object known = registry.getResource(this);
        if (known instanceof TableBranch branch) {
            return branch;
        }
        int status = registry.getTransactionStatus();
        if (status == Status.STATUS_NO_TRANSACTION) {
            return null;
        } else if (status != Status.STATUS_ACTIVE) {
            throw new TransactionRolledBackException(
                    "the transaction takes nothing any more (JTA status " + status + ")", "TRANSACTION_ROLLED_BACK");
        }
        TableBranch begun = beginning.begin();
        registry.registerInterposedSynchronization(new Ending(begun));
        registry.putResource(this, begun);
        return begun;
    }

    private final class Ending implements Synchronization {

        private final TableBranch branch;

        Ending(TableBranch branch) {
            this.branch = branch;
        }

        @Override
        public void beforeCompletion() {
            try {
                branch.prepare(this::enter);
            } catch (JMSException | SQLException failed) {
                registry.setRollbackOnly();
                throw new TransactionNotPreparedException(failed);
            }
        }

        private void enter(TableBranch.Entry entry) throws SQLException, JMSException {
            try (Connection connection = dataSource.getConnection()) {
                Requirements.inTransaction(connection, "JTA");
                entry.over(connection);
            }
        }

        @Override
        public void afterCompletion(int status) {
            // "Rolled back" is what a manager also says when a database has not answered its commit.
            Verdict unused =
                    branch.completed(status == Status.STATUS_COMMITTED ? Completion.COMMITTED : Completion.ASK_ROW);
        }
    }
}
