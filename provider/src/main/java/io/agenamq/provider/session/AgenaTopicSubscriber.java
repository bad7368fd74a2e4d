// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import org.jspecify.annotations.Nullable;

/** A consumer of a topic under the name that the older interfaces have for it. */
final class AgenaTopicSubscriber implements TopicSubscriber {

    private final AgenaConsumer consumer;
    private final Topic topic;

    AgenaTopicSubscriber(AgenaConsumer consumer, Topic topic) {
        this.consumer = consumer;
        this.topic = topic;
    }

    @Override
    public Topic getTopic() throws JMSException {
        consumer.requireOpen();
        return topic;
    }

    @Override
    public boolean getNoLocal() throws JMSException {
        consumer.requireOpen();
        return consumer.noLocal();
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        return consumer.getMessageSelector();
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        return consumer.getMessageListener();
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        consumer.setMessageListener(listener);
    }

    @Override
    public @Nullable Message receive() throws JMSException {
        return consumer.receive();
    }

    @Override
    public @Nullable Message receive(long timeout) throws JMSException {
        return consumer.receive(timeout);
    }

    @Override
    public @Nullable Message receiveNoWait() throws JMSException {
        return consumer.receiveNoWait();
    }

    @Override
    public void close() throws JMSException {
        consumer.close();
    }
}
