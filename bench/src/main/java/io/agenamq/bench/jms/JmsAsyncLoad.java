// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;

/** Producers that send persistent messages without waiting, with a bounded number of them under way. */
final class JmsAsyncLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            var window = new Semaphore(plan.window());
            clients.work("async-" + i, () -> {
                while (true) {
                    window.acquire();
                    long before = System.nanoTime();
                    producer.send(clients.message(session, before), new CompletionListener() {
                        @Override
                        public void onCompletion(Message message) {
                            meter.done(System.nanoTime() - before);
                            window.release();
                        }

                        @Override
                        public void onException(Message message, Exception exception) {
                            meter.failed(exception);
                            window.release();
                        }
                    });
                }
            });
        }
        JmsClients.measure(plan, meter);
    }
}
