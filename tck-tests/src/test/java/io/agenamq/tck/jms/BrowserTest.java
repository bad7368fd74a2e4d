// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
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

    @Test
    void messages_of_a_higher_priority_are_shown_first_page_by_page_and_with_a_selector() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int priority : new int[] {4, 9, 0, 5}) {
            producer.setPriority(priority);
            send(100 * priority, 100 * priority + 90);
        }
        for (int priority : new int[] {9, 5, 4, 0}) {
            for (int i = 100 * priority; i < 100 * priority + 90; i++) {
                expected.add("m" + i);
            }
        }

        assertThat(texts(session.createBrowser(queue).getEnumeration())).isEqualTo(expected);
        connection.start();
        MessageConsumer consumer = session.createConsumer(queue);
        for (String each : expected.subList(0, 100)) {
            assertThat(consumer.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo(each);
        }
        consumer.close();
        assertThat(texts(session.createBrowser(queue).getEnumeration())).isEqualTo(expected.subList(100, 360));
        assertThat(texts(session.createBrowser(queue, "number = 405 OR number = 3 OR number = 511")
                        .getEnumeration()))
                .containsExactly("m511", "m405", "m3");
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
}
