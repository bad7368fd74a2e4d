// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Destinations that live as long as their connection (Jakarta Messaging 3.1 §4.1.3, §4.2.3, §6.2.2). */
class TemporaryDestinationTest extends Rules {

    @Test
    void a_temporary_queue_is_a_queue_for_its_connection() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        assertThat(queue.getQueueName()).isNotBlank();
        send(queue, "a", "b");
        assertThat(texts(session.createConsumer(queue), 2)).containsExactly("a", "b");
    }

    @Test
    void a_temporary_topic_is_a_topic_for_its_connection() throws Exception {
        TemporaryTopic topic = session.createTemporaryTopic();
        assertThat(topic.getTopicName()).isNotBlank();
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        send(topic, "a");
        assertThat(texts(one, 1)).containsExactly("a");
        assertThat(texts(two, 1)).containsExactly("a");
    }

    @Test
    void every_temporary_destination_has_a_name_of_its_own() throws Exception {
        Set<String> names = new HashSet<>();
        Session other = connect().createSession();
        for (int i = 0; i < 20; i++) {
            names.add(session.createTemporaryQueue().getQueueName());
            names.add(other.createTemporaryQueue().getQueueName());
            names.add(session.createTemporaryTopic().getTopicName());
        }
        assertThat(names).hasSize(60);
    }

    @Test
    void a_temporary_destination_outlives_its_session() throws Exception {
        Session creating = connection.createSession();
        TemporaryQueue queue = creating.createTemporaryQueue();
        send(queue, "a");
        creating.close();
        assertThat(texts(session.createConsumer(queue), 1)).containsExactly("a");
    }

    @Test
    void another_connection_sends_to_it_but_does_not_consume() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        Connection other = connect();
        Session stranger = other.createSession();
        stranger.createProducer(queue).send(stranger.createTextMessage("a"));
        assertThatThrownBy(() -> stranger.createConsumer(queue)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> stranger.createConsumer(topic)).isInstanceOf(JMSException.class);
        assertThat(texts(session.createConsumer(queue), 1)).containsExactly("a");
    }

    @Test
    void a_reply_comes_back_over_the_destination_that_the_request_named() throws Exception {
        Queue requests = queue();
        Connection other = connect();
        other.start();
        Session server = other.createSession();
        for (Destination replies : new Destination[] {session.createTemporaryQueue(), session.createTemporaryTopic()}) {
            MessageConsumer waiting = session.createConsumer(replies);
            TextMessage request = session.createTextMessage("question");
            request.setJMSReplyTo(replies);
            session.createProducer(requests).send(request);

            try (MessageConsumer serving = server.createConsumer(requests);
                    MessageProducer answering = server.createProducer(null)) {
                Message received = receive(serving);
                Destination replyTo = received.getJMSReplyTo();
                assertThat(replyTo instanceof Queue).isEqualTo(replies instanceof TemporaryQueue);
                assertThat(replyTo instanceof Topic).isEqualTo(replies instanceof TemporaryTopic);
                TextMessage reply = server.createTextMessage("answer");
                reply.setJMSCorrelationID(received.getJMSMessageID());
                answering.send(replyTo, reply);
            }
            Message reply = receive(waiting);
            assertThat(text(reply)).isEqualTo("answer");
            assertThat(reply.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }

    @Test
    void whoever_gets_it_as_a_reply_destination_does_not_consume_from_it_either() throws Exception {
        Queue requests = queue();
        Message request = session.createMessage();
        request.setJMSReplyTo(session.createTemporaryQueue());
        session.createProducer(requests).send(request);
        Connection other = connect();
        other.start();
        Session stranger = other.createSession();
        Destination replyTo = receive(stranger.createConsumer(requests)).getJMSReplyTo();
        assertThatThrownBy(() -> stranger.createConsumer(replyTo)).isInstanceOf(JMSException.class);
    }

    @Test
    void one_with_a_consumer_is_not_deleted() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer onQueue = session.createConsumer(queue);
        MessageConsumer onTopic = session.createConsumer(topic);
        assertThatThrownBy(queue::delete).isInstanceOf(JMSException.class);
        assertThatThrownBy(topic::delete).isInstanceOf(JMSException.class);
        send(queue, "a");
        send(topic, "b");
        assertThat(texts(onQueue, 1)).containsExactly("a");
        assertThat(texts(onTopic, 1)).containsExactly("b");
        onQueue.close();
        onTopic.close();
        queue.delete();
        topic.delete();
    }

    @Test
    void one_that_was_deleted_is_gone() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageProducer producer = session.createProducer(queue);
        MessageProducer anonymous = session.createProducer(null);
        Message message = session.createMessage();
        producer.send(message);
        queue.delete();
        assertThatThrownBy(() -> producer.send(message)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> anonymous.send(queue, message)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
        TemporaryTopic topic = session.createTemporaryTopic();
        topic.delete();
        assertThatThrownBy(() -> anonymous.send(topic, message)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createConsumer(topic)).isInstanceOf(JMSException.class);
    }

    @Test
    void one_whose_connection_was_closed_is_gone() throws Exception {
        Connection own = connect();
        TemporaryQueue queue = own.createSession().createTemporaryQueue();
        send(queue, "a");
        own.close();
        assertThatThrownBy(() -> send(queue, "b")).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
    }

    @Test
    void a_durable_subscription_is_not_made_on_a_temporary_topic() throws Exception {
        Session subscribing = connect(unique("client")).createSession();
        TemporaryTopic topic = subscribing.createTemporaryTopic();
        assertThatThrownBy(() -> subscribing.createDurableConsumer(topic, unique("subscription")))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> subscribing.createSharedDurableConsumer(topic, unique("subscription")))
                .isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void a_temporary_queue_can_be_browsed() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        send(queue, "a");
        Message shown = (Message) session.createBrowser(queue).getEnumeration().nextElement();
        assertThat(text(shown)).isEqualTo("a");
        assertThat(shown.getJMSDestination()).isEqualTo(queue);
    }

    @Test
    void a_context_has_temporary_destinations_that_belong_to_its_connection() throws Exception {
        JMSContext context = context();
        TemporaryQueue queue = context.createTemporaryQueue();
        TemporaryTopic topic = context.createTemporaryTopic();
        JMSContext sibling = closing(context.createContext(JMSContext.AUTO_ACKNOWLEDGE));
        JMSConsumer onTopic = sibling.createConsumer(topic);
        JMSConsumer onQueue = sibling.createConsumer(queue);
        context.createProducer().send(queue, "a").send(topic, "b");
        assertThat(texts(onQueue, 1)).containsExactly("a");
        assertThat(texts(onTopic, 1)).containsExactly("b");
        JMSContext stranger = context();
        assertThatThrownBy(() -> stranger.createConsumer(queue)).isInstanceOf(JMSRuntimeException.class);
    }

    @Test
    void request_and_reply_over_a_new_queue_each_time() throws Exception {
        Queue requests = queue();
        Connection serving = connect();
        serving.start();
        Session server = serving.createSession();
        MessageProducer answering = server.createProducer(null);
        server.createConsumer(requests)
                .setMessageListener(message -> Listeners.tell(() -> {
                    TextMessage reply = server.createTextMessage("re: " + text(message));
                    answering.send(message.getJMSReplyTo(), reply);
                }));
        MessageProducer asking = session.createProducer(requests);
        for (int i = 0; i < 100; i++) {
            TemporaryQueue replies = session.createTemporaryQueue();
            TextMessage request = session.createTextMessage("m" + i);
            request.setJMSReplyTo(replies);
            asking.send(request);
            try (MessageConsumer consumer = session.createConsumer(replies)) {
                assertThat(texts(consumer, 1)).containsExactly("re: m" + i);
            }
            replies.delete();
        }
    }
}
