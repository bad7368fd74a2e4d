// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;

/** Producers that each send a persistent message, wait for the answer, and send again. */
final class JmsSendLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            clients.work("send-" + i, () -> {
                while (true) {
                    long before = System.nanoTime();
                    producer.send(clients.message(session, before));
                    meter.done(System.nanoTime() - before);
                }
            });
        }
        JmsClients.measure(plan, meter);
    }
}
