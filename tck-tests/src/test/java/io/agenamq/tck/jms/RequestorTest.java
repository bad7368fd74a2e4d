// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicRequestor;
import jakarta.jms.TopicSession;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Request and reply with the API's own helpers (Jakarta Messaging 3.1 §2.9). */
@Timeout(120)
class RequestorTest {

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** Answers every request with its text and an exclamation mark. */
    private static void answer(JMSContext context, Destination from) {
        context.createConsumer(from).setMessageListener(request -> {
            try {
                context.createProducer().send(request.getJMSReplyTo(), request.getBody(String.class) + "!");
            } catch (JMSException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    @Test
    void a_queue_requestor_gets_the_replies_to_its_requests() throws Exception {
        try (JMSContext replier = server.factory("").createContext();
                QueueConnection connection = server.factory("").createQueueConnection()) {
            Queue queue = replier.createQueue("Requested");
            answer(replier, queue);
            connection.start();
            QueueSession session = connection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
            QueueRequestor requestor = new QueueRequestor(session, queue);

            for (String text : new String[] {"one", "two", "three"}) {
                Message reply = requestor.request(session.createTextMessage(text));
                assertThat(reply.getBody(String.class)).isEqualTo(text + "!");
                assertThat(reply.getJMSDestination()).isInstanceOf(TemporaryQueue.class);
            }

            requestor.close();
            assertThatThrownBy(session::createMessage).isInstanceOf(IllegalStateException.class);
        }
        assertThat(server.figures()).containsEntry("jmsTemporaryDestinations", "0");
    }

    @Test
    void a_topic_requestor_gets_the_first_reply_to_its_request() throws Exception {
        try (JMSContext replier = server.factory("").createContext();
                TopicConnection connection = server.factory("").createTopicConnection()) {
            Topic topic = replier.createTopic("RequestedTopic");
            answer(replier, topic);
            connection.start();
            TopicSession session = connection.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
            TopicRequestor requestor = new TopicRequestor(session, topic);

            for (String text : new String[] {"one", "two", "three"}) {
                Message reply = requestor.request(session.createTextMessage(text));
                assertThat(reply.getBody(String.class)).isEqualTo(text + "!");
                assertThat(reply.getJMSDestination()).isInstanceOf(TemporaryTopic.class);
            }

            requestor.close();
            assertThatThrownBy(session::createMessage).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_requestor_needs_a_destination_and_an_open_session() throws Exception {
        try (QueueConnection queues = server.factory("").createQueueConnection();
                TopicConnection topics = server.factory("").createTopicConnection()) {
            QueueSession queueSession = queues.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
            TopicSession topicSession = topics.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
            assertThatThrownBy(() -> new QueueRequestor(queueSession, null))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> new TopicRequestor(topicSession, null))
                    .isInstanceOf(InvalidDestinationException.class);
            Queue queue = queueSession.createQueue("Requested");
            Topic topic = topicSession.createTopic("RequestedTopic");
            queueSession.close();
            topicSession.close();
            assertThatThrownBy(() -> new QueueRequestor(queueSession, queue)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> new TopicRequestor(topicSession, topic)).isInstanceOf(JMSException.class);
        }
    }
}
