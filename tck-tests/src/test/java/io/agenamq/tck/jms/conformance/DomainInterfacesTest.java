// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The interfaces that are for queues or for topics only (Jakarta Messaging 3.1 §2.9, §4.1, §4.2). */
class DomainInterfacesTest extends Rules {

    private QueueConnection queueConnection;
    private QueueSession queues;
    private TopicConnection topicConnection;
    private TopicSession topics;

    @BeforeEach
    void openDomains() throws Exception {
        queueConnection = closing(provider().queueFactory().createQueueConnection());
        queueConnection.start();
        queues = queueConnection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        topicConnection = closing(provider().topicFactory().createTopicConnection());
        topicConnection.setClientID(unique("client"));
        topicConnection.start();
        topics = topicConnection.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    // ---- queues

    @Test
    void a_sender_sends_and_a_receiver_receives() throws Exception {
        Queue queue = queues.createQueue(unique("queue"));
        QueueSender sender = queues.createSender(queue);
        QueueReceiver receiver = queues.createReceiver(queue);
        assertThat(sender.getQueue()).isEqualTo(queue);
        assertThat(receiver.getQueue()).isEqualTo(queue);
        sender.send(queues.createTextMessage("a"));
        sender.send(queues.createTextMessage("b"), 1, 5, 0);
        assertThat(texts(receiver, 2)).contains("a", "b");
    }

    @Test
    void a_sender_without_a_queue_is_told_one() throws Exception {
        Queue queue = queues.createQueue(unique("queue"));
        QueueSender anonymous = queues.createSender(null);
        assertThat(anonymous.getQueue()).isNull();
        anonymous.send(queue, queues.createTextMessage("a"));
        anonymous.send(queue, queues.createTextMessage("b"), 2, 4, 0);
        assertThat(texts(queues.createReceiver(queue), 2)).containsExactly("a", "b");
        Message message = queues.createMessage();
        assertThatThrownBy(() -> anonymous.send(message)).isInstanceOf(UnsupportedOperationException.class);
        QueueSender bound = queues.createSender(queue);
        assertThatThrownBy(() -> bound.send(queue, message)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_receiver_selects() throws Exception {
        Queue queue = queues.createQueue(unique("queue"));
        QueueReceiver receiver = queues.createReceiver(queue, "JMSType = 't'");
        assertThat(receiver.getMessageSelector()).isEqualTo("JMSType = 't'");
        Message typed = queues.createTextMessage("typed");
        typed.setJMSType("t");
        QueueSender sender = queues.createSender(queue);
        sender.send(queues.createTextMessage("other"));
        sender.send(typed);
        assertThat(texts(receiver, 1)).containsExactly("typed");
    }

    @Test
    void a_receiver_needs_a_queue_and_a_selector_that_is_one() throws Exception {
        assertThatThrownBy(() -> queues.createReceiver(null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> queues.createReceiver(null, "n = 1")).isInstanceOf(InvalidDestinationException.class);
        Queue queue = queues.createQueue(unique("queue"));
        assertThatThrownBy(() -> queues.createReceiver(queue, "n =")).isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> queues.createBrowser(null)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void a_queue_session_does_nothing_with_topics() throws Exception {
        Topic topic = topic();
        for (Topic each : new Topic[] {topic, null}) {
            assertThatThrownBy(() -> queues.createDurableSubscriber(each, "n"))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createDurableSubscriber(each, "n", null, false))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createDurableConsumer(each, "n")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createDurableConsumer(each, "n", null, false))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createSharedConsumer(each, "n")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createSharedConsumer(each, "n", null))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createSharedDurableConsumer(each, "n"))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queues.createSharedDurableConsumer(each, "n", null))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> queues.createTopic("t")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(queues::createTemporaryTopic).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queues.unsubscribe("n")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queues.createConsumer(topic)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> queues.createProducer(topic)).isInstanceOf(JMSException.class);
    }

