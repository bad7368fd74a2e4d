// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminException;
import io.agenamq.admin.Sought;
import io.agenamq.admin.SubscriptionStatus;
import io.agenamq.protocol.command.StartPoint;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to durable subscriptions. */
@Timeout(120)
class SeekTest {

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

    private void publish(int from, int to) {
        try (JMSContext context = factory.createContext()) {
            for (int i = from; i < to; i++) {
                context.createProducer().setProperty("number", i).send(context.createTopic("Prices"), "m" + i);
            }
        }
    }

    /** What the subscription delivers, in AUTO mode: so many messages, and then there must be no more. */
    private List<String> drain(int count) {
        try (JMSContext context = client()) {
            JMSConsumer consumer = subscribe(context);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(consumer.receiveBody(String.class, WAIT_MILLIS));
            }
            assertThat(consumer.receiveNoWait()).isNull();
            return texts;
        }
    }

    private JMSContext client() {
        JMSContext context = factory.createContext();
        context.setClientID("app");
        return context;
    }

    private static JMSConsumer subscribe(JMSContext context) {
        return context.createDurableConsumer(context.createTopic("Prices"), "audit");
    }

    private static String[] numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    @Test
    void a_subscription_without_a_consumer_goes_on_from_where_it_is_told_to_even_over_a_restart() throws Exception {
        publish(0, 2);
        assertThat(drain(0)).isEmpty();
        publish(2, 6);
        assertThat(drain(4)).containsExactly(numbered(2, 6));

        assertThat(admin.seek("audit", "app", new StartPoint.Offset(3), true)).isEqualTo(new Sought(0, 3));
        assertThat(drain(0)).as("a preview changes nothing").isEmpty();

        assertThat(admin.seek("audit", "app", new StartPoint.Offset(3), false)).isEqualTo(new Sought(0, 3));
        server.close();
        admin.close();
        start();
        assertThat(drain(3)).containsExactly(numbered(3, 6));

        assertThat(admin.seek("audit", "app", new StartPoint.Earliest(), false)).isEqualTo(new Sought(0, 6));
        assertThat(admin.seek("audit", "app", null, false)).isEqualTo(new Sought(6, 0));
        assertThat(drain(0)).isEmpty();
        assertThat(admin.seek("audit", "app", new StartPoint.Offset(1000), false))
                .isEqualTo(new Sought(0, 0));
    }

    @Test
    void a_subscription_in_use_stays_where_it_is() {
        try (JMSContext context = client()) {
            JMSConsumer consumer = subscribe(context);
            publish(0, 1);
            assertThatThrownBy(() -> admin.seek("audit", "app", new StartPoint.Earliest(), false))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("has a consumer; close it first");
            assertThatThrownBy(() -> admin.unsubscribe("audit", "app")).hasMessageContaining("has a consumer");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m0");
        }
    }

    @Test
    void the_list_says_what_each_subscription_is_and_how_much_is_in_front_of_it() {
        try (JMSContext context = client()) {
            JMSConsumer unshared = subscribe(context);
            Topic news = context.createTopic("News");
            context.createSharedDurableConsumer(news, "all", "number > 1").close();
            publish(0, 3);
            assertThat(unshared.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("m0");
            assertThat(admin.subscriptions(null))
                    .containsExactly(
                            new SubscriptionStatus("broker-a", "all", "app", "News", "number > 1", false, true, 0, 0),
                            new SubscriptionStatus("broker-a", "audit", "app", "Prices", null, false, false, 1, 2));
            assertThat(admin.subscriptions("Prices"))
                    .singleElement()
                    .extracting(SubscriptionStatus::name)
                    .isEqualTo("audit");
        }
        admin.unsubscribe("audit", "app");
        assertThat(admin.subscriptions("Prices")).isEmpty();
    }

    @Test
    void a_subscription_that_is_not_there_is_named() {
        assertThatThrownBy(() -> admin.seek("audit", null, null, false))
                .hasMessage("there is no durable subscription 'audit' without a client identifier; "
                        + "'agena subscription list' shows what there is");
        assertThatThrownBy(() -> admin.unsubscribe("audit", "app")).hasMessageContaining("of client 'app'");
    }
}
