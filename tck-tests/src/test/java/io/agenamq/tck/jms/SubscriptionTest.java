// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topic subscriptions with a name (Jakarta Messaging 3.1 §8.3). */
@Timeout(120)
class SubscriptionTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private Path folder;

    private EmbeddedServer server;
    private AgenaConnectionFactory factory;

    @BeforeEach
    void start() throws Exception {
        server = new EmbeddedServer(folder);
        factory = server.factory("");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(String topic, int from, int to) {
        try (JMSContext context = factory.createContext()) {
            for (int i = from; i < to; i++) {
                context.createProducer().setProperty("number", i).send(context.createTopic(topic), "m" + i);
            }
        }
    }

    private Connection client(String clientId) throws Exception {
        Connection connection = factory.createConnection();
        connection.setClientID(clientId);
        connection.start();
        return connection;
    }

    private static List<String> texts(MessageConsumer consumer, int count) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TextMessage message = (TextMessage) consumer.receive(WAIT_MILLIS);
            texts.add(message == null ? null : message.getText());
        }
        return texts;
    }

    private static String[] numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    @Test
    void a_durable_subscription_gets_what_was_published_while_nobody_was_there_even_over_a_restart() throws Exception {
        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            MessageConsumer consumer = session.createDurableConsumer(session.createTopic("News"), "audit");
            publish("News", 0, 3);
            assertThat(texts(consumer, 2)).containsExactly(numbered(0, 2));
        }
        publish("News", 3, 5);

        server.close();
        start();
        publish("News", 5, 7);

        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            TopicSubscriber subscriber = session.createDurableSubscriber(session.createTopic("News"), "audit");
            assertThat(subscriber.getTopic().getTopicName()).isEqualTo("News");
            assertThat(texts(subscriber, 5)).containsExactly(numbered(2, 7));
            assertThat(subscriber.receiveNoWait()).isNull();
        }
    }

    @Test
    void another_selector_or_topic_is_another_subscription_and_the_old_backlog_is_gone() throws Exception {
        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            Topic news = session.createTopic("News");
            session.createDurableConsumer(news, "audit").close();
            publish("News", 0, 3);

            MessageConsumer odd = session.createDurableConsumer(news, "audit", "number > 3", false);
            assertThat(odd.receiveNoWait()).isNull();
            publish("News", 3, 5);
            assertThat(texts(odd, 1)).containsExactly("m4");
            odd.close();

            publish("News", 5, 6);
            assertThat(texts(session.createDurableConsumer(news, "audit", "number > 3", false), 1))
                    .containsExactly("m5");
        }
        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            MessageConsumer weather = session.createDurableConsumer(session.createTopic("Weather"), "audit", "", false);
            publish("News", 6, 7);
            publish("Weather", 0, 1);
            assertThat(texts(weather, 1)).containsExactly("m0");
            weather.close();
            publish("Weather", 1, 2);
            assertThat(texts(session.createDurableConsumer(session.createTopic("Weather"), "audit"), 1))
                    .as("no selector and an empty one are the same")
                    .containsExactly("m1");
        }
    }

    @Test
    void an_unshared_durable_subscription_has_one_consumer_and_needs_a_client_identifier() throws Exception {
        try (Connection connection = client("app");
                Connection nameless = factory.createConnection()) {
            Session session = connection.createSession();
            Topic news = session.createTopic("News");
            session.createDurableConsumer(news, "audit");

            assertThatThrownBy(() -> session.createDurableConsumer(news, "audit"))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("has a consumer already");
            assertThatThrownBy(() -> session.createSharedDurableConsumer(news, "audit"))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("is not shared");
            Session other = nameless.createSession();
            assertThatThrownBy(() -> other.createDurableSubscriber(news, "audit"))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.createDurableConsumer(news, "bad", "number =", false))
                    .isInstanceOf(InvalidSelectorException.class);
            assertThatThrownBy(() -> session.unsubscribe("bad")).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> session.createDurableConsumer(null, "audit"))
                    .isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void unsubscribing_ends_a_subscription_that_nobody_uses() throws Exception {
        try (Connection connection = client("app")) {
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Topic news = session.createTopic("News");
            MessageConsumer consumer = session.createDurableConsumer(news, "audit");
            publish("News", 0, 2);
            TextMessage first = (TextMessage) consumer.receive(WAIT_MILLIS);

            assertThatThrownBy(() -> session.unsubscribe("audit"))
                    .isInstanceOf(JMSException.class)
                    .isNotInstanceOf(InvalidDestinationException.class);
            consumer.close();
            assertThatThrownBy(() -> session.unsubscribe("audit"))
                    .as("a message is not acknowledged")
                    .isInstanceOf(JMSException.class)
                    .isNotInstanceOf(InvalidDestinationException.class);
            first.acknowledge();
            session.unsubscribe("audit");

            assertThatThrownBy(() -> session.unsubscribe("audit")).isInstanceOf(InvalidDestinationException.class);
            assertThat(session.createDurableConsumer(news, "audit").receiveNoWait())
                    .as("a new one begins empty")
                    .isNull();
        }
    }

    @Test
    void consumers_of_a_shared_durable_subscription_divide_its_messages_among_them() throws Exception {
        try (JMSContext one = factory.createContext();
                JMSContext two = factory.createContext()) {
            Topic news = one.createTopic("News");
            JMSConsumer first = one.createSharedDurableConsumer(news, "workers");
            JMSConsumer second = two.createSharedDurableConsumer(news, "workers");
            assertThatThrownBy(() -> two.createSharedDurableConsumer(news, "workers", "number = 1"))
                    .isInstanceOf(JMSRuntimeException.class);
            publish("News", 0, 10);
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                seen.add(first.receiveBody(String.class, WAIT_MILLIS));
                seen.add(second.receiveBody(String.class, WAIT_MILLIS));
            }
            assertThat(seen).containsExactlyInAnyOrder(numbered(0, 10));
        }
        publish("News", 10, 12);
        try (JMSContext later = factory.createContext()) {
            JMSConsumer consumer = later.createSharedDurableConsumer(later.createTopic("News"), "workers");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m10");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m11");
            consumer.close();
            later.unsubscribe("workers");
        }
    }

    @Test
    void a_shared_subscription_ends_with_its_last_consumer() throws Exception {
        JMSContext one = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE);
        try (JMSContext two = factory.createContext()) {
            Topic news = one.createTopic("News");
            JMSConsumer first = one.createSharedConsumer(news, "workers", "number < 100");
            JMSConsumer second = two.createSharedConsumer(news, "workers", "number < 100");
            publish("News", 0, 2);
            assertThat(first.receive(WAIT_MILLIS)).isNotNull();
            assertThat(second.receive(WAIT_MILLIS)).isNotNull();
            assertThatThrownBy(() -> one.createSharedConsumer(one.createTopic("Weather"), "workers", "number < 100"))
                    .isInstanceOf(JMSRuntimeException.class);

            one.close();
            assertThat(second.receive(WAIT_MILLIS).getJMSRedelivered())
                    .as("what a consumer did not acknowledge goes to another")
                    .isTrue();
            publish("News", 2, 3);
            second.close();
            assertThat(two.createSharedConsumer(news, "workers").receiveNoWait())
                    .isNull();
        }
    }

    @Test
    void a_client_identifier_is_one_connections_at_a_time() throws Exception {
        Connection first = client("app");
        try (Connection second = factory.createConnection()) {
            assertThatThrownBy(() -> second.setClientID("app")).isInstanceOf(InvalidClientIDException.class);
            assertThatThrownBy(() -> server.factory("?clientId=app").createConnection())
                    .isInstanceOf(InvalidClientIDException.class);
            first.close();
            second.setClientID("app");
            assertThat(second.getClientID()).isEqualTo("app");
        }
        server.factory("?clientId=app").createConnection().close();
    }

    @Test
    void nolocal_keeps_out_what_any_connection_with_the_client_identifier_publishes() throws Exception {
        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            session.createDurableConsumer(session.createTopic("News"), "others", null, true)
                    .close();
        }
        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            Topic news = session.createTopic("News");
            session.createProducer(news).send(session.createTextMessage("own"));
            publish("News", 0, 1);
        }
        try (Connection connection = client("app")) {
            Session session = connection.createSession();
            Topic news = session.createTopic("News");
            TopicSubscriber others = session.createDurableSubscriber(news, "others", null, true);
            assertThat(others.getNoLocal()).isTrue();
            assertThat(texts(others, 1)).containsExactly("m0");
            assertThat(others.receiveNoWait()).isNull();
        }
    }
}
