// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where destinations of a cluster live, and names that mean one thing in the whole cluster. */
@Timeout(180)
class ClusterHomesTest {

    private static final int WAIT_MILLIS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new EmbeddedCluster(folder, "broker-a", "broker-b");
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    private Connection connect(String options) throws JMSException {
        Connection connection = cluster.factory(options).createConnection();
        connection.start();
        return connection;
    }

    private static void send(Connection connection, String queue, String... texts) throws JMSException {
        try (Session session = connection.createSession()) {
            for (String text : texts) {
                session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
            }
        }
    }

    private static String receive(MessageConsumer consumer) throws JMSException {
        return ((TextMessage) consumer.receive(WAIT_MILLIS)).getText();
    }

    private static String receive(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession()) {
            return receive(session.createConsumer(session.createQueue(queue)));
        }
    }

    private void awaitHome(String topic, String... brokers) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.brokersOf(topic)).containsExactly(brokers));
    }

    // ---- homes

    @Test
    void destinations_spread_over_the_brokers_and_each_has_one_home() throws Exception {
        try (Connection connection = connect("")) {
            for (int i = 0; i < 20; i++) {
                send(connection, "Spread" + i, "m");
                // At once: who has created a destination can name it to an operator.
                assertThat(cluster.brokersOf("Spread" + i)).hasSize(1);
            }
            Set<String> homes = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                String queue = "Spread" + i;
                homes.addAll(cluster.brokersOf(queue));
                assertThat(receive(connection, queue)).isEqualTo("m");
            }
            assertThat(homes).containsExactlyInAnyOrder("broker-a", "broker-b");
        }
    }

    @Test
    void clients_that_create_a_destination_at_once_while_a_broker_joins_end_at_one_home() throws Exception {
        int clients = 4;
        int names = 10;
        ExecutorService threads = Executors.newFixedThreadPool(clients + 1);
        List<Connection> connections = new ArrayList<>();
        try {
            CyclicBarrier together = new CyclicBarrier(clients + 1);
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                Connection connection = connect("");
                connections.add(connection);
                Callable<Void> creating = () -> {
                    together.await(60, TimeUnit.SECONDS);
                    for (int name = 0; name < names; name++) {
                        send(connection, "Race" + name, "m");
                    }
                    return null;
                };
                done.add(threads.submit(creating));
            }
            done.add(threads.submit(() -> {
                together.await(60, TimeUnit.SECONDS);
                cluster.start("broker-c");
                return null;
            }));
            for (Future<?> each : done) {
                each.get(120, TimeUnit.SECONDS);
            }

            for (int name = 0; name < names; name++) {
                String queue = "Race" + name;
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.brokersOf(queue))
                        .hasSize(1));
                for (int i = 0; i < clients; i++) {
                    assertThat(receive(connections.get(0), queue)).isEqualTo("m");
                }
            }
        } finally {
            threads.shutdownNow();
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void a_destination_whose_home_is_away_is_waited_for_and_not_made_elsewhere() throws Exception {
        String queue = cluster.nameOn("broker-b", "Away");
        try (Connection connection = connect("")) {
            send(connection, queue, "before");
        }
        awaitHome(queue, "broker-b");
        cluster.stop("broker-b");

        try (Connection impatient = connect("?reconnectTimeout=0")) {
            assertThatThrownBy(() -> send(impatient, queue, "lost"))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("broker-b")
                    .hasMessageContaining("away");
        }
        cluster.stopNameServer();
        cluster.startNameServer();
        try (Connection patient = connectWhenKnown("broker-a")) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<Void> sent = thread.submit(() -> {
                    send(patient, queue, "after");
                    return null;
                });
                cluster.start("broker-b");
                sent.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            } finally {
                thread.shutdownNow();
            }
            assertThat(receive(patient, queue)).isEqualTo("before");
            assertThat(receive(patient, queue)).isEqualTo("after");
        }
        assertThat(cluster.brokersOf(queue)).containsExactly("broker-b");
    }

    @Test
    void without_name_servers_what_there_is_goes_on_and_nothing_new_is_created() throws Exception {
        String onA = cluster.nameOn("broker-a", "Known");
        String onB = cluster.nameOn("broker-b", "Known");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection impatient = connect("?reconnectTimeout=0");
                Connection patient = connect("")) {
            for (String queue : List.of(onA, onB)) {
                send(patient, queue, "before");
            }
            cluster.stopNameServer();

            for (String queue : List.of(onA, onB)) {
                send(patient, queue, "meanwhile");
                assertThat(receive(patient, queue)).isEqualTo("before");
                assertThat(receive(patient, queue)).isEqualTo("meanwhile");
            }
            assertThatThrownBy(() -> send(impatient, "New", "m"))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("name server");
            Future<Void> waiting = thread.submit(() -> {
                send(patient, "New", "m");
                return null;
            });
            cluster.startNameServer();
            waiting.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(receive(patient, "New")).isEqualTo("m");
        } finally {
            thread.shutdownNow();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.brokersOf("New")).hasSize(1));
    }

    /** A connection over a name server that was started a moment ago. */
    private Connection connectWhenKnown(String broker) throws JMSException {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.brokersOf(broker)).isNotEmpty());
        return connect("");
    }

    // ---- names

    @Test
    void a_client_identifier_is_one_connections_in_the_whole_cluster() throws Exception {
        Connection first = connect("?clientId=one");
        assertThatThrownBy(() -> connect("?clientId=one")).isInstanceOf(InvalidClientIDException.class);

        cluster.stop("broker-a");
        assertThatThrownBy(() -> connect("?clientId=one")).isInstanceOf(InvalidClientIDException.class);
        cluster.start("broker-a");
        assertThatThrownBy(() -> connect("?clientId=one")).isInstanceOf(InvalidClientIDException.class);

        first.close();
        connect("?clientId=one").close();
        try (Connection late = cluster.factory("").createConnection();
                Connection holder = connect("?clientId=two")) {
            assertThatThrownBy(() -> late.setClientID("two")).isInstanceOf(InvalidClientIDException.class);
            assertThat(holder.getClientID()).isEqualTo("two");
        }
    }

    @Test
    void a_durable_subscription_is_found_and_ended_wherever_its_topic_lives() throws Exception {
        String onA = cluster.nameOn("broker-a", "News");
        String onB = cluster.nameOn("broker-b", "News");
        try (Connection connection = connect("?clientId=reader");
                Session session = connection.createSession()) {
            for (String name : List.of(onA, onB)) {
                Topic topic = session.createTopic(name);
                session.createDurableConsumer(topic, "sub").close();
                session.createProducer(topic).send(session.createTextMessage(name));
                try (MessageConsumer again = session.createDurableConsumer(topic, "sub")) {
                    assertThat(receive(again)).isEqualTo(name);
                }
                session.unsubscribe("sub");
                assertThatThrownBy(() -> session.unsubscribe("sub")).isInstanceOf(InvalidDestinationException.class);
            }
        }
    }

    @Test
    void a_subscription_name_is_one_subscription_although_topics_live_on_different_brokers() throws Exception {
        String onA = cluster.nameOn("broker-a", "News");
        String onB = cluster.nameOn("broker-b", "News");
        try (Connection connection = connect("?clientId=reader");
                Session session = connection.createSession()) {
            Topic a = session.createTopic(onA);
            Topic b = session.createTopic(onB);

            // A consumer keeps the name; without one, another topic is another subscription.
            MessageConsumer active = session.createDurableConsumer(a, "sub");
            assertThatThrownBy(() -> session.createDurableConsumer(b, "sub")).isInstanceOf(JMSException.class);
            active.close();
            session.createProducer(a).send(session.createTextMessage("of before"));
            session.createDurableConsumer(b, "sub").close();
            try (MessageConsumer anew = session.createDurableConsumer(a, "sub")) {
                assertThat(anew.receiveNoWait()).isNull();
            }
            session.unsubscribe("sub");
            assertThatThrownBy(() -> session.unsubscribe("sub")).isInstanceOf(InvalidDestinationException.class);

            try (MessageConsumer shared = session.createSharedConsumer(a, "shared")) {
                assertThatThrownBy(() -> session.createSharedConsumer(b, "shared"))
                        .isInstanceOf(JMSException.class);
                assertThat(shared.receiveNoWait()).isNull();
            }
            session.createSharedConsumer(b, "shared").close();
        }
    }
}
