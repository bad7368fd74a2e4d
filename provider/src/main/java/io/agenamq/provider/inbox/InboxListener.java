// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.inbox;

import io.agenamq.provider.database.ApplicationTable;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets each message take effect once in a database, without XA and without a transaction manager.
 *
 * <pre>
 *   message ─▶ begin ─▶ seen before? ── no ──▶ work ─▶ commit ─▶ acknowledged
 *                            │                  └─ fails ─▶ rollback ─▶ delivered again
 *                            └───── yes ──────────────────▶ acknowledged
 * </pre>
 *
 * <p>Whatever breaks where, the work is done once: before the commit nothing has happened, and after it the repetition is recognised. For sessions that
 * acknowledge by themselves, and with {@link #committing} for transacted ones. In a JTA or Spring transaction use {@link Inbox#take} itself.
 *
 * <p>Any number of threads may use one listener; each message has a connection of the data source for itself.
 */
public final class InboxListener implements MessageListener {

    private static final Logger LOG = LoggerFactory.getLogger(InboxListener.class);

    /** Old identifiers are looked for so often in the time for which they are kept. */
    private static final int SWEEPS = 100;

    private final Inbox inbox;
    private final DataSource dataSource;
    private final Work work;
    private final @Nullable Session session;
    private final AtomicLong nextSweep;

    /** What an application does with a message. */
    @FunctionalInterface
    public interface Work {

        /**
         * Processes a message that was not processed before.
         *
         * @param connection with a transaction that has begun and is committed afterwards; not to be closed, committed or rolled back here
         * @throws Exception if it cannot be done: the transaction is rolled back, and the message comes again as the destination's rules say
         */
        void handle(Message message, Connection connection) throws Exception;
    }

    /** Processes messages with the database of {@code dataSource}, which has the inbox's table. */
    public InboxListener(Inbox inbox, DataSource dataSource, Work work) {
        this(inbox, dataSource, work, null, new AtomicLong(inbox.clock().millis()));
    }

    private InboxListener(
            Inbox inbox, DataSource dataSource, Work work, @Nullable Session session, AtomicLong nextSweep) {
        this.inbox = inbox;
        this.dataSource = dataSource;
        this.work = work;
        this.session = session;
        this.nextSweep = nextSweep;
    }

    /** The same for a transacted session, which is committed after the database, or rolled back with it. */
    public InboxListener committing(Session transacted) {
        return new InboxListener(inbox, dataSource, work, transacted, nextSweep);
    }

    @Override
    public void onMessage(Message message) {
        try {
            process(message, Inbox.idOf(message));
            if (session != null) {
                session.commit();
            }
        } catch (Throwable failed) {
            // Errors, too: otherwise the next commit would acknowledge a message whose work was rolled back.
            rollBackSession(failed);
            throw thrown(failed);
        }
        sweep();
    }

    private void process(Message message, String id) throws Exception {
        try (Connection connection = dataSource.getConnection()) {
            boolean commitsItself = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                if (enter(connection, id)) {
                    work.handle(message, connection);
                } else {
                    LOG.debug("{}: message {} was processed before", inbox, id);
                }
                connection.commit();
            } catch (Throwable failed) {
                rollBack(connection, failed);
                throw failed;
            } finally {
                connection.setAutoCommit(commitsItself);
            }
        }
    }

    /** As {@link Inbox#take}; and if another transaction has entered it meanwhile, that has committed by now, or it is this one's turn. */
    private boolean enter(Connection connection, String id) throws SQLException {
        try {
            return inbox.take(connection, id);
        } catch (SQLException failed) {
            if (!ApplicationTable.isRefusedByRule(failed)) {
                throw failed;
            }
            connection.rollback();
            return inbox.take(connection, id);
        }
    }

    private static void rollBack(Connection connection, Throwable why) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            // The connection is gone, and its transaction with it.
            why.addSuppressed(broken);
        }
    }

    private void rollBackSession(Throwable why) {
        if (session != null) {
            try {
                session.rollback();
            } catch (JMSException broken) {
                why.addSuppressed(broken);
            }
        }
    }

    private static RuntimeException thrown(Throwable failed) {
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed instanceof RuntimeException unchecked) {
            return unchecked;
        }
        return new JMSRuntimeException("a message could not be processed: " + failed, "INBOX_WORK_FAILED", failed);
    }

    /** Now and then removes what was kept long enough. It costs nothing but space if that fails. */
    private void sweep() {
        long now = inbox.clock().millis();
        long due = nextSweep.get();
        if (now < due
                || !nextSweep.compareAndSet(due, now + Math.max(1, inbox.kept().toMillis() / SWEEPS))) {
            return;
        }
        try (Connection connection = dataSource.getConnection()) {
            boolean commitsItself = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                int count = inbox.forget(connection);
                LOG.debug("{}: forgot {} messages", inbox, count);
            } finally {
                connection.setAutoCommit(commitsItself);
            }
        } catch (SQLException failed) {
            LOG.warn("{}: what was kept long enough could not be removed: {}", inbox, failed.toString());
        }
    }
}