    @Test
    void a_queue_connection_has_no_connection_consumers_of_subscriptions() throws Exception {
        Topic topic = topic();
        assertThatThrownBy(() -> queueConnection.createDurableConnectionConsumer(topic, "n", null, null, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queueConnection.createSharedConnectionConsumer(topic, "n", null, null, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queueConnection.createSharedDurableConnectionConsumer(topic, "n", null, null, 1))
                .isInstanceOf(IllegalStateException.class);
    }

    // ---- topics

    @Test
    void a_publisher_publishes_and_a_subscriber_subscribes() throws Exception {
        Topic topic = topics.createTopic(unique("topic"));
        TopicSubscriber subscriber = topics.createSubscriber(topic);
        TopicPublisher publisher = topics.createPublisher(topic);
        assertThat(publisher.getTopic()).isEqualTo(topic);
        assertThat(subscriber.getTopic()).isEqualTo(topic);
        assertThat(subscriber.getNoLocal()).isFalse();
        publisher.publish(topics.createTextMessage("a"));
        publisher.publish(topics.createTextMessage("b"), 1, 4, 0);
        publisher.send(topics.createTextMessage("c"));
        assertThat(texts(subscriber, 3)).containsExactly("a", "b", "c");
    }

    @Test
    void a_publisher_without_a_topic_is_told_one() throws Exception {
        Topic topic = topics.createTopic(unique("topic"));
        TopicSubscriber subscriber = topics.createSubscriber(topic);
        TopicPublisher anonymous = topics.createPublisher(null);
        assertThat(anonymous.getTopic()).isNull();
        anonymous.publish(topic, topics.createTextMessage("a"));
        anonymous.publish(topic, topics.createTextMessage("b"), 2, 4, 0);
        assertThat(texts(subscriber, 2)).containsExactly("a", "b");
        Message message = topics.createMessage();
        assertThatThrownBy(() -> anonymous.publish(message)).isInstanceOf(UnsupportedOperationException.class);
        TopicPublisher bound = topics.createPublisher(topic);
        assertThatThrownBy(() -> bound.publish(topic, message)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> anonymous.publish(null, message)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void a_subscriber_selects_and_leaves_out_its_own() throws Exception {
        Topic topic = topics.createTopic(unique("topic"));
        TopicSubscriber subscriber = topics.createSubscriber(topic, "JMSType = 't'", true);
        assertThat(subscriber.getNoLocal()).isTrue();
        assertThat(subscriber.getMessageSelector()).isEqualTo("JMSType = 't'");
        Message own = topics.createTextMessage("own");
        own.setJMSType("t");
        topics.createPublisher(topic).publish(own);
        MessageProducer other = session.createProducer(topic);
        TextMessage theirs = session.createTextMessage("theirs");
        theirs.setJMSType("t");
        other.send(theirs);
        other.send(session.createTextMessage("untyped"));
        assertThat(texts(subscriber, 1)).containsExactly("theirs");
        assertNothingFor(subscriber);
    }

    @Test
    void a_durable_subscriber_of_a_topic_session_is_durable() throws Exception {
        Topic topic = topics.createTopic(unique("topic"));
        topics.createDurableSubscriber(topic, "durable").close();
        topics.createPublisher(topic).publish(topics.createTextMessage("a"));
        assertThat(texts(topics.createDurableSubscriber(topic, "durable"), 1)).containsExactly("a");
    }

    @Test
    void a_subscriber_needs_a_topic_and_a_selector_that_is_one() throws Exception {
        assertThatThrownBy(() -> topics.createSubscriber(null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> topics.createSubscriber(null, "n = 1", false))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> topics.createDurableSubscriber(null, "n"))
                .isInstanceOf(InvalidDestinationException.class);
        Topic topic = topics.createTopic(unique("topic"));
        assertThatThrownBy(() -> topics.createSubscriber(topic, "n =", false))
                .isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void a_topic_session_does_nothing_with_queues() throws Exception {
        Queue queue = queue();
        for (Queue each : new Queue[] {queue, null}) {
            assertThatThrownBy(() -> topics.createBrowser(each)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> topics.createBrowser(each, null)).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> topics.createQueue("q")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(topics::createTemporaryQueue).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> topics.createConsumer(queue)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> topics.createProducer(queue)).isInstanceOf(JMSException.class);
    }

    // ---- factories

    @Test
    void a_factory_of_a_domain_makes_plain_connections_too() throws Exception {
        for (ConnectionFactory factory :
                new ConnectionFactory[] {provider().queueFactory(), provider().topicFactory()}) {
            try (Connection plain = factory.createConnection()) {
                plain.start();
                Session all = plain.createSession();
                Queue queue = all.createQueue(unique("queue"));
                Topic topic = all.createTopic(unique("topic"));
                MessageConsumer onTopic = all.createConsumer(topic);
                MessageConsumer onQueue = all.createConsumer(queue);
                MessageProducer producer = all.createProducer(null);
                producer.send(queue, all.createTextMessage("a"));
                producer.send(topic, all.createTextMessage("b"));
                assertThat(texts(onQueue, 1)).containsExactly("a");
                assertThat(texts(onTopic, 1)).containsExactly("b");
            }
        }
    }
}
