// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.TracedMessage;
import io.agenamq.protocol.command.JmsTraceFact;
import io.agenamq.protocol.command.JmsTraceFact.Event;
import io.agenamq.protocol.command.JmsTraceFact.Source;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** "Where is my message?" */
@Timeout(120)
class TraceTest {

    private static final int WAIT_MILLIS = 30_000;
    private static final Duration LOG_TIME = Duration.ofSeconds(60);

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
        server.close();
        admin.close();
        start();
    }

    private static String send(JMSContext context, Queue queue, String text) throws JMSException {
        Message message = context.createTextMessage(text);
        context.createProducer().send(queue, message);
        return message.getJMSMessageID();
    }

    private TracedMessage trace(String id) {
        List<TracedMessage> copies = admin.trace(id, null, LOG_TIME);
        assertThat(copies).hasSize(1);
        assertThat(copies.get(0).complete()).isTrue();
        return copies.get(0);
    }

    private static JmsTraceFact only(List<JmsTraceFact> facts, Event event, Source source) {
        List<JmsTraceFact> found = facts.stream()
                .filter(fact -> fact.event() == event && fact.source() == source)
                .toList();
        assertThat(found).as("%s of %s", event, facts).hasSize(1);
        return found.get(0);
    }

    private JmsTraceFact now(String id, Event event) {
        return only(trace(id).now(), event, Source.NOW);
    }

    @Test
    void what_was_never_stored_is_nowhere() {
        assertThat(admin.trace("ID:7F00000100000000000000000000FFFF", null, LOG_TIME))
                .isEmpty();
        assertThat(admin.trace("nonsense \u0001", null, LOG_TIME)).isEmpty();
    }

    @Test
    void a_message_that_waits_says_what_it_waits_for() throws Exception {
        try (JMSContext context = factory.createContext();
                JMSContext other = context.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            Queue queue = context.createQueue("Waiting");
            send(context, queue, "first");
            String id = send(context, queue, "second");
            assertThat(now(id, Event.WAITING).detail())
                    .isEqualTo("1 message is before it in its queue; there is no consumer");

            JMSConsumer choosy = context.createConsumer(queue, "colour = 'blue'");
            assertThat(choosy.receiveNoWait()).isNull();
            assertThat(now(id, Event.NOT_FOR).detail()).isEqualTo("its selector does not match: colour = 'blue'");
            choosy.close();

            admin.configure("Waiting", "delivery.paused", "true");
            assertThat(now(id, Event.WAITING).detail()).endsWith("; delivery is paused");
            admin.configure("Waiting", "delivery.paused", null);

            context.createProducer().setDeliveryDelay(600_000).send(queue, context.createTextMessage("later"));
            Message delayed = context.createTextMessage("delayed");
            context.createProducer().setDeliveryDelay(600_000).send(queue, delayed);
            assertThat(now(delayed.getJMSMessageID(), Event.WAITING).detail()).contains("it was sent with a delay");

            JMSConsumer consumer = other.createConsumer(queue);
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            JmsTraceFact inFlight = now(id, Event.IN_FLIGHT);
            assertThat(inFlight.who()).contains("127.0.0.1");
            assertThat(inFlight.count()).isEqualTo(1);
            assertThat(now(delayed.getJMSMessageID(), Event.PARKED).detail())
                    .contains("it was sent with a delay, until");

            String offsetId = trace(id).topic();
            assertThat(offsetId).isEqualTo("Waiting");
            assertThat(admin.trace(id.substring("ID:".length()), "Waiting", LOG_TIME))
                    .hasSize(1);
            assertThat(admin.trace(id, "Elsewhere", LOG_TIME)).isEmpty();
        }
    }

    @Test
    void the_log_knows_after_a_restart_when_it_was_delivered_came_back_and_was_settled_and_for_whom() throws Exception {
        String id;
        try (JMSContext context = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            context.setClientID("app");
            Queue queue = context.createQueue("Remembered");
            id = send(context, queue, "text");
            JMSConsumer consumer = context.createConsumer(queue);
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            context.recover();
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            context.acknowledge();

            List<JmsTraceFact> history = trace(id).history();
            assertThat(history.get(0).event()).isEqualTo(Event.STORED);
            assertThat(history.get(0).detail()).endsWith("on disk");
            assertThat(only(history, Event.SETTLED, Source.MEMORY).who()).contains("client 'app' at 127.0.0.1");
            assertThat(only(history, Event.RELEASED, Source.MEMORY).count()).isEqualTo(1);
            assertThat(history)
                    .filteredOn(fact -> fact.event() == Event.DELIVERED && fact.source() == Source.MEMORY)
                    .extracting(JmsTraceFact::count)
                    .containsExactly(1, 2);
            only(trace(id).now(), Event.IS_SETTLED, Source.NOW);
        }
        restart();

        TracedMessage later = trace(id);
        assertThat(later.history()).noneMatch(fact -> fact.source() == Source.MEMORY);
        JmsTraceFact delivered = only(later.history(), Event.DELIVERED, Source.LOG);
        JmsTraceFact released = only(later.history(), Event.RELEASED, Source.LOG);
        JmsTraceFact settled = only(later.history(), Event.SETTLED, Source.LOG);
        assertThat(delivered.who()).contains("127.0.0.1");
        assertThat(released.count()).isEqualTo(1);
        assertThat(settled.who()).isEqualTo(delivered.who());
        assertThat(settled.time()).isGreaterThanOrEqualTo(delivered.time());
        assertThat(later.now()).singleElement().extracting(JmsTraceFact::event).isEqualTo(Event.IS_SETTLED);
    }

    @Test
    void a_dead_letter_is_found_where_it_is_and_where_it_was_with_what_its_listener_threw() throws Exception {
        server.createQueue("Fragile", "+redelivery.count.max=1");
        try (JMSContext context = factory.createContext()) {
            Queue queue = context.createQueue("Fragile");
            String id = send(context, queue, "poison");
            context.createConsumer(queue).setMessageListener(message -> {
                throw new IllegalStateException("no such account");
            });
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> admin.trace(id, null, LOG_TIME).size() == 2);

            List<TracedMessage> copies = admin.trace(id, null, LOG_TIME);
            assertThat(copies).extracting(TracedMessage::topic).containsExactly("Fragile", "%DLQ%Fragile");
            List<JmsTraceFact> history = copies.get(0).history();
            assertThat(history)
                    .filteredOn(fact -> fact.event() == Event.RELEASED && fact.source() == Source.MEMORY)
                    .extracting(JmsTraceFact::detail)
                    .containsOnly("its listener failed: java.lang.IllegalStateException: no such account")
                    .hasSize(2);
            assertThat(only(history, Event.DIED, Source.MEMORY).detail()).isEqualTo("now in '%DLQ%Fragile'");
            only(history, Event.SETTLED, Source.LOG);
            JmsTraceFact letter = copies.get(1).history().get(0);
            assertThat(letter.event()).isEqualTo(Event.DEAD_LETTER);
            assertThat(letter.detail())
                    .contains("REDELIVERY_LIMIT of queue://Fragile, deliveries: 2, java.lang.IllegalStateException");
            only(copies.get(1).now(), Event.WAITING, Source.NOW);
        }
    }

    @Test
    void each_subscription_of_a_topic_has_its_own_answer_and_commits_and_seeks_are_told() throws Exception {
        try (JMSContext context = factory.createContext(JMSContext.SESSION_TRANSACTED)) {
            context.setClientID("app");
            Topic topic = context.createTopic("News");
            JMSConsumer reading = context.createDurableConsumer(topic, "reading");
            context.createDurableConsumer(topic, "sleeping").close();
            Message message = context.createTextMessage("text");
            context.createProducer().send(topic, message);
            context.commit();
            String id = message.getJMSMessageID();
            assertThat(reading.receive(WAIT_MILLIS)).isNotNull();
            context.commit();

            TracedMessage traced = trace(id);
            assertThat(traced.now())
                    .extracting(JmsTraceFact::subscription, JmsTraceFact::event)
                    .containsExactlyInAnyOrder(
                            tuple("'reading' of client 'app'", Event.IS_SETTLED),
                            tuple("'sleeping' of client 'app'", Event.WAITING));
            assertThat(only(traced.history(), Event.COMMITTED, Source.LOG).subscription())
                    .isEqualTo("'reading' of client 'app'");
            assertThat(only(traced.history(), Event.COMMITTED, Source.LOG).who())
                    .contains("127.0.0.1");

            Queue queue = context.createQueue("Sought");
            String sought = send(context, queue, "text");
            context.commit();
            JMSConsumer consumer = context.createConsumer(queue);
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            context.commit();
            consumer.close();
            admin.seekQueueToMessage("Sought", sought, false);
            List<JmsTraceFact> history = trace(sought).history();
            only(history, Event.COMMITTED, Source.LOG);
            only(history, Event.UNSUBSCRIBED, Source.LOG);
            only(trace(sought).now(), Event.WAITING, Source.NOW);
        }
    }
}
