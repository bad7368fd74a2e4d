// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agenamq.provider.transaction.DatabaseTransactions;
import io.agenamq.provider.transaction.TransactionTable;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Narayana, a database without XA, and messages. */
@Timeout(120)
class JtaDatabaseTransactionsTest {

    private static final long WAIT_MILLIS = 60_000;

    @TempDir
    private static Path folder;

    private static final JdbcDataSource DATABASE = new JdbcDataSource();
    private static EmbeddedServer server;
    private static TransactionManager manager;
    private static DataSource dataSource;
    private static DatabaseTransactions transactions;

    @BeforeAll
    static void start() throws Exception {
        for (String store : new String[] {null, "communicationStore", "stateStore"}) {
            ObjectStoreEnvironmentBean bean = store == null
                    ? BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
                    : BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store);
            bean.setObjectStoreDir(folder.resolve("narayana").toString());
        }
        arjPropertyManager.getCoordinatorEnvironmentBean().setTransactionStatusManagerEnable(false);
        manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
        DATABASE.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        dataSource = inTransactionsOf(manager, DATABASE);
        server = new EmbeddedServer(folder.resolve("broker"));
        transactions = server.factory("")
                .databaseTransactions(
                        dataSource, new TransactionTable("shop"), new TransactionSynchronizationRegistryImple());
        try (Connection setup = DATABASE.getConnection();
                Statement statement = setup.createStatement()) {
            statement.execute("CREATE TABLE paid (bill VARCHAR(100) NOT NULL)");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        transactions.close();
        server.close();
    }

    /** As a pool of a container has it: one connection in each transaction, which commits in one phase. */
    private static DataSource inTransactionsOf(TransactionManager manager, DataSource plain) {
        Map<Transaction, Connection> present = new ConcurrentHashMap<>();
        return (DataSource) Proxy.newProxyInstance(
                JtaDatabaseTransactionsTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> {
                    Transaction transaction = manager.getTransaction();
                    if (transaction == null) {
                        return plain.getConnection();
                    }
                    Connection known = present.get(transaction);
                    if (known == null) {
                        known = plain.getConnection();
                        known.setAutoCommit(false);
                        present.put(transaction, known);
                        transaction.enlistResource(new LocalResource(known));
                        transaction.registerSynchronization(new Forgetting(present, transaction));
                    }
                    return handle(known);
                });
    }

    /** Whose close gives it back, and nothing else. */
    private static Connection handle(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                JtaDatabaseTransactionsTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private record Forgetting(Map<Transaction, Connection> present, Transaction transaction)
            implements Synchronization {
        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            try (Connection over = present.remove(transaction)) {
                assertThat(over).isNotNull();
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
        }
    }

    /** A database's own transaction as a resource that knows one phase only. */
    private record LocalResource(Connection connection) implements XAResource {

        @Override
        public void start(Xid xid, int flags) {}

        @Override
        public void end(Xid xid, int flags) {}

        @Override
        public int prepare(Xid xid) {
            return XA_OK;
        }

        @Override
        public void commit(Xid xid, boolean onePhase) throws XAException {
            try {
                connection.commit();
            } catch (SQLException failed) {
                throw new XAException(XAException.XA_RBROLLBACK);
            }
        }

        @Override
        public void rollback(Xid xid) throws XAException {
            try {
                connection.rollback();
            } catch (SQLException failed) {
                throw new XAException(XAException.XAER_RMERR);
            }
        }

        @Override
        public void forget(Xid xid) {}

        @Override
        public Xid[] recover(int flags) {
            return new Xid[0];
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return other == this;
        }

        @Override
        public int getTransactionTimeout() {
            return 0;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            return false;
        }
    }

    private static void pay(String bill) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO paid VALUES ('" + bill + "')");
        }
    }

    private static int paid(String bill) throws SQLException {
        try (Connection connection = DATABASE.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM paid WHERE bill = '" + bill + "'")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static List<String> visible(String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (JMSContext observer = server.factory("?prefetch=0").createContext();
                JMSConsumer consumer = observer.createConsumer(observer.createQueue(queue))) {
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                texts.add(next.getBody(String.class));
            }
        }
        return texts;
    }

    private static void send(String queue, String text) {
        // As an injected context: of this transaction, and closed before it ends.
        try (JMSContext context = transactions.createContext()) {
            context.createProducer().send(context.createQueue(queue), text);
        }
    }

    @Test
    void a_commit_of_the_manager_commits_both() throws Exception {
        manager.begin();
        pay("a");
        send("A", "receipt");
        assertThat(visible("A")).isEmpty();
        manager.commit();
        assertThat(paid("a")).isEqualTo(1);
        assertThat(visible("A")).containsExactly("receipt");
    }

    @Test
    void a_rollback_of_the_manager_rolls_back_both_and_what_was_received_comes_again() throws Exception {
        send("B-orders", "order");
        try (JMSContext context = transactions.createContext()) {
            Queue orders = context.createQueue("B-orders");
            JMSConsumer consumer = context.createConsumer(orders);
            manager.begin();
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("order");
            pay("b");
            context.createProducer().send(context.createQueue("B"), "receipt");
            manager.rollback();

            manager.begin();
            Message again = consumer.receive(WAIT_MILLIS);
            assertThat(again.getJMSRedelivered()).isTrue();
            pay("b");
            context.createProducer().send(context.createQueue("B"), "receipt");
            manager.commit();
        }
        assertThat(paid("b")).isEqualTo(1);
        assertThat(visible("B")).containsExactly("receipt");
        assertThat(visible("B-orders")).isEmpty();
    }

    @Test
    void what_is_only_to_be_rolled_back_takes_nothing_more_and_is() throws Exception {
        manager.begin();
        pay("c");
        send("C", "receipt");
        manager.setRollbackOnly();
        assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);
        assertThat(manager.getStatus()).isEqualTo(Status.STATUS_NO_TRANSACTION);
        assertThat(paid("c")).isZero();
        assertThat(visible("C")).isEmpty();
    }

    @Test
    void a_data_source_that_takes_no_part_is_refused_and_all_is_rolled_back() throws Exception {
        try (DatabaseTransactions wrong = server.factory("")
                        .databaseTransactions(
                                DATABASE,
                                new TransactionTable("other"),
                                new TransactionSynchronizationRegistryImple());
                JMSContext context = wrong.createContext()) {
            manager.begin();
            context.createProducer().send(context.createQueue("D"), "receipt");
            assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);
        }
        assertThat(visible("D")).isEmpty();
    }

    @Test
    void without_a_transaction_each_message_takes_effect_by_itself() throws Exception {
        send("E", "now");
        assertThat(visible("E")).containsExactly("now");
    }
}
