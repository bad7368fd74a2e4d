// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.function.IntConsumer;

/** What a consuming thread does: receives, counts, and acknowledges or commits as its mode wants it. */
final class JmsReceiving {

    private JmsReceiving() {}

    /**
     * Receives until the thread is interrupted.
     *
     * @param settled is told how many messages were acknowledged or committed, after they were
     */
    static void run(JmsPlan plan, Session session, MessageConsumer consumer, JmsMeter meter, IntConsumer settled)
            throws JMSException {
        boolean byClient = plan.mode().equals("client") || plan.mode().equals("transacted");
        int open = 0;
        while (!Thread.currentThread().isInterrupted()) {
            // What is left when messages run short is acknowledged too, or a bounded window would wait for it for ever.
            Message message = consumer.receive(200);
            if (message != null) {
                meter.done(JmsClients.ageNanos(message));
                open++;
            }
            if (!byClient && open > 0) {
                settled.accept(open);
                open = 0;
            } else if (byClient && open > 0 && (message == null || open == plan.every())) {
                if (plan.mode().equals("transacted")) {
                    session.commit();
                } else if (message != null) {
                    message.acknowledge();
                } else {
                    continue;
                }
                settled.accept(open);
                open = 0;
            }
        }
    }
}
