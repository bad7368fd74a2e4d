// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JMSXGroupID: a group's messages go to one consumer, in order, over recover and over its end. */
@Timeout(120)
class MessageGroupTest {

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

    private static void send(JMSContext context, Queue queue, String group, String... texts) {
        JMSProducer producer = context.createProducer().setProperty("JMSXGroupID", group);
        for (String text : texts) {
            producer.send(queue, text);
        }
    }

    /** What is there for a consumer now. */
    private static List<String> all(JMSConsumer consumer) throws Exception {
        List<String> texts = new ArrayList<>();
        for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
            texts.add(message.getBody(String.class));
        }
        return texts;
    }

    @Test
    void a_group_stays_with_its_consumer_and_goes_to_another_when_that_one_is_closed() throws Exception {
        JMSContext first = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE);
        try (JMSContext second = factory.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            Queue queue = first.createQueue("Orders");
            JMSConsumer owner = first.createConsumer(queue);
            send(first, queue, "a", "a1");
            assertThat(owner.receive(WAIT_MILLIS).getBody(String.class)).isEqualTo("a1");
            JMSConsumer other = second.createConsumer(queue);

            send(first, queue, "a", "a2", "a3", "a4");
            assertThat(all(other)).isEmpty();
            assertThat(all(owner)).containsExactly("a2", "a3", "a4");

            first.recover();
            assertThat(all(other)).isEmpty();
            assertThat(all(owner)).containsExactly("a1", "a2", "a3", "a4");

            first.close();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Message message = other.receive(WAIT_MILLIS);
                assertThat(message.getJMSRedelivered()).isTrue();
                assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("a");
                texts.add(message.getBody(String.class));
            }
            assertThat(texts).containsExactly("a1", "a2", "a3", "a4");
        }
    }
}
