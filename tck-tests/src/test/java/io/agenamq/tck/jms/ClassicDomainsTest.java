// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The interfaces for queues alone and for topics alone (Jakarta Messaging 3.1 §2.7 and API documentation). */
@Timeout(120)
class ClassicDomainsTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;
    private static AgenaConnectionFactory factory;

    private QueueConnection queues;
    private QueueSession queueSession;
    private TopicConnection topics;
    private TopicSession topicSession;

    @BeforeAll
    static void startServer() throws Exception {
        EmbeddedServer.addUser(folder, "user", "password");
        server = new EmbeddedServer(folder);
        factory = server.factory("");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        queues = factory.createQueueConnection();
        queues.start();
        queueSession = queues.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        topics = factory.createTopicConnection("user", "password");
        topics.start();
        topicSession = topics.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void disconnect() throws Exception {
        queues.close();
        topics.close();
    }

    @Test
    void one_factory_is_of_every_kind() throws Exception {
        assertThat(factory)
                .isInstanceOf(ConnectionFactory.class)
                .isInstanceOf(QueueConnectionFactory.class)
                .isInstanceOf(TopicConnectionFactory.class);
        QueueConnectionFactory older = factory;
        try (Connection plain = older.createConnection();
                QueueConnection other = older.createQueueConnection("user", "password")) {
            assertThat(plain.createSession().createTopic("Anything").getTopicName())
                    .isEqualTo("Anything");
            assertThat(plain).as("nobody takes it for one that is for queues").isNotInstanceOf(QueueConnection.class);
            assertThat(other.createQueueSession(false, Session.CLIENT_ACKNOWLEDGE)
                            .getAcknowledgeMode())
                    .isEqualTo(Session.CLIENT_ACKNOWLEDGE);
        }
    }

    // ---- what is not for this domain

    @Test
    void a_session_for_one_kind_of_destinations_takes_no_others() throws Exception {
        Queue queue = queueSession.createQueue("OtherQueue");
        Topic topic = topicSession.createTopic("OtherTopic");
        for (ThrowingCallable wrong : new ThrowingCallable[] {
            () -> queueSession.createConsumer(topic),
            () -> queueSession.createConsumer(topic, "a = 1"),
            () -> queueSession.createConsumer(topic, null, true),
            () -> queueSession.createProducer(topic),
            () -> topicSession.createConsumer(queue),
            () -> topicSession.createConsumer(queue, "a = 1"),
            () -> topicSession.createConsumer(queue, null, true),
            () -> topicSession.createProducer(queue),
            () -> queueSession.createConsumer(null),
            () -> queueSession.createReceiver(null),
            () -> topicSession.createSubscriber(null),
        }) {
            assertThatThrownBy(wrong).isInstanceOf(InvalidDestinationException.class);
        }
        try (MessageConsumer consumer = queueSession.createConsumer(queue);
                MessageProducer producer = queueSession.createProducer(queue)) {
            producer.send(queueSession.createMessage());
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        }
    }

    @Test
    void what_a_connection_of_either_kind_makes_besides_is_for_everything() throws Exception {
        Session plain = queues.createSession();
        Topic topic = plain.createTopic("FromQueueConnection");
        MessageConsumer consumer = plain.createConsumer(topic);
        plain.createProducer(topic).send(plain.createMessage());
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        assertThat(topics.createSession(false, Session.AUTO_ACKNOWLEDGE).createQueue("FromTopicConnection"))
                .isNotNull();
    }

    @Test
    void connection_consumers_are_refused_for_what_is_wrong_with_them_first() throws Exception {
        Queue queue = queueSession.createQueue("Classic");
        Topic topic = topicSession.createTopic("ClassicTopic");
        assertThatThrownBy(() -> queues.createConnectionConsumer((Queue) null, null, null, 1))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> queues.createConnectionConsumer((Destination) queue, "a =", null, 1))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> queues.createConnectionConsumer(queue, "a = 1", null, 1))
                .isExactlyInstanceOf(JMSException.class);
        assertThatThrownBy(() -> topics.createConnectionConsumer((Topic) null, null, null, 1))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> topics.createDurableConnectionConsumer(null, "sub", null, null, 1))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> topics.createSharedConnectionConsumer(topic, "sub", "a =", null, 1))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> topics.createSharedDurableConnectionConsumer(topic, "sub", null, null, 1))
                .isExactlyInstanceOf(JMSException.class);
    }

    @Test
    void closed_objects_of_the_older_kinds_do_nothing_but_close() throws Exception {
        Queue queue = queueSession.createQueue("Classic");
        Topic topic = topicSession.createTopic("ClassicTopic");
        QueueSender sender = queueSession.createSender(queue);
        QueueReceiver receiver = queueSession.createReceiver(queue);
        TopicPublisher publisher = topicSession.createPublisher(topic);
        TopicSubscriber subscriber = topicSession.createSubscriber(topic);
        queues.close();
        topics.close();

        for (Object closed : new Object[] {queues, topics, queueSession, topicSession}) {
            for (Class<?> api :
                    new Class<?>[] {QueueConnection.class, TopicConnection.class, QueueSession.class, TopicSession.class
                    }) {
                if (api.isInstance(closed)) {
                    assertRefusesWithNothing(closed, api, names(api, Set.of("close", "run")));
                }
            }
        }
        assertRefusesWithNothing(sender, QueueSender.class, names(QueueSender.class, Set.of("close")));
        assertRefusesWithNothing(receiver, QueueReceiver.class, names(QueueReceiver.class, Set.of("close")));
        assertRefusesWithNothing(publisher, TopicPublisher.class, names(TopicPublisher.class, Set.of("close")));
        assertRefusesWithNothing(subscriber, TopicSubscriber.class, names(TopicSubscriber.class, Set.of("close")));
    }

    private static Set<String> names(Class<?> api, Set<String> except) {
        Set<String> names = new java.util.HashSet<>();
        for (Method method : api.getMethods()) {
            if (!except.contains(method.getName())) {
                names.add(method.getName());
            }
        }
        return names;
    }

    /** Calls the methods of these names with nothing as their arguments. */
    private static void assertRefusesWithNothing(Object target, Class<?> api, Set<String> names) {
        for (Method method : api.getMethods()) {
            if (names.contains(method.getName())) {
                assertThatThrownBy(() -> call(target, method))
                        .as(method.toString())
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private static void call(Object target, Method method) throws Throwable {
        Object[] nothing = Arrays.stream(method.getParameterTypes())
                .map(ClassicDomainsTest::nothing)
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
}
