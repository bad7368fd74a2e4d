// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static io.agenamq.provider.AgenaConnectionFactory.INDIVIDUAL_ACKNOWLEDGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The session mode in which each message is acknowledged by itself. */
@Timeout(180)
class IndividualAcknowledgeTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private EmbeddedServer server;
    private Crossing crossing;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        crossing = new Crossing();
        server = new EmbeddedServer(folder, crossing.address());
        crossing.leadTo(server.broker());
        connection = server.factory("").createConnection();
        connection.start();
    }

    @AfterEach
    void stop() throws JMSException {
        connection.close();
        server.close();
        crossing.close();
    }

    private MessageConsumer consumer(Session session) throws JMSException {
        return session.createConsumer(session.createQueue("Orders"));
    }

    private void send(int count) throws JMSException {
        try (Session session = connection.createSession()) {
            for (int i = 0; i < count; i++) {
                session.createProducer(session.createQueue("Orders")).send(session.createTextMessage("m" + i));
            }
        }
    }

    private static List<Message> receive(MessageConsumer consumer, int count) throws JMSException {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(consumer.receive(WAIT_MILLIS));
        }
        return messages;
    }

    private static String describe(Message message) throws JMSException {
        return ((TextMessage) message).getText() + " " + message.getJMSRedelivered() + " "
                + message.getIntProperty("JMSXDeliveryCount");
    }

    private List<String> left() throws JMSException {
        List<String> left = new ArrayList<>();
        try (Session session = connection.createSession()) {
            MessageConsumer consumer = consumer(session);
            for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
                left.add(describe(message));
            }
        }
        return left;
    }

    @Test
    void acknowledging_a_message_acknowledges_that_one_and_no_other() throws Exception {
        send(5);
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        assertThat(session.getAcknowledgeMode()).isEqualTo(INDIVIDUAL_ACKNOWLEDGE);
        assertThat(session.getTransacted()).isFalse();
        List<Message> messages = receive(consumer(session), 4);
        messages.get(2).acknowledge();
        messages.get(0).acknowledge();
        messages.get(0).acknowledge();
        session.close();
        assertThat(left()).containsExactly("m1 true 2", "m3 true 2", "m4 false 1");
    }

    @Test
    void recover_gives_back_the_rest_in_order() throws Exception {
        send(4);
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        List<Message> messages = receive(consumer, 3);
        messages.get(1).acknowledge();
        session.recover();
        // It is not this one any more.
        messages.get(0).acknowledge();
        List<Message> again = receive(consumer, 3);
        assertThat(describe(again.get(0))).isEqualTo("m0 true 2");
        assertThat(describe(again.get(1))).isEqualTo("m2 true 2");
        assertThat(describe(again.get(2))).isEqualTo("m3 false 1");
        again.get(0).acknowledge();
        again.get(1).acknowledge();
        session.close();
        assertThat(left()).containsExactly("m3 true 2");
    }

    @Test
    void a_message_of_a_closed_consumer_can_be_acknowledged_and_one_of_a_closed_session_cannot() throws Exception {
        send(2);
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        List<Message> messages = receive(consumer, 2);
        consumer.close();
        messages.get(1).acknowledge();
        session.close();
        assertThat(catchThrowableOfType(IllegalStateException.class, messages.get(0)::acknowledge))
                .isNotNull();
        assertThat(left()).containsExactly("m0 true 2");
    }

    @Test
    void listeners_and_windows_go_on_while_nothing_is_acknowledged() throws Exception {
        send(400);
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        CompletableFuture<Message> last = new CompletableFuture<>();
        consumer(session).setMessageListener(message -> {
            try {
                if (describe(message).equals("m399 false 1")) {
                    message.acknowledge();
                    last.complete(message);
                }
            } catch (JMSException failed) {
                last.completeExceptionally(failed);
            }
        });
        last.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        session.close();
        assertThat(left()).hasSize(399).doesNotContain("m399 true 2");
    }

    @Test
    void a_context_acknowledges_the_message_that_was_delivered_last() throws Exception {
        send(4);
        try (JMSContext context = server.factory("").createContext(INDIVIDUAL_ACKNOWLEDGE)) {
            assertThat(context.getSessionMode()).isEqualTo(INDIVIDUAL_ACKNOWLEDGE);
            Queue queue = context.createQueue("Orders");
            JMSConsumer consumer = context.createConsumer(queue);
            Message first = consumer.receive(WAIT_MILLIS);
            consumer.receive(WAIT_MILLIS);
            consumer.receive(WAIT_MILLIS);
            context.acknowledge();
            first.acknowledge();
        }
        assertThat(left()).containsExactly("m1 true 2", "m3 false 1");
    }

    @Test
    void what_was_delivered_before_a_cut_comes_again_and_its_old_acknowledgement_fails() throws Exception {
        send(3);
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        List<Message> messages = receive(consumer, 2);
        messages.get(0).acknowledge();
        crossing.cut();
        noticeTheLoss();
        List<Message> again = receive(consumer, 2);
        assertThat(describe(again.get(0))).isEqualTo("m1 true 2");
        assertThat(describe(again.get(1))).isEqualTo("m2 false 1");
        assertThat(catchThrowableOfType(JMSException.class, messages.get(1)::acknowledge)
                        .getErrorCode())
                .isEqualTo("CONNECTION_LOST");
        again.get(0).acknowledge();
        session.close();
        assertThat(left()).containsExactly("m2 true 2");
    }

    /** What is asked is answered over the next connection: then nothing is delivered any more that the former one brought. */
    private void noticeTheLoss() throws JMSException {
        try (Session other = connection.createSession();
                QueueBrowser browser = other.createBrowser(other.createQueue("Anything"))) {
            assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        }
    }
}
