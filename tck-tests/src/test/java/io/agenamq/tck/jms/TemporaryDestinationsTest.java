// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Temporary queues and topics (Jakarta Messaging 3.1 §6.2.2): one connection consumes, everybody sends, and nothing is left behind. */
@Timeout(1200)
class TemporaryDestinationsTest {

    private static final int WAIT_MILLIS = 30_000;
    private static final int DESTINATIONS_MAX = 50;
    private static final int BYTES_MAX = 64 * 1024;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    private Connection connection;
    private Session session;
    private Connection other;
    private Session otherSession;

    @BeforeAll
    static void startServer() throws Exception {
        server = new EmbeddedServer(
                folder,
                Map.of(
                        "temporaryDestinationsMax",
                        String.valueOf(DESTINATIONS_MAX),
                        "temporaryDestinationBytesMax",
                        String.valueOf(BYTES_MAX)));
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
        other = server.factory("").createConnection();
        other.start();
        otherSession = other.createSession();
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
        other.close();
    }

    private static void send(Session from, Destination to, String text) throws JMSException {
        try (MessageProducer producer = from.createProducer(null)) {
            producer.send(to, from.createTextMessage(text));
        }
    }

    private static String text(Message message) throws JMSException {
        assertThat(message).as("a message").isNotNull();
        return ((TextMessage) message).getText();
    }

    // ---- who may do what

    @Test
    void its_connection_consumes_and_everybody_sends() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageConsumer consumer = connection.createSession().createConsumer(queue);

        send(session, queue, "own");
        send(otherSession, queue, "other's");
        otherSession.createProducer(queue).send(otherSession.createTextMessage("other's producer"));

