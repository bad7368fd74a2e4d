// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of local transactions when the connection to the broker is cut under them. */
@Timeout(180)
class TransactionReconnectTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private Crossing crossing;
    private EmbeddedServer server;
    private Connection connection;
    private Session session;
    private final List<JMSException> problems = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        crossing = new Crossing();
        server = new EmbeddedServer(folder, crossing.address());
        crossing.leadTo(server.broker());
        connection = connect();
        session = connection.createSession(Session.SESSION_TRANSACTED);
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        server.close();
        crossing.close();
        assertThat(problems).isEmpty();
    }

    private Connection connect() throws JMSException {
        Connection made = server.factory("").createConnection();
        made.setExceptionListener(problems::add);
        made.start();
        return made;
    }

    private void store(String queue, int from, int to) throws JMSException {
        try (Session plain = connection.createSession()) {
            MessageProducer producer = plain.createProducer(plain.createQueue(queue));
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

    private static List<String> receive(MessageConsumer consumer, int count) throws JMSException {
        List<String> received = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            received.add(((TextMessage) consumer.receive(WAIT_MILLIS)).getText());
        }
        return received;
    }

    private List<String> take(String queue) throws JMSException {
        try (Connection other = connect()) {
            Session plain = other.createSession();
            MessageConsumer consumer = plain.createConsumer(plain.createQueue(queue));
            List<String> taken = new ArrayList<>();
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                taken.add(((TextMessage) next).getText());
            }
            return taken;
        }
    }

    private interface Ending {
        void end() throws JMSException;
    }

    private static CompletableFuture<Void> later(Ending ending) {
        return CompletableFuture.runAsync(() -> {
            try {
                ending.end();
            } catch (JMSException failed) {
                throw new CompletionException(failed);
            }
        });
    }

    @Test
    void a_transaction_that_has_sent_and_was_cut_is_rolled_back_and_the_next_one_is_good() throws Exception {
        send("Cut", 0, 3);
        crossing.cut();
        send("Cut", 3, 6);
        assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);

        send("Cut", 6, 8);
        session.commit();
        assertThat(take("Cut")).containsExactly("m6", "m7");
    }

    @Test
    void a_transaction_that_has_received_and_was_cut_is_rolled_back_and_its_messages_come_again() throws Exception {
        store("Received", 0, 3);
        MessageConsumer consumer = session.createConsumer(session.createQueue("Received"));
        assertThat(receive(consumer, 2)).containsExactly("m0", "m1");
        crossing.cut();
        // Over the next connection, and still in the transaction that was cut.
        List<String> again = receive(consumer, 1);
        assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);

        assertThat(again).isSubsetOf("m0", "m2");
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            messages.add(consumer.receive(WAIT_MILLIS));
        }
        session.commit();
        for (int i = 0; i < 3; i++) {
            String text = "m" + i;
            assertThat(((TextMessage) messages.get(i)).getText()).isEqualTo(text);
            // The third one says so only if the application has seen it before.
            if (i < 2 || again.contains(text)) {
                assertThat(messages.get(i).getJMSRedelivered()).as(text).isTrue();
            }
        }
        assertThat(take("Received")).isEmpty();
    }

    @Test
    void a_commit_whose_answer_is_lost_returns_normally_because_it_was_committed() throws Exception {
        store("In", 0, 2);
        MessageConsumer consumer = session.createConsumer(session.createQueue("In"));
        assertThat(receive(consumer, 1)).containsExactly("m0");
        send("Out", 0, 3);
        crossing.holdAnswers();
        CompletableFuture<Void> commit = later(session::commit);
        crossing.awaitHeldAnswer();
        crossing.cut();
        crossing.letAnswersThrough();
        commit.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);

        assertThat(take("Out")).containsExactly("m0", "m1", "m2");
        assertThat(receive(consumer, 1)).containsExactly("m1");
        session.commit();
        assertThat(take("In")).isEmpty();
    }

    @Test
    void a_commit_that_did_not_arrive_is_rolled_back() throws Exception {
        send("Never", 0, 3);
        crossing.close();
        CompletableFuture<Void> commit = later(session::commit);
        crossing.open();
        assertThatThrownBy(() -> commit.get(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                .hasCauseInstanceOf(TransactionRolledBackException.class);

        send("Never", 3, 4);
        session.commit();
        assertThat(take("Never")).containsExactly("m3");
    }

    @Test
    void a_commit_waits_for_its_outcome_while_the_broker_is_away() throws Exception {
        send("Away", 0, 2);
        crossing.holdAnswers();
        CompletableFuture<Void> commit = later(session::commit);
        crossing.awaitHeldAnswer();
        crossing.close();
        crossing.letAnswersThrough();
        server.close();
        server = new EmbeddedServer(folder, crossing.address());
        // The name server is another one now, so the client finds the broker only where it was.
        crossing.leadTo(server.broker());
        assertThat(commit).isNotDone();
        crossing.open();
        commit.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);

        assertThat(take("Away")).containsExactly("m0", "m1");
    }

    @Test
    void the_first_send_of_a_transaction_waits_for_a_connection() throws Exception {
        send("Waits", 0, 1);
        session.commit();
        crossing.close();
        CompletableFuture<Void> sent = later(() -> send("Waits", 1, 3));
        crossing.open();
        sent.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        session.commit();
        assertThat(take("Waits")).containsExactly("m0", "m1", "m2");
    }

    @Test
    void a_rollback_needs_no_connection() throws Exception {
        store("Back", 0, 1);
        MessageConsumer consumer = session.createConsumer(session.createQueue("Back"));
        assertThat(receive(consumer, 1)).containsExactly("m0");
        send("Forgotten", 0, 3);
        crossing.close();
        session.rollback();
        crossing.open();
        assertThat(receive(consumer, 1)).containsExactly("m0");
        session.commit();
        assertThat(take("Forgotten")).isEmpty();
    }
}
