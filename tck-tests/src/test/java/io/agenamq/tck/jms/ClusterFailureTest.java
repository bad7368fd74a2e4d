// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions whose destinations live on two brokers, also while one of these is away. */
@Timeout(180)
class ClusterFailureTest {

    private static final int WAIT_MILLIS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster;
    private String onA;
    private String onB;
    private final List<JMSException> problems = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        cluster = new EmbeddedCluster(folder, "broker-a", "broker-b");
        onA = cluster.nameOn("broker-a", "Orders");
        onB = cluster.nameOn("broker-b", "Orders");
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    private Connection connect(String options) throws JMSException {
        Connection connection = cluster.factory(options).createConnection();
        connection.setExceptionListener(problems::add);
        connection.start();
        return connection;
    }

    private static void send(Session session, String queue, String text) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.send(session.createTextMessage(text));
        }
    }

    private static MessageConsumer consumer(Session session, String queue) throws JMSException {
        return session.createConsumer(session.createQueue(queue));
    }

    private static String receive(MessageConsumer consumer) throws JMSException {
        return text(consumer.receive(WAIT_MILLIS));
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    private static List<String> browse(Session session, String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        Enumeration<?> messages =
                session.createBrowser(session.createQueue(queue)).getEnumeration();
        for (Object message : Collections.list(messages)) {
            texts.add(text((Message) message));
        }
        return texts;
    }

    // ---- one session, two brokers

    @Test
    void a_session_acknowledges_and_recovers_what_came_from_both() throws Exception {
        try (Connection connection = connect("");
                Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE)) {
            for (String queue : List.of(onA, onB)) {
                send(session, queue, "1");
                send(session, queue, "2");
                assertThat(browse(session, queue)).containsExactly("1", "2");
            }
            MessageConsumer a = consumer(session, onA);
            MessageConsumer b = consumer(session, onB);
            assertThat(receive(a)).isEqualTo("1");
            assertThat(receive(b)).isEqualTo("1");
            session.recover();
            assertThat(receive(b)).isEqualTo("1");
            Message again = a.receive(WAIT_MILLIS);
            assertThat(text(again)).isEqualTo("1");
            assertThat(again.getJMSRedelivered()).isTrue();
            again.acknowledge();
            assertThat(browse(session, onA)).containsExactly("2");
            assertThat(browse(session, onB)).containsExactly("2");
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void a_transaction_is_on_one_broker_and_the_next_may_be_on_another() throws Exception {
        try (Connection connection = connect("");
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                Session observer = connection.createSession()) {
            send(session, onA, "a1");
            JMSException refused = catchThrowableOfType(JMSException.class, () -> send(session, onB, "b1"));
            assertThat(refused)
                    .hasMessageContainingAll("broker-a", "broker-b", "several brokers")
                    .extracting(JMSException::getErrorCode)
                    .isEqualTo("UNAVAILABLE");
            session.commit();
            assertThat(browse(observer, onA)).containsExactly("a1");
            assertThat(browse(observer, onB)).isEmpty();

            send(session, onB, "b2");
            session.commit();
            assertThat(browse(observer, onB)).containsExactly("b2");

            // Received on one, sent on the other.
            MessageConsumer a = consumer(session, onA);
            MessageConsumer b = consumer(session, onB);
            assertThat(receive(a)).isEqualTo("a1");
            assertThatThrownBy(() -> send(session, onB, "b3")).hasMessageContaining("several brokers");
            assertThatThrownBy(() -> b.receive(WAIT_MILLIS))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("several brokers");
            session.rollback();
            Message back = b.receive(WAIT_MILLIS);
            assertThat(text(back)).isEqualTo("b2");
            assertThat(back.getJMSRedelivered()).as("nobody has seen it").isFalse();
            assertThatThrownBy(() -> a.receive(WAIT_MILLIS)).hasMessageContaining("several brokers");
            session.commit();
            assertThat(receive(a)).isEqualTo("a1");
            session.commit();
            assertThat(browse(observer, onA)).isEmpty();
            assertThat(browse(observer, onB)).isEmpty();
        }
    }

    @Test
    void listeners_of_a_transacted_session_take_turns_between_brokers() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Connection connection = connect("");
                Session sending = connection.createSession();
                Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
            for (int i = 0; i < 10; i++) {
                send(sending, onA, "a" + i);
                send(sending, onB, "b" + i);
            }
            for (String queue : List.of(onA, onB)) {
                consumer(session, queue).setMessageListener(message -> {
                    try {
                        heard.add(text(message));
                        session.commit();
                    } catch (JMSException failed) {
                        problems.add(failed);
                    }
                });
            }
            await().atMost(PATIENCE).until(() -> heard.size() == 20);
            await().atMost(PATIENCE)
                    .until(() -> browse(sending, onA).isEmpty()
                            && browse(sending, onB).isEmpty());
        }
        assertThat(heard.stream().filter(text -> text.startsWith("a"))).isSorted();
        assertThat(heard.stream().filter(text -> text.startsWith("b"))).isSorted();
        assertThat(problems).isEmpty();
    }

    // ---- a broker goes and comes

    @Test
    void who_uses_the_others_does_not_notice_that_a_broker_is_away_and_everything_goes_on_when_it_is_back()
            throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection connection = connect("");
                Session listening = connection.createSession();
                Session session = connection.createSession()) {
            consumer(listening, onA).setMessageListener(message -> add(heard, message));
            consumer(listening, onB).setMessageListener(message -> add(heard, message));
            send(session, onA, "a1");
            send(session, onB, "b1");
            await().atMost(PATIENCE).until(() -> heard.size() == 2);

            cluster.stop("broker-a");
            send(session, onB, "b2");
            await().atMost(PATIENCE).until(() -> heard.contains("b2"));
            Future<Void> blocked;
            try (Session other = connection.createSession()) {
                blocked = thread.submit(() -> {
                    try (Session own = connection.createSession()) {
                        send(own, onA, "a2");
                    }
                    return null;
                });
                send(other, onB, "b3");
            }
            await().atMost(PATIENCE).until(() -> heard.contains("b3"));
            assertThat(blocked).isNotDone();

            cluster.start("broker-a");
            blocked.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            await().atMost(PATIENCE).until(() -> heard.contains("a2"));
            assertThat(heard).doesNotHaveDuplicates();
        } finally {
            thread.shutdownNow();
        }
        assertThat(problems).isEmpty();
    }

    private void add(List<String> heard, Message message) {
        try {
            heard.add(text(message));
        } catch (JMSException failed) {
            problems.add(failed);
        }
    }

    @Test
    void what_is_at_a_broker_that_stays_away_fails_and_the_rest_goes_on() throws Exception {
        try (Connection connection = connect("?reconnectTimeout=500");
                Session session = connection.createSession()) {
            MessageConsumer a = consumer(session, onA);
            MessageConsumer b = consumer(session, onB);
            send(session, onA, "a1");
            assertThat(receive(a)).isEqualTo("a1");

            cluster.stop("broker-a");
            JMSException unsent = catchThrowableOfType(JMSException.class, () -> send(session, onA, "a2"));
            assertThat(unsent.getErrorCode()).isIn("UNREACHABLE", "CONNECTION_LOST");
            assertThat(unsent).hasMessageContaining(onA);
            await().atMost(PATIENCE).until(() -> !problems.isEmpty());
            assertThat(problems).hasSize(1);
            assertThat(problems.get(0)).hasMessageContaining("broker-a");
            assertThatThrownBy(() -> a.receive(WAIT_MILLIS)).isInstanceOf(JMSException.class);

            send(session, onB, "b1");
            assertThat(receive(b)).isEqualTo("b1");
            a.close();

            cluster.start("broker-a");
            try (Connection other = connect("");
                    Session fresh = other.createSession()) {
                send(fresh, onA, "a3");
            }
            try (MessageConsumer again = consumer(session, onA)) {
                assertThat(receive(again)).isEqualTo("a3");
            }
        }
        assertThat(problems).hasSize(1);
    }

    // ---- temporary destinations

    @Test
    void a_reply_finds_a_temporary_queue_on_another_broker_than_the_repliers_own() throws Exception {
        List<Connection> connections = new ArrayList<>();
        List<TemporaryQueue> queues = new ArrayList<>();
        try {
            String broker;
            do {
                assertThat(connections).as("connections in a row on one broker").hasSizeLessThan(100);
                Connection next = connect("");
                connections.add(next);
                queues.add(next.createSession().createTemporaryQueue());
                broker = brokerOf(queues.get(queues.size() - 1));
            } while (broker.equals(brokerOf(queues.get(0))));
            TemporaryQueue first = queues.get(0);
            TemporaryQueue last = queues.get(queues.size() - 1);
            Connection asking = connections.get(0);
            try (Session asker = asking.createSession();
                    Session replier = connections.get(connections.size() - 1).createSession()) {
                MessageConsumer requests = replier.createConsumer(last);
                Message request = asker.createTextMessage("ping");
                request.setJMSReplyTo(first);
                asker.createProducer(last).send(request);
                Message got = requests.receive(WAIT_MILLIS);
                replier.createProducer(got.getJMSReplyTo()).send(replier.createTextMessage("pong"));
                assertThat(receive(asker.createConsumer(first))).isEqualTo("pong");
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private static String brokerOf(Queue temporary) throws JMSException {
        String name = temporary.getQueueName();
        return name.substring(name.indexOf('@') + 1);
    }
}
