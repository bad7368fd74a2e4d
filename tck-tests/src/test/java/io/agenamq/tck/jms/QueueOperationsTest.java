// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminException;
import io.agenamq.admin.JmsQueueStatus;
import io.agenamq.admin.Swept;
import io.agenamq.admin.TopicSpec;
import io.agenamq.admin.cli.Agena;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to a queue, as applications notice it. */
@Timeout(120)
class QueueOperationsTest {

    private static final int WAIT_MILLIS = 30_000;
    private static final Duration WAIT = Duration.ofMillis(WAIT_MILLIS);

    @TempDir
    private Path folder;

    private EmbeddedServer server;
    private AgenaConnectionFactory factory;
    private AdminClient admin;

    @BeforeEach
    void start() throws Exception {
        server = new EmbeddedServer(folder);
        factory = server.factory("");
        admin = AdminClient.of(server.nameServer().toString());
    }

    @AfterEach
    void stop() {
        admin.close();
        server.close();
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    private void send(String queue, String... texts) {
        try (JMSContext context = factory.createContext()) {
            JMSProducer producer = context.createProducer();
            for (String text : texts) {
                producer.setProperty("text", text).send(context.createQueue(queue), text);
            }
        }
    }

    private JmsQueueStatus status(String queue) {
        assertThat(admin.jmsQueue(queue)).hasSize(1);
        return admin.jmsQueue(queue).get(0);
    }

    private String agena(String... arguments) {
        StringWriter out = new StringWriter();
        Terminal terminal = new Terminal(
                new PrintWriter(out, true),
                new PrintWriter(out, true),
                InputStream.nullInputStream(),
                Map.of("NAMESRV_ADDR", server.nameServer().toString()),
                false);
        int code = Agena.commandLine(terminal).execute(arguments);
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    // ---- a queue that is deleted and made again

    @Test
    void consumers_of_a_deleted_queue_go_on_with_the_new_one_of_its_name() throws Exception {
        admin.createTopic(TopicSpec.queue("Orders"));
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("Orders"));
            send("Orders", "old");
            Message old = consumer.receive(WAIT_MILLIS);
            assertThat(old.getBody(String.class)).isEqualTo("old");

            admin.deleteTopic("Orders");
            admin.createTopic(TopicSpec.queue("Orders"));
            send("Orders", "new");
            Message received = consumer.receive(WAIT_MILLIS);
            assertThat(received.getBody(String.class)).isEqualTo("new");
            assertThat(received.getJMSRedelivered()).isFalse();
        }
        // Nothing was acknowledged in the end: the new message is there, once.
        try (JMSContext context = factory.createContext()) {
            JMSConsumer consumer = context.createConsumer(context.createQueue("Orders"));
            assertThat(consumer.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("new");
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void acknowledging_a_message_of_a_deleted_queue_settles_none_of_the_new_one() throws Exception {
        admin.createTopic(TopicSpec.queue("Orders"));
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("Orders"));
            send("Orders", "old");
            Message old = consumer.receive(WAIT_MILLIS);
            consumer.close(); // from now on it only has something to acknowledge

            admin.deleteTopic("Orders");
            admin.createTopic(TopicSpec.queue("Orders"));
            try (JMSContext context = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
                JMSConsumer other = context.createConsumer(context.createQueue("Orders"));
                send("Orders", "new");
                assertThat(other.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("new");
                old.acknowledge();
                context.recover();
                assertThat(other.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("new");
            }
        }
    }

    @Test
    void subscribers_of_a_deleted_topic_go_on_with_the_new_one_of_its_name() throws Exception {
        admin.createTopic(new TopicSpec("News", io.agenamq.admin.TopicKind.TOPIC, 1));
        try (JMSContext context = factory.createContext()) {
            JMSConsumer consumer = context.createConsumer(context.createTopic("News"));

            admin.deleteTopic("News");
            admin.createTopic(new TopicSpec("News", io.agenamq.admin.TopicKind.TOPIC, 1));
            context.createProducer().send(context.createTopic("News"), "new");

            assertThat(consumer.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("new");
        }
    }

    // ---- figures

    @Test
    void the_figures_say_what_is_ready_in_flight_redelivered_and_dead() throws Exception {
        server.createQueue("Orders", "+redelivery.count.max=1");
        send("Orders", "a", "b", "c");
        assertThat(status("Orders"))
                .returns(3L, JmsQueueStatus::ready)
                .returns(0L, JmsQueueStatus::inFlight)
                .returns(0L, JmsQueueStatus::redelivered)
                .returns(0L, JmsQueueStatus::deadLetters)
                .returns(0, JmsQueueStatus::consumers)
                .returns(false, JmsQueueStatus::paused);
        assertThat(status("Orders").oldest()).isNotNull();

        try (JMSContext context = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer consumer = context.createConsumer(context.createQueue("Orders"), "text = 'a'");
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            assertThat(status("Orders"))
                    .returns(2L, JmsQueueStatus::ready)
                    .returns(1L, JmsQueueStatus::inFlight)
                    .returns(1, JmsQueueStatus::consumers);
            context.recover();
            assertThat(consumer.receive(WAIT_MILLIS).getJMSRedelivered()).isTrue();
            assertThat(status("Orders").redelivered()).isEqualTo(1);
            context.recover();
            assertThat(consumer.receiveNoWait()).isNull();
        }
        // The queue for dead letters is made when the first one comes.
        await().atMost(WAIT).untilAsserted(() -> assertThat(status("Orders"))
                .returns(2L, JmsQueueStatus::ready)
                .returns(0L, JmsQueueStatus::inFlight)
                .returns(1L, JmsQueueStatus::deadLetters)
                .returns(0, JmsQueueStatus::consumers));
        assertThat(admin.jmsQueues(false)).extracting(JmsQueueStatus::name).containsExactly("Orders");
        assertThat(admin.jmsQueues(true))
                .extracting(JmsQueueStatus::name)
                .containsExactlyInAnyOrder("%DLQ%Orders", "Orders");
    }

    @Test
    void a_message_that_waits_for_its_time_is_parked() throws Exception {
        try (JMSContext context = factory.createContext()) {
            Queue queue = context.createQueue("Orders");
            JMSConsumer consumer = context.createConsumer(queue);
            context.createProducer().setDeliveryDelay(3_600_000).send(queue, "late");
            assertThat(consumer.receiveNoWait()).isNull();

            assertThat(status("Orders")).returns(1L, JmsQueueStatus::parked).returns(0L, JmsQueueStatus::ready);
        }
    }

    // ---- pause and resume

    @Test
    void a_paused_queue_delivers_nothing_until_it_is_resumed_not_even_after_a_restart() throws Exception {
        send("Orders", "a");
        assertThat(agena("queue", "pause", "Orders")).contains("paused Orders");
        send("Orders", "b");
        restart();

        try (JMSContext context = factory.createContext()) {
            JMSConsumer consumer = context.createConsumer(context.createQueue("Orders"));
            assertThat(consumer.receiveNoWait()).isNull();
            assertThat(status("Orders")).returns(true, JmsQueueStatus::paused).returns(2L, JmsQueueStatus::ready);

            agena("queue", "resume", "Orders");
            assertThat(consumer.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("a");
            assertThat(consumer.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("b");
        }
    }

    // ---- purge and move

    @Test
    void what_is_purged_is_gone_and_what_is_in_flight_stays() throws Exception {
        send("Orders", "a", "b", "a", "c");
        try (JMSContext context = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer consumer = context.createConsumer(context.createQueue("Orders"), "text = 'c'");
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();

            assertThat(admin.purge("Orders", "text = 'a'")).isEqualTo(new Swept(2, 1));
            assertThat(agena("queue", "purge", "Orders")).contains("purged 1 message of Orders; 1 message stayed");
            context.recover();
            assertThat(consumer.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("c");
        }
        restart();
        assertThat(status("Orders").depth()).isEqualTo(1);
    }

    @Test
    void dead_letters_are_moved_back_as_they_were() throws Exception {
        server.createQueue("Orders", "+redelivery.count.max=0");
        send("Orders", "poison");
        try (JMSContext context = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer consumer = context.createConsumer(context.createQueue("Orders"));
            consumer.receive(WAIT_MILLIS);
            context.recover();
            assertThat(consumer.receiveNoWait()).isNull();
        }
        await().atMost(WAIT)
                .ignoreExceptionsInstanceOf(AdminException.class)
                .until(() -> status("%DLQ%Orders").ready() == 1);

        assertThat(agena("queue", "move", "%DLQ%Orders", "Orders"))
                .contains("moved 1 message from %DLQ%Orders to Orders");

        assertThat(status("%DLQ%Orders").depth()).isZero();
        try (JMSContext context = factory.createContext()) {
            TextMessage again = (TextMessage)
                    context.createConsumer(context.createQueue("Orders")).receive(WAIT_MILLIS);
            assertThat(again.getText()).isEqualTo("poison");
            assertThat(again.getStringProperty("text")).isEqualTo("poison");
            assertThat(again.getJMSRedelivered()).isFalse();
            assertThat(again.propertyExists("JMS_AGENA_DEAD_REASON")).isFalse();
            assertThat(again.getJMSDestination()).isEqualTo(context.createQueue("Orders"));
        }
    }

    @Test
    void moving_takes_no_more_than_asked_for_and_into_a_queue_only() throws Exception {
        send("Orders", "a", "b", "a", "a");
        server.createQueue("Late", "");

        assertThat(agena("queue", "move", "Orders", "Late", "--selector", "text = 'a'", "--count", "2"))
                .contains("moved 2 messages");

        assertThat(status("Late").depth()).isEqualTo(2);
        assertThat(status("Orders").depth()).isEqualTo(2);
        assertThatThrownBy(() -> admin.move("Orders", "Nowhere", null, 1))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("'Nowhere'");
        assertThatThrownBy(() -> admin.move("Orders", "Orders", null, 1)).isInstanceOf(AdminException.class);
        assertThatThrownBy(() -> admin.purge("Orders", "text = ")).isInstanceOf(AdminException.class);
    }

    // ---- attributes

    @Test
    void an_attribute_that_means_nothing_is_refused() throws Exception {
        send("Orders", "a");

        assertThatThrownBy(() -> admin.configure("Orders", "consumer.exclusiv", "true"))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("consumer.exclusive");
        assertThatThrownBy(() -> admin.configure("Orders", "consumer.exclusive", "yes"))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("true or false");
    }

    @Test
    void an_exclusive_queue_has_one_active_consumer_and_the_next_takes_over() throws Exception {
        send("Orders", "a");
        agena("queue", "set", "Orders", "consumer.exclusive=true");
        JMSContext first = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE);
        try (JMSContext second = factory.createContext()) {
            JMSConsumer active = first.createConsumer(first.createQueue("Orders"));
            assertThat(active.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("a");
            JMSConsumer waiting = second.createConsumer(second.createQueue("Orders"));
            send("Orders", "b");
            assertThat(waiting.receiveNoWait()).isNull();
            assertThat(status("Orders"))
                    .returns(true, JmsQueueStatus::exclusive)
                    .returns(2, JmsQueueStatus::consumers);

            first.close();
            Message again = waiting.receive(WAIT_MILLIS);
            assertThat(again.getBody(String.class)).isEqualTo("a");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(waiting.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("b");
        }
    }

    @Test
    void the_list_shows_a_line_for_each_queue() throws Exception {
        send("Orders", "a", "b");

        assertThat(agena("queue", "list").lines().toList().get(1)).startsWith("Orders");
        assertThat(agena("queue", "list", "--json").replace(" ", "")).contains("\"queue\":\"Orders\"", "\"ready\":2");
        assertThat(agena("queue", "describe", "Orders")).contains("depth", "2 messages", "delivery", "on");
    }

    @Test
    void a_queue_goes_back_and_a_message_is_traced_from_the_command_line() throws Exception {
        send("Orders", "a", "b");
        String id;
        try (JMSContext context = factory.createContext()) {
            Message first =
                    context.createConsumer(context.createQueue("Orders")).receive(WAIT_MILLIS);
            id = first.getJMSMessageID();
        }

        assertThat(agena("message", "trace", id)).contains("Orders on broker-a: queue 0, offset 0", "now:   settled");
        assertThat(agena("queue", "seek", "Orders", "--to", "earliest", "--preview"))
                .contains("would move queue Orders on broker-a to earliest: 1 messages delivered again, 0 skipped");
        assertThat(agena("queue", "seek", "Orders", "--to", "id=" + id))
                .contains("moved queue Orders", "it has 2 then");
        assertThat(agena("message", "trace", id, "--json").replace(" ", ""))
                .contains("\"event\":\"waiting\"", "\"source\":\"log\"", "\"offset\":0");
    }

    @Test
    void a_topic_is_not_deleted_while_a_durable_subscription_of_it_has_a_consumer() {
        try (JMSContext context = factory.createContext()) {
            Topic topic = context.createTopic("News");
            JMSConsumer consumer = context.createSharedDurableConsumer(topic, "archive");

            assertThatThrownBy(() -> admin.deleteTopic("News"))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("archive")
                    .hasMessageContaining("has a consumer");
            context.createProducer().send(topic, "still there");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("still there");

            consumer.close();
            admin.deleteTopic("News");
            assertThat(server.topics()).doesNotContain("News");
        }
    }
}
