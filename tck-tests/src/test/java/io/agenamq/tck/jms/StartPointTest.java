// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions that begin in the past: a log remembers what was published before anybody subscribed. */
@Timeout(120)
class StartPointTest {

    private static final int WAIT_MILLIS = 30_000;

    @TempDir
    private Path folder;

    private Crossing crossing;
    private EmbeddedServer server;
    private AgenaConnectionFactory factory;

    @BeforeEach
    void start() throws Exception {
        crossing = new Crossing();
        server = new EmbeddedServer(folder, crossing.address());
        crossing.leadTo(server.broker());
        factory = server.factory("");
    }

    @AfterEach
    void stop() {
        server.close();
        crossing.close();
    }

    private void publish(int from, int to) {
        try (JMSContext context = factory.createContext()) {
            for (int i = from; i < to; i++) {
                context.createProducer().setProperty("number", i).send(context.createTopic("Prices"), "m" + i);
            }
        }
    }

    /** A time that lies behind everything published so far, and not behind anything published later. */
    private static Instant between() {
        long now = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > now);
        return Instant.ofEpochMilli(now + 1);
    }

    private static List<String> texts(JMSConsumer consumer, int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(consumer.receiveBody(String.class, WAIT_MILLIS));
        }
        return texts;
    }

    private static String[] numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    @Test
    void a_durable_subscription_begins_where_it_is_told_to_when_it_is_made_and_goes_on_from_where_it_is_afterwards() {
        publish(0, 5);
        try (JMSContext context = factory.createContext()) {
            context.setClientID("app");
            Topic topic = context.createTopic("Prices?start=earliest");
            JMSConsumer first = context.createDurableConsumer(topic, "audit");
            assertThat(texts(first, 3)).containsExactly(numbered(0, 3));
            first.close();

            assertThat(texts(context.createDurableConsumer(topic, "audit"), 2))
                    .as("the beginning is that of the subscription, not of a consumer")
                    .containsExactly(numbered(3, 5));
        }
    }

    @Test
    void every_kind_of_subscription_may_begin_in_the_past() {
        publish(0, 5);
        try (JMSContext context = factory.createContext()) {
            Topic topic = context.createTopic("Prices?start=earliest");
            assertThat(texts(context.createConsumer(topic, "number >= 3"), 2)).containsExactly(numbered(3, 5));
            assertThat(texts(context.createSharedConsumer(topic, "s"), 5)).containsExactly(numbered(0, 5));
            assertThat(texts(context.createSharedDurableConsumer(topic, "d"), 5))
                    .containsExactly(numbered(0, 5));
            assertThat(context.createConsumer(context.createTopic("Prices")).receiveNoWait())
                    .isNull();
        }
    }

    @Test
    void the_last_messages_are_counted_from_the_end() {
        publish(0, 5);
        try (JMSContext context = factory.createContext()) {
            JMSConsumer two = context.createConsumer(context.createTopic("Prices?last=2"));
            JMSConsumer many = context.createConsumer(context.createTopic("Prices?start=last=1000"));
            publish(5, 6);
            assertThat(texts(two, 3)).containsExactly(numbered(3, 6));
            assertThat(texts(many, 6)).containsExactly(numbered(0, 6));
        }
    }

    @Test
    void a_time_is_that_of_the_broker_when_it_stored_the_message() {
        publish(0, 3);
        Instant time = between();
        publish(3, 5);
        try (JMSContext context = factory.createContext()) {
            JMSConsumer later = context.createConsumer(context.createTopic("Prices?at=" + time));
            assertThat(texts(later, 2)).containsExactly(numbered(3, 5));
            assertThat(later.receiveNoWait()).isNull();

            between();
            assertThat(context.createConsumer(context.createTopic("Prices?since=PT0.000001S"))
                            .receiveNoWait())
                    .isNull();
            assertThat(texts(context.createConsumer(context.createTopic("Prices?since=P1D")), 5))
                    .containsExactly(numbered(0, 5));
        }
    }

    @Test
    void a_subscription_that_reconnects_goes_on_and_does_not_begin_again() {
        publish(0, 3);
        try (JMSContext context = factory.createContext()) {
            JMSConsumer consumer = context.createConsumer(context.createTopic("Prices?start=earliest"));
            assertThat(texts(consumer, 3)).containsExactly(numbered(0, 3));
            crossing.cut();
            // Published until the consumer is there again: what it hears first must not be old.
            List<String> heard = new ArrayList<>();
            int[] next = {3};
            await().until(() -> {
                publish(next[0], next[0] + 1);
                next[0]++;
                String text = consumer.receiveBody(String.class, 100);
                if (text != null) {
                    heard.add(text);
                }
                return text != null;
            });
            assertThat(heard).doesNotContain(numbered(0, 3));
        }
    }

    @Test
    void a_beginning_that_nobody_understands_is_an_invalid_destination() {
        try (JMSContext context = factory.createContext()) {
            for (String wrong : List.of("start=first", "last=0", "last=x", "since=1h", "at=yesterday", "")) {
                assertThatThrownBy(() -> context.createTopic("Prices?" + wrong))
                        .isInstanceOf(InvalidDestinationRuntimeException.class);
            }
            assertThatThrownBy(() -> context.createTopic("Prices?begin=earliest"))
                    .hasMessageContaining("earliest, last=100, since=PT1H, at=");
        }
    }
}
