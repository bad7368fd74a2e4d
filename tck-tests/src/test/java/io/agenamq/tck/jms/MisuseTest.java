// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every wrong use gets the exception that the specification names, and has no effect (Jakarta Messaging 3.1, API documentation). */
@Timeout(120)
class MisuseTest {

    private static final int WAIT_MILLIS = 30_000;

    private static final CompletionListener DEAF = new CompletionListener() {
        @Override
        public void onCompletion(Message message) {}

        @Override
        public void onException(Message message, Exception exception) {}
    };

    /** A destination of another provider that says nothing. */
    private record Foreign() implements Destination {}

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;
    private static AgenaConnectionFactory factory;

    private Connection connection;
    private Session session;
    private Queue queue;

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
        queue = session.createQueue("Misused");
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    // ---- closed objects

    @Test
    void a_closed_connection_does_nothing_but_close() throws Exception {
        connection.close();
        assertRefusesAll(connection, Connection.class, IllegalStateException.class, Set.of("close"));
    }

    @Test
    void a_closed_session_does_nothing_but_close() throws Exception {
        session.close();
        assertRefusesAll(session, Session.class, IllegalStateException.class, Set.of("close", "run"));
    }

    @Test
    void closed_producers_consumers_and_browsers_do_nothing_but_close() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        QueueBrowser browser = session.createBrowser(queue);
        producer.close();
        consumer.close();
        browser.close();
        assertRefusesAll(producer, MessageProducer.class, IllegalStateException.class, Set.of("close"));
        assertRefusesAll(consumer, MessageConsumer.class, IllegalStateException.class, Set.of("close"));
        assertRefusesAll(browser, QueueBrowser.class, IllegalStateException.class, Set.of("close"));
    }

    @Test
    void what_belongs_to_a_closed_connection_is_closed() throws Exception {
        MessageProducer producer = session.createProducer(null);
        MessageConsumer consumer = session.createConsumer(queue);
        QueueBrowser browser = session.createBrowser(queue);
        connection.close();
        assertRefusesAll(session, Session.class, IllegalStateException.class, Set.of("close", "run"));
        assertRefusesAll(producer, MessageProducer.class, IllegalStateException.class, Set.of("close"));
        assertRefusesAll(consumer, MessageConsumer.class, IllegalStateException.class, Set.of("close"));
        assertRefusesAll(browser, QueueBrowser.class, IllegalStateException.class, Set.of("close"));
    }

    @Test
    void a_closed_context_does_nothing_although_another_shares_its_connection() throws Exception {
        try (JMSContext first = factory.createContext()) {
            JMSContext second = first.createContext(JMSContext.AUTO_ACKNOWLEDGE);
            JMSConsumer consumer = second.createConsumer(queue);
            JMSProducer producer = second.createProducer();
            second.close();
            assertRefusesAll(second, JMSContext.class, IllegalStateRuntimeException.class, Set.of("close"));
            assertRefusesAll(consumer, JMSConsumer.class, IllegalStateRuntimeException.class, Set.of("close"));
            assertThatThrownBy(() -> producer.send(queue, "late")).isInstanceOf(IllegalStateRuntimeException.class);
            assertThat(first.createConsumer(queue).receiveNoWait()).isNull();
        }
    }

    @Test
    void a_message_outlives_its_session_but_cannot_be_acknowledged() throws Exception {
        connection.start();
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        Queue own = session.createQueue("Outlived");
        session.createProducer(own).send(session.createTextMessage("text"));
        Message message = acknowledging.createConsumer(own).receive(WAIT_MILLIS);
        acknowledging.close();
        assertThat(message.getBody(String.class)).isEqualTo("text");
        assertThatThrownBy(message::acknowledge).isInstanceOf(IllegalStateException.class);
        session.createConsumer(own).receive(WAIT_MILLIS);
    }

    /** Calls every method of an interface with nothing as its arguments. */
    private static void assertRefusesAll(
            Object closed, Class<?> api, Class<? extends Exception> expected, Set<String> except) throws Exception {
        for (Method method : api.getMethods()) {
            if (except.contains(method.getName())) {
                continue;
            }
            assertThatThrownBy(() -> call(closed, method)).as(method.toString()).isInstanceOf(expected);
        }
        api.getMethod("close").invoke(closed);
    }

    private static void call(Object target, Method method) throws Throwable {
        Object[] nothing = Arrays.stream(method.getParameterTypes())
                .map(MisuseTest::nothing)
                .toArray();
        try {
            method.invoke(target, nothing);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        } else if (type == int.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        }
        return null;
    }

    // ---- sending

    @Test
    void a_producer_with_a_destination_has_no_other_and_one_without_needs_one() throws Exception {
        Message message = session.createMessage();
        MessageProducer own = session.createProducer(queue);
        MessageProducer anonymous = session.createProducer(null);
        assertThatThrownBy(() -> own.send(queue, message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> own.send(queue, message, DEAF)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> own.send((Destination) null, message))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> anonymous.send(message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> anonymous.send(message, DEAF)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> anonymous.send((Destination) null, message))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> anonymous.send(new Foreign(), message))
                .isInstanceOf(InvalidDestinationException.class);
        assertThat(anonymous.getDestination()).isNull();
    }

    @Test
    void arguments_of_a_send_are_checked_before_anything_is_sent() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        Message message = session.createMessage();
        assertThatThrownBy(() -> producer.send(null)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> producer.send(null, DEAF)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> producer.send(message, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> producer.send((Message) null, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> producer.send(message, 3, 4, 0)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(message, 2, -1, 0)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(message, 2, 10, 0)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(message, 2, 4, -1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.setDeliveryMode(0)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.setPriority(10)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.setTimeToLive(-1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.setDeliveryDelay(-1)).isInstanceOf(JMSException.class);
        assertThat(producer.getDeliveryMode()).isEqualTo(2);
        assertThat(producer.getPriority()).isEqualTo(4);
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(session.createBrowser(queue).getEnumeration().hasMoreElements())
                .isFalse();
    }

    @Test
    void the_simplified_producer_says_the_same_without_checking() {
        try (JMSContext context = factory.createContext()) {
            JMSProducer producer = context.createProducer();
            Message message = context.createMessage();
            assertThatThrownBy(() -> producer.send(null, message))
                    .isInstanceOf(InvalidDestinationRuntimeException.class);
            assertThatThrownBy(() -> producer.send(queue, (Message) null))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThatThrownBy(() -> producer.setDeliveryMode(3)).isInstanceOf(JMSRuntimeException.class);
            assertThatThrownBy(() -> producer.setPriority(-1)).isInstanceOf(JMSRuntimeException.class);
            assertThatThrownBy(() -> producer.setTimeToLive(-1)).isInstanceOf(JMSRuntimeException.class);
            assertThatThrownBy(() -> producer.setProperty("", 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> producer.setProperty("a", new Object()))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            Queue own = context.createQueue("ReadOnly");
            Message received = context.createProducer().send(own, "text") == null
                    ? message
                    : context.createConsumer(own).receive(WAIT_MILLIS);
            assertThatThrownBy(
                            () -> context.createProducer().setProperty("a", 1).send(own, received))
                    .isInstanceOf(MessageNotWriteableRuntimeException.class);
        }
    }

    // ---- destinations, selectors, modes

    @Test
    void a_consumer_needs_a_destination_that_can_be() throws Exception {
        for (Destination none : new Destination[] {null, new Foreign()}) {
            assertThatThrownBy(() -> session.createConsumer(none)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> session.createConsumer(none, "a = 1"))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> session.createConsumer(none, null, true))
                    .isInstanceOf(InvalidDestinationException.class);
        }
        assertThatThrownBy(() -> session.createProducer(new Foreign())).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createBrowser(null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createQueue(null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createTopic("")).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("x".repeat(300))))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.unsubscribe("nobody")).isInstanceOf(InvalidDestinationException.class);
        try (JMSContext context = factory.createContext()) {
            assertThatThrownBy(() -> context.createConsumer(null))
                    .isInstanceOf(InvalidDestinationRuntimeException.class);
            assertThatThrownBy(() -> context.createBrowser(null))
                    .isInstanceOf(InvalidDestinationRuntimeException.class);
            assertThatThrownBy(() -> context.createQueue(null)).isInstanceOf(InvalidDestinationRuntimeException.class);
        }
    }

    @Test
    void a_selector_that_is_none_is_refused_at_once() throws Exception {
        Topic topic = session.createTopic("MisusedTopic");
        for (String bad : new String[] {"a =", "a = 'x", "1 = a AND", "NULL = 1", "a IN (1, 2)", "LIKE 'x'"}) {
            assertThatThrownBy(() -> session.createConsumer(queue, bad))
                    .as(bad)
                    .isInstanceOf(InvalidSelectorException.class);
            assertThatThrownBy(() -> session.createConsumer(topic, bad, true))
                    .as(bad)
                    .isInstanceOf(InvalidSelectorException.class);
            assertThatThrownBy(() -> session.createBrowser(queue, bad))
                    .as(bad)
                    .isInstanceOf(InvalidSelectorException.class);
        }
        try (JMSContext context = factory.createContext()) {
            assertThatThrownBy(() -> context.createConsumer(queue, "a ="))
                    .isInstanceOf(InvalidSelectorRuntimeException.class);
        }
        assertThat(session.createConsumer(queue, "  ").getMessageSelector()).isNull();
    }

    @Test
    void an_acknowledge_mode_that_there_is_not_is_refused() {
        assertThatThrownBy(() -> connection.createSession(false, 99)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> connection.createSession(false, Session.SESSION_TRANSACTED))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> connection.createSession(-1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> factory.createContext(99)).isInstanceOf(JMSRuntimeException.class);
        try (JMSContext context = factory.createContext()) {
            assertThatThrownBy(() -> context.createContext(99)).isInstanceOf(JMSRuntimeException.class);
            assertThatThrownBy(context::commit).isInstanceOf(IllegalStateRuntimeException.class);
            assertThatThrownBy(context::rollback).isInstanceOf(IllegalStateRuntimeException.class);
        }
        assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(session::rollback).isInstanceOf(IllegalStateException.class);
    }

    // ---- client identifiers

    @Test
    void a_client_identifier_is_set_once_and_first() throws Exception {
        assertThatThrownBy(() -> connection.setClientID("late")).isInstanceOf(IllegalStateException.class);
        try (Connection fresh = factory.createConnection()) {
            assertThat(fresh.getClientID()).isNull();
            assertThatThrownBy(() -> fresh.setClientID("")).isInstanceOf(InvalidClientIDException.class);
            assertThatThrownBy(() -> fresh.setClientID(null)).isInstanceOf(InvalidClientIDException.class);
            fresh.setClientID("once");
            assertThat(fresh.getClientID()).isEqualTo("once");
            assertThatThrownBy(() -> fresh.setClientID("twice")).isInstanceOf(IllegalStateException.class);
        }
        try (Connection configured = server.factory("?clientId=configured").createConnection()) {
            assertThat(configured.getClientID()).isEqualTo("configured");
            assertThatThrownBy(() -> configured.setClientID("other")).isInstanceOf(IllegalStateException.class);
        }
        try (JMSContext context = factory.createContext()) {
            context.setClientID("context");
            context.createQueue("any");
            assertThatThrownBy(() -> context.setClientID("other")).isInstanceOf(IllegalStateRuntimeException.class);
        }
    }

    // ---- listeners and threads

    @Test
    void a_session_has_a_listener_or_receives() throws Exception {
        connection.start();
        Queue own = session.createQueue("Either");
        MessageConsumer listening = session.createConsumer(own);
        MessageConsumer other = session.createConsumer(own);
        listening.setMessageListener(message -> {});
        assertThatThrownBy(other::receive).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> listening.receive(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(other::receiveNoWait).isInstanceOf(IllegalStateException.class);
        listening.setMessageListener(null);
        assertThat(listening.getMessageListener()).isNull();
        assertThat(other.receiveNoWait()).isNull();
    }

    @Test
    void a_listener_may_close_its_consumer_but_not_what_that_belongs_to() throws Exception {
        connection.start();
        Queue own = session.createQueue("SelfService");
        MessageConsumer consumer = session.createConsumer(own);
        CompletableFuture<Void> done = new CompletableFuture<>();
        consumer.setMessageListener(message -> {
            try {
                assertThatThrownBy(session::close).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(connection::close).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(connection::stop).isInstanceOf(IllegalStateException.class);
                consumer.close();
                done.complete(null);
            } catch (Throwable failed) {
                done.completeExceptionally(failed);
            }
        });
        session.createProducer(own).send(session.createMessage());
        done.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        session.close();
        Session next = connection.createSession();
        assertThat(next.createConsumer(own).receiveNoWait())
                .as("it was acknowledged")
                .isNull();
    }

    @Test
    void a_completion_listener_closes_nothing_that_waits_for_it() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        CompletableFuture<Void> done = new CompletableFuture<>();
        producer.send(session.createMessage(), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                try {
                    assertThatThrownBy(producer::close).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(session::close).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(connection::close).isInstanceOf(IllegalStateException.class);
                    done.complete(null);
                } catch (Throwable failed) {
                    done.completeExceptionally(failed);
                }
            }

            @Override
            public void onException(Message message, Exception exception) {
                done.completeExceptionally(exception);
            }
        });
        done.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        connection.start();
        session.createConsumer(queue).receive(WAIT_MILLIS);
    }
}
