// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the chapters of the suite share: a connection per test, names that no other test uses, and waiting. Knows {@code jakarta.jms} and
 * {@link JmsProvider} only.
 *
 * <p>That something does <em>not</em> come is never waited for: it is asked for with {@code receiveNoWait}, or something else is sent behind it
 * and arrives first.
 */
@Timeout(180)
@ExtendWith(ProviderUnderTest.class)
abstract class Rules {

    /** Far longer than anything takes, also on a machine that is busy with other things. */
    static final int WAIT_MILLIS = 60_000;

    private static final AtomicLong NAMES = new AtomicLong(System.currentTimeMillis() * 1000);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** A connection that was started, without a client identifier. */
    Connection connection;

    /** A session of {@link #connection} that acknowledges automatically. */
    Session session;

    /** Something that may fail as JMS fails. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    @BeforeEach
    void open() throws Exception {
        connection = connect();
        connection.start();
        session = connection.createSession();
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    static JmsProvider provider() {
        return ProviderUnderTest.get();
    }

    static ConnectionFactory factory() throws Exception {
        return provider().factory();
    }

    /** Something that the test opened is closed at its end. */
    <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    /** A connection that is not started. */
    Connection connect() throws Exception {
        return closing(factory().createConnection());
    }

    /** A connection with a client identifier that is started. */
    Connection connect(String clientId) throws Exception {
        Connection named = connect();
        named.setClientID(clientId);
        named.start();
        return named;
    }

    JMSContext context() throws Exception {
        return closing(factory().createContext());
    }

    JMSContext context(int mode) throws Exception {
        return closing(factory().createContext(mode));
    }

    // ---- names

    static String unique(String what) {
        return what + "-" + NAMES.incrementAndGet();
    }

    Queue queue() throws JMSException {
        return session.createQueue(unique("queue"));
    }

    Topic topic() throws JMSException {
        return session.createTopic(unique("topic"));
    }

    // ---- sending and receiving

    /** Sends texts, from a session of their own. */
    void send(Destination destination, String... texts) throws JMSException {
        try (Session sender = connection.createSession();
                MessageProducer producer = sender.createProducer(destination)) {
            for (String text : texts) {
                producer.send(sender.createTextMessage(text));
            }
        }
    }

    /** Sends one message and receives it again, through a queue of its own. */
    @SuppressWarnings("unchecked") // what is sent as one kind of message comes as that kind, or the test fails
    <T extends Message> T roundTrip(T message) throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue);
                MessageConsumer consumer = session.createConsumer(queue)) {
            producer.send(message);
            return (T) receive(consumer);
        }
    }

    static Message receive(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(WAIT_MILLIS);
        assertThat(message).as("a message").isNotNull();
        return message;
    }

    static Message receive(JMSConsumer consumer) {
        Message message = consumer.receive(WAIT_MILLIS);
        assertThat(message).as("a message").isNotNull();
        return message;
    }

    static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    static List<String> texts(MessageConsumer consumer, int count) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(receive(consumer)));
        }
        return texts;
    }

    static List<String> texts(JMSConsumer consumer, int count) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(receive(consumer)));
        }
        return texts;
    }

    /** The text, then how often it was delivered: {@code "a 1"}; with {@code again} in between if the message says that it was. */
    static String delivery(Message message) throws JMSException {
        return text(message)
                + (message.getJMSRedelivered() ? " again " : " ")
                + message.getIntProperty("JMSXDeliveryCount");
    }

    static List<String> deliveries(MessageConsumer consumer, int count) throws JMSException {
        List<String> deliveries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            deliveries.add(delivery(receive(consumer)));
        }
        return deliveries;
    }

    static void assertNothingFor(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receiveNoWait();
        assertThat(message).as("what comes").isNull();
    }

    static void assertNothingFor(JMSConsumer consumer) {
        Message message = consumer.receiveNoWait();
        assertThat(message).as("what comes").isNull();
    }

    /** Takes everything that a queue has, by a connection of its own; the deliveries as {@link #delivery} tells them. */
    List<String> takeAll(Queue queue) throws Exception {
        List<String> all = new ArrayList<>();
        try (Connection other = factory().createConnection();
                Session taking = other.createSession();
                MessageConsumer consumer = taking.createConsumer(queue)) {
            other.start();
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                all.add(delivery(next));
            }
        }
        return all;
    }

    static List<String> names(Enumeration<?> enumeration) {
        List<String> names = new ArrayList<>();
        Collections.list(enumeration).forEach(each -> names.add((String) each));
        return names;
    }

    // ---- waiting

    static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(condition);
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Runs something in a thread of its own. */
    static <T> Background<T> background(Callable<T> work) {
        return new Background<>(work);
    }

    /** The same for what answers nothing. */
    static Background<Void> meanwhile(Step work) {
        return new Background<>(() -> {
            work.run();
            return null;
        });
    }

    /** Work of another thread. */
    static final class Background<T> {

        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final Thread thread;

        private Background(Callable<T> work) {
            thread = new Thread(
                    () -> {
                        try {
                            result.complete(work.call());
                        } catch (Throwable failed) {
                            result.completeExceptionally(failed);
                        }
                    },
                    "conformance-background");
            thread.setDaemon(true);
            thread.start();
        }

        T get() throws Exception {
            return Rules.get(result);
        }

        boolean isDone() {
            return result.isDone();
        }

        /** Waits until the thread waits itself for something, or has ended. */
        Background<T> awaitWaiting() {
            await(() -> result.isDone()
                    || thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING
                    || thread.getState() == Thread.State.BLOCKED);
            return this;
        }
    }
}
