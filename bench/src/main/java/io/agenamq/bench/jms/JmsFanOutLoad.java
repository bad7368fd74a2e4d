// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;

/**
 * Publishers of persistent messages and durable subscribers ({@code consumers}), each of which gets every message; counted are deliveries. No more
 * deliveries are under way than the window times the subscribers.
 */
final class JmsFanOutLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        var window = new Semaphore(plan.window() * plan.consumers());
        for (int i = 0; i < plan.consumers(); i++) {
            Connection connection = clients.connect(plan.destination() + "-" + i);
            Session session = JmsClients.session(connection, plan.mode());
            session.createDurableConsumer(session.createTopic(plan.destination()), "subscription")
                    .setMessageListener(message -> {
                        try {
                            meter.done(JmsClients.ageNanos(message));
                        } catch (JMSException failed) {
                            meter.failed(failed);
                        }
                        window.release();
                    });
        }
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createTopic(plan.destination()));
            clients.work("publish-" + i, () -> {
                while (true) {
                    window.acquire(plan.consumers());
                    producer.send(clients.message(session, System.nanoTime()));
                }
            });
        }
        JmsClients.measure(plan, meter);
    }
}
