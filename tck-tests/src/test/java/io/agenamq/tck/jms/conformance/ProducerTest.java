// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Message producers of the classic API (Jakarta Messaging 3.1 §7). */
class ProducerTest extends Rules {

    /** A destination of no provider. */
    private record Foreign() implements Destination {}

    private final CompletionListener deaf = new Listeners.Ledger();

    @Test
    void defaults_are_persistent_priority_four_no_time_to_live_and_no_delay() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        assertThat(producer.getDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(producer.getPriority()).isEqualTo(4);
        assertThat(producer.getTimeToLive()).isZero();
        assertThat(producer.getDeliveryDelay()).isZero();
        assertThat(producer.getDisableMessageID()).isFalse();
        assertThat(producer.getDisableMessageTimestamp()).isFalse();
    }

    @Test
    void a_producer_says_what_was_set_and_sends_so() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.setPriority(7);
        producer.setTimeToLive(600_000);
        assertThat(producer.getDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(producer.getPriority()).isEqualTo(7);
        assertThat(producer.getTimeToLive()).isEqualTo(600_000);
        producer.send(session.createTextMessage("a"));
        Message received = receive(session.createConsumer(queue));
        assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(received.getJMSPriority()).isEqualTo(7);
        assertThat(received.getJMSExpiration()).isPositive();
    }

    @Test
    void arguments_of_a_send_are_for_that_send_alone() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("a"), DeliveryMode.NON_PERSISTENT, 9, 600_000);
        producer.send(session.createTextMessage("b"));
        assertThat(producer.getPriority()).isEqualTo(4);
        MessageConsumer consumer = session.createConsumer(queue);
        Message first = receive(consumer);
        Message second = receive(consumer);
        assertThat(first.getJMSPriority()).isEqualTo(9);
        assertThat(first.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(second.getJMSPriority()).isEqualTo(4);
        assertThat(second.getJMSExpiration()).isZero();
    }

    @Test
    void a_producer_knows_its_destination_and_an_anonymous_one_has_none() throws Exception {
        Queue queue = queue();
        assertThat(session.createProducer(queue).getDestination()).isEqualTo(queue);
        assertThat(session.createProducer(null).getDestination()).isNull();
    }

    @Test
    void a_producer_with_a_destination_sends_nowhere_else() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        Message message = session.createMessage();
        for (Destination other : new Destination[] {queue, queue()}) {
            assertThatThrownBy(() -> producer.send(other, message)).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> producer.send(other, message, DeliveryMode.PERSISTENT, 4, 0))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> producer.send(other, message, deaf))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> producer.send(other, message, DeliveryMode.PERSISTENT, 4, 0, deaf))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
        assertNothingFor(session.createConsumer(queue));
    }

    @Test
    void an_anonymous_producer_must_be_told_where_to() throws Exception {
        MessageProducer producer = session.createProducer(null);
        Message message = session.createMessage();
        assertThatThrownBy(() -> producer.send(message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> producer.send(message, DeliveryMode.PERSISTENT, 4, 0))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> producer.send(message, deaf)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> producer.send(message, DeliveryMode.PERSISTENT, 4, 0, deaf))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_destination_that_is_none_is_refused() throws Exception {
        MessageProducer producer = session.createProducer(null);
        Message message = session.createMessage();
        assertThatThrownBy(() -> producer.send((Destination) null, message))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> producer.send((Destination) null, message, DeliveryMode.PERSISTENT, 4, 0))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> producer.send((Destination) null, message, deaf))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> producer.send(new Foreign(), message)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createProducer(new Foreign())).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void a_message_that_is_none_is_refused() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        MessageProducer anonymous = session.createProducer(null);
        assertThatThrownBy(() -> producer.send(null)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> producer.send(null, deaf)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> anonymous.send(queue, null)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void modes_and_priorities_out_of_range_are_refused() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        Message message = session.createMessage();
        for (int mode : new int[] {0, 3, -1}) {
            assertThatThrownBy(() -> producer.setDeliveryMode(mode)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> producer.send(message, mode, 4, 0)).isInstanceOf(JMSException.class);
        }
        for (int priority : new int[] {-1, 10}) {
            assertThatThrownBy(() -> producer.setPriority(priority)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> producer.send(message, DeliveryMode.PERSISTENT, priority, 0))
                    .isInstanceOf(JMSException.class);
        }
        assertThat(producer.getDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(producer.getPriority()).isEqualTo(4);
        assertNothingFor(session.createConsumer(queue));
    }

    @Test
    void every_priority_and_both_modes_are_taken() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        for (int priority = 0; priority <= 9; priority++) {
            producer.setPriority(priority);
            assertThat(producer.getPriority()).isEqualTo(priority);
        }
        for (int mode : List.of(DeliveryMode.NON_PERSISTENT, DeliveryMode.PERSISTENT)) {
            producer.setDeliveryMode(mode);
            assertThat(producer.getDeliveryMode()).isEqualTo(mode);
        }
    }

    @Test
    void a_closed_producer_is_closed_before_anything_else_is_looked_at() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        MessageProducer anonymous = session.createProducer(null);
        producer.close();
        anonymous.close();
        producer.close();
        assertThatThrownBy(() -> producer.send(null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> producer.send(queue(), null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> anonymous.send(null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> producer.send(null, (CompletionListener) null))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::getDestination).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::getDeliveryMode).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> producer.setPriority(4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_persistent_message_is_there_for_others_when_send_returns() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = connection.createSession().createConsumer(queue);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 20; i++) {
            producer.send(session.createTextMessage("m" + i));
            Message there = consumer.receiveNoWait();
            assertThat(there).as("m" + i).isNotNull();
        }
    }

    @Test
    void what_an_anonymous_producer_sends_goes_where_it_was_told() throws Exception {
        Queue one = queue();
        Queue two = queue();
        MessageProducer producer = session.createProducer(null);
        producer.send(one, session.createTextMessage("a"));
        producer.send(two, session.createTextMessage("b"), DeliveryMode.NON_PERSISTENT, 5, 0);
        assertThat(takeAll(one)).containsExactly("a 1");
        assertThat(takeAll(two)).containsExactly("b 1");
    }
}
