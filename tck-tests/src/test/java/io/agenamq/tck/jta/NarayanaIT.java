// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jta;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.provider.AgenaXAConnectionFactory;
import io.agenamq.tck.jms.EmbeddedServer;
import io.agenamq.tck.server.ChildJvm;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import jakarta.transaction.TransactionManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.messaginghub.pooled.jms.JmsPoolXAConnectionFactory;

/**
 * Distributed transactions with a real manager, Narayana: a database and a queue, or two clusters; and what becomes of them when a process is killed at the worst moment. In each case
 * rows and messages agree at the end, and nothing is in doubt.
 */
@Timeout(600)
class NarayanaIT {

    private static final Path FOLDER = Path.of("target", "tck", "narayana").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Those of the tests that have to do with recovery in this process. */
    private static final List<XAResource> RESOURCES = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static Jta jta;

    private final String name = "bank-" + NUMBER.incrementAndGet();

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.of(Distribution.AGENA).broker("broker-a").start(FOLDER);
        jta = new Jta(FOLDER.resolve("manager"), RESOURCES);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String url() {
        // A manager comes again by itself.
        return "agena://" + cluster.nameServers() + "?reconnectTimeout=1000";
    }

    private String h2() {
        return "h2:" + FOLDER.resolve(name);
    }

    /** Everything that is in the queue now. */
    private static List<String> messages(String queue) throws Exception {
        try (Connection connection = new AgenaConnectionFactory("agena://" + cluster.nameServers()).createConnection();
                Session session = connection.createSession()) {
            connection.start();
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            List<String> texts = new ArrayList<>();
            for (var next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                texts.add(((TextMessage) next).getText());
            }
            return texts;
        }
    }

    private static void assertNothingInDoubt() throws Exception {
        try (XAConnection connection = new AgenaXAConnectionFactory(url()).createXAConnection()) {
            XAResource resource = connection.createXASession().getXAResource();
            assertThat(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
                    .isEmpty();
        }
    }

    // ---- a database and a queue

    @Test
    void a_row_and_a_message_are_there_together_or_not_at_all() throws Exception {
        TransactionManager manager = jta.manager();
        try (Bank bank = new Bank(h2(), url(), name)) {
            for (String id : List.of("committed", "rolled back", "also committed")) {
                manager.begin();
                bank.transfer(manager.getTransaction(), id, UnaryOperator.identity(), UnaryOperator.identity());
                if (id.endsWith("committed")) {
                    manager.commit();
                } else {
                    manager.rollback();
                }
            }
            assertThat(bank.transfers()).containsExactly("also committed", "committed");
        }
        assertThat(messages(name)).containsExactly("committed", "also committed");
        assertNothingInDoubt();
    }

    @Test
    void a_transaction_whose_time_is_over_leaves_nothing() throws Exception {
        TransactionManager manager = jta.manager();
        try (Bank bank = new Bank(h2(), url(), name)) {
            manager.setTransactionTimeout(1);
            manager.begin();
            manager.setTransactionTimeout(0);
            var transaction = manager.getTransaction();
            bank.transfer(transaction, "late", UnaryOperator.identity(), UnaryOperator.identity());
            org.awaitility.Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> transaction.getStatus() == jakarta.transaction.Status.STATUS_ROLLEDBACK);
            manager.suspend();
            assertThat(bank.transfers()).isEmpty();
        }
        assertThat(messages(name)).isEmpty();
        assertNothingInDoubt();
    }

    // ---- two clusters

    @Test
    void a_message_goes_from_one_cluster_to_another_once() throws Exception {
        try (EmbeddedServer second = new EmbeddedServer(Files.createDirectories(FOLDER.resolve(name)));
                XAConnection from = new AgenaXAConnectionFactory(url()).createXAConnection();
                XAConnection to = second.xaFactory("").createXAConnection()) {
            from.start();
            to.start();
            try (Session plain = from.createSession()) {
                MessageProducer producer = plain.createProducer(plain.createQueue(name));
                producer.send(plain.createTextMessage("a"));
                producer.send(plain.createTextMessage("b"));
            }
            XASession in = from.createXASession();
            XASession out = to.createXASession();
            MessageConsumer consumer = in.createConsumer(in.createQueue(name));
            MessageProducer producer = out.createProducer(out.createQueue(name));
            assertThat(in.getXAResource().isSameRM(out.getXAResource())).isFalse();
            TransactionManager manager = jta.manager();
            for (boolean commit : new boolean[] {true, false, true}) {
                manager.begin();
                manager.getTransaction().enlistResource(in.getXAResource());
                manager.getTransaction().enlistResource(out.getXAResource());
                producer.send(consumer.receive(PATIENCE.toMillis()));
                if (commit) {
                    manager.commit();
                } else {
                    manager.rollback();
                }
            }
            MessageConsumer there = to.createSession().createConsumer(out.createQueue(name));
            assertThat(((TextMessage) there.receive(PATIENCE.toMillis())).getText())
                    .isEqualTo("a");
            assertThat(((TextMessage) there.receive(PATIENCE.toMillis())).getText())
                    .isEqualTo("b");
            assertThat(there.receiveNoWait()).isNull();
        }
        assertThat(messages(name)).isEmpty();
        assertNothingInDoubt();
    }

