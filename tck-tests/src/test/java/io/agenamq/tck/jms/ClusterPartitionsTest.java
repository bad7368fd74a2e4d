// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminException;
import io.agenamq.admin.JmsQueueStatus;
import io.agenamq.admin.TopicKind;
import io.agenamq.admin.TopicSpec;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue that is declared to be spread over several brokers. */
@Timeout(180)
class ClusterPartitionsTest {

    private static final int WAIT_MILLIS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String QUEUE = "Wide";

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster;
    private AdminClient admin;

    @BeforeEach
    void start() throws Exception {
        cluster = new EmbeddedCluster(folder, "broker-a", "broker-b");
        admin = AdminClient.of(cluster.nameServer().toString());
        assertThat(admin.createTopic(TopicSpec.partitionedQueue(QUEUE, 2))).containsExactly("broker-a", "broker-b");
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        cluster.close();
    }

    private Connection connect() throws JMSException {
        Connection connection = cluster.factory("").createConnection();
        connection.start();
        return connection;
    }

    private static void send(Session session, String text, String group) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(QUEUE))) {
            Message message = session.createTextMessage(text);
            message.setStringProperty("color", text.endsWith("0") ? "red" : "blue");
            if (group != null) {
                message.setStringProperty("JMSXGroupID", group);
            }
            producer.send(message);
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    private static List<String> receiveAll(MessageConsumer consumer) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
            texts.add(text(next));
        }
        return texts;
    }

    private List<Long> depths() {
        return admin.jmsQueue(QUEUE).stream().map(JmsQueueStatus::depth).toList();
    }

    @Test
    void sessions_keep_to_a_partition_each_and_consumers_and_browsers_hear_all() throws Exception {
        try (Connection connection = connect();
                Session consuming = connection.createSession()) {
            for (int session = 0; session < 4; session++) {
                try (Session own = connection.createSession()) {
                    for (int i = 0; i < 5; i++) {
                        send(own, session + "-" + i, null);
                    }
                }
            }
            assertThat(depths()).allMatch(depth -> depth > 0 && depth % 5 == 0).hasSize(2);
            Enumeration<?> browsed =
                    consuming.createBrowser(consuming.createQueue(QUEUE)).getEnumeration();
            assertThat(Collections.list(browsed)).hasSize(20);

            try (MessageConsumer red = consuming.createConsumer(consuming.createQueue(QUEUE), "color = 'red'")) {
                assertThat(receiveAll(red)).containsExactlyInAnyOrder("0-0", "1-0", "2-0", "3-0");
            }
            try (MessageConsumer all = consuming.createConsumer(consuming.createQueue(QUEUE))) {
                List<String> texts = receiveAll(all);
                assertThat(texts).hasSize(16);
                for (int session = 0; session < 4; session++) {
                    String prefix = session + "-";
                    assertThat(texts.stream().filter(text -> text.startsWith(prefix)))
                            .isSorted()
                            .hasSize(4);
                }
            }
        }
    }

    @Test
    void a_message_group_has_one_partition_whichever_session_sends() throws Exception {
        try (Connection connection = connect()) {
            for (int i = 0; i < 6; i++) {
                try (Session session = connection.createSession()) {
                    send(session, "m" + i, "one");
                }
            }
        }
        assertThat(depths()).containsExactlyInAnyOrder(6L, 0L);
    }

    @Test
    void transactions_stay_on_the_partition_that_they_have_begun_with() throws Exception {
        try (Connection connection = connect();
                Session feeding = connection.createSession();
                Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
            for (int i = 0; i < 4; i++) {
                send(feeding, "in" + i, null);
            }
            MessageConsumer consumer = session.createConsumer(session.createQueue(QUEUE), "color IS NOT NULL");
            for (int i = 0; i < 4; i++) {
                assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("in" + i);
                send(session, "out" + i, null);
            }
            session.rollback();
            assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("in0");
            session.commit();
        }
        assertThat(depths().stream().mapToLong(Long::longValue).sum()).isEqualTo(3);
    }

    @Test
    void while_a_partition_is_away_the_others_do_its_work_and_then_it_is_heard_again() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Connection connection = connect();
                Session listening = connection.createSession();
                Session one = connection.createSession();
                Session other = connection.createSession()) {
            send(one, "one-1", null);
            send(other, "other-1", null);
            assertThat(depths()).containsExactly(1L, 1L);

            cluster.stop("broker-a");
            int inDoubt = 0;
            for (Session session : List.of(one, other)) {
                // The first to notice may be a message that is on its way; whether that is stored nobody knows.
                for (int i = 2; i < 5; i++) {
                    try {
                        send(session, (session == one ? "one-" : "other-") + i, null);
                    } catch (JMSException failed) {
                        assertThat(failed.getErrorCode()).isEqualTo("CONNECTION_LOST");
                        inDoubt++;
                    }
                }
            }
            assertThat(inDoubt).isLessThanOrEqualTo(1);

            // Begins while a partition is away.
            listening.createConsumer(listening.createQueue(QUEUE)).setMessageListener(message -> {
                try {
                    heard.add(text(message));
                } catch (JMSException failed) {
                    heard.add(failed.toString());
                }
            });
            int sent = 2 + 6 - inDoubt;
            await().atMost(PATIENCE).until(() -> heard.size() == sent - 1);
            assertThat(heard).containsAnyOf("one-1", "other-1");

            cluster.start("broker-a");
            await().atMost(PATIENCE).until(() -> Set.copyOf(heard).containsAll(List.of("one-1", "other-1")));
            assertThat(heard).hasSizeBetween(sent, 8).doesNotHaveDuplicates();
        }
    }

    @Test
    void dead_letters_live_where_they_come_from_whoever_asks_for_them_first() throws Exception {
        String onB = cluster.nameOn("broker-b", "Deadly");
        String letters = "%DLQ%" + onB;
        try (Connection connection = connect();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                Session mourning = connection.createSession()) {
            for (String queue : List.of(onB, QUEUE)) {
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
                admin.configure(queue, "redelivery.count.max", "0");
                // Before there are any.
                MessageConsumer mourner = mourning.createConsumer(mourning.createQueue("%DLQ%" + queue));
                try (Session sending = connection.createSession();
                        MessageProducer producer = sending.createProducer(sending.createQueue(queue))) {
                    producer.send(sending.createTextMessage("doomed"));
                }
                assertThat(text(consumer.receive(WAIT_MILLIS))).isEqualTo("doomed");
                session.rollback();
                assertThat(text(mourner.receive(WAIT_MILLIS))).isEqualTo("doomed");
                consumer.close();
            }
            assertThat(cluster.brokersOf(letters)).containsExactly("broker-b");
            assertThat(cluster.brokersOf("%DLQ%" + QUEUE)).containsExactly("broker-a", "broker-b");
        }
    }

    @Test
    void partitions_need_a_broker_each_and_are_for_queues() {
        assertThatThrownBy(() -> admin.createTopic(TopicSpec.partitionedQueue("Wider", 3)))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("2 brokers");
        assertThatThrownBy(() -> new TopicSpec("News", TopicKind.TOPIC, 1, 2)).isInstanceOf(AdminException.class);
        assertThat(new HashSet<>(cluster.brokersOf(QUEUE))).containsExactlyInAnyOrder("broker-a", "broker-b");
    }
}
