// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects and the classes that are trusted, and bodies that cannot be, through a broker. */
@Timeout(120)
class BodiesTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    record Money(String currency, long cents) implements Serializable {}

    @BeforeAll
    static void start() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void an_object_of_a_trusted_class_arrives() {
        try (JMSContext context =
                server.factory("?trustedPackages=io.agenamq.tck").createContext()) {
            Queue queue = context.createQueue("Trusted");
            context.createProducer().send(queue, new Money("CHF", 5));
            assertThat(context.createConsumer(queue).receiveBody(Money.class, WAIT_MILLIS))
                    .isEqualTo(new Money("CHF", 5));
        }
    }

    @Test
    void what_cannot_be_a_name_or_a_body_is_refused_and_nothing_is_sent() {
        try (JMSContext context = server.factory("").createContext()) {
            Queue queue = context.createQueue("Refused");
            JMSProducer producer = context.createProducer();
            Serializable holdsThread = new ArrayList<>(List.of(Thread.currentThread()));

            assertThatThrownBy(() -> producer.send(queue, Map.of("", 1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> producer.send(queue, holdsThread))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThatThrownBy(() -> producer.setProperty("not-a-name", "x"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(context.createConsumer(queue).receiveNoWait()).isNull();
        }
    }

    @Test
    void a_class_that_is_not_trusted_is_refused_and_the_message_is_still_there() throws Exception {
        try (JMSContext context = server.factory("").createContext()) {
            Queue queue = context.createQueue("Untrusted");
            context.createProducer().send(queue, new Money("CHF", 1));
            JMSConsumer consumer = context.createConsumer(queue);

            assertThatThrownBy(() -> consumer.receiveBody(Money.class, WAIT_MILLIS))
                    .isInstanceOf(MessageFormatRuntimeException.class);
            ObjectMessage message = (ObjectMessage) consumer.receive(WAIT_MILLIS);

            assertThat(message.getJMSRedelivered()).isFalse();
            assertThatThrownBy(message::getObject)
                    .isInstanceOf(MessageFormatException.class)
                    .hasMessageContaining(Money.class.getName())
                    .hasMessageContaining("trustedPackages");
        }
    }
}