    // ---- a pool

    @Test
    void sessions_of_a_pool_take_part_in_the_transaction_of_their_thread() throws Exception {
        TransactionManager manager = jta.manager();
        var pool = new JmsPoolXAConnectionFactory();
        pool.setConnectionFactory(new AgenaXAConnectionFactory(url()));
        pool.setTransactionManager(manager);
        try {
            for (String id : List.of("rolled back", "committed")) {
                manager.begin();
                try (Connection connection = pool.createConnection();
                        Session session = connection.createSession()) {
                    session.createProducer(session.createQueue(name)).send(session.createTextMessage(id));
                }
                if (id.equals("committed")) {
                    manager.commit();
                } else {
                    manager.rollback();
                }
            }
        } finally {
            pool.stop();
        }
        assertThat(messages(name)).containsExactly("committed");
    }

    // ---- killed at the worst moment

    private ChildJvm process(String database, String... transferAndPoint) {
        return new ChildJvm.Command(name, System.getProperty("java.class.path"), BankProcess.class.getName())
                .jvm("-Xmx128m", "-XX:TieredStopAtLevel=1")
                .with(FOLDER.resolve(name + "-manager").toString(), database, url(), name)
                .with(transferAndPoint)
                .in(FOLDER.resolve(name))
                .start();
    }

    private void killed(String database, String point, List<String> expected) throws Exception {
        try (ChildJvm client = process(database, "t1", point)) {
            client.awaitLine("here"::equals, PATIENCE);
            client.kill();
        }
        try (ChildJvm recovering = process(database)) {
            assertThat(recovering.awaitLine(line -> line.startsWith("recovered"), PATIENCE))
                    .isEqualTo("recovered " + expected);
            assertThat(recovering.awaitEnd()).isZero();
        }
        assertThat(messages(name)).isEqualTo(expected);
        assertNothingInDoubt();
    }

    @Test
    void a_client_that_is_killed_after_the_decision_commits_when_it_is_back() throws Exception {
        killed(h2(), "commit", List.of("t1"));
    }

    @Test
    void a_client_that_is_killed_before_the_decision_rolls_back_when_it_is_back() throws Exception {
        killed(h2(), "prepare", List.of());
    }

    @Test
    void the_same_with_another_database() throws Exception {
        var programs = PostgresServer.installed();
        if (programs.isEmpty()) {
            System.out.println("NarayanaIT: PostgreSQL is not installed; nothing is tested with it");
            org.junit.jupiter.api.Assumptions.abort("PostgreSQL is not installed");
        }
        // Not in the build folder, which its user may not be able to read.
        Path folder = Files.createTempDirectory("agena-postgres");
        try (PostgresServer postgres = PostgresServer.start(programs.get(), folder)) {
            killed(postgres.name(), "commit", List.of("t1"));
        } finally {
            Cluster.empty(folder);
        }
    }

    @Test
    void a_broker_that_is_killed_between_the_votes_and_the_decisions_hears_of_them_when_it_is_back() throws Exception {
        TransactionManager manager = jta.manager();
        try (Bank bank = new Bank(h2(), url(), name)) {
            RESOURCES.add(bank.databaseResource());
            RESOURCES.add(bank.queueResource());
            manager.begin();
            bank.transfer(
                    manager.getTransaction(),
                    "t1",
                    UnaryOperator.identity(),
                    queue -> Seen.before("commit", () -> cluster.broker().kill(), queue));
            manager.commit();
            assertThat(bank.transfers()).containsExactly("t1");
            cluster.broker().restart();
            org.awaitility.Awaitility.await().atMost(PATIENCE).until(() -> {
                jta.recover();
                return bank.queueResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN).length == 0;
            });
            RESOURCES.clear();
        }
        assertThat(messages(name)).containsExactly("t1");
        assertNothingInDoubt();
    }
}
