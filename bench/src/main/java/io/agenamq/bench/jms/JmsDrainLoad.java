// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;

/** Consumers that empty a queue of so many messages; all of it is measured, from before they connect. */
final class JmsDrainLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        var progress = new JmsProgress(plan.countMax());
        meter.begin();
        for (int i = 0; i < plan.consumers(); i++) {
            Connection connection = clients.connect();
            Session session = JmsClients.session(connection, plan.mode());
            MessageConsumer consumer = session.createConsumer(session.createQueue(plan.destination()));
            clients.work(
                    "drain-" + i,
                    () -> JmsReceiving.run(plan, session, consumer, meter, settled -> {
                        for (int n = 0; n < settled; n++) {
                            progress.one();
                        }
                    }));
        }
        progress.awaitAll();
        meter.end(progress::addTo);
    }
}
