// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;

/**
 * Producers and consumers on one queue, persistent messages; counted when they are received. No more messages are under way than the window, so
 * that the backlog stays short. In mode {@code transacted} producers commit as often as consumers.
 */
final class JmsFlowLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        var window = new Semaphore(Math.max(plan.window(), 4 * plan.every() * (plan.consumers() + plan.producers())));
        for (int i = 0; i < plan.consumers(); i++) {
            Connection connection = clients.connect();
            Session session = JmsClients.session(connection, plan.mode());
            MessageConsumer consumer = session.createConsumer(session.createQueue(plan.destination()));
            clients.work("consume-" + i, () -> JmsReceiving.run(plan, session, consumer, meter, window::release));
        }
        boolean transacted = plan.mode().equals("transacted");
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = JmsClients.session(connection, transacted ? "transacted" : "auto");
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            clients.work("produce-" + i, () -> {
                while (true) {
                    int batch = transacted ? plan.every() : 1;
                    window.acquire(batch);
                    for (int n = 0; n < batch; n++) {
                        producer.send(clients.message(session, System.nanoTime()));
                    }
                    if (transacted) {
                        session.commit();
                    }
                }
            });
        }
        JmsClients.measure(plan, meter);
    }
}
