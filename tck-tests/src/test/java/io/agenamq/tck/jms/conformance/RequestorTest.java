// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicRequestor;
import jakarta.jms.TopicSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The helpers of the API for a request and its reply (Jakarta Messaging 3.1 §4.1, §4.2). */
class RequestorTest extends Rules {

    private QueueSession queues;
    private TopicSession topics;

    @BeforeEach
    void openDomains() throws Exception {
        QueueConnection queueConnection = closing(provider().queueFactory().createQueueConnection());
        queueConnection.start();
        queues = queueConnection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        TopicConnection topicConnection = closing(provider().topicFactory().createTopicConnection());
        topicConnection.start();
        topics = topicConnection.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @Test
    void a_queue_requestor_asks_and_waits_for_the_answer() throws Exception {
        Queue queue = queues.createQueue(unique("queue"));
        MessageProducer answering = session.createProducer(null);
        session.createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() ->
                        answering.send(message.getJMSReplyTo(), session.createTextMessage("re: " + text(message)))));
        QueueRequestor requestor = new QueueRequestor(queues, queue);
        for (int i = 0; i < 3; i++) {
            assertThat(text(requestor.request(queues.createTextMessage("m" + i))))
                    .isEqualTo("re: m" + i);
        }
        requestor.close();
        assertThatThrownBy(() -> queues.createQueue("closed")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_topic_requestor_asks_and_waits_for_the_first_answer() throws Exception {
        Topic topic = topics.createTopic(unique("topic"));
        MessageProducer answering = session.createProducer(null);
        session.createConsumer(topic)
                .setMessageListener(message -> Listeners.tell(() ->
                        answering.send(message.getJMSReplyTo(), session.createTextMessage("re: " + text(message)))));
        TopicRequestor requestor = new TopicRequestor(topics, topic);
        assertThat(text(requestor.request(topics.createTextMessage("m")))).isEqualTo("re: m");
        requestor.close();
        assertThatThrownBy(() -> topics.createTopic("closed")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_requestor_needs_a_destination_and_an_open_session() throws Exception {
        assertThatThrownBy(() -> new QueueRequestor(queues, null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> new TopicRequestor(topics, null)).isInstanceOf(InvalidDestinationException.class);
        Queue queue = queues.createQueue(unique("queue"));
        queues.close();
        assertThatThrownBy(() -> new QueueRequestor(queues, queue)).isInstanceOf(JMSException.class);
    }
}