        Message first = consumer.receive(WAIT_MILLIS);
        assertThat(text(first)).isEqualTo("own");
        assertThat(first.getJMSDestination()).isEqualTo(queue);
        assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("other's");
        assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("other's producer");
        assertThat(queue.getQueueName()).isNotEmpty();
        assertThat(session.createTemporaryQueue()).isNotEqualTo(queue);
    }

    @Test
    void another_connection_neither_consumes_nor_browses_nor_deletes() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        Message request = session.createMessage();
        request.setJMSReplyTo(queue);
        Queue requests = session.createQueue("Requests");
        session.createProducer(requests).send(request);
        TemporaryQueue arrived = (TemporaryQueue)
                otherSession.createConsumer(requests).receive(WAIT_MILLIS).getJMSReplyTo();

        for (Queue foreign : new Queue[] {queue, arrived}) {
            assertThatThrownBy(() -> otherSession.createConsumer(foreign))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> otherSession.createConsumer(foreign, "a = 1", false))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> otherSession.createBrowser(foreign).getEnumeration())
                    .isInstanceOf(InvalidDestinationException.class);
        }
        assertThatThrownBy(() -> otherSession.createConsumer(topic)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> otherSession.createSharedConsumer(topic, "shared"))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(arrived::delete).isInstanceOf(JMSException.class);
        send(otherSession, arrived, "still there");
        assertThat(text(session.createConsumer(queue).receive(WAIT_MILLIS))).isEqualTo("still there");
    }

    @Test
    void it_lives_as_long_as_its_connection_and_not_only_as_its_session() throws Exception {
        Session first = connection.createSession();
        TemporaryQueue queue = first.createTemporaryQueue();
        TemporaryTopic topic = first.createTemporaryTopic();
        first.close();
        send(otherSession, queue, "waits");

        assertThat(text(session.createConsumer(queue).receive(WAIT_MILLIS))).isEqualTo("waits");
        connection.close();

        assertThatThrownBy(() -> send(otherSession, queue, "late")).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> send(otherSession, topic, "late")).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(queue::delete).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void it_is_not_deleted_as_long_as_somebody_consumes_from_it() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer receiver = session.createConsumer(queue);
        MessageConsumer subscriber = connection.createSession().createConsumer(topic);

        assertThatThrownBy(queue::delete).isInstanceOf(JMSException.class);
        assertThatThrownBy(topic::delete).isInstanceOf(JMSException.class);
        send(otherSession, queue, "alive");
        assertThat(text(receiver.receive(WAIT_MILLIS))).isEqualTo("alive");

        receiver.close();
        subscriber.close();
        queue.delete();
        topic.delete();
        assertThatThrownBy(() -> send(session, queue, "late")).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void one_that_was_deleted_is_no_destination() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageProducer before = session.createProducer(queue);
        MessageProducer anonymous = otherSession.createProducer(null);
        anonymous.send(queue, otherSession.createMessage());
        queue.delete();
        topic.delete();

        Message message = session.createMessage();
        assertThatThrownBy(() -> before.send(message)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> anonymous.send(queue, message)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> anonymous.send(topic, message)).isInstanceOf(InvalidDestinationException.class);
        for (Session each : new Session[] {session, otherSession}) {
            assertThatThrownBy(() -> each.createProducer(queue)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> each.createConsumer(queue)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> each.createConsumer(topic)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> each.createBrowser(queue)).isInstanceOf(InvalidDestinationException.class);
        }
        CompletableFuture<Exception> told = new CompletableFuture<>();
        before.send(message, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                told.completeExceptionally(new AssertionError("it was sent"));
            }

            @Override
            public void onException(Message sent, Exception exception) {
                told.complete(exception);
            }
        });
        assertThat(told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isInstanceOf(InvalidDestinationException.class);
        assertThat(server.figures())
                .as("and is not made by being named")
                .containsEntry("jmsTemporaryDestinations", "0");
    }

    @Test
    void a_reply_finds_its_way_and_a_topic_stays_a_topic() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer receiver = session.createConsumer(queue);
        MessageConsumer subscriber = session.createConsumer(topic);
        Queue requests = session.createQueue("Questions");
        MessageProducer asks = session.createProducer(requests);
        for (Destination replyTo : new Destination[] {queue, topic}) {
            Message request = session.createMessage();
            request.setJMSReplyTo(replyTo);
            asks.send(request);
        }

        MessageConsumer replier = otherSession.createConsumer(requests);
        for (Destination expected : new Destination[] {queue, topic}) {
            Destination replyTo = replier.receive(WAIT_MILLIS).getJMSReplyTo();
            assertThat(replyTo).isEqualTo(expected);
            assertThat(replyTo instanceof Topic).isEqualTo(expected.equals(topic));
            assertThat(replyTo instanceof TemporaryTopic).isEqualTo(expected.equals(topic));
            assertThat(replyTo instanceof Queue).isEqualTo(expected.equals(queue));
            assertThat(replyTo instanceof TemporaryQueue).isEqualTo(expected.equals(queue));
            send(otherSession, replyTo, "reply");
        }

        assertThat(text(receiver.receive(WAIT_MILLIS))).isEqualTo("reply");
        assertThat(text(subscriber.receive(WAIT_MILLIS))).isEqualTo("reply");
    }

    @Test
    void a_context_has_them_too() throws Exception {
        try (JMSContext context = server.factory("").createContext();
                JMSContext sharing = context.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            TemporaryQueue queue = context.createTemporaryQueue();
            TemporaryTopic topic = context.createTemporaryTopic();
            JMSConsumer receiver = sharing.createConsumer(queue);
            JMSConsumer subscriber = sharing.createConsumer(topic);

            context.createProducer().send(queue, "to the queue").send(topic, "to the topic");

            assertThat(receiver.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("to the queue");
            assertThat(subscriber.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("to the topic");
        }
    }

    // ---- the same messages as everywhere

    @Test
    void what_is_not_acknowledged_comes_back_marked_and_in_order() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        for (String text : new String[] {"a", "b", "c"}) {
            send(otherSession, queue, text);
        }
        consumer.receive(WAIT_MILLIS).acknowledge();
        consumer.receive(WAIT_MILLIS);

        acknowledging.recover();

        Message again = consumer.receive(WAIT_MILLIS);
        assertThat(text(again)).isEqualTo("b");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        acknowledging.close();
        MessageConsumer next = session.createConsumer(queue);
        assertThat(next.receive(WAIT_MILLIS).getIntProperty("JMSXDeliveryCount"))
                .isEqualTo(3);
        Message last = next.receive(WAIT_MILLIS);
        assertThat(text(last)).isEqualTo("c");
        assertThat(last.getJMSRedelivered()).isFalse();
        assertThat(next.receiveNoWait()).isNull();
    }

    @Test
    void a_message_that_always_fails_is_dropped_and_makes_no_queue_of_dead_letters() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(queue);
        CompletableFuture<Void> last = new CompletableFuture<>();
        consumer.setMessageListener(message -> {
            try {
                if (text(message).equals("last")) {
                    last.complete(null);
                    return;
                }
            } catch (JMSException failed) {
                last.completeExceptionally(failed);
            }
            throw new java.lang.IllegalStateException("poison");
        });
        send(otherSession, queue, "poison");
        send(otherSession, queue, "last");

        last.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);

        consumer.close();
        assertThat(session.createConsumer(queue).receiveNoWait()).isNull();
        assertThat(server.topics()).noneMatch(name -> name.contains("TEMP"));
    }

    @Test
    void selectors_priorities_and_browsers_work_on_it() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageProducer producer = otherSession.createProducer(queue);
        for (int i = 0; i < 4; i++) {
            Message message = otherSession.createTextMessage("m" + i);
            message.setJMSCorrelationID("c" + i);
            producer.send(message, 2, i == 3 ? 9 : 4, 0);
        }

        QueueBrowser browser = session.createBrowser(queue, "JMSCorrelationID <> 'c1'");
        List<String> seen = new ArrayList<>();
        for (Object message : Collections.list((Enumeration<?>) browser.getEnumeration())) {
            seen.add(text((Message) message));
        }
        assertThat(seen).containsExactlyInAnyOrder("m0", "m2", "m3");
        assertThat(text(session.createConsumer(queue, "JMSCorrelationID = 'c2'").receive(WAIT_MILLIS)))
                .isEqualTo("m2");
        MessageConsumer rest = session.createConsumer(queue);
        assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m3");
        assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m0");
        assertThat(text(rest.receive(WAIT_MILLIS))).isEqualTo("m1");
        assertThat(Collections.list(
                        (Enumeration<?>) session.createBrowser(queue).getEnumeration()))
                .isEmpty();
    }

    @Test
    void every_subscriber_of_a_temporary_topic_gets_what_is_sent_while_it_is_there() throws Exception {
        TemporaryTopic topic = session.createTemporaryTopic();
        send(otherSession, topic, "for nobody");
        MessageConsumer first = session.createConsumer(topic);
        MessageConsumer shared = session.createSharedConsumer(topic, "shared");
        MessageConsumer second = connection.createSession().createConsumer(topic, null, true);

        send(otherSession, topic, "for all");
        send(session, topic, "local");

        for (MessageConsumer consumer : new MessageConsumer[] {first, shared}) {
            assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("for all");
            assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("local");
        }
        assertThat(text(second.receive(WAIT_MILLIS))).isEqualTo("for all");
        assertThat(second.receiveNoWait()).isNull();
        first.close();
        second.close();
        shared.close();
        assertThat(server.figures()).containsEntry("jmsTemporaryBytes", "0");
    }

    @Test
    void a_temporary_topic_has_no_durable_subscriptions() throws Exception {
        try (Connection named = server.factory("?clientId=temporary").createConnection()) {
            Session own = named.createSession();
            TemporaryTopic topic = own.createTemporaryTopic();
            assertThatThrownBy(() -> own.createDurableSubscriber(topic, "durable"))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> own.createDurableConsumer(topic, "durable"))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> own.createSharedDurableConsumer(topic, "durable"))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> own.unsubscribe("durable")).isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void a_message_waits_until_it_is_due_and_no_longer_than_its_time() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageProducer producer = otherSession.createProducer(queue);
        producer.setDeliveryDelay(200);
        TextMessage delayed = otherSession.createTextMessage("delayed");
        producer.send(delayed);
        producer.setDeliveryDelay(0);
        producer.send(otherSession.createTextMessage("short-lived"), 2, 4, 1);
        MessageConsumer consumer = session.createConsumer(queue);

        Message received = consumer.receive(WAIT_MILLIS);
        while (text(received).equals("short-lived")) {
            received = consumer.receive(WAIT_MILLIS);
        }

        assertThat(text(received)).isEqualTo("delayed");
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(delayed.getJMSDeliveryTime());
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void a_transaction_sends_to_it_and_receives_from_it() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(queue);
        Session sending = other.createSession(Session.SESSION_TRANSACTED);
        send(sending, queue, "rolled back");
        sending.rollback();
        send(sending, queue, "committed");
        assertThat(consumer.receiveNoWait()).isNull();
        sending.commit();
        assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("committed");
        assertThat(consumer.receiveNoWait()).isNull();
        consumer.close();

        Session receiving = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer transacted = receiving.createConsumer(queue);
        send(otherSession, queue, "received");
        assertThat(text(transacted.receive(WAIT_MILLIS))).isEqualTo("received");
        receiving.rollback();
        Message again = transacted.receive(WAIT_MILLIS);
        assertThat(text(again)).isEqualTo("received");
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        receiving.commit();
        assertThat(transacted.receiveNoWait()).isNull();
        assertThat(server.figures()).containsEntry("jmsTemporaryBytes", "0");
    }

    // ---- bounds

    @Test
    void a_connection_has_a_bounded_number_of_them() throws Exception {
        List<TemporaryQueue> all = new ArrayList<>();
        for (int i = 0; i < DESTINATIONS_MAX; i++) {
            all.add(session.createTemporaryQueue());
        }
        assertThatThrownBy(session::createTemporaryTopic).isInstanceOf(ResourceAllocationException.class);
        assertThat(otherSession.createTemporaryQueue()).as("of another").isNotNull();
        all.get(0).delete();
        assertThat(session.createTemporaryTopic()).isNotNull();
    }

    @Test
    void one_that_nobody_reads_is_full_some_time() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageProducer producer = otherSession.createProducer(queue);
        TextMessage message = otherSession.createTextMessage("x".repeat(1000));
        assertThatThrownBy(() -> {
                    for (int i = 0; i <= BYTES_MAX / 1000; i++) {
                        producer.send(message);
                    }
                })
                .isInstanceOf(ResourceAllocationException.class)
                .hasMessageContaining("temporaryDestinationBytesMax");

        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        // The acknowledgement of the first is answered before the second is asked for.
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        consumer.close();
        producer.send(message);
    }

    // ---- nothing is left

    @Test
    void nobody_else_ever_hears_of_them() throws Exception {
        List<String> before = server.topics();
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer consumer = session.createConsumer(queue);
        session.createConsumer(topic);
        send(otherSession, queue, "message");
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();

        assertThat(server.topics()).isEqualTo(before);
        String name = "%TEMP%" + queue.getQueueName().replaceFirst("@.*", "");
        assertThat(server.hasRoute(name)).isFalse();
        assertThatThrownBy(() -> otherSession.createConsumer(otherSession.createQueue(name)))
                .isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void twenty_thousand_of_them_leave_nothing_behind() throws Exception {
        Runnable round = () -> {
            try {
                TemporaryQueue queue = session.createTemporaryQueue();
                try (MessageConsumer consumer = session.createConsumer(queue)) {
                    Message request = session.createTextMessage("reply");
                    request.setJMSReplyTo(queue);
                    send(otherSession, request.getJMSReplyTo(), "reply");
                    assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("reply");
                }
                queue.delete();
            } catch (JMSException failed) {
                throw new AssertionError(failed);
            }
        };
        round.run();
        Map<String, String> before = server.figures();
        List<String> filesBefore = files();

        for (int i = 0; i < 20_000; i++) {
            round.run();
        }

        Map<String, String> after = server.figures();
        assertThat(after)
                .containsEntry("jmsTemporaryDestinations", "0")
                .containsEntry("jmsTemporaryBytes", "0")
                .as("not a record in the log")
                .containsEntry("commitLogMaxOffset", before.get("commitLogMaxOffset"));
        awaitFigure("jmsActiveDestinations", before.get("jmsActiveDestinations"));
        assertThat(files()).isEqualTo(filesBefore);
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("agena-queue"))
                        .count())
                .as("threads that deliver")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void a_connection_that_just_ends_takes_them_with_it_and_what_is_in_flight() throws Exception {
        Map<String, String> before = server.figures();
        Connection careless = server.factory("").createConnection();
        careless.start();
        Session acknowledging = careless.createSession(Session.CLIENT_ACKNOWLEDGE);
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            TemporaryQueue queue = acknowledging.createTemporaryQueue();
            consumers.add(acknowledging.createConsumer(queue));
            send(otherSession, queue, "first");
            send(otherSession, queue, "second");
            assertThat(consumers.get(i).receive(WAIT_MILLIS)).isNotNull();
        }
        assertThat(server.figures()).containsEntry("jmsTemporaryDestinations", "20");

        careless.close();

        assertThat(server.figures())
                .containsEntry("jmsTemporaryDestinations", "0")
                .containsEntry("jmsTemporaryBytes", "0");
        awaitFigure("jmsActiveDestinations", before.get("jmsActiveDestinations"));
    }

    /** A destination is given up at the end of the turn in which the last answer leaves. */
    private static void awaitFigure(String name, String expected) {
        long giveUp = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
        Map<String, String> figures = server.figures();
        while (!expected.equals(figures.get(name)) && System.nanoTime() < giveUp) {
            figures = server.figures();
        }
        assertThat(figures).containsEntry(name, expected);
    }

    private static List<String> files() throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(Path::toString).sorted().toList();
        }
    }
}
