// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.cli.CliFailure;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The order application written against Jakarta Messaging; nothing here but the connection factory knows the provider. */
final class JmsClient implements AutoCloseable {
    /** Sessions that send at the same time: persistent sends wait for the disk, and those that wait together share one wait. */
    private static final int SENDERS = 8;

    /** How long a queue must stay silent to count as empty. */
    private static final Duration EMPTY_AFTER = Duration.ofMillis(300);

    private static final Duration RECEIVE_TIMEOUT = Duration.ofSeconds(30);

    /** An acknowledgement covers this many messages when one consumer works through a backlog. */
    private static final int ACKNOWLEDGE_EVERY = 50;

    private final ConnectionFactory factory;
    private final List<Connection> connections = new ArrayList<>();

    JmsClient(ConnectionFactory factory) {
        this.factory = factory;
    }

    private Connection connect() throws JMSException {
        Connection connection = factory.createConnection();
        connections.add(connection);
        connection.start();
        return connection;
    }

    /** Sends the first {@code count} orders, persistent. */
    void send(String queue, int count, Stopwatch sends) {
        try {
            Connection connection = connect();
            sends.start();
            Crew.send(count, SENDERS, (first, end, step) -> {
                try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                        MessageProducer producer = session.createProducer(session.createQueue(queue))) {
                    producer.setDeliveryMode(DeliveryMode.PERSISTENT);
                    for (int number = first; number < end; number += step) {
                        Order order = new Order(number);
                        TextMessage message = session.createTextMessage(order.text());
                        message.setJMSType(order.status().tag());
                        long now = System.nanoTime();
                        message.setLongProperty(Order.SENT_NANOS, now);
                        producer.send(message);
                        sends.stop(now);
                    }
                }
            });
        } catch (JMSException e) {
            throw failure("sending to queue " + queue, e);
        }
    }

    /** Starts this many consumers, each with a connection and a listener of its own, that acknowledge automatically. */
    void listen(String queue, int consumers, Arrivals arrivals) {
        try {
            for (int i = 0; i < consumers; i++) {
                Session session = connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
                session.createConsumer(session.createQueue(queue))
                        .setMessageListener(message -> report(message, arrivals));
            }
        } catch (JMSException e) {
            throw failure("consuming from queue " + queue, e);
        }
    }

    /** Receives and acknowledges exactly {@code count} messages with one consumer, which stays open with whatever else it was given. */
    void consume(String queue, int count, Arrivals arrivals) {
        try {
            Session session = connect().createSession(false, Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            for (int i = 1; i <= count; i++) {
                Message message = consumer.receive(RECEIVE_TIMEOUT.toMillis());
                if (message == null) {
                    throw new CliFailure("queue " + queue + " gave no message for " + RECEIVE_TIMEOUT.toSeconds()
                            + " s after " + (i - 1));
                }
                report(message, arrivals);
                if (i % ACKNOWLEDGE_EVERY == 0 || i == count) {
                    message.acknowledge();
                }
            }
        } catch (JMSException e) {
            throw failure("consuming from queue " + queue, e);
        }
    }

    /** Fails unless the queue has nothing left: what was acknowledged is gone. */
    void expectEmpty(String queue) {
        try {
            Session session = connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
            try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
                Message left = consumer.receive(EMPTY_AFTER.toMillis());
                if (left != null) {
                    throw new CliFailure(
                            "queue " + queue + " should be empty, but gave " + left.getJMSMessageID() + " once more");
                }
            }
        } catch (JMSException e) {
            throw failure("looking into queue " + queue, e);
        }
    }

    private static void report(Message message, Arrivals arrivals) {
        try {
            arrivals.arrived(text(message), message.getLongProperty(Order.SENT_NANOS));
        } catch (JMSException e) {
            throw failure("reading a message", e);
        }
    }

    /** The body; a message of a RocketMQ producer is bytes to JMS. */
    private static String text(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(body);
            return new String(body, StandardCharsets.UTF_8);
        }
        return message.getBody(String.class);
    }

    private static CliFailure failure(String doing, JMSException e) {
        return new CliFailure(doing + ": " + e.getMessage(), e);
    }

    /** Closes what is open; a connection whose server was killed may complain, and nobody needs to hear it. */
    @Override
    @SuppressWarnings("EmptyCatch") // the act has its result already, or has failed for a better reason
    public void close() {
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (JMSException ignored) {
            }
        }
        connections.clear();
    }
}
