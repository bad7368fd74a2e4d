// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.QueueAddress;
import io.agenamq.admin.StoredMessage;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Local transactions that are larger than what a broker keeps in memory: nobody can tell them from small ones (Jakarta Messaging 3.1 §6.2.7). Here a
 * broker keeps a mebibyte of each.
 */
@Timeout(180)
class LargeTransactionTest {

    private static final int WAIT_MILLIS = 60_000;
    private static final int PADDING_BYTES = 4 * 1024;
    /** Of padding: three mebibytes and a half. */
    private static final int MANY = 900;

    @TempDir
    private Path folder;

    private EmbeddedServer server;
    private AgenaConnectionFactory factory;
    private Connection connection;

    /** Transacted. */
    private Session session;

    @BeforeEach
    void start() throws Exception {
        open();
    }

    private void open() throws Exception {
        server = new EmbeddedServer(
                folder,
                Map.of(
                        "transactionMemoryMax", "4m",
                        "transactionBytesMax", "20m",
                        "transactionMessagesMax", "3000"));
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

    /** A message that counts. */
    private Message padded(int number) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[PADDING_BYTES]);
        message.setIntProperty("number", number);
        return message;
    }

    private void send(String queue, int from, int to) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (int i = from; i < to; i++) {
                producer.send(padded(i));
            }
        }
    }

    private MessageConsumer elsewhere(String queue, String selector) throws JMSException {
        Session plain = connection.createSession();
        return plain.createConsumer(plain.createQueue(queue), selector);
    }

    private List<Integer> take(String queue) throws JMSException {
        try (MessageConsumer consumer = elsewhere(queue, null)) {
            List<Integer> numbers = new ArrayList<>();
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                assertThat(next.getJMSRedelivered()).isFalse();
                numbers.add(next.getIntProperty("number"));
            }
            return numbers;
        }
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void nobody_sees_a_part_of_it_before_the_commit_and_everybody_all_of_it_in_order_afterwards() throws Exception {
        MessageConsumer early = elsewhere("Large", null);
        send("Large", 0, MANY);
        assertThat(early.receiveNoWait()).isNull();
        try (var browser = session.createBrowser(session.createQueue("Large"))) {
            assertThat(Collections.list((Enumeration<?>) browser.getEnumeration()))
                    .isEmpty();
        }
        try (Session plain = connection.createSession()) {
            Message other = padded(-1);
            plain.createProducer(plain.createQueue("Large")).send(other);
        }
        session.commit();
        send("Large", MANY, MANY + 1);
        session.commit();

        List<Integer> received = new ArrayList<>();
        for (int i = 0; i < MANY + 2; i++) {
            received.add(early.receive(WAIT_MILLIS).getIntProperty("number"));
        }
        assertThat(received).startsWith(-1).endsWith(MANY);
        assertThat(received.subList(1, MANY + 1)).isEqualTo(numbers(0, MANY));
        assertThat(early.receiveNoWait()).isNull();
    }

    @Test
    void a_rollback_and_the_end_of_the_connection_drop_it_and_what_it_received_comes_back() throws Exception {
        send("In", 0, 2);
        session.commit();
        MessageConsumer in = session.createConsumer(session.createQueue("In"));
        assertThat(in.receive(WAIT_MILLIS).getIntProperty("number")).isZero();
        send("Dropped", 0, MANY);
        session.rollback();
        assertThat(take("Dropped")).isEmpty();
        Message again = in.receive(WAIT_MILLIS);
        assertThat(again.getIntProperty("number")).isZero();
        assertThat(again.getJMSRedelivered()).isTrue();
        session.commit();

        send("Dropped", 0, MANY);
        connection.close();
        connection = factory.createConnection();
        connection.start();
        session = connection.createSession(Session.SESSION_TRANSACTED);
        send("Dropped", MANY, MANY + 1);
        session.commit();
        assertThat(take("Dropped")).isEqualTo(numbers(MANY, MANY + 1));
        assertThat(take("In")).isEqualTo(numbers(1, 2));
    }

    @Test
    void acknowledgements_and_messages_for_many_destinations_are_one() throws Exception {
        send("In", 0, 3);
        session.commit();
        Topic topic = session.createTopic("News");
        MessageConsumer subscriber = connection.createSession().createConsumer(topic);
        MessageConsumer in = session.createConsumer(session.createQueue("In"));
        MessageProducer anywhere = session.createProducer(null);
        assertThat(in.receive(WAIT_MILLIS)).isNotNull();
        assertThat(in.receive(WAIT_MILLIS)).isNotNull();
        for (int i = 0; i < MANY; i++) {
            anywhere.send(i % 3 == 0 ? topic : session.createQueue("Out-" + i % 3), padded(i));
        }
        session.commit();
        session.close();

        assertThat(take("In")).isEqualTo(numbers(2, 3));
        for (int r = 1; r < 3; r++) {
            int rest = r;
            assertThat(take("Out-" + r))
                    .isEqualTo(IntStream.range(0, MANY)
                            .filter(i -> i % 3 == rest)
                            .boxed()
                            .toList());
        }
        for (int i = 0; i < MANY; i += 3) {
            assertThat(subscriber.receive(WAIT_MILLIS).getIntProperty("number")).isEqualTo(i);
        }
    }

    @Test
    void selectors_priorities_delays_expiry_and_groups_are_those_of_the_sends() throws Exception {
        Queue queue = session.createQueue("Options");
        MessageProducer producer = session.createProducer(queue);
        TextMessage low = session.createTextMessage("low");
        low.setStringProperty("wanted", "yes");
        producer.send(low, DeliveryMode.NON_PERSISTENT, 1, 0);
        producer.send(session.createTextMessage("expired"), DeliveryMode.PERSISTENT, 9, 1);
        TextMessage grouped = session.createTextMessage("grouped");
        grouped.setStringProperty("JMSXGroupID", "g");
        grouped.setStringProperty("wanted", "yes");
        grouped.setJMSCorrelationID("c-1");
        producer.send(grouped, DeliveryMode.PERSISTENT, 8, 0);
        producer.setDeliveryDelay(500);
        TextMessage delayed = session.createTextMessage("delayed");
        delayed.setStringProperty("wanted", "yes");
        producer.send(delayed);
        producer.setDeliveryDelay(0);
        send("Other", 0, MANY);
        long sent = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > sent + 10);
        session.commit();

        MessageConsumer consumer = elsewhere("Options", "wanted = 'yes'");
        List<String> received = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            TextMessage next = (TextMessage) consumer.receive(WAIT_MILLIS);
            received.add(next.getText());
            if (next.getText().equals("grouped")) {
                assertThat(next.getStringProperty("JMSXGroupID")).isEqualTo("g");
                assertThat(next.getJMSCorrelationID()).isEqualTo("c-1");
                assertThat(next.getJMSMessageID()).isEqualTo(grouped.getJMSMessageID());
                assertThat(next.getJMSPriority()).isEqualTo(8);
            }
            if (next.getText().equals("delayed")) {
                assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(delayed.getJMSDeliveryTime());
            }
        }
        // What is delayed may be due before the commit, with a higher priority than the first.
        assertThat(received).startsWith("grouped").containsExactlyInAnyOrder("grouped", "low", "delayed");
        assertThat(elsewhere("Options", null).receiveNoWait()).isNull();
    }

    @Test
    void a_native_reader_finds_it_where_it_was_published() throws Exception {
        send("Native", 0, MANY);
        session.commit();
        try (AdminClient admin = AdminClient.of(server.nameServer().toString())) {
            QueueAddress queue = admin.queueAddresses("Native").get(0);
            List<StoredMessage> pulled = new ArrayList<>();
            while (pulled.size() < MANY) {
                AdminClient.Pulled next = admin.pull(queue, pulled.size(), 32, Duration.ofSeconds(10));
                pulled.addAll(next.messages());
                assertThat(next.next()).isEqualTo(pulled.size());
            }
            assertThat(pulled)
                    .extracting(StoredMessage::offset)
                    .isEqualTo(LongStream.range(0, MANY).boxed().toList());
            assertThat(pulled)
                    .extracting(message -> message.properties().get("number"))
                    .isEqualTo(numbers(0, MANY).stream().map(String::valueOf).toList());
            StoredMessage last = pulled.get(MANY - 1);
            assertThat(admin.message("Native", MessageId.parse(last.id())))
                    .extracting(StoredMessage::offset, StoredMessage::uniqueId)
                    .containsExactly(tuple(MANY - 1L, last.uniqueId()));
        }
    }

    @Test
    void it_is_there_after_a_restart_if_it_was_committed_and_only_then() throws Exception {
        send("Kept", 0, MANY);
        session.commit();
        Session other = connection.createSession(Session.SESSION_TRANSACTED);
        MessageProducer producer = other.createProducer(other.createQueue("Open"));
        for (int i = 0; i < MANY; i++) {
            producer.send(padded(i));
        }
        server.close();
        connection.close();
        open();

        assertThat(take("Open")).isEmpty();
        assertThat(take("Kept")).isEqualTo(numbers(0, MANY));
    }

    @Test
    void many_open_ones_share_the_memory() throws Exception {
        List<Session> sessions = new ArrayList<>();
        List<MessageProducer> producers = new ArrayList<>();
        for (int s = 0; s < 12; s++) {
            Session one = connection.createSession(Session.SESSION_TRANSACTED);
            sessions.add(one);
            producers.add(one.createProducer(one.createQueue("Shared-" + s)));
        }
        for (int i = 0; i < 150; i++) {
            for (MessageProducer producer : producers) {
                producer.send(padded(i));
            }
        }
        for (Session one : sessions) {
            one.commit();
        }
        for (int s = 0; s < 12; s++) {
            assertThat(take("Shared-" + s)).isEqualTo(numbers(0, 150));
        }
    }

    @Test
    void there_is_a_limit_of_messages_and_of_bytes_that_is_said_while_it_is_sent() throws Exception {
        Queue queue = session.createQueue("Limits");
        MessageProducer producer = session.createProducer(queue);
        ResourceAllocationException tooMany = catchThrowableOfType(ResourceAllocationException.class, () -> {
            for (int i = 0; i < 3_600; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        });
        assertThat(tooMany).hasMessageContaining("transactionMessagesMax");
        assertThat(catchThrowableOfType(TransactionRolledBackException.class, session::commit))
                .hasMessageContaining("transactionMessagesMax");

        ResourceAllocationException tooLarge = catchThrowableOfType(ResourceAllocationException.class, () -> {
            for (int i = 0; i < 30; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(new byte[1024 * 1024]);
                producer.send(message);
            }
        });
        assertThat(tooLarge).hasMessageContaining("transactionBytesMax");
        assertThat(catchThrowableOfType(TransactionRolledBackException.class, session::commit))
                .hasMessageContaining("transactionBytesMax");

        send("Limits", 0, 1);
        session.commit();
        assertThat(take("Limits")).isEqualTo(numbers(0, 1));
    }
}
