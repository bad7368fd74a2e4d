// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TopicSubscriber;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What is closed refuses every call with an illegal state, except for being closed again (Jakarta Messaging 3.1 §6.1.8, §6.2.15, and the API
 * documentation of each {@code close}).
 */
class ClosedObjectsTest extends Rules {

    /** Calls every method of an interface but for closing it again and {@code run}, which says nothing about it. */
    private static void assertRefusesAll(Object closed, Class<?> api, Class<? extends Exception> expected)
            throws Exception {
        for (Method method : api.getMethods()) {
            if (!Set.of("close", "run").contains(method.getName())) {
                assertThatThrownBy(() -> call(closed, method))
                        .as(method.toString())
                        .isInstanceOf(expected);
            }
        }
        api.getMethod("close").invoke(closed);
    }

    private static void call(Object target, Method method) throws Throwable {
        Object[] nothing = Arrays.stream(method.getParameterTypes())
                .map(ClosedObjectsTest::nothing)
                .toArray();
        try {
            method.invoke(target, nothing);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        } else if (type == int.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        }
        return null;
    }

    @Test
    void a_closed_connection() throws Exception {
        connection.close();
        assertRefusesAll(connection, Connection.class, IllegalStateException.class);
    }

    @Test
    void a_closed_session() throws Exception {
        session.close();
        assertRefusesAll(session, Session.class, IllegalStateException.class);
    }

    @Test
    void a_closed_producer() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        producer.close();
        assertRefusesAll(producer, MessageProducer.class, IllegalStateException.class);
    }

    @Test
    void a_closed_consumer() throws Exception {
        MessageConsumer consumer = session.createConsumer(queue());
        consumer.close();
        assertRefusesAll(consumer, MessageConsumer.class, IllegalStateException.class);
    }

    @Test
    void a_closed_browser() throws Exception {
        QueueBrowser browser = session.createBrowser(queue());
        browser.close();
        assertRefusesAll(browser, QueueBrowser.class, IllegalStateException.class);
    }

    @Test
    void a_closed_durable_subscriber() throws Exception {
        Session subscribing = connect(unique("client")).createSession();
        TopicSubscriber subscriber = subscribing.createDurableSubscriber(topic(), unique("subscription"));
        subscriber.close();
        assertRefusesAll(subscriber, TopicSubscriber.class, IllegalStateException.class);
    }

    @Test
    void what_belongs_to_a_closed_session() throws Exception {
        MessageProducer producer = session.createProducer(null);
        MessageConsumer consumer = session.createConsumer(queue());
        QueueBrowser browser = session.createBrowser(queue());
        session.close();
        assertRefusesAll(producer, MessageProducer.class, IllegalStateException.class);
        assertRefusesAll(consumer, MessageConsumer.class, IllegalStateException.class);
        assertRefusesAll(browser, QueueBrowser.class, IllegalStateException.class);
    }

    @Test
    void what_belongs_to_a_closed_connection() throws Exception {
        MessageProducer producer = session.createProducer(null);
        MessageConsumer consumer = session.createConsumer(queue());
        QueueBrowser browser = session.createBrowser(queue());
        connection.close();
        assertRefusesAll(session, Session.class, IllegalStateException.class);
        assertRefusesAll(producer, MessageProducer.class, IllegalStateException.class);
        assertRefusesAll(consumer, MessageConsumer.class, IllegalStateException.class);
        assertRefusesAll(browser, QueueBrowser.class, IllegalStateException.class);
    }

    @Test
    void a_closed_context_and_what_belongs_to_it() throws Exception {
        JMSContext context = context();
        Queue queue = context.createQueue(unique("queue"));
        JMSConsumer consumer = context.createConsumer(queue);
        var producer = context.createProducer();
        context.close();
        assertRefusesAll(context, JMSContext.class, IllegalStateRuntimeException.class);
        assertRefusesAll(consumer, JMSConsumer.class, IllegalStateRuntimeException.class);
        assertThatThrownBy(() -> producer.send(queue, "late")).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void a_closed_context_although_another_shares_its_connection() throws Exception {
        JMSContext first = context();
        JMSContext second = first.createContext(JMSContext.AUTO_ACKNOWLEDGE);
        JMSConsumer consumer = second.createConsumer(second.createQueue(unique("queue")));
        second.close();
        assertRefusesAll(second, JMSContext.class, IllegalStateRuntimeException.class);
        assertRefusesAll(consumer, JMSConsumer.class, IllegalStateRuntimeException.class);
        first.createProducer().send(first.createQueue(unique("queue")), "a");
    }
}
