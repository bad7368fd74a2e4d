// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Transactions of more than a broker's heap: 200 MB through a process of 64 MiB, which is killed with one of them open, and again with one just
 * committed.
 */
@Timeout(600)
class LargeTransactionIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Path DIRECTORY =
            Path.of("target", "tck", "jms-large-transaction").toAbsolutePath();
    private static final int BODY_BYTES = 100_000;
    private static final int MESSAGES = 2_000;

    @Test
    void a_transaction_larger_than_the_heap_is_committed_as_a_whole_or_not_at_all() throws Exception {
        try (Cluster cluster =
                Cluster.of(Distribution.AGENA).broker("broker-a").heap("64m").start(DIRECTORY)) {
            var factory = new AgenaConnectionFactory(
                    "agena://" + cluster.nameServers() + "?prefetch=20&reconnectTimeout=" + PATIENCE.toMillis());
            try (Connection connection = factory.createConnection();
                    Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
                connection.start();
                send(session, 0, MESSAGES / 4);
                cluster.broker().kill();
                cluster.broker().restart();
                assertThat(catchThrowableOfType(TransactionRolledBackException.class, session::commit))
                        .isNotNull();

                send(session, 0, MESSAGES);
                session.commit();
                cluster.broker().kill();
                cluster.broker().restart();
                send(session, MESSAGES, MESSAGES + 1);
                session.commit();

                check(connection);
            }
        }
    }

    private static void send(Session session, int from, int to) throws JMSException {
        MessageProducer producer = session.createProducer(session.createQueue("large"));
        byte[] body = new byte[BODY_BYTES];
        for (int i = from; i < to; i++) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body);
            message.setIntProperty("number", i);
            producer.send(message);
        }
        producer.close();
    }

    private static void check(Connection connection) throws JMSException {
        try (Session session = connection.createSession(Session.DUPS_OK_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue("large"))) {
            for (int i = 0; i <= MESSAGES; i++) {
                Message next = consumer.receive(PATIENCE.toMillis());
                assertThat(next).as("message %d", i).isNotNull();
                assertThat(next.getIntProperty("number")).isEqualTo(i);
                assertThat(((BytesMessage) next).getBodyLength()).isEqualTo(BODY_BYTES);
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }
}
