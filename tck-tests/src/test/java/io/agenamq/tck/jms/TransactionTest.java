// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
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
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Local transactions (Jakarta Messaging 3.1 §6.2.7). */
@Timeout(180)
class TransactionTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private EmbeddedServer server;
    private AgenaConnectionFactory factory;
    private Connection connection;

    /** Transacted. */
    private Session session;

    @BeforeEach
    void start() throws Exception {
        server = new EmbeddedServer(folder, Map.of("transactionBytesMax", "4m"));
        factory = server.factory("");
        connection = factory.createConnection();
        connection.start();
        session = connection.createSession(Session.SESSION_TRANSACTED);
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        server.close();
    }

    // ---- for all tests

    private void store(String queue, int from, int to) throws JMSException {
        try (Session plain = connection.createSession();
                MessageProducer producer = plain.createProducer(plain.createQueue(queue))) {
            for (int i = from; i < to; i++) {
                producer.send(plain.createTextMessage("m" + i));
            }
        }
    }

    private void send(String queue, int from, int to) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (int i = from; i < to; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        }
    }

    private MessageConsumer consumer(String queue) throws JMSException {
        return session.createConsumer(session.createQueue(queue));
    }

    private static String describe(Message message) throws JMSException {
        return message == null
                ? "nothing"
                : ((TextMessage) message).getText() + " " + message.getJMSRedelivered() + " "
                        + message.getIntProperty("JMSXDeliveryCount");
    }

    private static List<String> receive(MessageConsumer consumer, int count) throws JMSException {
        List<String> received = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            received.add(describe(consumer.receive(WAIT_MILLIS)));
        }
        return received;
    }

    /** What a queue has for somebody who comes now. */
    private List<String> take(String queue) throws JMSException {
        try (Connection other = factory.createConnection()) {
            other.start();
            Session plain = other.createSession();
            MessageConsumer consumer = plain.createConsumer(plain.createQueue(queue));
            List<String> taken = new ArrayList<>();
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                taken.add(describe(next));
            }
            return taken;
        }
    }

    private static List<String> browse(Session with, String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        QueueBrowser browser = with.createBrowser(with.createQueue(queue));
        for (Object message : Collections.list((Enumeration<?>) browser.getEnumeration())) {
            texts.add(((TextMessage) message).getText());
        }
        browser.close();
        return texts;
    }

    private static List<String> fresh(int from, int to) {
        List<String> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add("m" + i + " false 1");
        }
        return all;
    }

    // ---- what a session says about itself

    @Test
    void a_transacted_session_says_so_whatever_acknowledge_mode_it_was_given() throws Exception {
        for (Session transacted : List.of(
                session,
                connection.createSession(true, Session.AUTO_ACKNOWLEDGE),
                connection.createSession(true, 99),
                connection.createSession(Session.SESSION_TRANSACTED))) {
            assertThat(transacted.getTransacted()).isTrue();
            assertThat(transacted.getAcknowledgeMode()).isEqualTo(Session.SESSION_TRANSACTED);
        }
        try (JMSContext context = factory.createContext(JMSContext.SESSION_TRANSACTED)) {
            assertThat(context.getTransacted()).isTrue();
            assertThat(context.getSessionMode()).isEqualTo(JMSContext.SESSION_TRANSACTED);
            assertThatThrownBy(context::recover).isInstanceOf(IllegalStateRuntimeException.class);
        }
        assertThat(connection.createSession().getTransacted()).isFalse();
    }

    @Test
    void recover_is_refused_and_acknowledge_does_nothing() throws Exception {
        store("Ignored", 0, 2);
        MessageConsumer consumer = consumer("Ignored");

        assertThatThrownBy(session::recover).isInstanceOf(IllegalStateException.class);
        consumer.receive(WAIT_MILLIS).acknowledge();
        session.rollback();

        assertThat(receive(consumer, 2)).containsExactly("m0 true 2", "m1 false 1");
    }

    @Test
    void a_transaction_that_did_nothing_can_be_ended_and_a_closed_session_has_none() throws Exception {
        session.commit();
        session.rollback();
        session.commit();
        session.close();
        assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(session::rollback).isInstanceOf(IllegalStateException.class);
    }

    // ---- sending

    @Test
    void nobody_sees_what_is_sent_before_the_commit() throws Exception {
        MessageConsumer own = consumer("Hidden");
        send("Hidden", 0, 3);

        assertThat(own.receiveNoWait()).isNull();
        assertThat(browse(session, "Hidden")).isEmpty();
        assertThat(take("Hidden")).isEmpty();

        session.commit();
        assertThat(browse(session, "Hidden")).containsExactly("m0", "m1", "m2");
        assertThat(receive(own, 3)).isEqualTo(fresh(0, 3));
        session.commit();
        assertThat(take("Hidden")).isEmpty();
    }

    @Test
    void a_rollback_drops_what_was_sent_and_the_next_transaction_is_a_new_one() throws Exception {
        send("Dropped", 0, 3);
        session.rollback();
        send("Dropped", 3, 5);
        session.commit();
        send("Dropped", 5, 6);
        session.close();

        assertThat(take("Dropped")).isEqualTo(fresh(3, 5));
    }

    @Test
    void a_commit_goes_to_any_number_of_destinations_at_once() throws Exception {
        Topic topic = session.createTopic("Commits");
        Session plain = connection.createSession();
        MessageConsumer subscriber = plain.createConsumer(topic);
        MessageProducer anyWhere = session.createProducer(null);
        for (int i = 0; i < 5; i++) {
            anyWhere.send(session.createQueue("Many-" + i), session.createTextMessage("m" + i));
            anyWhere.send(topic, session.createTextMessage("m" + i));
        }
        assertThat(subscriber.receiveNoWait()).isNull();

        session.commit();

        assertThat(receive(subscriber, 5)).isEqualTo(fresh(0, 5));
        for (int i = 0; i < 5; i++) {
            assertThat(take("Many-" + i)).isEqualTo(fresh(i, i + 1));
        }
    }

    @Test
    void thousands_of_messages_of_one_transaction_keep_their_order() throws Exception {
        send("Bulk", 0, 3000);
        session.commit();
        assertThat(take("Bulk")).isEqualTo(fresh(0, 3000));
    }

    @Test
    void priority_time_to_live_and_delay_are_those_of_the_send() throws Exception {
        Queue queue = session.createQueue("Options");
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("low"), DeliveryMode.NON_PERSISTENT, 1, 0);
        producer.send(session.createTextMessage("expired"), DeliveryMode.PERSISTENT, 9, 1);
        producer.send(session.createTextMessage("high"), DeliveryMode.PERSISTENT, 8, 0);
        producer.setDeliveryDelay(300);
        producer.setPriority(0);
        TextMessage delayed = session.createTextMessage("delayed");
        producer.send(delayed);
        long sent = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > sent + 10);
        session.commit();

        MessageConsumer consumer = consumer("Options");
        assertThat(receive(consumer, 1)).containsExactly("high false 1");
        assertThat(receive(consumer, 1)).containsExactly("low false 1");
        TextMessage last = (TextMessage) consumer.receive(WAIT_MILLIS);
        assertThat(last.getText()).isEqualTo("delayed");
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(delayed.getJMSDeliveryTime());
        assertThat(last.getJMSDeliveryTime()).isEqualTo(delayed.getJMSDeliveryTime());
        session.commit();
    }

    // ---- receiving

    @Test
    void what_was_received_is_settled_by_the_commit_and_by_nothing_else() throws Exception {
        store("Taken", 0, 4);
        MessageConsumer consumer = consumer("Taken");
        assertThat(receive(consumer, 2)).isEqualTo(fresh(0, 2));
        session.commit();
        assertThat(receive(consumer, 1)).isEqualTo(fresh(2, 3));
        session.close();

        assertThat(take("Taken")).containsExactly("m2 true 2", "m3 false 1");
    }

    @Test
    void what_an_open_transaction_has_received_comes_to_nobody_else() throws Exception {
        store("Held", 0, 3);
        Session small = factory("?prefetch=0").createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = small.createConsumer(small.createQueue("Held"));
        assertThat(receive(consumer, 2)).isEqualTo(fresh(0, 2));

        assertThat(take("Held")).isEqualTo(fresh(2, 3));
        assertThat(browse(session, "Held")).doesNotContain("m2");
        small.rollback();
        assertThat(receive(consumer, 2)).containsExactly("m0 true 2", "m1 true 2");
        small.commit();
        assertThat(browse(session, "Held")).isEmpty();
    }

    private Connection factory(String options) throws JMSException {
        Connection other = server.factory(options).createConnection();
        other.start();
        others.add(other);
        return other;
    }

    private final List<Connection> others = new ArrayList<>();

    @AfterEach
    void closeOthers() throws JMSException {
        for (Connection other : others) {
            other.close();
        }
    }

    @Test
    void a_rollback_brings_back_what_was_received_in_order_before_newer_messages_and_marked() throws Exception {
        store("Back", 0, 5);
        MessageConsumer consumer = consumer("Back");
        assertThat(receive(consumer, 3)).isEqualTo(fresh(0, 3));
        store("Back", 5, 6);

        session.rollback();
        assertThat(receive(consumer, 2)).containsExactly("m0 true 2", "m1 true 2");
        session.rollback();

        assertThat(receive(consumer, 6))
                .containsExactly("m0 true 3", "m1 true 3", "m2 true 2", "m3 false 1", "m4 false 1", "m5 false 1");
        session.commit();
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void a_rollback_concerns_all_consumers_of_the_session() throws Exception {
        Topic topic = session.createTopic("News");
        MessageConsumer subscriber = session.createConsumer(topic);
        MessageConsumer first = consumer("First");
        MessageConsumer second = consumer("Second");
        store("First", 0, 2);
        store("Second", 0, 2);
        send("Copies", 0, 1);
        try (Session plain = connection.createSession()) {
            plain.createProducer(topic).send(plain.createTextMessage("news"));
        }
        for (int i = 1; i <= 3; i++) {
            String mark = i == 1 ? "false 1" : "true " + i;
            assertThat(receive(first, 2)).containsExactly("m0 " + mark, "m1 " + mark);
            assertThat(receive(second, 1)).containsExactly("m0 " + mark);
            assertThat(receive(subscriber, 1)).containsExactly("news " + mark);
            session.rollback();
        }
        assertThat(receive(first, 2)).containsExactly("m0 true 4", "m1 true 4");
        session.commit();
        session.close();
        assertThat(take("First")).isEmpty();
        assertThat(take("Second")).containsExactly("m0 true 4", "m1 false 1");
        assertThat(take("Copies")).isEmpty();
    }

    @Test
    void what_comes_back_too_often_is_a_dead_letter_and_the_policy_of_the_destination_counts() throws Exception {
        server.createQueue("Strict", "+redelivery.count.max=1");
        store("Strict", 0, 2);
        MessageConsumer consumer = consumer("Strict");
        assertThat(receive(consumer, 1)).containsExactly("m0 false 1");
        session.rollback();
        assertThat(receive(consumer, 1)).containsExactly("m0 true 2");
        session.rollback();
        assertThat(receive(consumer, 1)).containsExactly("m1 false 1");
        session.commit();

        MessageConsumer letters = consumer("%DLQ%Strict");
        assertThat(receive(letters, 1)).containsExactly("m0 false 1");
    }

    @Test
    void consuming_and_producing_are_one() throws Exception {
        store("In", 0, 3);
        MessageConsumer in = consumer("In");
        MessageProducer out = session.createProducer(session.createQueue("Out"));
        for (int i = 0; i < 3; i++) {
            out.send(in.receive(WAIT_MILLIS));
            if (i == 1) {
                session.rollback();
                out.send(in.receive(WAIT_MILLIS));
            }
            session.commit();
        }
        assertThat(take("In")).isEmpty();
        assertThat(take("Out")).isEqualTo(fresh(0, 3));
    }

    @Test
    void a_consumer_that_was_closed_before_the_commit_has_its_messages_committed() throws Exception {
        for (String name : List.of("Closed", "Closed-with-sends")) {
            store(name, 0, 3);
            MessageConsumer consumer = consumer(name);
            assertThat(receive(consumer, 2)).isEqualTo(fresh(0, 2));
            consumer.close();
            if (name.endsWith("sends")) {
                send("Elsewhere", 0, 1);
            }
            session.commit();
            assertThat(take(name)).isEqualTo(fresh(2, 3));
        }
    }

    @Test
    void a_consumer_that_was_closed_before_the_rollback_has_its_messages_given_back() throws Exception {
        store("Closed", 0, 3);
        MessageConsumer consumer = consumer("Closed");
        assertThat(receive(consumer, 2)).isEqualTo(fresh(0, 2));
        consumer.close();
        session.rollback();
        assertThat(take("Closed")).containsExactly("m0 true 2", "m1 true 2", "m2 false 1");
    }

    @Test
    void consumers_of_every_kind_of_subscription_may_close_before_the_commit() throws Exception {
        Topic topic = session.createTopic("Kinds");
        connection.close();
        connection = factory.createConnection();
        connection.setClientID("app");
        connection.start();
        session = connection.createSession(true, 0);
        List<MessageConsumer> consumers = List.of(
                session.createConsumer(topic),
                session.createSharedConsumer(topic, "shared"),
                session.createDurableConsumer(topic, "durable"),
                session.createSharedDurableConsumer(topic, "shared-durable"));
        try (Session plain = connection.createSession()) {
            plain.createProducer(topic).send(plain.createTextMessage("m0"));
            plain.createProducer(topic).send(plain.createTextMessage("m1"));
        }
        for (MessageConsumer consumer : consumers) {
            assertThat(receive(consumer, 1)).isEqualTo(fresh(0, 1));
            consumer.close();
        }
        session.commit();

        assertThat(receive(session.createDurableConsumer(topic, "durable"), 1)).isEqualTo(fresh(1, 2));
        assertThat(receive(session.createSharedDurableConsumer(topic, "shared-durable"), 1))
                .isEqualTo(fresh(1, 2));
        assertThat(session.createSharedConsumer(topic, "shared").receiveNoWait())
                .isNull();
        session.commit();
    }

    // ---- ends

    @Test
    void the_end_of_a_session_or_connection_rolls_back() throws Exception {
        store("Ended", 0, 1);
        for (int i = 0; i < 2; i++) {
            Connection other = factory("");
            Session ending = other.createSession(true, 0);
            assertThat(describe(
                            ending.createConsumer(ending.createQueue("Ended")).receive(WAIT_MILLIS)))
                    .isEqualTo(i == 0 ? "m0 false 1" : "m0 true 2");
            ending.createProducer(ending.createQueue("Never")).send(ending.createTextMessage("never"));
            if (i == 0) {
                ending.close();
            }
            other.close();
        }
        assertThat(take("Ended")).containsExactly("m0 true 3");
        assertThat(take("Never")).isEmpty();
    }

    // ---- listeners

    @Test
    void a_listener_may_commit_and_roll_back() throws Exception {
        store("Listened", 0, 4);
        List<String> seen = new CopyOnWriteArrayList<>();
        List<Throwable> problems = new CopyOnWriteArrayList<>();
        MessageProducer out = session.createProducer(session.createQueue("Forwarded"));
        consumer("Listened").setMessageListener(message -> {
            try {
                seen.add(describe(message));
                boolean again = message.getJMSRedelivered();
                out.send(message);
                if (again) {
                    session.commit();
                } else {
                    session.rollback();
                }
            } catch (JMSException | RuntimeException | AssertionError failed) {
                problems.add(failed);
            }
        });
        await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> seen.size() == 8 || !problems.isEmpty());
        assertThat(problems).isEmpty();
        assertThat(seen)
                .containsExactly(
                        "m0 false 1",
                        "m0 true 2",
                        "m1 false 1",
                        "m1 true 2",
                        "m2 false 1",
                        "m2 true 2",
                        "m3 false 1",
                        "m3 true 2");
        session.close();
        assertThat(take("Listened")).isEmpty();
        assertThat(take("Forwarded")).isEqualTo(fresh(0, 4));
    }

    @Test
    void a_listener_that_fails_neither_commits_nor_ends_the_transaction() throws Exception {
        store("Failing", 0, 3);
        CountDownLatch all = new CountDownLatch(3);
        consumer("Failing").setMessageListener(message -> {
            all.countDown();
            throw new UnsupportedOperationException("the test's listener fails");
        });
        assertThat(all.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        session.close();
        assertThat(take("Failing")).containsExactly("m0 true 2", "m1 true 2", "m2 true 2");
    }

    // ---- asynchronous sends

    @Test
    void completions_come_before_the_end_of_the_transaction_and_a_listener_cannot_end_it() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> refused = new CompletableFuture<>();
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                try {
                    assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(session::rollback).isInstanceOf(IllegalStateException.class);
                    told.add(((TextMessage) message).getText());
                    refused.complete(null);
                } catch (JMSException | RuntimeException | AssertionError failed) {
                    refused.completeExceptionally(failed);
                }
            }

            @Override
            public void onException(Message message, Exception exception) {
                refused.completeExceptionally(exception);
            }
        };
        MessageProducer producer = session.createProducer(session.createQueue("Async"));
        for (int i = 0; i < 20; i++) {
            producer.send(session.createTextMessage("m" + i), listener);
        }
        session.commit();
        assertThat(told).hasSize(20);
        refused.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        producer.send(session.createTextMessage("rolled back"), listener);
        session.rollback();

        assertThat(told).hasSize(21).last().isEqualTo("rolled back");
        assertThat(take("Async")).isEqualTo(fresh(0, 20));
    }

    // ---- bounds

    @Test
    void a_transaction_that_is_too_large_is_refused_while_it_is_sent_and_nothing_of_it_is_kept() throws Exception {
        MessageProducer producer = session.createProducer(session.createQueue("Large"));
        byte[] body = new byte[100 * 1024];
        AtomicInteger sent = new AtomicInteger();
        ResourceAllocationException tooMuch = catchThrowableOfType(ResourceAllocationException.class, () -> {
            for (; sent.get() < 1000; sent.incrementAndGet()) {
                var message = session.createBytesMessage();
                message.writeBytes(body);
                producer.send(message);
            }
        });
        assertThat(tooMuch).hasMessageContaining("transactionBytesMax");
        assertThat(sent).as("it is noticed soon").hasValueLessThan(100);

        TransactionRolledBackException rolledBack =
                catchThrowableOfType(TransactionRolledBackException.class, session::commit);
        assertThat(rolledBack).hasMessageContaining("transactionBytesMax");
        assertThat(rolledBack.getLinkedException()).isInstanceOf(ResourceAllocationException.class);

        send("Large", 0, 2);
        session.commit();
        assertThat(take("Large")).isEqualTo(fresh(0, 2));
    }

    @Test
    void what_is_wrong_with_a_send_is_known_at_the_commit_at_the_latest() throws Exception {
        store("Given-back", 0, 1);
        MessageConsumer consumer = consumer("Given-back");
        assertThat(receive(consumer, 1)).isEqualTo(fresh(0, 1));
        MessageProducer producer = session.createProducer(session.createQueue("Oversized"));
        var message = session.createBytesMessage();
        message.writeBytes(new byte[5 * 1024 * 1024]);
        try {
            producer.send(session.createTextMessage("good"));
            producer.send(message);
            session.commit();
            throw new AssertionError("it was committed");
        } catch (TransactionRolledBackException rolledBack) {
            assertThat(rolledBack).hasMessageContaining("maxMessageSize");
        }
        assertThat(receive(consumer, 1)).containsExactly("m0 true 2");
        session.commit();
        assertThat(take("Oversized")).isEmpty();
    }

    // ---- the simplified API

    @Test
    void a_transacted_context_does_the_same() {
        try (JMSContext context = factory.createContext(JMSContext.SESSION_TRANSACTED)) {
            Queue queue = context.createQueue("Simple");
            JMSConsumer consumer = context.createConsumer(queue);
            context.createProducer().send(queue, "a").send(queue, "b");
            assertThat(consumer.receiveNoWait()).isNull();
            context.commit();
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("a");
            context.rollback();
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("a");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("b");
            context.commit();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void what_was_committed_is_there_after_a_restart_and_what_was_not_is_not() throws Exception {
        store("In", 0, 4);
        MessageConsumer in = consumer("In");
        MessageProducer out = session.createProducer(session.createQueue("Out"));
        for (int i = 0; i < 3; i++) {
            out.send(in.receive(WAIT_MILLIS));
            if (i < 2) {
                session.commit();
            }
        }
        server.close();
        server = new EmbeddedServer(folder);
        factory = server.factory("");
        assertThat(take("In")).containsExactly("m2 true 2", "m3 true 2");
        assertThat(take("Out")).isEqualTo(fresh(0, 2));
    }
}
