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

/**
 * Clients ({@code producers}) that each send a request, wait for the reply on a temporary queue of their own, and send again; services
 * ({@code consumers}) answer with the request's body. Nothing is persistent, as replies to a temporary queue cannot be.
 */
final class JmsRequestReplyLoad implements JmsLoad {

    private static final long TIMEOUT_MILLIS = 30_000;

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        for (int i = 0; i < plan.consumers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            MessageProducer answering = session.createProducer(null);
            answering.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            session.createConsumer(session.createQueue(plan.destination())).setMessageListener(request -> {
                try {
                    BytesMessage reply = session.createBytesMessage();
                    reply.writeBytes(request.getBody(byte[].class));
                    reply.setJMSCorrelationID(request.getJMSMessageID());
                    answering.send(request.getJMSReplyTo(), reply);
                } catch (JMSException failed) {
                    meter.failed(failed);
                }
            });
        }
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            TemporaryQueue replies = session.createTemporaryQueue();
            MessageConsumer consumer = session.createConsumer(replies);
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            clients.work("ask-" + i, () -> {
                while (true) {
                    long before = System.nanoTime();
                    Message request = clients.message(session, before);
                    request.setJMSReplyTo(replies);
                    producer.send(request);
                    if (consumer.receive(TIMEOUT_MILLIS) == null) {
                        throw new IllegalStateException("no reply");
                    }
                    meter.done(System.nanoTime() - before);
                }
            });
        }
        JmsClients.measure(plan, meter);
    }
}
