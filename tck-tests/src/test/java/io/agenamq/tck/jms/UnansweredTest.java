// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged without an answer when the connection broke, and what was not seen, are what the application thinks they are. */
@Timeout(240)
class UnansweredTest {

    private static final int WAIT_MILLIS = 60_000;

    /** Long enough for every client to come back on a machine that is very busy. */
    private static final Map<String, String> PATIENT = Map.of("reattachGraceMillis", "120000");

    @TempDir
    private Path folder;

    private Crossing crossing;
    private Crossing nameServer;
    private EmbeddedServer server;
    private final List<JMSException> problems = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        crossing = new Crossing();
        nameServer = new Crossing();
        startServer();
    }

    private void startServer() throws Exception {
        server = new EmbeddedServer(folder, crossing.address(), PATIENT);
        crossing.leadTo(server.broker());
        nameServer.leadTo(server.nameServer());
    }

    private void restartServer() throws Exception {
        server.close();
        startServer();
    }

    @AfterEach
    void stop() {
        server.close();
        crossing.close();
        nameServer.close();
        assertThat(problems).isEmpty();
    }

    private Connection connect(String options) throws JMSException {
        Connection connection =
                new AgenaConnectionFactory("agena://" + nameServer.address() + options).createConnection();
        connection.setExceptionListener(problems::add);
        connection.start();
        return connection;
    }

    private Connection connect() throws JMSException {
        return connect("");
    }

    private static void send(Connection connection, String queue, int from, int to) throws JMSException {
        try (Session session = connection.createSession();
                MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (int i = from; i < to; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        }
    }

    private static MessageConsumer consumer(Connection connection, int mode, String queue) throws JMSException {
        Session session = connection.createSession(mode);
        return session.createConsumer(session.createQueue(queue));
    }

    private static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    private static String describe(Message message) throws JMSException {
        return text(message) + " " + message.getJMSRedelivered() + " " + message.getIntProperty("JMSXDeliveryCount");
    }

    private static void receiveAll(MessageConsumer consumer, int count, List<String> into) throws JMSException {
        for (int i = 0; i < count; i++) {
            into.add(describe(consumer.receive(WAIT_MILLIS)));
        }
    }

    /** What is given back goes to whoever is there first. */
    private static void receiveFromEither(MessageConsumer one, MessageConsumer other, int count, List<String> into)
            throws JMSException {
        while (into.size() < count) {
            Message message = one.receive(50);
            message = message == null ? other.receive(50) : message;
            if (message != null) {
                into.add(describe(message));
            }
        }
        assertThat(one.receiveNoWait()).isNull();
        assertThat(other.receiveNoWait()).isNull();
    }

    /** Waits until a connection that was cut has another one, so that nothing that it sends is in doubt. */
    private static void awaitConnected(Connection connection) throws JMSException {
        try (Session session = connection.createSession();
                QueueBrowser browser = session.createBrowser(session.createQueue("Anything"))) {
            assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        }
    }

    private static List<String> fresh(int from, int to) {
        List<String> expected = new ArrayList<>();
        for (int i = from; i < to; i++) {
            expected.add("m" + i + " false 1");
        }
        return expected;
    }

    // ---- acknowledged without an answer

    @Test
    void what_was_acknowledged_comes_to_nobody_again_although_the_acknowledgement_was_lost_with_the_connection()
            throws Exception {
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            String queue = "Lost-" + mode;
            List<String> seen = new ArrayList<>();
            try (Connection connection = connect();
                    Connection other = connect()) {
                send(connection, queue, 0, 60);
                MessageConsumer consumer = consumer(connection, mode, queue);
                receiveAll(consumer, 1, seen);
                MessageConsumer rival = consumer(other, mode, queue);
                crossing.holdRequests();
                receiveAll(consumer, 29, seen);

                crossing.cut();
                crossing.letRequestsThrough();

                receiveFromEither(consumer, rival, 60, seen);
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(fresh(0, 60));
        }
    }

    @Test
    void nor_when_the_broker_was_started_again() throws Exception {
        List<String> seen = new ArrayList<>();
        try (Connection connection = connect();
                Connection other = connect()) {
            send(connection, "Restarted", 0, 60);
            MessageConsumer consumer = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Restarted");
            receiveAll(consumer, 1, seen);
            MessageConsumer rival = consumer(other, Session.AUTO_ACKNOWLEDGE, "Restarted");
            crossing.holdRequests();
            receiveAll(consumer, 29, seen);

            crossing.cut();
            restartServer();
            crossing.letRequestsThrough();

            receiveFromEither(consumer, rival, 60, seen);
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(fresh(0, 60));
    }

    @Test
    void so_does_what_was_acknowledged_by_the_application() throws Exception {
        try (Connection connection = connect()) {
            send(connection, "Client", 0, 4);
            MessageConsumer consumer = consumer(connection, Session.CLIENT_ACKNOWLEDGE, "Client");
            Message first = consumer.receive(WAIT_MILLIS);
            Message second = consumer.receive(WAIT_MILLIS);
            assertThat(text(first)).isEqualTo("m0");
            crossing.holdAnswers();
            CompletableFuture<Void> acknowledged = CompletableFuture.runAsync(() -> {
                try {
                    second.acknowledge();
                } catch (JMSException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            crossing.awaitHeldAnswer();
            crossing.cut();
            crossing.letAnswersThrough();

            acknowledged.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m2 false 1");
            assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m3 false 1");
        }
    }

    @Test
    void a_listener_that_is_busy_while_the_connection_is_lost_does_not_get_its_message_again() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Connection connection = connect()) {
            send(connection, "Busy", 0, 5);
            consumer(connection, Session.AUTO_ACKNOWLEDGE, "Busy").setMessageListener(message -> {
                try {
                    if (seen.isEmpty()) {
                        busy.countDown();
                        assertThat(goOn.await(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                                .isTrue();
                    }
                    seen.add(describe(message));
                } catch (JMSException | InterruptedException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            assertThat(busy.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
            crossing.cut();
            awaitConnected(connection);
            send(connection, "Busy", 5, 6);
            goOn.countDown();
            await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> seen.size() >= 6);
        }
        assertThat(seen).isEqualTo(fresh(0, 6));
        try (Connection connection = connect()) {
            assertThat(consumer(connection, Session.AUTO_ACKNOWLEDGE, "Busy").receiveNoWait())
                    .isNull();
        }
    }

    @Test
    void a_listener_that_fails_after_the_connection_was_lost_gets_its_message_again() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Connection connection = connect()) {
            send(connection, "Failing", 0, 3);
            consumer(connection, Session.AUTO_ACKNOWLEDGE, "Failing").setMessageListener(message -> {
                try {
                    seen.add(describe(message));
                    if (seen.size() == 1) {
                        busy.countDown();
                        assertThat(goOn.await(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                                .isTrue();
                        throw new IllegalArgumentException("the application fails");
                    }
                } catch (JMSException | InterruptedException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            assertThat(busy.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
            crossing.cut();
            awaitConnected(connection);
            goOn.countDown();
            await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> seen.size() >= 4);
        }
        assertThat(seen).containsExactly("m0 false 1", "m0 true 2", "m1 false 1", "m2 false 1");
    }

    @Test
    void no_more_than_so_many_messages_are_without_an_answer() throws Exception {
        try (Connection connection = connect("?prefetch=1000")) {
            send(connection, "Bound", 0, 200);
            MessageConsumer consumer = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Bound");
            List<String> seen = new ArrayList<>();
            receiveAll(consumer, 1, seen);
            // Now the acknowledgement is answered, and everything is here.
            assertThat(consumer.receiveNoWait()).isNotNull();
            crossing.holdRequests();
            int count = 2;
            while (consumer.receive(300) != null) {
                count++;
            }
            assertThat(count).isBetween(128, 130);
            crossing.letRequestsThrough();
            while (count < 200) {
                assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
                count++;
            }
        }
    }

    @Test
    void closing_waits_until_what_was_acknowledged_is_answered() throws Exception {
        for (String what : new String[] {"consumer", "session", "connection"}) {
            String queue = "Closing-" + what;
            Connection connection = connect();
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            send(connection, queue, 0, 20);
            List<String> seen = new ArrayList<>();
            receiveAll(consumer, 1, seen);
            crossing.holdRequests();
            receiveAll(consumer, 9, seen);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> {
                try {
                    switch (what) {
                        case "consumer" -> consumer.close();
                        case "session" -> session.close();
                        default -> connection.close();
                    }
                } catch (JMSException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            crossing.cut();
            crossing.letRequestsThrough();
            closed.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            try (Connection next = connect()) {
                MessageConsumer rest = consumer(next, Session.AUTO_ACKNOWLEDGE, queue);
                receiveAll(rest, 10, seen);
                assertThat(rest.receiveNoWait()).isNull();
            }
            assertThat(seen.stream().map(each -> each.split(" ")[0]))
                    .containsExactlyElementsOf(fresh(0, 20).stream()
                            .map(each -> each.split(" ")[0])
                            .toList());
            connection.close();
        }
    }

    @Test
    void without_a_connection_closing_waits_no_longer_than_for_an_answer() throws Exception {
        Connection connection = connect("?requestTimeout=500&reconnectTimeout=600000");
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue("Away"));
        send(connection, "Away", 0, 5);
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        MessageProducer producer = session.createProducer(session.createQueue("Away"));
        crossing.holdRequests();
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        crossing.close();
        crossing.letRequestsThrough();
        List<String> told = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            producer.send(session.createTextMessage("held"), new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    told.add("sent");
                }

                @Override
                public void onException(Message message, Exception failure) {
                    told.add(((JMSException) failure).getErrorCode());
                }
            });
        }
        connection.close();
        // Which of the two depends on whether the loss was noticed before.
        assertThat(told).hasSize(3).isSubsetOf("UNREACHABLE", "CONNECTION_LOST");
        crossing.open();
    }

    // ---- given back in order, counted only if seen

    @Test
    void a_consumer_whose_loss_the_broker_has_not_noticed_gets_what_it_had_before_what_is_new() throws Exception {
        try (Connection connection = connect()) {
            send(connection, "Unnoticed", 0, 4);
            MessageConsumer consumer = consumer(connection, Session.CLIENT_ACKNOWLEDGE, "Unnoticed");
            assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m0 false 1");
            assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m1 false 1");

            crossing.cutUnnoticed();
            awaitConnected(connection);
            send(connection, "Unnoticed", 4, 6);

            List<String> again = new ArrayList<>();
            receiveAll(consumer, 6, again);
            assertThat(again)
                    .containsExactly("m0 true 2", "m1 true 2", "m2 false 1", "m3 false 1", "m4 false 1", "m5 false 1");
        }
    }

    @Test
    void a_topic_subscription_loses_nothing_by_a_cut() throws Exception {
        try (Connection connection = connect();
                Connection sender = connect()) {
            Session session = connection.createSession();
            Topic topic = session.createTopic("News");
            MessageConsumer consumer = session.createConsumer(topic);
            for (int i = 0; i < 5; i++) {
                crossing.cutUnnoticed();
                awaitConnected(sender);
                try (Session sending = sender.createSession()) {
                    sending.createProducer(topic).send(sending.createTextMessage("n" + i));
                }
                assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("n" + i + " false 1");
            }
        }
    }

    @Test
    void cuts_under_load_bring_nothing_twice_and_lose_nothing() throws Exception {
        int count = 3000;
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            String queue = "Load-" + mode;
            List<String> seen = new CopyOnWriteArrayList<>();
            try (Connection connection = connect();
                    Connection other = connect();
                    Connection sender = connect()) {
                send(sender, queue, 0, count);
                for (Connection each : List.of(connection, other)) {
                    consumer(each, mode, queue).setMessageListener(message -> {
                        try {
                            seen.add(describe(message));
                        } catch (JMSException failed) {
                            throw new IllegalStateException(failed);
                        }
                    });
                }
                for (int i = 1; i <= 5; i++) {
                    int next = count * i / 6;
                    await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> seen.size() >= next);
                    if (i % 2 == 0) {
                        crossing.cut();
                    } else {
                        crossing.cutUnnoticed();
                    }
                }
                await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> seen.size() >= count);
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(fresh(0, count));
        }
    }
}
