// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueReceiver;

/** A consumer of a queue under the name that the older interfaces have for it. */
final class AgenaQueueReceiver extends AgenaConsumer implements QueueReceiver {

    private final Queue queue;

    AgenaQueueReceiver(AgenaSession session, ConsumerTerms terms, Queue queue) {
        super(session, terms);
        this.queue = queue;
    }

    @Override
    public Queue getQueue() throws JMSException {
        requireOpen();
        return queue;
    }
}
