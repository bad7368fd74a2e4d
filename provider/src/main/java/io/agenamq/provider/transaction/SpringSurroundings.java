// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.provider.transaction.TableBranch.Completion;
import jakarta.jms.JMSException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Transactions of Spring: of a {@code DataSourceTransactionManager}, and of any other that lets {@code DataSourceUtils} have its connection (JPA's, JTA's). The row is entered behind
 * {@code beforeCommit} of everything else. A transaction that is suspended takes its branch with it. Who sends or
 * receives for the first time in a {@code beforeCommit} of his own, or in {@code afterCommit}, is too late for that: his messages are committed behind the database, without a row. Loaded only where spring-tx and spring-jdbc are. Any thread.
 */
final class SpringSurroundings implements Surroundings {

    private final DataSource dataSource;
    private final Beginning beginning;

    SpringSurroundings(DataSource dataSource, Beginning beginning) {
        this.dataSource = dataSource;
        this.beginning = beginning;
    }

    @Override
    public @Nullable TableBranch present() throws JMSException {
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !TransactionSynchronizationManager.isSynchronizationActive()) {
            return null;
        }
        Object known = TransactionSynchronizationManager.getResource(this);
        if (known instanceof TableBranch branch) {
            return branch;
        }
        TableBranch begun = beginning.begin();
        TransactionSynchronizationManager.registerSynchronization(new Ending(begun));
        TransactionSynchronizationManager.bindResource(this, begun);
        return begun;
    }

    private final class Ending implements TransactionSynchronization {

        private final TableBranch branch;

        Ending(TableBranch branch) {
            this.branch = branch;
        }

        @Override
        public void suspend() {
            unbind();
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(SpringSurroundings.this, branch);
        }

        private void unbind() {
            Object unused = TransactionSynchronizationManager.unbindResourceIfPossible(SpringSurroundings.this);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            try {
                branch.prepare(this::enter);
            } catch (JMSException | SQLException failed) {
                throw new TransactionNotPreparedException(failed);
            }
        }

        private void enter(TableBranch.Entry entry) throws SQLException, JMSException {
            Connection connection = DataSourceUtils.getConnection(dataSource);
            try {
                Requirements.inTransaction(connection, "Spring's");
                entry.over(connection);
            } finally {
                DataSourceUtils.releaseConnection(connection, dataSource);
            }
        }

        @Override
        public void afterCompletion(int status) {
            unbind();
            Verdict unused = branch.completed(
                    status == TransactionSynchronization.STATUS_COMMITTED ? Completion.COMMITTED : Completion.ASK_ROW);
        }
    }
}
