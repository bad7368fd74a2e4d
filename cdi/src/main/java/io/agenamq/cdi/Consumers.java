// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Topic;

/** Makes the consumer that a listener method asks for. */
final class Consumers {

    private Consumers() {}

    static JMSConsumer open(JMSContext context, JmsListener terms) {
        String selector = terms.selector().isEmpty() ? null : terms.selector();
        if (!terms.topic()) {
            return context.createConsumer(context.createQueue(terms.destination()), selector);
        }
        Topic topic = context.createTopic(terms.destination());
        String name = terms.subscription();
        if (terms.shared()) {
            return terms.durable()
                    ? context.createSharedDurableConsumer(topic, name, selector)
                    : context.createSharedConsumer(topic, name, selector);
        }
        return terms.durable()
                ? context.createDurableConsumer(topic, name, selector, false)
                : context.createConsumer(topic, selector);
    }
}
