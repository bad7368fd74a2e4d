// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.TopicKind;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.function.LongConsumer;

/** A JMS queue or topic, loaded through the provider: one connection, a session for each producer and consumer. */
final class JmsPerfTarget implements PerfTarget {
    private static final String INTENDED_NANOS = "perfNanos";

    private final Connection connection;
    private final String name;
    private final TopicKind kind;
    private final byte[] body;
    private final boolean persistent;
    private final Silence silence = new Silence();

    JmsPerfTarget(ConnectionFactory factory, String name, TopicKind kind, byte[] body, boolean persistent) {
        this.name = name;
        this.kind = kind;
        this.body = body;
        this.persistent = persistent;
        try {
            this.connection = factory.createConnection();
            connection.start();
        } catch (JMSException e) {
            throw Jms.failure("connecting", e);
        }
    }

    private Destination destination(Session session) throws JMSException {
        return kind == TopicKind.QUEUE ? session.createQueue(name) : session.createTopic(name);
    }

    @Override
    public LoadRun.Sender sender() {
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(destination(session));
            producer.setDeliveryMode(persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
            return new LoadRun.Sender() {
                @Override
                public void send(long intendedNanos) {
                    try {
                        BytesMessage message = session.createBytesMessage();
                        message.writeBytes(body);
                        message.setLongProperty(INTENDED_NANOS, intendedNanos);
                        producer.send(message);
                    } catch (JMSException e) {
                        throw Jms.failure("sending", e);
                    }
                }

                @Override
                public void close() {
                    try {
                        session.close();
                    } catch (JMSException e) {
                        throw Jms.failure("closing a session", e);
                    }
                }
            };
        } catch (JMSException e) {
            throw Jms.failure("opening a producer", e);
        }
    }

    @Override
    public void listen(int count, LongConsumer receipts) {
        try {
            for (int i = 0; i < count; i++) {
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                session.createConsumer(destination(session)).setMessageListener(message -> receive(message, receipts));
            }
        } catch (JMSException e) {
            throw Jms.failure("opening a consumer", e);
        }
    }

    private void receive(Message message, LongConsumer receipts) {
        try {
            if (message.propertyExists(INTENDED_NANOS)) {
                receipts.accept(message.getLongProperty(INTENDED_NANOS));
                silence.disturb();
            }
        } catch (JMSException e) {
            throw Jms.failure("reading a message", e);
        }
    }

    @Override
    public void awaitSilence() {
        silence.await();
    }

    @Override
    public String durability() {
        return persistent
                ? "persistent, forced to the disk before the answer: survives a loss of power"
                : "non-persistent: need not survive anything";
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            throw Jms.failure("closing the connection", e);
        }
    }
}
