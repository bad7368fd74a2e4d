// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Browsers show what is in a queue and change nothing (Jakarta Messaging 3.1, API documentation of {@code QueueBrowser}). */
@Timeout(120)
@SuppressWarnings("JdkObsolete") // the API of 1998 asks for Enumeration
class BrowserTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;
    private static int queueCount;

    private Connection connection;
    private Session session;
    private Queue queue;
    private MessageProducer producer;

    @BeforeAll
    static void startServer() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = server.factory("").createConnection();
        session = connection.createSession();
        queue = session.createQueue("Browsed" + queueCount++);
        producer = session.createProducer(queue);
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    private void send(int from, int to) throws JMSException {
        for (int i = from; i < to; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setIntProperty("number", i);
            producer.send(message);
        }
    }

    private static List<String> texts(Enumeration<?> messages) throws JMSException {
        List<String> texts = new ArrayList<>();
        while (messages.hasMoreElements()) {
            texts.add(((TextMessage) messages.nextElement()).getText());
        }
        return texts;
    }

    private List<String> browse() throws JMSException {
        try (QueueBrowser browser = session.createBrowser(queue)) {
            return texts(browser.getEnumeration());
        }
    }

    @Test
    void each_enumeration_begins_anew_and_shows_what_is_there_although_the_connection_was_never_started()
            throws Exception {
        send(0, 3);
        QueueBrowser browser = session.createBrowser(queue);

        assertThat(texts(browser.getEnumeration())).containsExactly("m0", "m1", "m2");
        send(3, 4);
        assertThat(texts(browser.getEnumeration())).containsExactly("m0", "m1", "m2", "m3");
        assertThat(browser.getQueue()).isEqualTo(queue);
        assertThat(browser.getMessageSelector()).isNull();
    }

    @Test
    void an_enumeration_ends_however_fast_messages_arrive() throws Exception {
        // More than a page, so that there is something to fetch while messages come.
        int count = 600;
        send(0, count);
        Enumeration<?> messages = session.createBrowser(queue).getEnumeration();
        List<String> seen = new ArrayList<>();
        for (int i = 0; messages.hasMoreElements(); i++) {
            seen.add(((TextMessage) messages.nextElement()).getText());
            send(count + i, count + i + 1);
        }

        assertThat(seen).startsWith("m0", "m1").hasSize(count).doesNotHaveDuplicates();
        assertThatThrownBy(messages::nextElement).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void a_selector_says_what_is_shown_with_the_classic_and_the_simplified_interface() throws Exception {
        send(0, 5);
        QueueBrowser browser = session.createBrowser(queue, "number > 2");
        assertThat(texts(browser.getEnumeration())).containsExactly("m3", "m4");
        assertThat(texts(browser.getEnumeration())).containsExactly("m3", "m4");
        assertThat(browser.getMessageSelector()).isEqualTo("number > 2");
        try (JMSContext context = server.factory("").createContext()) {
            assertThat(texts(context.createBrowser(queue, "number = 1").getEnumeration()))
                    .containsExactly("m1");
            assertThat(texts(context.createBrowser(queue).getEnumeration())).hasSize(5);
        }
    }

    @Test
    void what_is_acknowledged_is_not_shown_and_what_waits_in_a_client_is() throws Exception {
        send(0, 4);
        connection.start();
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        consumer.receive(WAIT_MILLIS).acknowledge();
        Message unacknowledged = consumer.receive(WAIT_MILLIS);

        assertThat(browse()).contains("m2", "m3").doesNotContain("m0");

        unacknowledged.acknowledge();
        consumer.receive(WAIT_MILLIS);
        consumer.receive(WAIT_MILLIS).acknowledge();
        assertThat(browse()).isEmpty();
    }

    @Test
    void looking_at_a_message_is_no_delivery() throws Exception {
        send(0, 2);
        for (int i = 0; i < 3; i++) {
            assertThat(browse()).containsExactly("m0", "m1");
        }
        connection.start();
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            Message message = consumer.receive(WAIT_MILLIS);
            assertThat(message.getJMSRedelivered()).isFalse();
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        }
    }

    @Test
    void what_is_delayed_or_has_expired_is_not_shown() throws Exception {
        producer.setDeliveryDelay(3_600_000);
        send(0, 1);
        producer.setDeliveryDelay(0);
        producer.setTimeToLive(1);
        TextMessage last = session.createTextMessage("expired");
        producer.send(last);
        while (System.currentTimeMillis() <= last.getJMSExpiration()) {
            Thread.onSpinWait();
        }
        producer.setTimeToLive(0);
        send(2, 3);

        assertThat(browse()).containsExactly("m2");
    }
}
