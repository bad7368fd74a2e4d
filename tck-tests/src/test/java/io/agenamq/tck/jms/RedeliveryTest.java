// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages that come back too often, and messages that must wait. */
@Timeout(120)
class RedeliveryTest {

    private static final int WAIT_MILLIS = 30_000;

    /** Once, and then 16 times again. */
    private static final int DELIVERIES = 17;

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

    private static void send(Connection connection, String queue, String text) throws Exception {
        Session session = connection.createSession();
        Message message = session.createTextMessage(text);
        message.setIntProperty("number", 7);
        message.setJMSCorrelationID("c-1");
        session.createProducer(session.createQueue(queue)).send(message);
        session.close();
    }

    private static TextMessage assertDeadLetter(Connection connection, String queue) throws Exception {
        Session session = connection.createSession();
        TextMessage letter = (TextMessage)
                session.createConsumer(session.createQueue("%DLQ%" + queue)).receive(WAIT_MILLIS);
        assertThat(letter).isNotNull();
        assertThat(letter.getText()).isEqualTo("poison");
        assertThat(letter.getIntProperty("number")).isEqualTo(7);
        assertThat(letter.getJMSCorrelationID()).isEqualTo("c-1");
        assertThat(letter.getJMSRedelivered()).isFalse();
        assertThat(letter.getStringProperty("JMS_AGENA_DEAD_REASON")).isEqualTo("REDELIVERY_LIMIT");
        assertThat(letter.getStringProperty("JMS_AGENA_DEAD_DESTINATION")).isEqualTo("queue://" + queue);
        assertThat(letter.getIntProperty("JMS_AGENA_DEAD_COUNT")).isEqualTo(DELIVERIES);
        assertThat(letter.getLongProperty("JMS_AGENA_DEAD_TIME")).isGreaterThanOrEqualTo(letter.getJMSTimestamp());
        return letter;
    }

    @Test
    void what_is_recovered_too_often_goes_to_the_dead_letter_queue_and_the_next_message_comes() throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            send(connection, "Poisoned", "poison");
            send(connection, "Poisoned", "good");
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("Poisoned"));
            for (int i = 1; i <= DELIVERIES; i++) {
                TextMessage message = (TextMessage) consumer.receive(WAIT_MILLIS);
                assertThat(message.getText()).isEqualTo("poison");
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(i);
                session.recover();
            }
            assertThat(((TextMessage) consumer.receive(WAIT_MILLIS)).getText()).isEqualTo("good");
            assertDeadLetter(connection, "Poisoned");
        }
    }

    @Test
    void a_listener_that_always_fails_does_not_see_a_message_for_ever() throws Exception {
        AtomicInteger deliveries = new AtomicInteger();
        try (Connection connection = factory.createConnection()) {
            Session session = connection.createSession();
            session.createConsumer(session.createQueue("Failing")).setMessageListener(message -> {
                deliveries.incrementAndGet();
                throw new IllegalStateException("the test's listener fails");
            });
            connection.start();
            send(connection, "Failing", "poison");
            TextMessage letter = assertDeadLetter(connection, "Failing");
            assertThat(letter.getStringProperty("JMS_AGENA_DEAD_EXCEPTION"))
                    .isEqualTo("java.lang.IllegalStateException");
            assertThat(letter.getStringProperty("JMS_AGENA_DEAD_EXCEPTION_MESSAGE"))
                    .isEqualTo("the test's listener fails");
        }
        assertThat(deliveries).hasValue(DELIVERIES);
    }

    @Test
    void a_dead_letter_of_a_subscription_says_which_and_what_a_transacted_listener_threw() throws Exception {
        server.createTopic("Fails", "+redelivery.count.max=0");
        try (Connection connection = factory.createConnection()) {
            connection.setClientID("app");
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Topic topic = session.createTopic("Fails");
            CountDownLatch heard = new CountDownLatch(1);
            MessageConsumer consumer = session.createDurableConsumer(topic, "audit");
            consumer.setMessageListener(message -> {
                try {
                    throw new IllegalArgumentException("not \u20ac");
                } finally {
                    heard.countDown();
                }
            });
            Session other = connection.createSession();
            other.createProducer(topic).send(other.createTextMessage("poison"));
            connection.start();
            assertThat(heard.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
            // The listener's thread is the session's until it has gone.
            consumer.setMessageListener(null);
            connection.stop();
            session.rollback();
            connection.start();

            Message letter =
                    other.createConsumer(other.createQueue("%DLQ%Fails")).receive(WAIT_MILLIS);
            assertThat(letter.getBody(String.class)).isEqualTo("poison");
            assertThat(letter.getStringProperty("JMS_AGENA_DEAD_DESTINATION")).isEqualTo("topic://Fails");
            assertThat(letter.getStringProperty("JMS_AGENA_DEAD_SUBSCRIPTION")).isEqualTo("audit");
            assertThat(letter.getStringProperty("JMS_AGENA_DEAD_EXCEPTION"))
                    .isEqualTo("java.lang.IllegalArgumentException");
            assertThat(letter.getStringProperty("JMS_AGENA_DEAD_EXCEPTION_MESSAGE"))
                    .isEqualTo("not \u20ac");
        }
    }

    @Test
    void the_attributes_of_a_queue_say_how_often_a_message_comes_again_and_whether_expired_ones_are_kept()
            throws Exception {
        server.createQueue("Strict", "+redelivery.count.max=0,+expired.dead.letter=true");
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue("Strict");
            MessageConsumer letters = session.createConsumer(session.createQueue("%DLQ%Strict"));
            session.createProducer(queue).send(session.createTextMessage("expires"), DeliveryMode.PERSISTENT, 4, 1);
            Message expired = null;
            while (expired == null) {
                // Whoever looks for a message finds the expired one out, as soon as its millisecond is over.
                session.createConsumer(queue, "number = 0").close();
                expired = letters.receiveNoWait();
            }
            assertThat(expired.getStringProperty("JMS_AGENA_DEAD_REASON")).isEqualTo("EXPIRED");
            expired.acknowledge();

            send(connection, "Strict", "poison");
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            session.recover();
            assertThat(letters.receive(WAIT_MILLIS).getIntProperty("JMS_AGENA_DEAD_COUNT"))
                    .isEqualTo(1);
        }
    }
}
