// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Lives of temporary queues at a fixed rate: created, used for one request and its reply, deleted. Each thread has a connection and its share of the
 * rate; the time of a life is from when it should have begun. A rate of 0 is as fast as can be.
 */
final class JmsTemporaryLoad implements JmsLoad {

    private static final long TIMEOUT_MILLIS = 30_000;

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        for (int i = 0; i < plan.consumers(); i++) {
            serve(clients, plan, meter);
        }
        long interval = plan.ratePerSecond() == 0 ? 0 : 1_000_000_000L * plan.producers() / plan.ratePerSecond();
        for (int i = 0; i < plan.producers(); i++) {
            long offset = interval * i / plan.producers();
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            clients.work("live-" + i, () -> {
                long start = System.nanoTime() + offset;
                for (long n = 0; ; n++) {
                    long intended = interval == 0 ? System.nanoTime() : start + n * interval;
                    while (intended - System.nanoTime() > 0) {
                        LockSupport.parkNanos(intended - System.nanoTime());
                    }
                    live(clients, session, producer, intended);
                    meter.done(System.nanoTime() - intended);
                }
            });
        }
        JmsClients.measure(plan, meter);
    }

    private static void live(JmsClients clients, Session session, MessageProducer producer, long now)
            throws JMSException {
        TemporaryQueue replies = session.createTemporaryQueue();
        try (MessageConsumer consumer = session.createConsumer(replies)) {
            Message request = clients.message(session, now);
            request.setJMSReplyTo(replies);
            producer.send(request);
            if (consumer.receive(TIMEOUT_MILLIS) == null) {
                throw new IllegalStateException("no reply");
            }
        }
        replies.delete();
    }

    private static void serve(JmsClients clients, JmsPlan plan, JmsMeter meter) throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession();
        MessageProducer answering = session.createProducer(null);
        answering.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        session.createConsumer(session.createQueue(plan.destination())).setMessageListener(request -> {
            try {
                BytesMessage reply = session.createBytesMessage();
                reply.writeBytes(request.getBody(byte[].class));
                answering.send(request.getJMSReplyTo(), reply);
            } catch (JMSException failed) {
                meter.failed(failed);
            }
        });
    }
}
