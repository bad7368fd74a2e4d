// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import org.junit.jupiter.api.Test;

/** Messages that may not be delivered before their time (Jakarta Messaging 3.1 §7.9). */
class DeliveryDelayTest extends Rules {

    /** Long enough that nobody waits for it by mistake. */
    private static final long LONG_MILLIS = 3_600_000;

    private static final long SHORT_MILLIS = 300;

    private MessageProducer delaying(Session session, Destination destination, long millis) throws JMSException {
        MessageProducer producer = session.createProducer(destination);
        producer.setDeliveryDelay(millis);
        return producer;
    }

    @Test
    void a_delayed_message_does_not_come_before_its_time() throws Exception {
        for (int mode : new int[] {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT}) {
            Queue queue = queue();
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = delaying(session, queue, SHORT_MILLIS);
            producer.setDeliveryMode(mode);
            TextMessage sent = session.createTextMessage("delayed");
            long before = System.currentTimeMillis();
            producer.send(sent);
            Message received = receive(consumer);
            long after = System.currentTimeMillis();
            assertThat(sent.getJMSDeliveryTime()).isGreaterThanOrEqualTo(before + SHORT_MILLIS);
            assertThat(received.getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
            assertThat(after).isGreaterThanOrEqualTo(received.getJMSDeliveryTime());
            assertThat(received.getJMSRedelivered()).isFalse();
            assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        }
    }

    @Test
    void the_delivery_time_is_the_time_of_the_send_and_the_delay() throws Exception {
        MessageProducer producer = delaying(session, queue(), LONG_MILLIS);
        assertThat(producer.getDeliveryDelay()).isEqualTo(LONG_MILLIS);
        Message sent = session.createTextMessage("delayed");
        long before = System.currentTimeMillis();
        producer.send(sent);
        long after = System.currentTimeMillis();
        assertThat(sent.getJMSDeliveryTime()).isBetween(before + LONG_MILLIS, after + LONG_MILLIS);
    }

    @Test
    void a_delayed_message_does_not_hold_up_later_ones() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        delaying(session, queue, LONG_MILLIS).send(session.createTextMessage("delayed"));
        send(queue, "one", "two");
        assertThat(texts(consumer, 2)).containsExactly("one", "two");
        assertNothingFor(consumer);
    }

    @Test
    void a_delayed_message_is_not_shown_by_a_browser() throws Exception {
        Queue queue = queue();
        delaying(session, queue, LONG_MILLIS).send(session.createTextMessage("delayed"));
        assertThat(session.createBrowser(queue).getEnumeration().hasMoreElements())
                .isFalse();
        assertNothingFor(session.createConsumer(queue));
    }

    @Test
    void on_a_topic_those_get_it_who_subscribed_when_it_was_sent() throws Exception {
        Topic topic = topic();
        MessageConsumer early = session.createConsumer(topic);
        MessageProducer producer = session.createProducer(topic);
        producer.setDeliveryDelay(SHORT_MILLIS);
        producer.send(session.createTextMessage("delayed"));
        MessageConsumer late = session.createConsumer(topic);
        send(topic, "now");
        assertThat(texts(early, 2)).containsExactlyInAnyOrder("now", "delayed");
        assertThat(texts(late, 1)).containsExactly("now");
        assertNothingFor(late);
    }

    @Test
    void the_simplified_producer_delays_too() throws Exception {
        JMSContext context = context();
        Queue queue = context.createQueue(unique("queue"));
        long before = System.currentTimeMillis();
        context.createProducer().setDeliveryDelay(SHORT_MILLIS).send(queue, "delayed");
        Message received = receive(context.createConsumer(queue));
        assertThat(received.getJMSDeliveryTime()).isGreaterThanOrEqualTo(before + SHORT_MILLIS);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(received.getJMSDeliveryTime());
    }

    @Test
    void the_longest_delay_is_never_over() throws Exception {
        Queue queue = queue();
        Topic topic = topic();
        MessageConsumer subscriber = session.createConsumer(topic);
        for (Destination destination : new Destination[] {queue, topic}) {
            delaying(session, destination, Long.MAX_VALUE).send(session.createTextMessage("never"));
            send(destination, "now");
        }
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(texts(consumer, 1)).containsExactly("now");
        assertNothingFor(consumer);
        assertThat(texts(subscriber, 1)).containsExactly("now");
        assertNothingFor(subscriber);
    }

    @Test
    void a_delay_below_zero_is_refused() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        assertThatThrownBy(() -> producer.setDeliveryDelay(-1)).isInstanceOf(JMSException.class);
        assertThat(producer.getDeliveryDelay()).isZero();
    }

    @Test
    void a_message_that_expires_before_its_time_never_comes() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        MessageProducer producer = delaying(session, queue, SHORT_MILLIS);
        producer.setTimeToLive(SHORT_MILLIS / 2);
        producer.send(session.createTextMessage("never"));
        producer.setTimeToLive(0);
        producer.send(session.createTextMessage("delayed"));
        assertThat(texts(consumer, 1)).containsExactly("delayed");
        assertNothingFor(consumer);
    }

    @Test
    void what_came_late_comes_at_once_when_it_comes_again() throws Exception {
        Queue queue = queue();
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        delaying(session, queue, SHORT_MILLIS).send(session.createTextMessage("delayed"));
        assertThat(deliveries(consumer, 1)).containsExactly("delayed 1");
        acknowledging.recover();
        assertThat(deliveries(consumer, 1)).containsExactly("delayed again 2");
    }
}
