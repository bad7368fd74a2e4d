// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simplified API: contexts, and consumers that receive bodies (Jakarta Messaging 3.1 §2.8, §6.2, §8.6). */
class JmsContextTest extends Rules {

    private JMSContext context;
    private Queue queue;

    @BeforeEach
    void openContext() throws Exception {
        context = context();
        queue = context.createQueue(unique("queue"));
    }

    // ---- modes

    @Test
    void a_context_has_the_mode_that_it_was_created_with() throws Exception {
        assertThat(context.getSessionMode()).isEqualTo(JMSContext.AUTO_ACKNOWLEDGE);
        assertThat(context.getTransacted()).isFalse();
        for (int mode :
                new int[] {JMSContext.AUTO_ACKNOWLEDGE, JMSContext.CLIENT_ACKNOWLEDGE, JMSContext.DUPS_OK_ACKNOWLEDGE
                }) {
            assertThat(context(mode).getSessionMode()).isEqualTo(mode);
            assertThat(closing(context.createContext(mode)).getSessionMode()).isEqualTo(mode);
        }
    }

    @Test
    void a_mode_that_there_is_not_is_refused() throws Exception {
        assertThatThrownBy(() -> factory().createContext(4711)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> context.createContext(4711)).isInstanceOf(JMSRuntimeException.class);
    }

    @Test
    void commit_and_rollback_are_for_transacted_contexts() {
        assertThatThrownBy(context::commit).isInstanceOf(IllegalStateRuntimeException.class);
        assertThatThrownBy(context::rollback).isInstanceOf(IllegalStateRuntimeException.class);
    }

    // ---- starting

    @Test
    void a_context_starts_with_its_first_consumer() throws Exception {
        assertThat(context.getAutoStart()).isTrue();
        send(queue, "a");
        assertThat(texts(context.createConsumer(queue), 1)).containsExactly("a");
    }

    @Test
    void a_context_that_does_not_start_by_itself_waits_for_start() throws Exception {
        context.setAutoStart(false);
        assertThat(context.getAutoStart()).isFalse();
        send(queue, "a");
        JMSConsumer consumer = context.createConsumer(queue);
        assertNothingFor(consumer);
        context.start();
        assertThat(texts(consumer, 1)).containsExactly("a");
    }

    @Test
    void every_kind_of_consumer_starts_its_context() throws Exception {
        Topic topic = context.createTopic(unique("topic"));
        JMSContext shared = context();
        JMSConsumer first = shared.createSharedConsumer(topic, unique("s"));
        JMSContext durable = context();
        JMSConsumer second = durable.createSharedDurableConsumer(topic, unique("s"));
        send(topic, "a");
        assertThat(texts(first, 1)).containsExactly("a");
        assertThat(texts(second, 1)).containsExactly("a");
    }

    @Test
    void a_context_can_be_stopped_and_started() throws Exception {
        JMSConsumer consumer = context.createConsumer(queue);
        context.stop();
        send(queue, "a");
        assertNothingFor(consumer);
        context.start();
        assertThat(texts(consumer, 1)).containsExactly("a");
    }

    @Test
    void a_browser_works_without_a_start() throws Exception {
        context.setAutoStart(false);
        send(queue, "a");
        assertThat(context.createBrowser(queue).getEnumeration().hasMoreElements())
                .isTrue();
    }

    // ---- sharing a connection

    @Test
    void closing_one_context_leaves_another_of_the_same_connection_open() throws Exception {
        JMSContext other = context.createContext(JMSContext.AUTO_ACKNOWLEDGE);
        context.close();
        other.createProducer().send(queue, "a");
        assertThat(texts(other.createConsumer(queue), 1)).containsExactly("a");
        other.close();
        assertThatThrownBy(() -> other.createProducer()).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void two_threads_that_close_a_context_leave_another_of_the_same_connection_open() throws Exception {
        for (int i = 0; i < 20; i++) {
            JMSContext first = context();
            JMSContext second = closing(first.createContext(JMSContext.AUTO_ACKNOWLEDGE));
            CyclicBarrier together = new CyclicBarrier(2);
            List<Background<Void>> closers = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                closers.add(meanwhile(() -> {
                    together.await();
                    first.close();
                }));
            }
            for (Background<Void> closer : closers) {
                closer.get();
            }
            assertThat(second.getMetaData()).isNotNull();
            second.createProducer().send(queue, "a");
        }
    }

