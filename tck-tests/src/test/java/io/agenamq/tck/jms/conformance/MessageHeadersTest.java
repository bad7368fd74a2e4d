// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Header fields: who sets them, and when (Jakarta Messaging 3.1 §3.4). */
class MessageHeadersTest extends Rules {

    @Test
    void send_sets_the_destination_on_the_sent_and_the_received_message() throws Exception {
        Queue queue = queue();
        Message sent = session.createMessage();
        session.createProducer(queue).send(sent);
        assertThat(sent.getJMSDestination()).isEqualTo(queue);
        assertThat(receive(session.createConsumer(queue)).getJMSDestination()).isEqualTo(queue);
    }

    @Test
    void the_destination_of_a_message_on_a_topic_is_the_topic() throws Exception {
        Topic topic = topic();
        MessageConsumer consumer = session.createConsumer(topic);
        send(topic, "a");
        Destination received = receive(consumer).getJMSDestination();
        assertThat(received).isEqualTo(topic).isInstanceOf(Topic.class).isNotInstanceOf(Queue.class);
        assertThat(((Topic) received).getTopicName()).isEqualTo(topic.getTopicName());
    }

    @Test
    void an_anonymous_producer_sets_the_destination_of_each_send() throws Exception {
        Queue one = queue();
        Queue two = queue();
        MessageProducer producer = session.createProducer(null);
        Message message = session.createMessage();
        producer.send(one, message);
        assertThat(message.getJMSDestination()).isEqualTo(one);
        producer.send(two, message);
        assertThat(message.getJMSDestination()).isEqualTo(two);
        assertThat(receive(session.createConsumer(one)).getJMSDestination()).isEqualTo(one);
        assertThat(receive(session.createConsumer(two)).getJMSDestination()).isEqualTo(two);
    }

