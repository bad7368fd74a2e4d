// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has which messages waiting: Jakarta Messaging 3.1 §6.1.4 and §8.7 with the windows that the option {@code prefetch} allows. */
@Timeout(180)
class PrefetchTest {

    private static final int WAIT_MILLIS = 60_000;
    private static final String NONE = "?prefetch=0";

    @TempDir
    private Path folder;

    private EmbeddedServer server;

    @BeforeEach
    void start() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Connection connect(String options) throws JMSException {
        Connection connection = server.factory(options).createConnection();
        connection.start();
        return connection;
    }

    private static MessageConsumer consumer(Connection connection, int mode, String queue) throws JMSException {
        Session session = connection.createSession(mode);
        return session.createConsumer(session.createQueue(queue));
    }

    private static MessageConsumer consumer(Connection connection, String queue) throws JMSException {
        return consumer(connection, Session.AUTO_ACKNOWLEDGE, queue);
    }

    private static void send(Connection connection, String queue, int count) throws JMSException {
        try (Session session = connection.createSession()) {
            for (int i = 0; i < count; i++) {
                session.createProducer(session.createQueue(queue)).send(session.createTextMessage("m" + i));
            }
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    @Test
    void a_destination_says_how_many_messages_wait_for_its_consumers_whatever_the_connection_says() throws Exception {
        try (Connection connection = connect("");
                Connection other = connect("")) {
            MessageConsumer one = consumer(connection, "Few?prefetch=1");
            MessageConsumer none = consumer(connection, "Few?prefetch=0");
            send(other, "Few", 4);

            List<String> rest = new ArrayList<>();
            MessageConsumer greedy = consumer(other, "Few");
            for (int i = 0; i < 3; i++) {
                rest.add(text(greedy.receive(WAIT_MILLIS)));
            }

            assertThat(rest).containsExactly("m1", "m2", "m3");
            assertThat(none.receiveNoWait()).isNull();
            assertThat(text(one.receive(WAIT_MILLIS))).isEqualTo("m0");
        }
    }

    @Test
    void a_consumer_without_a_window_takes_only_what_a_receive_waits_for() throws Exception {
        try (Connection pulling = connect(NONE);
                Connection other = connect("")) {
            MessageConsumer consumer = consumer(pulling, "Pulled");
            send(other, "Pulled", 4);
            assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("m0");
            assertThat(text(consumer.receiveNoWait())).isEqualTo("m1");
            MessageConsumer rest = consumer(other, "Pulled");
            assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m2");
            assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m3");
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void a_receive_whose_time_is_up_takes_nothing_away_from_others() throws Exception {
        try (Connection pulling = connect(NONE);
                Connection other = connect("")) {
            MessageConsumer consumer = consumer(pulling, "TimeUp");
            for (int i = 0; i < 20; i++) {
                assertThat(consumer.receive(1)).isNull();
            }
            send(other, "TimeUp", 2);
            MessageConsumer rest = consumer(other, "TimeUp");
            assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m0");
            assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m1");
        }
    }

    @Test
    void nor_does_a_receive_whose_thread_is_interrupted() throws Exception {
        try (Connection pulling = connect(NONE);
                Connection other = connect("")) {
            MessageConsumer consumer = consumer(pulling, "Interrupted");
            CompletableFuture<Throwable> failed = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    failed.complete(new AssertionError(String.valueOf(consumer.receive())));
                } catch (JMSException interrupted) {
                    failed.complete(interrupted);
                }
            });
            thread.start();
            thread.interrupt();
            assertThat(failed.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isInstanceOf(JMSException.class);
            send(other, "Interrupted", 1);
            assertThat(text(consumer(other, "Interrupted").receive(WAIT_MILLIS)))
                    .isEqualTo("m0");
        }
    }

    @Test
    void a_listener_without_a_window_gets_one_message_at_a_time() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Connection pulling = connect(NONE);
                Connection other = connect("")) {
            consumer(pulling, "Listened").setMessageListener(message -> {
                try {
                    seen.add(text(message));
                    assertThat(goOn.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
                } catch (JMSException | InterruptedException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            send(other, "Listened", 3);
            await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> !seen.isEmpty());
            MessageConsumer rest = consumer(other, "Listened");
            assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m1");
            assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m2");
            rest.close();
            goOn.countDown();
            send(other, "Listened", 1);
            await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> seen.size() == 2);
        }
    }

    @Test
    void a_listener_that_is_taken_away_takes_nothing_any_more() throws Exception {
        try (Connection pulling = connect(NONE);
                Connection other = connect("")) {
            MessageConsumer consumer = consumer(pulling, "TakenAway");
            consumer.setMessageListener(message -> {});
            consumer.setMessageListener(null);
            send(other, "TakenAway", 1);
            assertThat(text(consumer(other, "TakenAway").receive(WAIT_MILLIS))).isEqualTo("m0");
        }
    }

    @Test
    void a_consumer_of_a_connection_that_was_never_started_or_is_stopped_has_no_messages() throws Exception {
        for (String options : new String[] {"", NONE, "?prefetch=1"}) {
            String queue = "NotStarted" + options.length();
            try (Connection never = server.factory(options).createConnection();
                    Connection stopped = connect(options);
                    Connection started = connect("")) {
                for (int i = 0; i < 3; i++) {
                    consumer(never, queue);
                    consumer(stopped, queue);
                }
                CompletableFuture<Message> waiting = new CompletableFuture<>();
                MessageConsumer receiving = consumer(never, queue);
                Thread thread = new Thread(() -> {
                    try {
                        waiting.complete(receiving.receive());
                    } catch (JMSException failed) {
                        waiting.completeExceptionally(failed);
                    }
                });
                thread.start();
                stopped.stop();
                MessageConsumer consumer = consumer(started, queue);
                send(started, queue, 30);
                for (int i = 0; i < 30; i++) {
                    assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("m" + i);
                }
                receiving.close();
                assertThat(waiting.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNull();
            }
        }
    }

    @Test
    void a_window_of_none_delivers_everything_once_and_in_order_in_every_mode() throws Exception {
        int[] modes = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE};
        for (int mode : modes) {
            try (Connection connection = connect(NONE)) {
                send(connection, "Modes" + mode, 50);
                MessageConsumer consumer = consumer(connection, mode, "Modes" + mode);
                List<String> seen = new ArrayList<>();
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    Message message = i % 2 == 0 ? consumer.receive(WAIT_MILLIS) : consumer.receiveNoWait();
                    seen.add(text(message));
                    expected.add("m" + i);
                    if (mode == Session.CLIENT_ACKNOWLEDGE && i % 10 == 9) {
                        message.acknowledge();
                    }
                }
                assertThat(seen).isEqualTo(expected);
                assertThat(consumer.receiveNoWait()).isNull();
            }
            try (Connection connection = connect(NONE)) {
                assertThat(consumer(connection, "Modes" + mode).receiveNoWait()).isNull();
            }
        }
    }
}
