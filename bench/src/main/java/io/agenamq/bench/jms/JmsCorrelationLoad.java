// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;

/**
 * Clients ({@code destinations} of them) that share one queue for replies, each with a consumer that selects its own {@code JMSCorrelationID}. As many threads as
 * there are {@code producers}, with a connection and a session each, let their share of the clients ask in turn, so that as many requests are
 * under way with ten clients as with ten thousand. Nothing is persistent.
 */
final class JmsCorrelationLoad implements JmsLoad {

    private static final long TIMEOUT_MILLIS = 30_000;

    @Override
    public void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception {
        for (int i = 0; i < plan.consumers(); i++) {
            serve(clients, plan, meter);
        }
        for (int i = 0; i < plan.producers(); i++) {
            Connection connection = clients.connect();
            Session session = connection.createSession();
            Queue replies = session.createQueue(plan.destination() + "-replies");
            MessageConsumer[] consumers = new MessageConsumer[plan.destinations() / plan.producers()];
            for (int n = 0; n < consumers.length; n++) {
                consumers[n] = session.createConsumer(replies, "JMSCorrelationID = '" + id(i, n) + "'");
            }
            MessageProducer producer = session.createProducer(session.createQueue(plan.destination()));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            int thread = i;
            clients.work("ask-" + i, () -> {
                for (int n = 0; ; n = (n + 1) % consumers.length) {
                    long before = System.nanoTime();
                    Message request = clients.message(session, before);
                    request.setJMSCorrelationID(id(thread, n));
                    request.setJMSReplyTo(replies);
                    producer.send(request);
                    if (consumers[n].receive(TIMEOUT_MILLIS) == null) {
                        throw new IllegalStateException("no reply");
                    }
                    meter.done(System.nanoTime() - before);
                }
            });
        }
        JmsClients.measure(plan, meter);
    }

    private static String id(int thread, int number) {
        return "client-" + thread + "-" + number;
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
                reply.setJMSCorrelationID(request.getJMSCorrelationID());
                answering.send(request.getJMSReplyTo(), reply);
            } catch (JMSException failed) {
                meter.failed(failed);
            }
        });
    }
}
