// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
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

/** Messages whose time is over (Jakarta Messaging 3.1 §7.8). */
class TimeToLiveTest extends Rules {

    @Test
    void the_longest_time_to_live_is_as_good_as_for_ever() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setTimeToLive(Long.MAX_VALUE);
        Message sent = session.createTextMessage("a");
        producer.send(sent);
        context().createProducer().setTimeToLive(Long.MAX_VALUE - 1).send(queue, "b");
        MessageConsumer consumer = session.createConsumer(queue);
        Message received = receive(consumer);
        assertThat(text(received)).isEqualTo("a");
        assertThat(received.getJMSExpiration())
                .isEqualTo(sent.getJMSExpiration())
                .isGreaterThan(System.currentTimeMillis());
        assertThat(texts(consumer, 1)).containsExactly("b");
    }

    private static final long SHORT_MILLIS = 50;

    /** Waits until a time of the clock is over by which messages are dated. */
    private static void awaitTime(long millis) {
        await(() -> System.currentTimeMillis() > millis);
    }

    private Message sendShortLived(Session session, Queue queue) throws JMSException {
        TextMessage message = session.createTextMessage("expires");
        session.createProducer(queue).send(message, DeliveryMode.PERSISTENT, 4, SHORT_MILLIS);
        return message;
    }

    @Test
    void an_expired_message_is_not_delivered() throws Exception {
        Queue queue = queue();
        Message expired = sendShortLived(session, queue);
        send(queue, "stays");
        awaitTime(expired.getJMSExpiration());
        assertThat(takeAll(queue)).containsExactly("stays 1");
    }

    @Test
    void a_message_that_expires_while_it_waits_in_the_client_is_not_delivered() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        send(queue, "first");
        Message expired = sendShortLived(session, queue);
        send(queue, "last");
        assertThat(texts(consumer, 1)).containsExactly("first");
        awaitTime(expired.getJMSExpiration());
        assertThat(texts(consumer, 1)).containsExactly("last");
        assertNothingFor(consumer);
    }

    @Test
    void an_expired_message_is_not_shown_by_a_browser() throws Exception {
        Queue queue = queue();
        Message expired = sendShortLived(session, queue);
        awaitTime(expired.getJMSExpiration());
        assertThat(session.createBrowser(queue).getEnumeration().hasMoreElements())
                .isFalse();
    }

    @Test
    void an_expired_message_is_not_delivered_to_a_subscription() throws Exception {
        Topic topic = topic();
        MessageConsumer consumer = session.createConsumer(topic);
        TextMessage expired = session.createTextMessage("expires");
        session.createProducer(topic).send(expired, DeliveryMode.PERSISTENT, 4, SHORT_MILLIS);
        send(topic, "stays");
        awaitTime(expired.getJMSExpiration());
        assertThat(texts(consumer, 1)).containsExactly("stays");
        assertNothingFor(consumer);
    }

    @Test
    void what_was_given_back_expires_too() throws Exception {
        Queue queue = queue();
        TextMessage expires = session.createTextMessage("expires");
        MessageProducer producer = session.createProducer(queue);
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        Message received = null;
        for (long millis = 500; received == null; millis *= 2) {
            // On a machine that is too busy it expires before it is seen.
            producer.send(expires, DeliveryMode.PERSISTENT, 4, millis);
            received = consumer.receive(millis);
        }
        awaitTime(received.getJMSExpiration());
        acknowledging.recover();
        assertNothingFor(consumer);
    }

    @Test
    void a_time_to_live_of_zero_is_for_ever() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setTimeToLive(SHORT_MILLIS);
        producer.setTimeToLive(0);
        TextMessage message = session.createTextMessage("stays");
        producer.send(message);
        assertThat(message.getJMSExpiration()).isZero();
        awaitTime(message.getJMSTimestamp() + 2 * SHORT_MILLIS);
        assertThat(takeAll(queue)).containsExactly("stays 1");
    }

    @Test
    void a_message_whose_time_is_not_over_is_delivered() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setTimeToLive(600_000);
        producer.send(session.createTextMessage("stays"));
        assertThat(takeAll(queue)).containsExactly("stays 1");
    }

    @Test
    void the_simplified_producer_sets_it_too() throws Exception {
        JMSContext context = context();
        Queue queue = context.createQueue(unique("queue"));
        TextMessage message = context.createTextMessage("expires");
        context.createProducer().setTimeToLive(SHORT_MILLIS).send(queue, message);
        awaitTime(message.getJMSExpiration());
        assertNothingFor(context.createConsumer(queue));
    }

    @Test
    void a_time_to_live_below_zero_is_refused() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        assertThatThrownBy(() -> producer.setTimeToLive(-1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(session.createMessage(), DeliveryMode.PERSISTENT, 4, -1))
                .isInstanceOf(JMSException.class);
    }
}
