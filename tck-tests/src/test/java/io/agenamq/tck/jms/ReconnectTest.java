// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What applications see when the connection to the broker is cut under them. */
@Timeout(180)
class ReconnectTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private Crossing crossing;
    private EmbeddedServer server;
    private final List<JMSException> problems = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        crossing = new Crossing();
        server = new EmbeddedServer(folder, crossing.address());
        crossing.leadTo(server.broker());
    }

    @AfterEach
    void stop() {
        server.close();
        crossing.close();
    }

    private Connection connect(String options) throws JMSException {
        Connection connection = server.factory(options).createConnection();
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
                TextMessage message = session.createTextMessage("m" + i);
                message.setIntProperty("number", i);
                producer.send(message);
            }
        }
    }

    private static MessageConsumer consumer(Connection connection, int mode, String queue) throws JMSException {
        Session session = connection.createSession(mode);
        return session.createConsumer(session.createQueue(queue));
    }

    private static String describe(Message message) throws JMSException {
        return ((TextMessage) message).getText() + " " + message.getJMSRedelivered() + " "
                + message.getIntProperty("JMSXDeliveryCount");
    }

    private static List<String> browse(Connection connection, String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (Session session = connection.createSession()) {
            QueueBrowser browser = session.createBrowser(session.createQueue(queue));
            for (Object message : Collections.list((Enumeration<?>) browser.getEnumeration())) {
                texts.add(((TextMessage) message).getText());
            }
        }
        return texts;
    }

    /**
     * Cuts all connections and waits until {@code connection} has another one: what it sends from then on is not in doubt, and what it had
     * waiting is gone.
     */
    private void cutUnder(Connection connection) throws JMSException {
        crossing.cut();
        browse(connection, "Anything");
    }

    // ---- consuming

    @Test
    void an_idle_consumer_goes_on_after_a_cut() throws Exception {
        try (Connection connection = connect()) {
            MessageConsumer consumer = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Idle");
            for (int i = 0; i < 3; i++) {
                cutUnder(connection);
                send(connection, "Idle", i, i + 1);
                assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m" + i + " false 1");
                assertThat(consumer.receiveNoWait()).isNull();
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void a_selector_and_a_window_of_none_come_back_with_their_consumer() throws Exception {
        try (Connection connection = connect("?prefetch=0")) {
            Session session = connection.createSession();
            Queue queue = session.createQueue("Selected");
            MessageConsumer consumer = session.createConsumer(queue, "number = 2");
            cutUnder(connection);
            send(connection, "Selected", 0, 3);
            assertThat(consumer.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(2);
            assertThat(consumer.receiveNoWait()).isNull();
            assertThat(browse(connection, "Selected")).containsExactly("m0", "m1");
        }
    }

    @Test
    void a_thread_that_waits_for_a_message_gets_it_over_the_next_connection() throws Exception {
        for (String options : new String[] {"", "?prefetch=0"}) {
            try (Connection connection = connect(options);
                    Connection sender = connect()) {
                MessageConsumer consumer = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Waiting");
                CompletableFuture<Message> received = CompletableFuture.supplyAsync(() -> receive(consumer, 0));
                cutUnder(sender);
                send(sender, "Waiting", 0, 1);
                assertThat(((TextMessage) received.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).getText())
                        .isEqualTo("m0");
            }
        }
    }

    private static Message receive(MessageConsumer consumer, long timeout) {
        try {
            return consumer.receive(timeout);
        } catch (JMSException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void listeners_go_on_by_themselves_and_what_comes_twice_is_marked() throws Exception {
        int count = 2000;
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE}) {
            String name = "Listened-" + mode;
            Set<String> seen = ConcurrentHashMap.newKeySet();
            List<String> unmarked = new CopyOnWriteArrayList<>();
            CountDownLatch all = new CountDownLatch(count);
            CountDownLatch some = new CountDownLatch(count / 4);
            try (Connection connection = connect()) {
                send(connection, name, 0, count);
                for (int i = 0; i < 2; i++) {
                    consumer(connection, mode, name).setMessageListener(message -> {
                        try {
                            if (seen.add(((TextMessage) message).getText())) {
                                all.countDown();
                            } else if (!message.getJMSRedelivered()
                                    || message.getIntProperty("JMSXDeliveryCount") < 2) {
                                unmarked.add(describe(message));
                            }
                            some.countDown();
                            if (mode == Session.CLIENT_ACKNOWLEDGE) {
                                acknowledge(message);
                            }
                        } catch (JMSException e) {
                            throw new IllegalStateException(e);
                        }
                    });
                }
                assertThat(some.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
                crossing.cut();
                assertThat(all.await(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                        .as("mode %d, %d left", mode, all.getCount())
                        .isTrue();
            }
            assertThat(unmarked).isEmpty();
            try (Connection connection = connect()) {
                await().untilAsserted(() -> assertThat(browse(connection, name)).isEmpty());
            }
        }
        assertThat(problems).isEmpty();
    }

    /** A listener that acknowledges learns, once, that its message comes again. */
    private static void acknowledge(Message message) throws JMSException {
        try {
            message.acknowledge();
        } catch (JMSException stale) {
            assertThat(stale.getErrorCode()).isEqualTo("CONNECTION_LOST");
        }
    }

    @Test
    void what_was_not_acknowledged_comes_again_in_order_and_its_old_acknowledgement_fails() throws Exception {
        try (Connection connection = connect()) {
            send(connection, "Unacknowledged", 0, 4);
            MessageConsumer consumer = consumer(connection, Session.CLIENT_ACKNOWLEDGE, "Unacknowledged");
            consumer.receive(WAIT_MILLIS).acknowledge();
            Message old = consumer.receive(WAIT_MILLIS);
            consumer.receive(WAIT_MILLIS);

            cutUnder(connection);

            List<String> again = new ArrayList<>();
            Message last = null;
            for (int i = 1; i < 4; i++) {
                last = consumer.receive(WAIT_MILLIS);
                again.add(describe(last));
            }
            // The last one waited in the client, and nobody has seen it.
            assertThat(again).containsExactly("m1 true 2", "m2 true 2", "m3 false 1");
            JMSException stale = catchThrowableOfType(JMSException.class, old::acknowledge);
            assertThat(stale).hasMessageContaining("nothing is acknowledged");
            assertThat(stale.getErrorCode()).isEqualTo("CONNECTION_LOST");
            last.acknowledge();
            assertThat(consumer.receiveNoWait()).isNull();
            assertThat(browse(connection, "Unacknowledged")).isEmpty();
        }
    }

    @Test
    void a_context_learns_once_that_something_it_saw_comes_again() throws Exception {
        try (JMSContext context = server.factory("").createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            Queue queue = context.createQueue("Context");
            context.createProducer().send(queue, "m");
            var consumer = context.createConsumer(queue);
            consumer.receive(WAIT_MILLIS);
            crossing.cut();
            Message again = consumer.receive(WAIT_MILLIS);
            assertThat(again.getJMSRedelivered()).isTrue();
            JMSRuntimeException told = catchThrowableOfType(JMSRuntimeException.class, context::acknowledge);
            assertThat(told.getErrorCode()).isEqualTo("CONNECTION_LOST");
            context.acknowledge();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void recover_and_close_need_no_connection() throws Exception {
        Connection connection = connect();
        try (Connection after = connect()) {
            send(connection, "Recovered", 0, 2);
            MessageConsumer consumer = consumer(connection, Session.CLIENT_ACKNOWLEDGE, "Recovered");
            consumer.receive(WAIT_MILLIS);
            Session other = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer closed = other.createConsumer(other.createQueue("Recovered"));
            crossing.close();
            other.recover();
            closed.close();
            other.close();
            connection.close();
            crossing.open();

            MessageConsumer next = consumer(after, Session.AUTO_ACKNOWLEDGE, "Recovered");
            assertThat(describe(next.receive(WAIT_MILLIS))).isEqualTo("m0 true 2");
            assertThat(describe(next.receive(WAIT_MILLIS))).startsWith("m1 ");
        }
    }

    @Test
    void what_a_closed_consumer_left_unacknowledged_comes_again() throws Exception {
        try (Connection connection = connect()) {
            send(connection, "Lingering", 0, 1);
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer first = session.createConsumer(session.createQueue("Lingering"));
            Message message = first.receive(WAIT_MILLIS);
            first.close();
            crossing.cut();
            MessageConsumer second = session.createConsumer(session.createQueue("Lingering"));
            Message again = second.receive(WAIT_MILLIS);
            assertThat(describe(again)).isEqualTo("m0 true 2");
            assertThat(catchThrowableOfType(JMSException.class, message::acknowledge)
                            .getErrorCode())
                    .isEqualTo("CONNECTION_LOST");
            again.acknowledge();
            assertThat(browse(connection, "Lingering")).isEmpty();
        }
    }

    @Test
    void that_there_is_no_message_is_not_a_guess() throws Exception {
        try (Connection connection = connect()) {
            send(connection, "NoWait", 0, 1);
            MessageConsumer idle = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Other");
            assertThat(idle.receiveNoWait()).isNull();
            crossing.close();
            MessageConsumer[] made = new MessageConsumer[1];
            CompletableFuture<Message> asked = CompletableFuture.supplyAsync(() -> {
                try {
                    made[0] = consumer(connection, Session.AUTO_ACKNOWLEDGE, "NoWait");
                    return made[0].receiveNoWait();
                } catch (JMSException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            crossing.open();
            assertThat(((TextMessage) asked.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).getText())
                    .isEqualTo("m0");
        }
    }

    @Test
    void a_topic_subscription_begins_again() throws Exception {
        try (Connection connection = connect()) {
            Session session = connection.createSession();
            var topic = session.createTopic("News");
            MessageConsumer consumer = session.createConsumer(topic);
            cutUnder(connection);
            CompletableFuture<Message> received = CompletableFuture.supplyAsync(() -> receive(consumer, WAIT_MILLIS));
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                // What is published before the subscription is back passes it by.
                try (Session sender = connection.createSession()) {
                    sender.createProducer(topic).send(sender.createTextMessage("news"));
                }
                return received.isDone();
            });
            assertThat(received.join()).isNotNull();
        }
    }

    @Test
    void a_durable_subscription_and_its_client_identifier_come_back() throws Exception {
        try (Connection connection = server.factory("?clientId=subscriber").createConnection();
                Connection sender = connect()) {
            connection.start();
            Session session = connection.createSession();
            Topic topic = session.createTopic("Durable");
            MessageConsumer consumer = session.createDurableConsumer(topic, "news");
            cutUnder(sender);
            try (Session sending = sender.createSession()) {
                sending.createProducer(topic).send(sending.createTextMessage("m"));
            }
            assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("m");
            assertThatThrownBy(() -> server.factory("?clientId=subscriber").createConnection())
                    .isInstanceOf(InvalidClientIDException.class);
        }
    }

    // ---- sending

    @Test
    void a_send_waits_for_the_connection_and_is_done_once() throws Exception {
        try (Connection connection = connect()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue("Sent"));
            producer.send(session.createTextMessage("before"));
            crossing.close();
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
                // Until the client notices the cut, a message goes nowhere, and its fate is in doubt. Once is enough to
                // notice.
                int doubtful = 0;
                while (true) {
                    try {
                        producer.send(session.createTextMessage("after-" + doubtful));
                        return doubtful;
                    } catch (JMSException failed) {
                        assertThat(failed.getErrorCode()).isEqualTo("CONNECTION_LOST");
                        doubtful++;
                    }
                }
            });
            crossing.open();
            int doubtful = sent.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(doubtful).isLessThanOrEqualTo(1);
            assertThat(browse(connection, "Sent")).containsExactly("before", "after-" + doubtful);
        }
    }

    @Test
    void a_send_that_was_cut_off_fails_and_its_message_is_there_once() throws Exception {
        try (Connection connection = connect()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue("Doubtful"));
            crossing.holdAnswers();
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    producer.send(session.createTextMessage("m"));
                } catch (JMSException failed) {
                    throw new CompletionException(failed);
                }
            });
            crossing.awaitHeldAnswer();
            crossing.cut();
            JMSException failure = (JMSException)
                    sent.handle((done, failed) -> failed.getCause()).get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(failure.getErrorCode()).isEqualTo("CONNECTION_LOST");
            assertThat(failure).hasMessageContaining("queue://Doubtful").hasMessageContaining("stored or not");
            crossing.letAnswersThrough();
            assertThat(browse(connection, "Doubtful")).containsExactly("m");
        }
    }

    @Test
    void asynchronous_sends_that_were_cut_off_are_told_in_order() throws Exception {
        try (Connection connection = connect()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue("Async"));
            List<String> told = new CopyOnWriteArrayList<>();
            CompletionListener listener = new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    told.add(text(message) + " stored");
                }

                @Override
                public void onException(Message message, Exception exception) {
                    told.add(text(message) + " " + ((JMSException) exception).getErrorCode());
                }
            };
            crossing.holdAnswers();
            producer.send(session.createTextMessage("m0"), listener);
            crossing.awaitHeldAnswer();
            producer.send(session.createTextMessage("m1"), listener);
            crossing.cut();
            crossing.letAnswersThrough();
            // The next one is sent over the next connection, once the loss was noticed.
            await().until(() -> told.size() == 2);
            producer.send(session.createTextMessage("m2"), listener);
            producer.close();
            assertThat(told).containsExactly("m0 CONNECTION_LOST", "m1 CONNECTION_LOST", "m2 stored");
            assertThat(browse(connection, "Async"))
                    .containsOnlyOnce("m0")
                    .contains("m2")
                    .doesNotHaveDuplicates();
        }
    }

    private static String text(Message message) {
        try {
            return ((TextMessage) message).getText();
        } catch (JMSException failed) {
            throw new IllegalStateException(failed);
        }
    }

    // ---- the end

    @Test
    void when_the_connection_does_not_come_back_waiting_ends_and_the_listener_is_told_once() throws Exception {
        Connection connection = server.factory("?reconnectTimeout=300").createConnection();
        CompletableFuture<JMSException> told = new CompletableFuture<>();
        connection.setExceptionListener(problem -> {
            problems.add(problem);
            try {
                // Closing here must not wait for itself.
                connection.close();
                told.complete(problem);
            } catch (JMSException failed) {
                told.completeExceptionally(failed);
            }
        });
        connection.start();
        MessageConsumer first = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Gone");
        MessageConsumer second = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Gone");
        CompletableFuture<Object> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return String.valueOf(first.receive());
            } catch (JMSException failed) {
                return failed;
            }
        });

        crossing.close();

        assertThat(told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS).getErrorCode()).isEqualTo("CONNECTION_LOST");
        assertThat(problems).hasSize(1);
        // Whichever comes first: the failure, or the end of the connection.
        Object outcome = waiting.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(outcome)
                .satisfiesAnyOf(
                        failed -> assertThat(failed).isInstanceOf(JMSException.class),
                        closed -> assertThat(closed).isEqualTo("null"));
        assertThat(catchThrowableOfType(JMSException.class, second::receiveNoWait))
                .isInstanceOf(jakarta.jms.IllegalStateException.class);
    }

    @Test
    void closing_ends_a_receive_although_there_is_no_connection() throws Exception {
        Connection connection = connect();
        MessageConsumer consumer = consumer(connection, Session.AUTO_ACKNOWLEDGE, "Closed");
        assertThat(consumer.receiveNoWait()).isNull();
        crossing.close();
        CompletableFuture<Message> waiting = CompletableFuture.supplyAsync(() -> receive(consumer, 0));
        connection.close();
        assertThat(waiting.handle((message, failure) -> message).get(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                .isNull();
    }

    @Test
    void a_broker_that_starts_again_finds_its_clients() throws Exception {
        try (Crossing nameServer = new Crossing()) {
            nameServer.leadTo(server.nameServer());
            var factory = new io.agenamq.provider.AgenaConnectionFactory("agena://" + nameServer.address());
            try (Connection connection = factory.createConnection()) {
                connection.setExceptionListener(problems::add);
                connection.start();
                MessageConsumer consumer = consumer(connection, Session.CLIENT_ACKNOWLEDGE, "Restarted");
                send(connection, "Restarted", 0, 3);
                consumer.receive(WAIT_MILLIS).acknowledge();
                consumer.receive(WAIT_MILLIS);

                server.close();
                server = new EmbeddedServer(folder, crossing.address());
                nameServer.leadTo(server.nameServer());
                crossing.leadTo(server.broker());
                browse(connection, "Anything");

                assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m1 true 2");
                // The client has told the broker that nobody has seen it.
                assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m2 false 1");
                send(connection, "Restarted", 3, 4);
                Message last = consumer.receive(WAIT_MILLIS);
                assertThat(describe(last)).isEqualTo("m3 false 1");
                last.acknowledge();
                assertThat(browse(connection, "Restarted")).isEmpty();
                send(connection, "New", 0, 1);
            }
        }
        assertThat(problems).isEmpty();
    }
}
