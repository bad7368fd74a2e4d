// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;

/** A consumer of a topic under the name that the older interfaces have for it. */
final class AgenaTopicSubscriber extends AgenaConsumer implements TopicSubscriber {

    private final Topic topic;

    AgenaTopicSubscriber(AgenaSession session, ConsumerTerms terms, Topic topic) {
        super(session, terms);
        this.topic = topic;
    }

    @Override
    public Topic getTopic() throws JMSException {
        requireOpen();
        return topic;
    }

    @Override
    public boolean getNoLocal() throws JMSException {
        requireOpen();
        return terms().noLocal();
    }
}
