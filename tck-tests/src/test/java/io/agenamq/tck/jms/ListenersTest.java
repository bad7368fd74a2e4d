// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listeners of messages and of completions that fail or take their time, where the conformance suite leaves it to the provider what happens. */
@Timeout(120)
class ListenersTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;
    private static AgenaConnectionFactory factory;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private Connection connection;
    private Session session;
    private Queue queue;
    private final List<String> events = new CopyOnWriteArrayList<>();

    /** Something that a listener does; a checked exception is a failure of the test. */
    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    @BeforeAll
    static void startServer() throws Exception {
        server = new EmbeddedServer(folder);
        factory = server.factory("");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = factory.createConnection();
        session = connection.createSession();
        queue = session.createQueue("Listeners-" + NAMES.incrementAndGet());
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    private void send(int from, int to) throws JMSException {
        try (Session sender = connection.createSession();
                MessageProducer producer = sender.createProducer(queue)) {
            for (int i = from; i < to; i++) {
                producer.send(sender.createTextMessage("m" + i));
            }
        }
    }

    private static String text(Message message) {
        try {
            return ((TextMessage) message).getText();
        } catch (JMSException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void must(Step step) {
        try {
            step.run();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Starts a thread, and waits until it waits itself for something to happen. One that does not wait ends, and is never seen waiting. */
    private Thread waitingThread(String event, Step step) {
        Thread thread = new Thread(() -> {
            must(step);
            events.add(event);
        });
        thread.setDaemon(true);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().endsWith("ConditionObject")));
        return thread;
    }

    private final class Told implements CompletionListener {

        private final Step during;

        Told(Step during) {
            this.during = during;
        }

        @Override
        public void onCompletion(Message message) {
            must(during);
            events.add(text(message));
        }

        @Override
        public void onException(Message message, Exception exception) {
            events.add(text(message) + " " + exception);
        }
    }

    // ---- completion listeners

    @Test
    void a_completion_listener_that_fails_does_not_stop_the_next() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        AtomicInteger called = new AtomicInteger();
        CompletionListener failing = new Told(() -> {
            int call = called.incrementAndGet();
            if (call == 1) {
                throw new IllegalStateException("of the application");
            } else if (call == 2) {
                throw new AssertionError("of the application");
            }
        });
        for (int i = 0; i < 3; i++) {
            producer.send(session.createTextMessage("m" + i), failing);
        }
        producer.close();
        assertThat(events).containsExactly("m2");
    }

    // ---- message listeners

    @Test
    void stopping_waits_for_a_listener_which_may_go_on_working() throws Exception {
        for (boolean stop : new boolean[] {true, false}) {
            events.clear();
            disconnect();
            connect();
            Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue replies = session.createQueue(queue.getQueueName() + "-replies");
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            acknowledging
                    .createConsumer(queue)
                    .setMessageListener(message -> must(() -> {
                        entered.countDown();
                        leave.await();
                        acknowledging.createProducer(replies).send(acknowledging.createTextMessage("reply"));
                        message.acknowledge();
                        assertThat(connection.getMetaData().getJMSMajorVersion())
                                .isEqualTo(3);
                        events.add("listened");
                    }));
            connection.start();
            send(0, 1);
            entered.await();
            Thread ending = waitingThread("ended", stop ? () -> connection.stop() : () -> connection.close());
            leave.countDown();
            ending.join();
            assertThat(events).containsExactly("listened", "ended");
            try (Connection next = factory.createConnection()) {
                next.start();
                Session receiving = next.createSession();
                assertThat(receiving.createConsumer(queue).receiveNoWait())
                        .as("it was acknowledged")
                        .isNull();
                assertThat(text(receiving.createConsumer(replies).receive(WAIT_MILLIS)))
                        .isEqualTo("reply");
            }
        }
    }

    @Test
    void a_message_whose_listener_fails_comes_again_before_the_next() throws Exception {
        for (Throwable failure : new Throwable[] {new IllegalStateException("a bug"), new AssertionError("a bug")}) {
            events.clear();
            disconnect();
            connect();
            session.createConsumer(queue)
                    .setMessageListener(message -> must(() -> {
                        int count = message.getIntProperty("JMSXDeliveryCount");
                        events.add(text(message) + " " + message.getJMSRedelivered() + " " + count);
                        if (text(message).equals("m1") && count < 3) {
                            if (failure instanceof Error error) {
                                throw error;
                            }
                            throw new IllegalStateException(failure);
                        }
                    }));
            send(0, 3);
            connection.start();
            await().until(() -> events.size() == 5);
            assertThat(events).containsExactly("m0 false 1", "m1 false 1", "m1 true 2", "m1 true 3", "m2 false 1");
        }
    }
}
