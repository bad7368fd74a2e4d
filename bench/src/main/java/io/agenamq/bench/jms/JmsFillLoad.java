// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Fills a queue that nobody consumes from with so many persistent messages, sent without waiting for each; all of it is measured. */
final class JmsFillLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        var left = new AtomicLong(plan.countMax());
        var progress = new JmsProgress(plan.countMax());
        meter.begin();
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            var window = new Semaphore(Math.max(1, plan.window() / plan.producers()));
            clients.work("fill-" + i, () -> {
                while (left.getAndDecrement() > 0) {
                    window.acquire();
                    long before = System.nanoTime();
                    producer.send(clients.message(session, before), new CompletionListener() {
                        @Override
                        public void onCompletion(Message message) {
                            meter.done(System.nanoTime() - before);
                            progress.one();
                            window.release();
                        }

                        @Override
                        public void onException(Message message, Exception exception) {
                            // A backlog with holes would be waited for for ever.
                            exception.printStackTrace();
                            Runtime.getRuntime().halt(1);
                        }
                    });
                }
            });
        }
        progress.awaitAll();
        meter.end(progress::addTo);
    }
}
