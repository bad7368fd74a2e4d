// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.locks.LockSupport;

/**
 * Persistent messages at a fixed rate, each at its intended time whether or not earlier ones have been answered; a listener receives them. The
 * time of a message is from when it should have been sent to when it is heard, so that a server that stalls pays for every message that it keeps
 * waiting.
 */
final class JmsFixedRateLoad implements JmsLoad {

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        Connection consuming = clients.connect();
        Session listening = consuming.createSession();
        listening.createConsumer(listening.createQueue(plan.destination())).setMessageListener(message -> {
            try {
                meter.done(JmsClients.ageNanos(message));
            } catch (JMSException failed) {
                meter.failed(failed);
            }
        });
        Connection producing = clients.connect();
        Session session = producing.createSession();
        MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
        var failures = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                // counted when it is heard
            }

            @Override
            public void onException(Message message, Exception exception) {
                meter.failed(exception);
            }
        };
        long interval = 1_000_000_000L / plan.ratePerSecond();
        clients.work("rate", () -> {
            long start = System.nanoTime();
            for (long n = 0; ; n++) {
                long intended = start + n * interval;
                while (intended - System.nanoTime() > 0) {
                    LockSupport.parkNanos(intended - System.nanoTime());
                }
                producer.send(clients.message(session, intended), failures);
            }
        });
        JmsClients.measure(plan, meter);
    }
}
