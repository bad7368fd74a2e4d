// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
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

/** Durable subscriptions over a restart of the broker (Jakarta Messaging 3.1 §8.3.3); the other rules are in the conformance suite. */
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
}
