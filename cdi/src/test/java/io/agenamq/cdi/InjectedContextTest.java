// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSPasswordCredential;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.JMSSessionMode;
import jakarta.jms.TemporaryQueue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contexts by injection, without transactions (Jakarta Messaging 3.1 §12.4). */
@Timeout(120)
class InjectedContextTest {

    private static final int WAIT_MILLIS = 60_000;
    private static final String URL = "agena:embedded/cdi-contexts";

    @ApplicationScoped
    static class Beans {
        @Produces
        @ApplicationScoped
        ConnectionFactory factory() {
            return new AgenaConnectionFactory(URL);
        }

        @Produces
        @Named("second")
        ConnectionFactory second() {
            return new AgenaConnectionFactory(URL + "-second");
        }
    }

    static class Shop {
        @Inject
        JMSContext context;

        @Inject
        JMSContext same;

        @Inject
        @JMSConnectionFactory("second")
        @JMSSessionMode(JMSContext.DUPS_OK_ACKNOWLEDGE)
        JMSContext elsewhere;

        @Inject
        @JMSConnectionFactory("nowhere")
        JMSContext nowhere;

        @Inject
        @JMSPasswordCredential(userName = "nobody", password = "sesame")
        JMSContext stranger;
    }

    /** Each call is a request. */
    @ApplicationScoped
    static class Counter {
        @Inject
        Shop shop;

        @ActivateRequestContext
        TemporaryQueue sellInOneContext() {
            TemporaryQueue till = shop.context.createTemporaryQueue();
            // Only the connection that a temporary queue was made with may consume from it: it is the same context's.
            JMSConsumer consumer = shop.same.createConsumer(till);
            shop.same.createProducer().send(till, "sold");
            assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("sold");
            return till;
        }

        @ActivateRequestContext
        JMSConsumer consumer(String queue) {
            JMSConsumer consumer = shop.context.createConsumer(shop.context.createQueue(queue));
            assertThat(consumer.receiveNoWait()).isNull();
            return consumer;
        }
    }

    private static SeContainerInitializer with(Class<?>... beans) {
        return SeContainerInitializer.newInstance()
                .disableDiscovery()
                .addExtensions(new MessagingExtension())
                .addBeanClasses(beans);
    }

    private static SeContainer start() {
        return with(Beans.class, Shop.class, Counter.class).initialize();
    }

    @Test
    void sends_and_receives() {
        try (SeContainer container = start()) {
            Shop shop = container.select(Shop.class).get();
            shop.context.createProducer().send(shop.context.createQueue("Orders"), "one");
            assertThat(shop.same.createConsumer(shop.same.createQueue("Orders")).receiveBody(String.class, WAIT_MILLIS))
                    .isEqualTo("one");
            assertThat(shop.context.getSessionMode()).isEqualTo(JMSContext.AUTO_ACKNOWLEDGE);
        }
    }

    @Test
    void the_annotations_say_which_factory_and_mode() {
        try (SeContainer container = start()) {
            Shop shop = container.select(Shop.class).get();
            shop.elsewhere.createProducer().send(shop.elsewhere.createQueue("Orders"), "there");
            assertThat(shop.context
                            .createConsumer(shop.context.createQueue("Orders"))
                            .receiveNoWait())
                    .isNull();
            assertThat(shop.elsewhere
                            .createConsumer(shop.elsewhere.createQueue("Orders"))
                            .receiveBody(String.class, WAIT_MILLIS))
                    .isEqualTo("there");
            assertThat(shop.elsewhere.getSessionMode()).isEqualTo(JMSContext.DUPS_OK_ACKNOWLEDGE);

            assertThatThrownBy(shop.nowhere::createProducer)
                    .isInstanceOf(JMSRuntimeException.class)
                    .hasMessageContaining("'nowhere'")
                    .hasMessageContaining("@Named(\"nowhere\")");
            assertThatThrownBy(shop.stranger::createProducer)
                    .isInstanceOf(JMSSecurityRuntimeException.class)
                    .message()
                    .doesNotContain("sesame");
            assertThat(shop.stranger.toString()).contains("nobody").doesNotContain("sesame");
        }
    }

