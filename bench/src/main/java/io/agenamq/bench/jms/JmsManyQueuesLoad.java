// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;

/**
 * Producers that send persistent messages to many queues ({@code destinations}) in turn, and as many sessions with listeners as there are
 * {@code consumers}, which share the queues; counted when they are heard. With one queue all sessions consume from it.
 */
final class JmsManyQueuesLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        var window = new Semaphore(plan.window());
        MessageListener hearing = message -> {
            try {
                meter.done(JmsClients.ageNanos(message));
            } catch (JMSException failed) {
                meter.failed(failed);
            }
            window.release();
        };
        for (int i = 0; i < plan.consumers(); i++) {
            Connection connection = clients.connect();
            Session session = JmsClients.session(connection, plan.mode());
            if (plan.destinations() == 1) {
                session.createConsumer(queue(plan, session, 0)).setMessageListener(hearing);
            }
            for (int n = i; n < plan.destinations() && plan.destinations() > 1; n += plan.consumers()) {
                session.createConsumer(queue(plan, session, n)).setMessageListener(hearing);
            }
        }
        for (int i = 0; i < plan.producers(); i++) {
            int first = i;
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer[] producers = new MessageProducer[plan.destinations()];
            for (int n = 0; n < producers.length; n++) {
                producers[n] = session.createProducer(queue(plan, session, n));
            }
            clients.work("produce-" + i, () -> {
                for (long n = first; ; n++) {
                    window.acquire();
                    producers[(int) (n % producers.length)].send(clients.message(session, System.nanoTime()));
                }
            });
        }
        JmsClients.measure(plan, meter);
    }

    private static Queue queue(JmsPlan plan, Session session, int number) throws JMSException {
        return session.createQueue(plan.destination() + "-" + number);
    }
}
