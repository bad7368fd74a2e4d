// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.transaction.DatabaseTransactions;
import io.agenamq.tck.jms.DyingApplication.Moment;
import io.agenamq.tck.server.ChildJvm;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed at every moment of a transaction, and another one that answers for it. The database is a server, and lives. */
@Timeout(180)
class KilledDatabaseTransactionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long WAIT_MILLIS = 90_000;

    @TempDir
    private Path folder;

    private final JdbcDataSource database = new JdbcDataSource();

    private int count(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void messages_and_database_agree_whenever_the_process_dies() throws Exception {
        Server h2 = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        database.setURL("jdbc:h2:tcp://localhost:" + h2.getPort() + "/mem:bank;DB_CLOSE_DELAY=-1");
        try (EmbeddedServer server = new EmbeddedServer(
                        folder.resolve("broker"),
                        Map.of("transactionTimeOut", "100", "transactionCheckInterval", "200"));
                JMSContext context = server.factory("?prefetch=0").createContext()) {
            try (Connection setup = database.getConnection();
                    Statement statement = setup.createStatement()) {
                statement.execute("CREATE TABLE paid (bill VARCHAR(100) NOT NULL)");
            }
            for (Moment moment : Moment.values()) {
                context.createProducer().send(context.createQueue(moment.orders()), moment.name());
            }
            ChildJvm.Command command = new ChildJvm.Command(
                            "application", System.getProperty("java.class.path"), DyingApplication.class.getName())
                    .in(folder)
                    .jvm("-Xmx128m")
                    .with(server.factory("").getUrl(), database.getURL());
            try (ChildJvm application = command.start()) {
                for (Moment moment : Moment.values()) {
                    String unused = application.awaitLine(("at " + moment)::equals, PATIENCE);
                }
                application.kill();
            }
            try (DatabaseTransactions member = server.factory("").databaseTransactions(database, "shop")) {
                for (Moment moment : Moment.values()) {
                    check(context, moment);
                }
                await().atMost(PATIENCE)
                        .until(() -> count("SELECT COUNT(*) FROM agena_transaction WHERE outcome = 'C'") == 0);
                assertThat(member).isNotNull();
            }
        } finally {
            h2.stop();
        }
    }

    private void check(JMSContext context, Moment moment) throws Exception {
        // What is whole has a receipt, and what is not has its order again; neither has both.
        String expected = moment.isPaid ? moment.receipts() : moment.orders();
        String other = moment.isPaid ? moment.orders() : moment.receipts();
        try (JMSConsumer consumer = context.createConsumer(context.createQueue(expected));
                JMSConsumer nothing = context.createConsumer(context.createQueue(other))) {
            Message message = consumer.receive(WAIT_MILLIS);
            assertThat(message).as("%s", moment).isNotNull();
            assertThat(message.getJMSRedelivered()).as("%s", moment).isEqualTo(!moment.isPaid);
            assertThat(consumer.receiveNoWait()).as("%s", moment).isNull();
            assertThat(nothing.receiveNoWait()).as("%s", moment).isNull();
        }
        assertThat(count("SELECT COUNT(*) FROM paid WHERE bill = '" + moment + "'"))
                .as("%s", moment)
                .isEqualTo(moment.isPaid ? 1 : 0);
    }
}
