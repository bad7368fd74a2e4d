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
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import org.jspecify.annotations.Nullable;

/**
 * A session for queues, as the older interfaces have it. What is for topics is refused before anything else is looked at (Jakarta Messaging 3.1
 * §2.7, API documentation of {@code QueueSession}).
 */
sealed class AgenaQueueSession extends AgenaSession implements QueueSession permits AgenaXAQueueSession {

    AgenaQueueSession(AgenaConnection connection, int mode, int lane) {
        this(connection, mode, lane, false);
    }

    AgenaQueueSession(AgenaConnection connection, int mode, int lane, boolean inBranches) {
        super(connection, mode, lane, inBranches);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue) throws JMSException {
        return createReceiver(queue, null);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue, @Nullable String messageSelector) throws JMSException {
        requireOpen();
        ConsumerTerms terms = Attaching.terms(queue, messageSelector, false);
        return attaching().open(new AgenaQueueReceiver(this, terms, queue));
    }

    @Override
    public QueueSender createSender(@Nullable Queue queue) throws JMSException {
        return openProducer(queue, AgenaQueueSender::new);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        requireQueue(destination);
        return super.createConsumer(destination, messageSelector, noLocal);
    }

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        if (destination != null) {
            requireQueue(destination);
        }
        return super.createProducer(destination);
    }

    private void requireQueue(@Nullable Destination destination) throws JMSException {
        requireOpen();
        if (!AgenaDestination.of(destination).isQueue()) {
            throw new InvalidDestinationException(destination + " is a topic, and this session is for queues");
        }
    }

    // ---- what is for topics

    @Override
    public TopicSubscriber createDurableSubscriber(@Nullable Topic topic, @Nullable String name) throws JMSException {
        throw notForQueues("createDurableSubscriber");
    }

    @Override
    public TopicSubscriber createDurableSubscriber(
            @Nullable Topic topic, @Nullable String name, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        throw notForQueues("createDurableSubscriber");
    }

    @Override
    public MessageConsumer createDurableConsumer(@Nullable Topic topic, @Nullable String name) throws JMSException {
        throw notForQueues("createDurableConsumer");
    }

    @Override
    public MessageConsumer createDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        throw notForQueues("createDurableConsumer");
    }

    @Override
    public MessageConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String sharedSubscriptionName)
            throws JMSException {
        throw notForQueues("createSharedConsumer");
    }

    @Override
    public MessageConsumer createSharedConsumer(
            @Nullable Topic topic, @Nullable String sharedSubscriptionName, @Nullable String messageSelector)
            throws JMSException {
        throw notForQueues("createSharedConsumer");
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(@Nullable Topic topic, @Nullable String name)
            throws JMSException {
        throw notForQueues("createSharedDurableConsumer");
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String messageSelector) throws JMSException {
        throw notForQueues("createSharedDurableConsumer");
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        throw notForQueues("createTemporaryTopic");
    }

    @Override
    public Topic createTopic(@Nullable String topicName) throws JMSException {
        throw notForQueues("createTopic");
    }

    @Override
    public void unsubscribe(@Nullable String name) throws JMSException {
        throw notForQueues("unsubscribe");
    }

    private static IllegalStateException notForQueues(String method) {
        return new IllegalStateException("a queue session has no " + method + "; use a session of a plain connection");
    }
}