    @Test
    void a_context_of_a_closed_one_cannot_be_created() {
        context.close();
        context.close();
        assertThatThrownBy(() -> context.createContext(JMSContext.AUTO_ACKNOWLEDGE))
                .isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void autostart_is_each_contexts_own() {
        JMSContext other = closing(context.createContext(JMSContext.AUTO_ACKNOWLEDGE));
        other.setAutoStart(false);
        assertThat(context.getAutoStart()).isTrue();
    }

    @Test
    void the_end_of_the_last_context_is_the_end_of_the_connection() throws Exception {
        String id = unique("client");
        JMSContext first = factory().createContext();
        first.setClientID(id);
        JMSContext second = first.createContext(JMSContext.AUTO_ACKNOWLEDGE);
        first.close();
        JMSContext waiting = context();
        assertThatThrownBy(() -> waiting.setClientID(id)).isInstanceOf(JMSRuntimeException.class);
        second.close();
        JMSContext next = context();
        next.setClientID(id);
        assertThat(next.getClientID()).isEqualTo(id);
    }

    @Test
    void the_exception_listener_and_the_metadata_are_those_of_the_connection() throws Exception {
        ExceptionListener listener = exception -> {};
        context.setExceptionListener(listener);
        assertThat(context.getExceptionListener()).isSameAs(listener);
        assertThat(closing(context.createContext(JMSContext.AUTO_ACKNOWLEDGE)).getExceptionListener())
                .isSameAs(listener);
        assertThat(context.getMetaData().getJMSMajorVersion()).isEqualTo(3);
    }

    // ---- mistakes

    @Test
    void mistakes_are_unchecked_exceptions_of_their_kind() {
        assertThatThrownBy(() -> context.createConsumer(null)).isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> context.createBrowser(null)).isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> context.createConsumer(queue, "n ="))
                .isInstanceOf(InvalidSelectorRuntimeException.class);
        assertThatThrownBy(() -> context.createQueue(null)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> context.createTopic(null)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> context.createSharedConsumer(null, "name"))
                .isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> context.unsubscribe(unique("nobody")))
                .isInstanceOf(InvalidDestinationRuntimeException.class);
    }

    @Test
    void an_unchecked_exception_keeps_the_checked_one_as_its_cause() {
        try {
            context.createConsumer(queue, "n =");
        } catch (InvalidSelectorRuntimeException thrown) {
            assertThat(thrown.getCause()).isInstanceOf(JMSException.class);
            assertThat(thrown.getErrorCode()).isEqualTo(((JMSException) thrown.getCause()).getErrorCode());
            return;
        }
        throw new AssertionError("a wrong selector was taken");
    }

    @Test
    void a_listener_may_neither_stop_nor_close_its_context() throws Exception {
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        context.createConsumer(queue).setMessageListener(message -> {
            for (Runnable step : List.<Runnable>of(context::stop, context::close)) {
                try {
                    step.run();
                    thrown.add(new AssertionError("it succeeded"));
                } catch (RuntimeException refused) {
                    thrown.add(refused);
                }
            }
        });
        send(queue, "a");
        await(() -> thrown.size() == 2);
        assertThat(thrown).allSatisfy(each -> assertThat(each).isInstanceOf(IllegalStateRuntimeException.class));
    }

    // ---- messages and bodies

    @Test
    void messages_of_every_kind_can_be_created() throws Exception {
        assertThat(context.createMessage()).isNotNull();
        assertThat(context.createTextMessage().getText()).isNull();
        assertThat(context.createTextMessage("a").getText()).isEqualTo("a");
        assertThat(context.createBytesMessage()).isNotNull();
        assertThat(context.createMapMessage()).isNotNull();
        assertThat(context.createStreamMessage()).isNotNull();
        assertThat(context.createObjectMessage().getObject()).isNull();
        assertThat(context.createObjectMessage("a").getObject()).isEqualTo("a");
    }

    @Test
    void bodies_are_received_as_what_they_are() throws Exception {
        JMSConsumer consumer = context.createConsumer(queue);
        context.createProducer()
                .send(queue, "text")
                .send(queue, new byte[] {1, 2})
                .send(queue, Map.of("k", 1))
                .send(queue, Integer.valueOf(7));
        assertThat(consumer.receiveBody(String.class, WAIT_MILLIS)).isEqualTo("text");
        assertThat(consumer.receiveBody(byte[].class, WAIT_MILLIS)).containsExactly(1, 2);
        Map<?, ?> map = consumer.receiveBody(Map.class, WAIT_MILLIS);
        assertThat((Object) map.get("k")).isEqualTo(1);
        assertThat(consumer.receiveBody(Serializable.class, WAIT_MILLIS)).isEqualTo(7);
        assertThat(consumer.receiveBodyNoWait(String.class)).isNull();
        assertThat(consumer.receiveBody(String.class, 50)).isNull();
    }

    @Test
    void receiveBody_waits_for_a_message() throws Exception {
        JMSConsumer consumer = context.createConsumer(queue);
        Background<String> receiver =
                background(() -> consumer.receiveBody(String.class)).awaitWaiting();
        send(queue, "a");
        assertThat(receiver.get()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(ints = {JMSContext.AUTO_ACKNOWLEDGE, JMSContext.DUPS_OK_ACKNOWLEDGE})
    void a_body_that_cannot_be_had_is_as_if_nobody_had_asked_for_it(int mode) throws Exception {
        JMSContext receiving = context(mode);
        JMSConsumer consumer = receiving.createConsumer(queue);
        send(queue, "a", "b");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> consumer.receiveBody(Integer.class, WAIT_MILLIS))
                    .isInstanceOf(MessageFormatRuntimeException.class);
        }
        assertThatThrownBy(() -> consumer.receiveBodyNoWait(Map.class))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThat(delivery(receive(consumer))).isEqualTo("a 1");
        assertThat(delivery(receive(consumer))).isEqualTo("b 1");
    }

    @Test
    void a_body_that_cannot_be_had_counts_as_delivered_where_the_client_acknowledges() throws Exception {
        JMSContext receiving = context(JMSContext.CLIENT_ACKNOWLEDGE);
        JMSConsumer consumer = receiving.createConsumer(queue);
        send(queue, "a", "b");
        assertThatThrownBy(() -> consumer.receiveBody(Integer.class, WAIT_MILLIS))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThat(delivery(receive(consumer))).isEqualTo("b 1");
        receiving.recover();
        assertThat(delivery(receive(consumer))).isEqualTo("a again 2");
        assertThat(delivery(receive(consumer))).isEqualTo("b again 2");
    }

    @Test
    void messages_without_a_body_and_streams_have_none_to_receive() throws Exception {
        JMSConsumer consumer = context.createConsumer(queue);
        for (Message message :
                List.of(context.createMessage(), context.createStreamMessage(), context.createTextMessage())) {
            context.createProducer().send(queue, message);
            assertThatThrownBy(() -> consumer.receiveBody(Object.class, WAIT_MILLIS))
                    .as(message.getClass().getName())
                    .isInstanceOf(MessageFormatRuntimeException.class);
            assertThat(receive(consumer).getJMSRedelivered()).isFalse();
        }
    }

    // ---- consumers

    @Test
    void a_consumer_of_a_context_does_what_one_of_a_session_does() throws Exception {
        JMSConsumer consumer = context.createConsumer(queue, "n = 1");
        assertThat(consumer.getMessageSelector()).isEqualTo("n = 1");
        assertThat(consumer.getMessageListener()).isNull();
        assertThat(consumer.receive(50)).isNull();
        Background<Message> receiver = background(() -> consumer.receive()).awaitWaiting();
        context().createProducer().setProperty("n", 1).send(queue, "a");
        assertThat(text(receiver.get())).isEqualTo("a");
        consumer.close();
        consumer.close();
        assertThatThrownBy(consumer::receive).isInstanceOf(IllegalStateRuntimeException.class);
        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(IllegalStateRuntimeException.class);
        assertThatThrownBy(() -> consumer.receiveBody(String.class)).isInstanceOf(IllegalStateRuntimeException.class);
        assertThatThrownBy(consumer::getMessageSelector).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void closing_a_context_ends_a_thread_that_receives() throws Exception {
        JMSContext own = context();
        JMSConsumer consumer = own.createConsumer(queue);
        Background<Message> receiver = background(() -> consumer.receive()).awaitWaiting();
        own.close();
        assertThat(receiver.get()).isNull();
    }

    // ---- producers

    @Test
    void a_producer_says_what_was_set() {
        var producer = context.createProducer();
        producer.setDeliveryMode(1).setPriority(7).setTimeToLive(1000).setDeliveryDelay(5);
        producer.setDisableMessageID(true).setDisableMessageTimestamp(true);
        producer.setJMSCorrelationID("c").setJMSType("t").setJMSReplyTo(queue);
        assertThat(producer.getDeliveryMode()).isEqualTo(1);
        assertThat(producer.getPriority()).isEqualTo(7);
        assertThat(producer.getTimeToLive()).isEqualTo(1000);
        assertThat(producer.getDeliveryDelay()).isEqualTo(5);
        assertThat(producer.getDisableMessageID()).isTrue();
        assertThat(producer.getDisableMessageTimestamp()).isTrue();
        assertThat(producer.getJMSCorrelationID()).isEqualTo("c");
        assertThat(producer.getJMSType()).isEqualTo("t");
        assertThat(producer.getJMSReplyTo()).isEqualTo(queue);
    }

    @Test
    void what_a_producer_says_goes_with_every_message() throws Exception {
        Queue replies = context.createQueue(unique("queue"));
        context.createProducer()
                .setJMSCorrelationID("c")
                .setJMSType("t")
                .setJMSReplyTo(replies)
                .setPriority(8)
                .setProperty("int", 1)
                .setProperty("text", "x")
                .send(queue, "a")
                .send(queue, Map.of("k", 1));
        JMSConsumer consumer = context.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            Message message = receive(consumer);
            assertThat(message.getJMSCorrelationID()).isEqualTo("c");
            assertThat(message.getJMSType()).isEqualTo("t");
            assertThat(message.getJMSReplyTo()).isEqualTo(replies);
            assertThat(message.getJMSPriority()).isEqualTo(8);
            assertThat(message.getObjectProperty("int")).isEqualTo(1);
            assertThat(message.getStringProperty("text")).isEqualTo("x");
        }
    }

    @Test
    void properties_of_the_producer_go_before_those_of_the_message() throws Exception {
        TextMessage message = context.createTextMessage("a");
        message.setIntProperty("both", 1);
        message.setIntProperty("message", 2);
        message.setJMSType("message");
        context.createProducer().setProperty("both", 3).setJMSType("producer").send(queue, message);
        Message received = receive(context.createConsumer(queue));
        assertThat(received.getIntProperty("both")).isEqualTo(3);
        assertThat(received.getIntProperty("message")).isEqualTo(2);
        assertThat(received.getJMSType()).isEqualTo("producer");
    }

    @Test
    void properties_of_a_producer_have_types_and_can_be_cleared() {
        var producer = context.createProducer();
        producer.setProperty("boolean", true)
                .setProperty("byte", (byte) 1)
                .setProperty("short", (short) 2)
                .setProperty("int", 3)
                .setProperty("long", 4L)
                .setProperty("float", 5f)
                .setProperty("double", 6.0)
                .setProperty("text", "7")
                .setProperty("object", (Object) 8);
        assertThat(producer.getBooleanProperty("boolean")).isTrue();
        assertThat(producer.getByteProperty("byte")).isEqualTo((byte) 1);
        assertThat(producer.getShortProperty("byte")).isEqualTo((short) 1);
        assertThat(producer.getShortProperty("short")).isEqualTo((short) 2);
        assertThat(producer.getIntProperty("int")).isEqualTo(3);
        assertThat(producer.getLongProperty("long")).isEqualTo(4);
        assertThat(producer.getFloatProperty("float")).isEqualTo(5f);
        assertThat(producer.getDoubleProperty("double")).isEqualTo(6.0);
        assertThat(producer.getStringProperty("text")).isEqualTo("7");
        assertThat(producer.getIntProperty("text")).isEqualTo(7);
        assertThat(producer.getObjectProperty("object")).isEqualTo(8);
        assertThat(producer.propertyExists("object")).isTrue();
        assertThat(producer.getPropertyNames()).hasSize(9).contains("boolean", "object");
        assertThatThrownBy(() -> producer.getIntProperty("long")).isInstanceOf(MessageFormatRuntimeException.class);
        assertThatThrownBy(() -> producer.getBooleanProperty("int")).isInstanceOf(MessageFormatRuntimeException.class);
        assertThat(producer.clearProperties()).isSameAs(producer);
        assertThat(producer.getPropertyNames()).isEmpty();
        assertThat(producer.propertyExists("int")).isFalse();
    }

    @Test
    void a_producer_refuses_what_it_cannot_send() {
        var producer = context.createProducer();
        assertThatThrownBy(() -> producer.send(null, "a")).isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> producer.send(queue, (Message) null))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThatThrownBy(() -> producer.send(queue, Map.of("list", List.of())))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThatThrownBy(() -> producer.setDeliveryMode(3)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> producer.setPriority(10)).isInstanceOf(JMSRuntimeException.class);
        assertThatThrownBy(() -> producer.setProperty("p", new Object()))
                .isInstanceOf(MessageFormatRuntimeException.class);
        for (String none : new String[] {null, ""}) {
            assertThatThrownBy(() -> producer.setProperty(none, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> producer.setProperty(none, "x")).isInstanceOf(IllegalArgumentException.class);
        }
        assertNothingFor(context.createConsumer(queue));
    }

    @Test
    void null_bodies_are_messages_of_their_kind_without_a_body() throws Exception {
        context.createProducer()
                .send(queue, (String) null)
                .send(queue, (byte[]) null)
                .send(queue, (Map<String, Object>) null)
                .send(queue, (Serializable) null);
        JMSConsumer consumer = context.createConsumer(queue);
        for (Class<?> kind : List.of(
                TextMessage.class,
                jakarta.jms.BytesMessage.class,
                jakarta.jms.MapMessage.class,
                jakarta.jms.ObjectMessage.class)) {
            Message received = receive(consumer);
            assertThat(received).isInstanceOf(kind);
            assertThat(received.getBody(Object.class)).isNull();
        }
    }

    @Test
    void a_map_is_taken_as_it_is_when_it_is_sent() {
        Map<String, Object> map = new HashMap<>(Map.of("k", 1));
        context.createProducer().send(queue, map);
        map.put("k", 2);
        Map<?, ?> received = context.createConsumer(queue).receiveBody(Map.class, WAIT_MILLIS);
        assertThat((Object) received.get("k")).isEqualTo(1);
    }

    @Test
    void a_received_message_cannot_be_given_more_properties_by_a_producer() throws Exception {
        send(queue, "a");
        Message received = receive(context.createConsumer(queue));
        Queue other = context.createQueue(unique("queue"));
        assertThatThrownBy(() -> context.createProducer().setProperty("p", 1).send(other, received))
                .isInstanceOf(jakarta.jms.MessageNotWriteableRuntimeException.class);
        context.createProducer().send(other, received);
        assertThat(texts(context.createConsumer(other), 1)).containsExactly("a");
    }
}
