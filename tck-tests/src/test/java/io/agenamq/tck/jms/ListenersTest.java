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
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is called when, by whom, and who waits for it: message listeners, completion listeners, start, stop and close. */
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
    void completions_are_told_in_order_one_at_a_time_and_never_by_the_sender() throws Exception {
        Thread sender = Thread.currentThread();
        AtomicInteger running = new AtomicInteger();
        CompletionListener listener = new Told(() -> {
            assertThat(running.incrementAndGet()).isEqualTo(1);
            assertThat(Thread.currentThread()).isNotSameAs(sender);
            running.decrementAndGet();
        });
        MessageProducer producer = session.createProducer(queue);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            producer.send(session.createTextMessage("m" + i), listener);
            expected.add("m" + i);
        }
        producer.close();
        assertThat(events).isEqualTo(expected);
    }

    @Test
    void a_completed_message_has_its_headers_and_is_the_one_that_was_sent() throws Exception {
        CompletableFuture<Message> told = new CompletableFuture<>();
        TextMessage message = session.createTextMessage("m");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(message, new CompletionListener() {
                @Override
                public void onCompletion(Message sent) {
                    told.complete(sent);
                }

                @Override
                public void onException(Message sent, Exception exception) {
                    told.completeExceptionally(exception);
                }
            });
        }
        assertThat(told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isSameAs(message);
        assertThat(message.getJMSMessageID()).startsWith("ID:");
        assertThat(message.getJMSDestination()).isEqualTo(queue);
    }

    @Test
    void closing_waits_for_completion_listeners() throws Exception {
        List<Step> ends = List.of(() -> session.close(), () -> connection.close());
        for (Step end : ends) {
            events.clear();
            disconnect();
            connect();
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            session.createProducer(queue).send(session.createTextMessage("told"), new Told(() -> {
                entered.countDown();
                leave.await();
            }));
            entered.await();
            Thread closer = waitingThread("closed", end);
            leave.countDown();
            closer.join();
            assertThat(events).containsExactly("told", "closed");
        }
    }

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

    @Test
    void synchronous_and_asynchronous_sends_keep_their_order() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        CompletionListener listener = new Told(() -> {});
        for (int i = 0; i < 100; i++) {
            if (i % 3 == 0) {
                producer.send(session.createTextMessage("m" + i));
            } else {
                producer.send(session.createTextMessage("m" + i), listener);
            }
        }
        connection.start();
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 100; i++) {
            assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("m" + i);
        }
    }

    // ---- message listeners

    @Test
    void listeners_of_one_session_take_turns() throws Exception {
        AtomicInteger running = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(200);
        for (int i = 0; i < 3; i++) {
            session.createConsumer(queue).setMessageListener(message -> {
                if (running.incrementAndGet() != 1) {
                    events.add("two at a time");
                }
                running.decrementAndGet();
                all.countDown();
            });
        }
        connection.start();
        send(0, 200);
        assertThat(all.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void nothing_is_delivered_before_the_start_nor_after_the_stop() throws Exception {
        List<Session> sessions = List.of(session, connection.createSession());
        for (Session each : sessions) {
            each.createConsumer(queue).setMessageListener(message -> events.add(text(message)));
        }
        send(0, 10);
        assertThat(events).isEmpty();
        connection.start();
        await().until(() -> events.size() == 10);
        connection.stop();
        send(10, 20);
        connection.start();
        connection.stop();
        int afterStop = events.size();
        send(20, 30);
        assertThat(events).hasSize(afterStop);
        connection.start();
        await().until(() -> events.size() == 30);
        assertThat(events).doesNotHaveDuplicates();
    }

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

    @Test
    void closing_ends_a_thread_that_receives() throws Exception {
        List<Step> ends = new ArrayList<>();
        MessageConsumer[] consumer = new MessageConsumer[1];
        ends.add(() -> consumer[0].close());
        ends.add(() -> session.close());
        ends.add(() -> connection.close());
        for (Step end : ends) {
            events.clear();
            disconnect();
            connect();
            connection.start();
            consumer[0] = session.createConsumer(queue);
            Thread receiver = waitingThread("received", () -> events.add(String.valueOf(consumer[0].receive())));
            end.run();
            receiver.join();
            assertThat(events).containsExactly("null", "received");
        }
    }

    @Test
    void time_passes_for_a_receive_while_the_connection_is_stopped() throws Exception {
        send(0, 1);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(consumer.receive(50)).isNull();
        assertThat(consumer.receiveNoWait()).isNull();
        connection.start();
        assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("m0");
    }
}
