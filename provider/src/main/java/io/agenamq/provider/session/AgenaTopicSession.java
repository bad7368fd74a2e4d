// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import org.jspecify.annotations.Nullable;

/**
 * A session for topics, as the older interfaces have it. What is for queues is refused before anything else is looked at (Jakarta Messaging 3.1
 * §2.7, API documentation of {@code TopicSession}).
 */
sealed class AgenaTopicSession extends AgenaSession implements TopicSession permits AgenaXATopicSession {

    AgenaTopicSession(AgenaConnection connection, int mode, int lane) {
        this(connection, mode, lane, false);
    }

    AgenaTopicSession(AgenaConnection connection, int mode, int lane, boolean inBranches) {
        super(connection, mode, lane, inBranches);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic) throws JMSException {
        return createSubscriber(topic, null, false);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        requireOpen();
        ConsumerTerms terms = Attaching.terms(topic, messageSelector, noLocal);
        return attaching().open(new AgenaTopicSubscriber(this, terms, topic));
    }

    @Override
    public TopicPublisher createPublisher(@Nullable Topic topic) throws JMSException {
        return openProducer(topic, AgenaTopicPublisher::new);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        requireTopic(destination);
        return super.createConsumer(destination, messageSelector, noLocal);
    }

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        if (destination != null) {
            requireTopic(destination);
        }
        return super.createProducer(destination);
    }

    private void requireTopic(@Nullable Destination destination) throws JMSException {
        requireOpen();
        if (AgenaDestination.of(destination).isQueue()) {
            throw new InvalidDestinationException(destination + " is a queue, and this session is for topics");
        }
    }

    // ---- what is for queues

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue) throws JMSException {
        throw notForTopics("createBrowser");
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue, @Nullable String messageSelector) throws JMSException {
        throw notForTopics("createBrowser");
    }

    @Override
    public Queue createQueue(@Nullable String queueName) throws JMSException {
        throw notForTopics("createQueue");
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        throw notForTopics("createTemporaryQueue");
    }

    private static IllegalStateException notForTopics(String method) {
        return new IllegalStateException("a topic session has no " + method + "; use a session of a plain connection");
    }
}
