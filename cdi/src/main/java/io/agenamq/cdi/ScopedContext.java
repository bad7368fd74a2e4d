// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A context for as long as its scope lasts, with what has to go with it: its connection serves others, too, so that nothing would go by itself. Belongs
 * to one thread at a time, as its context does.
 */
final class ScopedContext {

    private static final Logger LOG = LoggerFactory.getLogger(ScopedContext.class);

    private final JMSContext context;
    private final List<JMSConsumer> consumers = new ArrayList<>();
    private final List<Deletion> temporaries = new ArrayList<>();

    /** Deletes a temporary destination. */
    private interface Deletion {
        void run() throws JMSException;
    }

    ScopedContext(JMSContext context) {
        this.context = context;
    }

    JMSContext context() {
        return context;
    }

    JMSConsumer owns(JMSConsumer consumer) {
        consumers.add(consumer);
        return consumer;
    }

    TemporaryQueue owns(TemporaryQueue queue) {
        temporaries.add(queue::delete);
        return queue;
    }

    TemporaryTopic owns(TemporaryTopic topic) {
        temporaries.add(topic::delete);
        return topic;
    }

    /** Its scope is over, and its context may serve another one. */
    void clean() {
        consumers.forEach(JMSConsumer::close);
        consumers.clear();
        for (Deletion each : temporaries) {
            try {
                each.run();
            } catch (JMSException deletedOrInUse) {
                LOG.debug(
                        "a temporary destination of an injected context stays until its connection ends",
                        deletedOrInUse);
            }
        }
        temporaries.clear();
    }

    /** Its scope is over. What fails now hurts nobody any more. */
    void close() {
        try {
            clean();
            context.close();
        } catch (JMSRuntimeException failed) {
            LOG.warn("an injected context could not be closed: {}", failed.getMessage());
        }
    }
}