    @Test
    void equal_annotations_are_one_context_in_a_request_and_its_things_go_with_it() {
        try (SeContainer container = start()) {
            Counter counter = container.select(Counter.class).get();
            JMSConsumer late = counter.consumer("Late");
            assertThatThrownBy(late::receiveNoWait).isInstanceOf(IllegalStateRuntimeException.class);

            TemporaryQueue gone = counter.sellInOneContext();
            Shop shop = container.select(Shop.class).get();
            assertThatThrownBy(() -> shop.context.createProducer().send(gone, "too late"))
                    .isInstanceOf(JMSRuntimeException.class);
        }
    }

    @Test
    void an_object_that_is_destroyed_takes_its_context_along() {
        try (SeContainer container = start()) {
            var shops = container.select(Shop.class);
            Shop shop = shops.get();
            JMSConsumer consumer = shop.context.createConsumer(shop.context.createQueue("Orders"));
            shops.destroy(shop);
            assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(IllegalStateRuntimeException.class);
            assertThatThrownBy(shop.context::createProducer).isInstanceOf(IllegalStateRuntimeException.class);
        }
    }

    @Test
    void what_the_container_does_an_application_must_not() {
        try (SeContainer container = start()) {
            JMSContext context = container.select(Shop.class).get().context;
            Map<String, ThrowingCallable> forbidden = Map.ofEntries(
                    Map.entry("setClientID", () -> context.setClientID("me")),
                    Map.entry("setExceptionListener", () -> context.setExceptionListener(null)),
                    Map.entry("start", context::start),
                    Map.entry("stop", context::stop),
                    Map.entry("setAutoStart", () -> context.setAutoStart(false)),
                    Map.entry("acknowledge", context::acknowledge),
                    Map.entry("commit", context::commit),
                    Map.entry("rollback", context::rollback),
                    Map.entry("recover", context::recover),
                    Map.entry("close", context::close));
            forbidden.forEach((method, call) -> assertThatThrownBy(call)
                    .isInstanceOf(IllegalStateRuntimeException.class)
                    .hasMessageContaining(method));
        }
    }

    @Test
    void a_context_of_a_bean_that_was_written_and_read_is_there_again() throws Exception {
        try (SeContainer container = start()) {
            JMSContext context = container.select(Shop.class).get().context;
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            new ObjectOutputStream(written).writeObject(context);
            JMSContext read =
                    (JMSContext) new ObjectInputStream(new ByteArrayInputStream(written.toByteArray())).readObject();
            read.createProducer().send(read.createQueue("Orders"), "again");
            assertThat(context.createConsumer(context.createQueue("Orders")).receiveBody(String.class, WAIT_MILLIS))
                    .isEqualTo("again");
        }
    }

    static class Transacted {
        @Inject
        @JMSSessionMode(JMSContext.SESSION_TRANSACTED)
        JMSContext context;
    }

    static class Alias {
        @Inject
        @JMSPasswordCredential(userName = "me", password = "ALIAS=secret")
        JMSContext context;
    }

    static class NoMode {
        @Inject
        @JMSSessionMode(77)
        JMSContext context;
    }

    @Test
    void what_cannot_be_injected_is_told_when_the_container_starts() {
        for (Class<?> each : List.of(Transacted.class, Alias.class, NoMode.class)) {
            assertThatThrownBy(() -> with(Beans.class, each).initialize().close())
                    .as(each.getSimpleName())
                    .hasStackTraceContaining("context: ")
                    .hasStackTraceContaining(
                            each == Transacted.class ? "use @Transactional" : each == Alias.class ? "alias" : "77");
        }
    }

    @Test
    void without_a_factory_the_first_call_says_what_is_missing() {
        try (SeContainer container = with(Shop.class).initialize()) {
            assertThatThrownBy(container.select(Shop.class).get().context::createProducer)
                    .isInstanceOf(JMSRuntimeException.class)
                    .hasMessageContaining("produce a bean of this type");
        }
    }
}