    @Test
    void both_delivery_modes_arrive_as_they_were_sent() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int mode : new int[] {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT}) {
            Message sent = session.createMessage();
            producer.setDeliveryMode(mode);
            producer.send(sent);
            assertThat(sent.getJMSDeliveryMode()).isEqualTo(mode);
            assertThat(receive(consumer).getJMSDeliveryMode()).isEqualTo(mode);
        }
    }

    @Test
    void defaults_are_persistent_priority_four_and_no_expiration() throws Exception {
        Message sent = session.createMessage();
        Message received = roundTrip(sent);
        for (Message message : new Message[] {sent, received}) {
            assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(message.getJMSPriority()).isEqualTo(4);
            assertThat(message.getJMSExpiration()).isZero();
            assertThat(message.getJMSType()).isNull();
            assertThat(message.getJMSCorrelationID()).isNull();
            assertThat(message.getJMSReplyTo()).isNull();
            assertThat(message.getJMSRedelivered()).isFalse();
        }
    }

    @Test
    void a_message_id_begins_with_ID_and_is_the_same_on_both_sides() throws Exception {
        Message sent = session.createMessage();
        Message received = roundTrip(sent);
        assertThat(sent.getJMSMessageID()).startsWith("ID:").isEqualTo(received.getJMSMessageID());
    }

    @Test
    void every_send_of_a_message_has_an_id_of_its_own() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        Message message = session.createMessage();
        Set<String> sent = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            producer.send(message);
            sent.add(message.getJMSMessageID());
        }
        Set<String> received = new HashSet<>();
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 20; i++) {
            received.add(receive(consumer).getJMSMessageID());
        }
        assertThat(sent).hasSize(20).isEqualTo(received);
    }

    @Test
    void the_timestamp_is_between_the_call_of_send_and_its_return() throws Exception {
        Message sent = session.createMessage();
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        long before = System.currentTimeMillis();
        producer.send(sent);
        long after = System.currentTimeMillis();
        assertThat(sent.getJMSTimestamp()).isBetween(before, after);
        assertThat(receive(session.createConsumer(queue)).getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
    }

    @Test
    void the_hints_to_leave_out_id_and_timestamp_are_ignored_or_taken_whole() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setDisableMessageID(true);
        producer.setDisableMessageTimestamp(true);
        assertThat(producer.getDisableMessageID()).isTrue();
        assertThat(producer.getDisableMessageTimestamp()).isTrue();
        Message sent = session.createMessage();
        long before = System.currentTimeMillis();
        producer.send(sent);
        long after = System.currentTimeMillis();
        if (sent.getJMSMessageID() != null) {
            assertThat(sent.getJMSMessageID()).startsWith("ID:");
        }
        if (sent.getJMSTimestamp() != 0) {
            assertThat(sent.getJMSTimestamp()).isBetween(before, after);
        }
        Message received = receive(session.createConsumer(queue));
        assertThat(received.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
    }

    @Test
    void the_expiration_is_the_time_of_the_send_and_the_time_to_live() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setTimeToLive(600_000);
        Message sent = session.createMessage();
        long before = System.currentTimeMillis();
        producer.send(sent);
        long after = System.currentTimeMillis();
        assertThat(sent.getJMSExpiration()).isBetween(before + 600_000, after + 600_000);
        assertThat(receive(session.createConsumer(queue)).getJMSExpiration()).isEqualTo(sent.getJMSExpiration());
    }

    @Test
    void the_delivery_time_of_a_message_without_delay_is_the_time_of_its_send() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        Message sent = session.createMessage();
        long before = System.currentTimeMillis();
        producer.send(sent);
        long after = System.currentTimeMillis();
        assertThat(sent.getJMSDeliveryTime()).isBetween(before, after);
        assertThat(receive(session.createConsumer(queue)).getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
    }

    @Test
    void what_the_client_put_into_fields_of_the_send_is_overwritten() throws Exception {
        Message sent = session.createMessage();
        sent.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        sent.setJMSPriority(9);
        sent.setJMSExpiration(12345);
        sent.setJMSMessageID("ID:mine");
        sent.setJMSTimestamp(1);
        sent.setJMSDestination(topic());
        sent.setJMSDeliveryTime(54321);
        sent.setJMSRedelivered(true);
        Message received = roundTrip(sent);
        for (Message message : new Message[] {sent, received}) {
            assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(message.getJMSPriority()).isEqualTo(4);
            assertThat(message.getJMSExpiration()).isZero();
            assertThat(message.getJMSMessageID()).isNotEqualTo("ID:mine");
            assertThat(message.getJMSTimestamp()).isGreaterThan(1);
            assertThat(message.getJMSDestination()).isInstanceOf(Queue.class);
            assertThat(message.getJMSDeliveryTime()).isGreaterThan(54321);
        }
        assertThat(received.getJMSRedelivered()).isFalse();
    }

    @Test
    void a_stale_redelivered_flag_does_not_go_with_a_message_that_is_sent_on() throws Exception {
        Queue first = queue();
        Queue second = queue();
        send(first, "a");
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(first);
        receive(consumer);
        acknowledging.recover();
        Message again = receive(consumer);
        assertThat(again.getJMSRedelivered()).isTrue();
        acknowledging.createProducer(second).send(again);
        again.acknowledge();
        assertThat(deliveries(session.createConsumer(second), 1)).containsExactly("a 1");
    }

    @Test
    void a_correlation_id_arrives_whatever_the_application_says_in_it() throws Exception {
        for (String id : new String[] {"order 4711", "", "ID:of-another-message", "Größe=1;a\nb"}) {
            Message sent = session.createMessage();
            sent.setJMSCorrelationID(id);
            assertThat(roundTrip(sent).getJMSCorrelationID()).isEqualTo(id);
        }
    }

    @Test
    void a_correlation_id_may_be_the_id_of_another_message() throws Exception {
        Message request = roundTrip(session.createMessage());
        Message reply = session.createMessage();
        reply.setJMSCorrelationID(request.getJMSMessageID());
        assertThat(roundTrip(reply).getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
    }

    @Test
    void a_correlation_id_of_bytes_arrives_where_the_provider_has_them() throws Exception {
        byte[] id = "bytes".getBytes(StandardCharsets.US_ASCII);
        Message sent = session.createMessage();
        try {
            sent.setJMSCorrelationIDAsBytes(id);
        } catch (UnsupportedOperationException allowed) {
            return;
        }
        assertThat(roundTrip(sent).getJMSCorrelationIDAsBytes()).isEqualTo(id);
    }

    @Test
    void a_reply_destination_arrives_as_what_it_was() throws Exception {
        Queue queue = queue();
        Topic topic = topic();
        for (Destination replyTo : new Destination[] {queue, topic}) {
            Message sent = session.createMessage();
            sent.setJMSReplyTo(replyTo);
            Destination received = roundTrip(sent).getJMSReplyTo();
            assertThat(received).isEqualTo(replyTo);
            assertThat(received instanceof Queue).isEqualTo(replyTo instanceof Queue);
            assertThat(received instanceof Topic).isEqualTo(replyTo instanceof Topic);
        }
    }

    @Test
    void a_reply_destination_can_be_answered_to() throws Exception {
        Queue replies = queue();
        Message request = session.createMessage();
        request.setJMSReplyTo(replies);
        Destination replyTo = roundTrip(request).getJMSReplyTo();
        send(replyTo, "reply");
        assertThat(texts(session.createConsumer(replies), 1)).containsExactly("reply");
    }

    @Test
    void a_type_arrives() throws Exception {
        for (String type : new String[] {"car", "a type with blanks", "x|y"}) {
            Message sent = session.createMessage();
            sent.setJMSType(type);
            assertThat(roundTrip(sent).getJMSType()).isEqualTo(type);
        }
    }

    @Test
    void fields_of_the_client_stay_on_the_message_for_the_next_send() throws Exception {
        Message sent = session.createMessage();
        sent.setJMSType("t");
        sent.setJMSCorrelationID("c");
        sent.setJMSReplyTo(queue());
        roundTrip(sent);
        Message again = roundTrip(sent);
        assertThat(again.getJMSType()).isEqualTo("t");
        assertThat(again.getJMSCorrelationID()).isEqualTo("c");
        assertThat(again.getJMSReplyTo()).isEqualTo(sent.getJMSReplyTo());
    }

    @Test
    void header_fields_of_a_received_message_can_be_set_without_clearing_anything() throws Exception {
        Queue other = queue();
        Message received = roundTrip(session.createMessage());
        received.setJMSRedelivered(true);
        received.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        received.setJMSReplyTo(other);
        received.setJMSCorrelationID("c");
        received.setJMSType("t");
        received.setJMSPriority(7);
        received.setJMSExpiration(9);
        received.setJMSTimestamp(8);
        received.setJMSDeliveryTime(6);
        received.setJMSMessageID("ID:x");
        received.setJMSDestination(other);
        assertThat(received.getJMSRedelivered()).isTrue();
        assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(received.getJMSReplyTo()).isEqualTo(other);
        assertThat(received.getJMSCorrelationID()).isEqualTo("c");
        assertThat(received.getJMSType()).isEqualTo("t");
        assertThat(received.getJMSPriority()).isEqualTo(7);
        assertThat(received.getJMSExpiration()).isEqualTo(9);
        assertThat(received.getJMSTimestamp()).isEqualTo(8);
        assertThat(received.getJMSDeliveryTime()).isEqualTo(6);
        assertThat(received.getJMSMessageID()).isEqualTo("ID:x");
        assertThat(received.getJMSDestination()).isEqualTo(other);
    }

    @Test
    void destinations_of_one_kind_and_name_are_equal_and_of_two_kinds_are_not() throws Exception {
        String name = unique("same");
        assertThat(session.createQueue(name))
                .isEqualTo(session.createQueue(name))
                .hasSameHashCodeAs(session.createQueue(name));
        assertThat(session.createTopic(name))
                .isEqualTo(session.createTopic(name))
                .hasSameHashCodeAs(session.createTopic(name));
        assertThat((Object) session.createQueue(name)).isNotEqualTo(session.createTopic(name));
        assertThat(session.createQueue(name).getQueueName()).isNotNull();
        assertThat(session.createTopic(name).getTopicName()).isNotNull();
        assertThat(session.createQueue(name))
                .hasToString(session.createQueue(name).toString());
    }

    @Test
    void a_message_may_be_sent_by_another_session_than_the_one_that_made_it() throws Exception {
        Queue queue = queue();
        Session maker = connect().createSession();
        TextMessage message = maker.createTextMessage("made elsewhere");
        session.createProducer(queue).send(message);
        assertThat(texts(session.createConsumer(queue), 1)).containsExactly("made elsewhere");
    }
}
