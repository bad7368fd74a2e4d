// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Inject;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Methods that receive. */
@Timeout(120)
class ListenerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AtomicReference<ConnectionFactory> FACTORY = new AtomicReference<>();
    private static final Collection<String> HEARD = new ConcurrentLinkedQueue<>();

    @ApplicationScoped
    static class Beans {
        @Produces
        ConnectionFactory factory() {
            return FACTORY.get();
        }
    }

    @RequestScoped
    static class Request {
        private String name = "new";

        String rename(String to) {
            String before = name;
            name = to;
            return before;
        }
    }

    @BeforeEach
    void start() {
        HEARD.clear();
        FACTORY.set(new AgenaConnectionFactory("agena:embedded/cdi-listeners"));
    }

    private static SeContainer with(Class<?>... beans) {
        return SeContainerInitializer.newInstance()
                .disableDiscovery()
                .addExtensions(new MessagingExtension())
                .addBeanClasses(Beans.class, Request.class)
                .addBeanClasses(beans)
                .initialize();
    }

    private static void awaitHeard(String... texts) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(HEARD).containsExactlyInAnyOrder(texts));
    }

    @ApplicationScoped
    static class Bodies {
        @JmsListener(destination = "Bodies")
        void hear(String body, Request request) {
            HEARD.add(body + " in a " + request.rename(body) + " request");
        }

        @JmsListener(destination = "Messages", selector = "colour = 'red'")
        void hear(Message message) throws JMSException {
            HEARD.add(message.getStringProperty("colour"));
        }
    }

    @Test
    void a_message_or_its_body_comes_in_a_request_of_its_own() {
        try (JMSContext context = FACTORY.get().createContext();
                SeContainer container = with(Bodies.class)) {
            assertThat(container.isRunning()).isTrue();
            for (String each : List.of("a", "b")) {
                context.createProducer().send(context.createQueue("Bodies"), each);
            }
            for (String colour : List.of("blue", "red")) {
                context.createProducer().setProperty("colour", colour).send(context.createQueue("Messages"), colour);
            }
            awaitHeard("a in a new request", "b in a new request", "red");
        }
    }

    @ApplicationScoped
    static class Failing {
        @Inject
        JMSContext injected;

        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        @JmsListener(destination = "Failing")
        void simple(Message message) throws JMSException {
            hear(message);
        }

        @JmsListener(destination = "FailingLocal", transaction = ListenerTransaction.LOCAL)
        void local(Message message) throws JMSException {
            hear(message);
        }

        private void hear(Message message) throws JMSException {
            String body = message.getBody(String.class);
            HEARD.add(body + " " + message.getIntProperty("JMSXDeliveryCount"));
            if (seen.add(body)) {
                if (body.startsWith("error")) {
                    throw new AssertionError("an error of the application");
                }
                throw new JMSException("not the first time");
            }
        }
    }

    @Test
    void a_message_whose_listener_fails_comes_again() {
        try (JMSContext context = FACTORY.get().createContext();
                SeContainer container = with(Failing.class)) {
            assertThat(container.isRunning()).isTrue();
            context.createProducer().send(context.createQueue("Failing"), "simple");
            context.createProducer().send(context.createQueue("FailingLocal"), "local");
            context.createProducer().send(context.createQueue("FailingLocal"), "error");
            awaitHeard("simple 1", "simple 2", "local 1", "local 2", "error 1", "error 2");
        }
    }

    @ApplicationScoped
    static class Shared {
        static final CountDownLatch BOTH = new CountDownLatch(2);

        @JmsListener(destination = "News", topic = true, subscription = "readers", shared = true, concurrency = 2)
        void read(String body) throws InterruptedException {
            BOTH.countDown();
            assertThat(BOTH.await(60, TimeUnit.SECONDS)).isTrue();
            HEARD.add(body);
        }
    }

    @Test
    void sessions_receive_at_the_same_time_and_divide_a_shared_subscription() {
        try (JMSContext context = FACTORY.get().createContext();
                SeContainer container = with(Shared.class)) {
            assertThat(container.isRunning()).isTrue();
            // There is a subscription when a message of it has come; who publishes before it begins is not heard.
            await().atMost(PATIENCE).until(() -> {
                context.createProducer().send(context.createTopic("News"), "ping");
                return Shared.BOTH.getCount() == 0;
            });
            assertThat(HEARD).allMatch("ping"::equals);
        }
    }

    @ApplicationScoped
    static class Waiting {
        @JmsListener(destination = "Waiting")
        void hear(String body) {
            HEARD.add(body);
        }
    }

    @Test
    void a_broker_that_is_away_when_the_container_starts_is_waited_for() {
        ConnectionFactory there = FACTORY.get();
        FACTORY.set(new AgenaConnectionFactory("agena://127.0.0.1:1?reconnectTimeout=0"));
        try (JMSContext context = there.createContext();
                SeContainer container = with(Waiting.class)) {
            assertThat(container.isRunning()).isTrue();
            context.createProducer().send(context.createQueue("Waiting"), "patience");
            FACTORY.set(there);
            awaitHeard("patience");
        }
    }

    @ApplicationScoped
    static class NoParameter {
        @JmsListener(destination = "Any")
        void hear() {
            HEARD.add("");
        }
    }

    @ApplicationScoped
    static class ManyOfOneTopic {
        @JmsListener(destination = "Any", topic = true, concurrency = 2)
        void hear(String body) {
            HEARD.add(body);
        }
    }

    @ApplicationScoped
    static class SubscriptionOfQueue {
        @JmsListener(destination = "Any", subscription = "me", durable = true)
        void hear(String body) {
            HEARD.add(body);
        }
    }

    @ApplicationScoped
    static class NameWithoutUse {
        @JmsListener(destination = "Any", topic = true, subscription = "me")
        void hear(String body) {
            HEARD.add(body);
        }
    }

    @ApplicationScoped
    static class Secret {
        @SuppressWarnings("UnusedMethod")
        @JmsListener(destination = "Any")
        private void hear(String body) {
            HEARD.add(body);
        }
    }

    @Test
    void methods_that_can_never_receive_keep_the_container_from_starting() {
        for (Class<?> each : List.of(
                NoParameter.class,
                ManyOfOneTopic.class,
                SubscriptionOfQueue.class,
                NameWithoutUse.class,
                Secret.class)) {
            assertThatThrownBy(() -> with(each).close())
                    .as(each.getSimpleName())
                    .hasStackTraceContaining("@JmsListener " + each.getName() + ".hear ");
        }
    }
}
