// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
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

    @Test
    void a_sender_sends_to_a_queue_and_a_receiver_receives_from_it() throws Exception {
        Queue queue = queueSession.createQueue("Classic");
        QueueReceiver receiver = queueSession.createReceiver(queue, "wanted");
        QueueSender sender = queueSession.createSender(queue);
        Message unwanted = queueSession.createTextMessage("unwanted");
        Message wanted = queueSession.createTextMessage("wanted");
        wanted.setBooleanProperty("wanted", true);

        sender.send(unwanted);
        sender.send(wanted, DeliveryMode.NON_PERSISTENT, 7, 0);

        Message received = receiver.receive(WAIT_MILLIS);
        assertThat(received.getBody(String.class)).isEqualTo("wanted");
        assertThat(received.getJMSPriority()).isEqualTo(7);
        assertThat(received.getJMSDestination()).isEqualTo(queue);
        assertThat(receiver.getQueue()).isEqualTo(queue);
        assertThat(receiver.getMessageSelector()).isEqualTo("wanted");
        assertThat(sender.getQueue()).isEqualTo(queue).isEqualTo(sender.getDestination());
        receiver.close();
        assertThat(queueSession.createReceiver(queue).receive(WAIT_MILLIS).getBody(String.class))
                .isEqualTo("unwanted");
    }

    @Test
    void a_sender_without_a_queue_is_told_one_each_time() throws Exception {
        Queue queue = queueSession.createQueue("ClassicAny");
        QueueSender any = queueSession.createSender(null);
        Message message = queueSession.createMessage();

        any.send(queue, message);
        any.send(queue, message, DeliveryMode.PERSISTENT, 3, 60_000);

        assertThat(any.getQueue()).isNull();
        QueueReceiver receiver = queueSession.createReceiver(queue);
        assertThat(receiver.receive(WAIT_MILLIS).getJMSPriority()).isEqualTo(4);
        assertThat(receiver.receive(WAIT_MILLIS).getJMSPriority()).isEqualTo(3);
        assertThatThrownBy(() -> any.send(message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> any.send((Queue) null, message)).isInstanceOf(InvalidDestinationException.class);
        QueueSender own = queueSession.createSender(queue);
        assertThatThrownBy(() -> own.send(queue, message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> own.send(queue, message, DeliveryMode.PERSISTENT, 3, 0))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_publisher_publishes_to_all_subscribers_of_a_topic() throws Exception {
        Topic topic = topicSession.createTopic("ClassicTopic");
        TopicSubscriber all = topicSession.createSubscriber(topic);
        TopicSubscriber some = topicSession.createSubscriber(topic, "wanted", false);
        TopicSubscriber foreign = topicSession.createSubscriber(topic, null, true);
        TopicPublisher publisher = topicSession.createPublisher(topic);
        Message unwanted = topicSession.createTextMessage("unwanted");
        Message wanted = topicSession.createTextMessage("wanted");
        wanted.setBooleanProperty("wanted", true);

        publisher.publish(unwanted);
        publisher.publish(wanted, DeliveryMode.NON_PERSISTENT, 4, 0);

        assertThat(all.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("unwanted");
        assertThat(all.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("wanted");
        assertThat(some.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("wanted");
        assertThat(foreign.receiveNoWait()).isNull();
        assertThat(all.getTopic()).isEqualTo(topic);
        assertThat(all.getNoLocal()).isFalse();
        assertThat(some.getMessageSelector()).isEqualTo("wanted");
        assertThat(foreign.getNoLocal()).isTrue();
        assertThat(publisher.getTopic()).isEqualTo(topic).isEqualTo(publisher.getDestination());
    }

    @Test
    void a_publisher_without_a_topic_is_told_one_each_time() throws Exception {
        Topic topic = topicSession.createTopic("ClassicTopicAny");
        TopicSubscriber subscriber = topicSession.createSubscriber(topic);
        TopicPublisher any = topicSession.createPublisher(null);
        Message message = topicSession.createMessage();

        any.publish(topic, message);
        any.publish(topic, message, DeliveryMode.PERSISTENT, 3, 60_000);

        assertThat(any.getTopic()).isNull();
        assertThat(subscriber.receive(WAIT_MILLIS).getJMSPriority()).isEqualTo(4);
        assertThat(subscriber.receive(WAIT_MILLIS).getJMSPriority()).isEqualTo(3);
        assertThatThrownBy(() -> any.publish(message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> any.publish(null, message)).isInstanceOf(InvalidDestinationException.class);
        TopicPublisher own = topicSession.createPublisher(topic);
        assertThatThrownBy(() -> own.publish(topic, message)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_topic_session_has_durable_subscribers() throws Exception {
        try (TopicConnection named = server.factory("?clientId=classic").createTopicConnection()) {
            named.start();
            TopicSession session = named.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
            Topic topic = session.createTopic("ClassicDurable");
            session.createDurableSubscriber(topic, "sub").close();
            session.createPublisher(topic).publish(session.createTextMessage("kept"));

            try (TopicSubscriber back = session.createDurableSubscriber(topic, "sub", null, false)) {
                assertThat(back.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("kept");
            }
            session.unsubscribe("sub");
            assertThatThrownBy(() -> session.unsubscribe("sub")).isInstanceOf(InvalidDestinationException.class);
        }
    }

    // ---- what is not for this domain

    @Test
    void a_queue_session_refuses_what_is_for_topics_before_it_looks_at_arguments() throws Exception {
        Set<String> forTopics = Set.of(
                "createDurableSubscriber",
                "createDurableConsumer",
                "createSharedConsumer",
                "createSharedDurableConsumer",
                "createTemporaryTopic",
                "createTopic",
                "unsubscribe");
        assertRefusesWithNothing(queueSession, QueueSession.class, forTopics);
        Topic topic = topicSession.createTopic("ForTopics");
        assertThatThrownBy(() -> queueSession.createTopic("ForTopics")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queueSession.createDurableSubscriber(topic, "sub", "not a selector =", true))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queueSession.createSharedConsumer(topic, "sub"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(queueSession.createQueue("StillOpen").getQueueName()).isEqualTo("StillOpen");
    }

    @Test
    void a_topic_session_refuses_what_is_for_queues_before_it_looks_at_arguments() throws Exception {
        Set<String> forQueues = Set.of("createBrowser", "createQueue", "createTemporaryQueue");
        assertRefusesWithNothing(topicSession, TopicSession.class, forQueues);
        Queue queue = queueSession.createQueue("ForQueues");
        assertThatThrownBy(() -> topicSession.createQueue("ForQueues")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> topicSession.createBrowser(queue, "not a selector ="))
                .isInstanceOf(IllegalStateException.class);
        assertThat(topicSession.createTopic("StillOpen").getTopicName()).isEqualTo("StillOpen");
    }

    @Test
    void a_queue_connection_refuses_subscriptions_before_it_looks_at_arguments() {
        assertRefusesWithNothing(
                queues,
                QueueConnection.class,
                Set.of(
                        "createSharedConnectionConsumer",
                        "createDurableConnectionConsumer",
                        "createSharedDurableConnectionConsumer"));
    }

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
    void a_selector_that_is_none_is_refused_at_once() throws Exception {
        Queue queue = queueSession.createQueue("Classic");
        Topic topic = topicSession.createTopic("ClassicTopic");
        assertThatThrownBy(() -> queueSession.createReceiver(queue, "a ="))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> topicSession.createSubscriber(topic, "a =", false))
                .isInstanceOf(InvalidSelectorException.class);
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
