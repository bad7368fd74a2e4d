// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rules of delivery at which providers are known to fail. */
@Timeout(180)
class DeliveryRulesTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    private Connection connection;
    private Session session;

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
        connection.start();
        session = connection.createSession();
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    private Queue send(String name, int count) throws JMSException {
        Queue queue = session.createQueue(name);
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        }
        return queue;
    }

    private static String describe(Message message) throws JMSException {
        return message == null
                ? null
                : ((TextMessage) message).getText() + " " + message.getJMSRedelivered() + " "
                        + message.getIntProperty("JMSXDeliveryCount");
    }

    @Test
    void a_body_of_the_wrong_type_stays_as_if_nobody_had_asked_where_the_provider_acknowledges() throws Exception {
        for (int mode : new int[] {JMSContext.AUTO_ACKNOWLEDGE, JMSContext.DUPS_OK_ACKNOWLEDGE}) {
            for (String options : new String[] {"", "?prefetch=0"}) {
                Queue queue = send("WrongBody-" + mode + options.length(), 2);
                try (JMSContext context = server.factory(options).createContext(mode)) {
                    JMSConsumer consumer = context.createConsumer(queue);
                    for (int i = 0; i < 3; i++) {
                        assertThatThrownBy(() -> consumer.receiveBody(byte[].class, WAIT_MILLIS))
                                .isInstanceOf(MessageFormatRuntimeException.class);
                        assertThatThrownBy(() -> consumer.receiveBodyNoWait(byte[].class))
                                .isInstanceOf(MessageFormatRuntimeException.class);
                    }
                    assertThat(describe(consumer.receive(WAIT_MILLIS))).isEqualTo("m0 false 1");
                    assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m1");
                    assertThat(consumer.receiveBodyNoWait(String.class)).isNull();
                }
            }
        }
    }

    @Test
    void recovering_again_and_again_counts_and_keeps_the_order_over_several_queues() throws Exception {
        Queue one = send("RecoverOne", 3);
        Queue two = send("RecoverTwo", 3);
        Session own = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        List<MessageConsumer> consumers = List.of(own.createConsumer(one), own.createConsumer(two));
        for (int round = 1; round <= 4; round++) {
            for (MessageConsumer consumer : consumers) {
                List<String> seen = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    seen.add(describe(consumer.receive(WAIT_MILLIS)));
                }
                String how = " " + (round > 1) + " " + round;
                assertThat(seen).containsExactly("m0" + how, "m1" + how, "m2" + how);
            }
            own.recover();
        }
        Message last = null;
        for (MessageConsumer consumer : consumers) {
            for (int i = 0; i < 3; i++) {
                last = consumer.receive(WAIT_MILLIS);
            }
        }
        last.acknowledge();
        own.close();
        assertThat(session.createConsumer(one).receiveNoWait()).isNull();
        assertThat(session.createConsumer(two).receiveNoWait()).isNull();
    }

    @Test
    void destinations_have_the_names_that_applications_like() throws Exception {
        for (String name : new String[] {"orders.new", "orders/new", "für Zürich", "日本\uD83D\uDE00"}) {
            Queue queue = send(name, 1);
            Message message = session.createConsumer(queue).receive(WAIT_MILLIS);
            assertThat(message.getJMSDestination()).isEqualTo(queue);
            assertThat(((Queue) message.getJMSDestination()).getQueueName()).isEqualTo(name);
        }
    }

    @Test
    void consumers_take_turns_beginning_with_the_first() throws Exception {
        Topic topic = session.createTopic("Turns");
        Queue queue = session.createQueue("TurnsOfQueue");
        MessageConsumer[][] pairs = {
            {session.createSharedConsumer(topic, "turns"), session.createSharedConsumer(topic, "turns")},
            {
                session.createSharedDurableConsumer(topic, "long", "n > 0"),
                session.createSharedDurableConsumer(topic, "long", "n > 0")
            },
            {session.createConsumer(queue), session.createConsumer(queue)}
        };
        for (int i = 0; i < 4; i++) {
            Message message = session.createTextMessage("m" + i);
            message.setIntProperty("n", 1);
            try (MessageProducer producer = session.createProducer(null)) {
                producer.send(topic, message);
                producer.send(queue, message);
            }
            for (MessageConsumer[] pair : pairs) {
                assertThat(describe(pair[i % 2].receive(WAIT_MILLIS))).isEqualTo("m" + i + " false 1");
                assertThat(pair[(i + 1) % 2].receiveNoWait()).isNull();
            }
        }
    }
}
