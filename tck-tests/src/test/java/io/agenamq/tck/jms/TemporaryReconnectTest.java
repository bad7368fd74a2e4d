// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Temporary destinations when the connection of their owner is cut: they are there again, with their names. */
@Timeout(180)
class TemporaryReconnectTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private Crossing crossing;
    private EmbeddedServer server;
    private Connection connection;
    private Session session;

    @BeforeEach
    void start() throws Exception {
        crossing = new Crossing();
        server = new EmbeddedServer(folder, crossing.address());
        crossing.leadTo(server.broker());
        AgenaConnectionFactory factory = server.factory("");
        connection = factory.createConnection();
        connection.start();
        session = connection.createSession();
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        server.close();
        crossing.close();
    }

    private static void send(Session from, Destination to, String text) throws JMSException {
        try (MessageProducer producer = from.createProducer(null)) {
            producer.send(to, from.createTextMessage(text));
        }
    }

    private static String receive(MessageConsumer consumer) throws JMSException {
        TextMessage message = (TextMessage) consumer.receive(WAIT_MILLIS);
        assertThat(message).as("a message").isNotNull();
        return message.getText();
    }

    /** Cuts the connection and waits until there is another one: what is sent from then on is not in doubt. */
    private void cut(TemporaryQueue queue) throws JMSException {
        crossing.cut();
        session.createConsumer(queue, "never").close();
    }

    private void awaitTemporaries(int count) {
        long giveUp = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
        Map<String, String> figures = server.figures();
        while (!figures.get("jmsTemporaryDestinations").equals(String.valueOf(count)) && System.nanoTime() < giveUp) {
            figures = server.figures();
        }
        assertThat(figures).containsEntry("jmsTemporaryDestinations", String.valueOf(count));
    }

    @Test
    void an_idle_one_comes_back_by_itself_and_a_reply_reaches_it() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        crossing.close();
        awaitTemporaries(0);
        crossing.open();
        awaitTemporaries(1);

        try (Connection replier = server.factory("").createConnection()) {
            send(replier.createSession(), queue, "reply");
        }

        assertThat(receive(session.createConsumer(queue))).isEqualTo("reply");
    }

    @Test
    void consumers_of_one_go_on_and_only_its_owner_has_it() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer receiver = session.createConsumer(queue);
        MessageConsumer subscriber = session.createConsumer(topic);
        for (int i = 0; i < 3; i++) {
            cut(queue);
            send(session, queue, "q" + i);
            assertThat(receive(receiver)).isEqualTo("q" + i);
            assertThat(receiver.receiveNoWait()).isNull();
            send(session, topic, "t" + i);
            assertThat(receive(subscriber)).isEqualTo("t" + i);
            assertThat(subscriber.receiveNoWait()).isNull();
        }
        try (Connection other = server.factory("").createConnection()) {
            assertThatThrownBy(() -> other.createSession().createConsumer(queue))
                    .isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void one_is_deleted_after_a_cut_and_does_not_come_back_with_the_next() throws Exception {
        TemporaryQueue deleted = session.createTemporaryQueue();
        TemporaryQueue kept = session.createTemporaryQueue();
        crossing.cut();

        deleted.delete();

        assertThatThrownBy(() -> send(session, deleted, "late")).isInstanceOf(InvalidDestinationException.class);
        cut(kept);
        send(session, kept, "there");
        assertThat(receive(session.createConsumer(kept))).isEqualTo("there");
        awaitTemporaries(1);
    }
}
