// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class QueueTest {

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

    private static void send(Connection connection, String queue, int from, int to) throws Exception {
        try (Session session = connection.createSession();
                MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (int i = from; i < to; i++) {
                TextMessage message = session.createTextMessage("m" + i);
                message.setIntProperty("number", i);
                producer.send(message);
            }
        }
    }

    @Test
    void messages_arrive_in_order_in_every_mode() throws Exception {
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            String name = "Orders-" + mode;
            try (Connection connection = factory.createConnection()) {
                connection.start();
                send(connection, name, 0, 300);
                Session session = connection.createSession(mode);
                MessageConsumer consumer = session.createConsumer(session.createQueue(name));
                for (int i = 0; i < 300; i++) {
                    TextMessage message = (TextMessage) consumer.receive(WAIT_MILLIS);
                    assertThat(message.getText()).isEqualTo("m" + i);
                    assertThat(message.getJMSRedelivered()).isFalse();
                    if (i % 100 == 99) {
                        message.acknowledge();
                    }
                }
                assertThat(consumer.receiveNoWait()).isNull();
            }
            try (Connection connection = factory.createConnection()) {
                connection.start();
                Session session = connection.createSession();
                assertThat(session.createConsumer(session.createQueue(name)).receiveNoWait())
                        .as("mode %d", mode)
                        .isNull();
            }
        }
    }

    @Test
    void two_listeners_share_a_queue_and_each_message_comes_once() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(1000);
        try (Connection connection = factory.createConnection()) {
            for (int i = 0; i < 2; i++) {
                Session session = connection.createSession();
                session.createConsumer(session.createQueue("Shared")).setMessageListener(message -> {
                    try {
                        assertThat(seen.add(((TextMessage) message).getText())).isTrue();
                        all.countDown();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            connection.start();
            send(connection, "Shared", 0, 1000);
            assertThat(all.await(60, TimeUnit.SECONDS))
                    .as("%d left", all.getCount())
                    .isTrue();
        }
        assertThat(seen).hasSize(1000);
    }

    @Test
    void what_is_not_acknowledged_comes_back_as_redelivered_and_what_was_not_seen_as_new() throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            send(connection, "Back", 0, 5);
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("Back"));
            consumer.receive(WAIT_MILLIS).acknowledge();
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            session.close();

            Session next = connection.createSession();
            MessageConsumer again = next.createConsumer(next.createQueue("Back"));
            List<String> seen = new ArrayList<>();
            for (int i = 1; i < 5; i++) {
                Message message = again.receive(WAIT_MILLIS);
                seen.add(((TextMessage) message).getText() + " " + message.getJMSRedelivered() + " "
                        + message.getIntProperty("JMSXDeliveryCount"));
            }
            assertThat(seen).containsExactly("m1 true 2", "m2 false 1", "m3 false 1", "m4 false 1");
        }
    }

    @Test
    void recover_begins_again_with_the_oldest_unacknowledged_message() throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            send(connection, "Recover", 0, 3);
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("Recover"));
            consumer.receive(WAIT_MILLIS);
            consumer.receive(WAIT_MILLIS);

            session.recover();

            for (int i = 0; i < 3; i++) {
                Message message = consumer.receive(WAIT_MILLIS);
                assertThat(message.getIntProperty("number")).isEqualTo(i);
                assertThat(message.getJMSRedelivered()).isEqualTo(i < 2);
            }
        }
    }

    @Test
    void a_selector_takes_what_it_matches_and_leaves_the_rest() throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            send(connection, "Selected", 0, 10);
            Session session = connection.createSession();
            Queue queue = session.createQueue("Selected");
            MessageConsumer high = session.createConsumer(queue, "number >= 8");
            assertThat(high.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(8);
            assertThat(high.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(9);
            assertThat(high.receiveNoWait()).isNull();
            high.close();
            MessageConsumer rest = session.createConsumer(queue);
            for (int i = 0; i < 8; i++) {
                assertThat(rest.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(i);
            }
            assertThatThrownBy(() -> session.createConsumer(queue, "number ="))
                    .isInstanceOf(InvalidSelectorException.class);
        }
    }

    @Test
    void a_browser_shows_what_is_left_and_takes_nothing() throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            send(connection, "Browsed", 0, 400);
            Session session = connection.createSession();
            Queue queue = session.createQueue("Browsed");
            try (MessageConsumer consumer = session.createConsumer(queue)) {
                consumer.receive(WAIT_MILLIS);
            }
            QueueBrowser browser = session.createBrowser(queue);
            List<?> shown = Collections.list((Enumeration<?>) browser.getEnumeration());
            assertThat(shown).hasSize(399);
            assertThat(session.createConsumer(queue).receive(WAIT_MILLIS).getJMSRedelivered())
                    .isFalse();
        }
    }

    @Test
    void a_large_message_arrives_whole() throws Exception {
        byte[] body = new byte[3 * 1024 * 1024];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31);
        }
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session session = connection.createSession();
            Queue queue = session.createQueue("Large");
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body);
            session.createProducer(queue).send(message);
            Message received = session.createConsumer(queue).receive(WAIT_MILLIS);
            assertThat(received.getBody(byte[].class)).isEqualTo(body);
        }
    }

    @Test
    void one_name_is_one_kind() throws Exception {
        try (Connection connection = factory.createConnection()) {
            Session session = connection.createSession();
            session.createProducer(session.createQueue("Kinds"));
            assertThatThrownBy(() -> session.createConsumer(session.createTopic("Kinds")))
                    .isInstanceOf(InvalidDestinationException.class)
                    .hasMessageContaining("topic 'Kinds' is a queue; use createQueue(\"Kinds\")");
        }
    }

    @Test
    void a_stopped_connection_holds_nothing() throws Exception {
        try (Connection stopped = factory.createConnection();
                Connection running = factory.createConnection()) {
            stopped.start();
            Session idle = stopped.createSession();
            MessageConsumer holder = idle.createConsumer(idle.createQueue("Held"));
            running.start();
            send(running, "Held", 0, 3);
            assertThat(holder.receive(WAIT_MILLIS)).isNotNull();
            stopped.stop();
            Session session = running.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue("Held"));
            assertThat(consumer.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(1);
            assertThat(consumer.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(2);
        }
    }

    @Test
    void a_prefetch_of_zero_fetches_when_asked() throws Exception {
        try (JMSContext context = server.factory("?prefetch=0").createContext()) {
            Queue queue = context.createQueue("Pulled.by-name");
            JMSConsumer consumer = context.createConsumer(queue);
            assertThat(consumer.receive(100)).isNull();
            context.createProducer().setProperty("a", 1).send(queue, "first").send(queue, "second");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("first");
            assertThat(consumer.receiveBodyNoWait(String.class)).isEqualTo("second");
            assertThat(consumer.receiveBodyNoWait(String.class)).isNull();
        }
    }

    @Test
    void a_topic_gives_every_subscriber_its_copy() throws Exception {
        try (JMSContext context = factory.createContext();
                JMSContext other = context.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            var topic = context.createTopic("News");
            context.createProducer().send(topic, "before");
            JMSConsumer one = context.createConsumer(topic);
            JMSConsumer two = other.createConsumer(topic, "JMSType = 'x'");
            JMSConsumer none = other.createConsumer(topic, null, true);
            context.createProducer().setJMSType("x").send(topic, "after");
            assertThat(one.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("after");
            assertThat(two.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("after");
            assertThat(none.receiveNoWait()).isNull();
        }
    }

    @Test
    void a_thousand_consumers_leave_nothing_behind() throws Exception {
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session session = connection.createSession();
            for (int i = 0; i < 1000; i++) {
                session.createConsumer(session.createQueue("Many-" + i % 10)).close();
            }
            send(connection, "Many-0", 0, 1);
            assertThat(session.createConsumer(session.createQueue("Many-0")).receive(WAIT_MILLIS))
                    .isNotNull();
        }
    }
}
