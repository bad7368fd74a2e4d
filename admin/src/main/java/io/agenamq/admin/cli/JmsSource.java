// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.TopicKind;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.time.Duration;

/** A consumer of a JMS queue or topic. Each message is acknowledged after it was printed. */
final class JmsSource implements MessageSource {
    private final Connection connection;
    private final MessageConsumer consumer;

    JmsSource(ConnectionFactory factory, String name, TopicKind kind) {
        try {
            connection = factory.createConnection();
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            consumer = session.createConsumer(
                    kind == TopicKind.QUEUE ? session.createQueue(name) : session.createTopic(name));
            connection.start();
        } catch (JMSException e) {
            throw Jms.failure("consuming from " + name, e);
        }
    }

    @Override
    public boolean next(Duration wait, MessagePrinter printer) {
        try {
            // 0 would wait for ever.
            Message message = wait.isZero() ? consumer.receiveNoWait() : consumer.receive(wait.toMillis());
            if (message == null) {
                return false;
            }
            printer.print(ShownMessage.of(message));
            message.acknowledge();
            return true;
        } catch (JMSException e) {
            throw Jms.failure("receiving", e);
        }
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
