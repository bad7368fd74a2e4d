// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminException;
import io.agenamq.admin.QueueSought;
import io.agenamq.protocol.command.StartPoint;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TransactionRolledBackRuntimeException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue goes back, or forth, as an operator says. */
@Timeout(120)
class QueueSeekTest {

    private static final int WAIT_MILLIS = 30_000;

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

    /** Sends messages m0, m1 … and consumes the first of them; answers all ids. */
    private List<String> sendAndConsume(int count, int consumed) throws Exception {
        List<String> ids = new ArrayList<>();
        try (JMSContext context = factory.createContext()) {
            Queue queue = context.createQueue("Back");
            for (int i = 0; i < count; i++) {
                Message message = context.createTextMessage("m" + i);
                context.createProducer().send(queue, message);
                ids.add(message.getJMSMessageID());
            }
            JMSConsumer consumer = context.createConsumer(queue);
            for (int i = 0; i < consumed; i++) {
                assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m" + i);
            }
        }
        return ids;
    }

    private List<String> drain() {
        try (JMSContext context = factory.createContext()) {
            JMSConsumer consumer = context.createConsumer(context.createQueue("Back"));
            List<String> texts = new ArrayList<>();
            for (String text = consumer.receiveBodyNoWait(String.class);
                    text != null;
                    text = consumer.receiveBodyNoWait(String.class)) {
                texts.add(text);
            }
            return texts;
        }
    }

    private QueueSought seek(StartPoint to, boolean preview) {
        return admin.seekQueue("Back", to, preview).get(0);
    }

    @Test
    void a_queue_goes_to_an_offset_a_message_a_time_the_beginning_and_the_end_even_over_a_restart() throws Exception {
        Instant before = Instant.now().minusSeconds(60);
        List<String> ids = sendAndConsume(6, 4);

        QueueSought would = seek(new StartPoint.Offset(1), true);
        assertThat(would.knownSince()).isAfter(before);
        assertThat(would).isEqualTo(new QueueSought("broker-a", 2, 5, 3, 0, 0, would.knownSince()));
        assertThat(drain()).as("a preview changes nothing").containsExactly("m4", "m5");

        assertThat(seek(new StartPoint.Offset(1), false).again()).isEqualTo(5);
        server.close();
        admin.close();
        start();
        assertThat(drain()).containsExactly("m1", "m2", "m3", "m4", "m5");

        assertThat(admin.seekQueueToMessage("Back", ids.get(4), false))
                .singleElement()
                .extracting(QueueSought::again)
                .isEqualTo(2L);
        assertThat(drain()).containsExactly("m4", "m5");
        assertThat(seek(new StartPoint.At(before), false).again()).isEqualTo(6);
        QueueSought skipping = seek(new StartPoint.Last(2), false);
        assertThat(skipping).isEqualTo(new QueueSought("broker-a", 6, 2, 0, 4, 0, skipping.knownSince()));
        assertThat(seek(null, false).skipped()).isEqualTo(2);
        assertThat(drain()).isEmpty();
        assertThat(seek(new StartPoint.Earliest(), false).again()).isEqualTo(6);
        assertThat(drain()).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
    }

    @Test
    void consumers_stay_and_what_they_have_in_flight_comes_again_whatever_they_say_about_it() throws Exception {
        sendAndConsume(3, 1);
        try (JMSContext client = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE);
                JMSContext transacted = client.createContext(JMSContext.SESSION_TRANSACTED)) {
            JMSConsumer first = client.createConsumer(client.createQueue("Back"));
            Message inFlight = first.receive(WAIT_MILLIS);
            assertThat(inFlight.getBody(String.class)).isEqualTo("m1");

            assertThat(seek(new StartPoint.Earliest(), false).inFlight()).isPositive();
            inFlight.acknowledge();

            List<String> texts = new ArrayList<>();
            while (!texts.contains("m0") || !texts.contains("m1")) {
                // What was on its way when the queue went back may come first.
                texts.add(first.receiveBody(String.class, WAIT_MILLIS));
            }
            client.acknowledge();
            first.close();

            assertThat(seek(new StartPoint.Offset(2), false).after()).isEqualTo(1);
            JMSConsumer second = transacted.createConsumer(transacted.createQueue("Back"));
            assertThat(second.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m2");
            seek(new StartPoint.Offset(2), false);
            assertThatThrownBy(transacted::commit).isInstanceOf(TransactionRolledBackRuntimeException.class);
            assertThat(second.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m2");
            transacted.commit();
        }
        assertThat(drain()).isEmpty();
    }

    @Test
    void what_cannot_be_done_is_said() throws Exception {
        sendAndConsume(1, 0);
        assertThatThrownBy(() -> admin.seekQueueToMessage("Back", "ID:none", true))
                .isInstanceOf(AdminException.class)
                .hasMessage("there is no message 'ID:none' in queue 'Back', or not any more");
        server.createTopic("NoQueue", "");
        assertThatThrownBy(() -> admin.seekQueue("NoQueue", null, true)).hasMessageContaining("is no queue");
        assertThat(drain()).containsExactly("m0");
    }

    @Test
    void a_subscription_goes_to_a_message_too() throws Exception {
        try (JMSContext context = factory.createContext()) {
            context.setClientID("app");
            JMSConsumer consumer = context.createDurableConsumer(context.createTopic("News"), "audit");
            String id = null;
            for (String text : List.of("a", "b", "c")) {
                Message message = context.createTextMessage(text);
                context.createProducer().send(context.createTopic("News"), message);
                id = text.equals("b") ? message.getJMSMessageID() : id;
                assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo(text);
            }
            consumer.close();

            assertThat(admin.seekToMessage("audit", "app", id, false).after()).isEqualTo(2);
            assertThat(context.createDurableConsumer(context.createTopic("News"), "audit")
                            .receiveBody(String.class, WAIT_MILLIS))
                    .isEqualTo("b");
        }
    }
}
