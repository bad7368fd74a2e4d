// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;

/** Consumers of one queue, each with a selector for its own part of the messages, and producers that send persistent messages to all parts. */
final class JmsSelectorsLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        var window = new Semaphore(plan.window());
        for (int i = 0; i < plan.consumers(); i++) {
            Connection connection = clients.connect();
            Session session = JmsClients.session(connection, plan.mode());
            MessageConsumer consumer =
                    session.createConsumer(session.createQueue(plan.destination()), "part = 'p" + i + "'");
            clients.work("select-" + i, () -> JmsReceiving.run(plan, session, consumer, meter, window::release));
        }
        for (int i = 0; i < plan.producers(); i++) {
            int first = i;
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            clients.work("produce-" + i, () -> {
                for (long n = first; ; n++) {
                    window.acquire();
                    Message message = clients.message(session, System.nanoTime());
                    message.setStringProperty("part", "p" + n % plan.consumers());
                    producer.send(message);
                }
            });
        }
        JmsClients.measure(plan, meter);
    }
}
