// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.provider.transaction.DatabaseTransaction;
import io.agenamq.provider.transaction.DatabaseTransactions;
import jakarta.jms.JMSContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * An application in a process of its own that is to be killed: one transaction stands still at each {@link Moment}, having received an order, paid it in the database, and sent a receipt.
 *
 * <p>Arguments: the URL of the cluster, the URL of the database.
 */
final class DyingApplication {

    /** Where a transaction stands when its process dies. */
    enum Moment {
        BEFORE_PREPARE(false),
        PREPARED_WITHOUT_ROW(false),
        ROW_NOT_COMMITTED(false),
        COMMITTED_NOT_DECIDED(true),
        DECIDED_ROW_THERE(true);

        final boolean isPaid;

        Moment(boolean isPaid) {
            this.isPaid = isPaid;
        }

        String orders() {
            return "Orders-" + name();
        }

        String receipts() {
            return "Receipts-" + name();
        }
    }

    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private DyingApplication() {}

    @SuppressWarnings("SystemOut") // this is what the test waits for
    public static void main(String[] arguments) throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL(arguments[1]);
        AgenaConnectionFactory factory = new AgenaConnectionFactory(arguments[0]);
        for (Moment moment : Moment.values()) {
            DataSource stopping = stoppingAt(
                    database,
                    sql -> moment == Moment.DECIDED_ROW_THERE && sql.startsWith("DELETE FROM agena_transaction"));
            DatabaseTransactions transactions = factory.databaseTransactions(stopping, "shop");
            new Thread(() -> {
                        try {
                            run(moment, transactions, database);
                        } catch (Exception failed) {
                            throw new IllegalStateException("at " + moment, failed);
                        }
                    })
                    .start();
        }
        NEVER.await();
    }

    private static void run(Moment moment, DatabaseTransactions transactions, DataSource database) throws Exception {
        JMSContext context = transactions.createContext();
        Connection plain = database.getConnection();
        plain.setAutoCommit(false);
        Connection connection = stoppingAt(plain, sql -> {
            boolean stops = moment == Moment.PREPARED_WITHOUT_ROW
                    && sql.toUpperCase(Locale.ROOT).startsWith("INSERT INTO AGENA_TRANSACTION");
            if (stops) {
                say(moment);
            }
            return stops;
        });
        DatabaseTransaction transaction = transactions.begin(connection);
        String order =
                context.createConsumer(context.createQueue(moment.orders())).receiveBody(String.class, 60_000);
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO paid VALUES ('" + order + "')");
        }
        context.createProducer().send(context.createQueue(moment.receipts()), "receipt");
        switch (moment) {
            case BEFORE_PREPARE -> {}
            case PREPARED_WITHOUT_ROW, ROW_NOT_COMMITTED -> transaction.prepare();
            case COMMITTED_NOT_DECIDED -> {
                transaction.prepare();
                connection.commit();
            }
            case DECIDED_ROW_THERE -> transaction.commit();
        }
        say(moment);
        NEVER.await();
    }

    @SuppressWarnings("SystemOut")
    private static void say(Moment moment) {
        System.out.println("at " + moment);
    }

    private static DataSource stoppingAt(DataSource database, Predicate<String> sql) {
        return (DataSource) Proxy.newProxyInstance(
                DyingApplication.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> {
                    Object answer = method.invoke(database, arguments);
                    return answer instanceof Connection connection ? stoppingAt(connection, sql) : answer;
                });
    }

    private static Connection stoppingAt(Connection connection, Predicate<String> sql) {
        return (Connection) Proxy.newProxyInstance(
                DyingApplication.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("prepareStatement") && sql.test((String) arguments[0])) {
                        NEVER.await();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }
}
