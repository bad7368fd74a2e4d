// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Applications that are faster than their network. */
@Timeout(240)
class SlowNetworkTest {

    private static final int WAIT_MILLIS = 120_000;
    private static final int MESSAGE_BYTES = 1024 * 1024;

    /** More than a client keeps that nobody takes from it. */
    private static final int MESSAGE_COUNT = 64;

    @TempDir
    private Path folder;

    @Test
    void who_sends_without_waiting_waits_for_a_network_that_takes_nothing_and_loses_nothing() throws Exception {
        try (Crossing crossing = new Crossing();
                EmbeddedServer server = new EmbeddedServer(folder, crossing.address())) {
            crossing.leadTo(server.broker());
            List<Exception> failures = new CopyOnWriteArrayList<>();
            CountDownLatch told = new CountDownLatch(MESSAGE_COUNT);
            CompletionListener listener = new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    told.countDown();
                }

                @Override
                public void onException(Message message, Exception exception) {
                    failures.add(exception);
                    told.countDown();
                }
            };
            try (Connection connection = new AgenaConnectionFactory(
                            "agena://" + server.nameServer() + "?requestTimeout=" + WAIT_MILLIS)
                    .createConnection()) {
                Session session = connection.createSession();
                MessageProducer producer = session.createProducer(session.createQueue("Large"));
                producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                byte[] body = new byte[MESSAGE_BYTES];
                crossing.holdRequests();
                Thread sender = new Thread(() -> {
                    try {
                        for (int i = 0; i < MESSAGE_COUNT; i++) {
                            BytesMessage message = session.createBytesMessage();
                            message.writeBytes(body);
                            producer.send(message, listener);
                        }
                    } catch (Exception failed) {
                        failures.add(failed);
                    }
                });
                sender.start();
                // Where it does not wait it is done.
                Awaitility.await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> switch (sender.getState()) {
                    case WAITING, TIMED_WAITING, TERMINATED -> true;
                    default -> false;
                });
                crossing.letRequestsThrough();
                assertThat(told.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
            }
            assertThat(failures).isEmpty();
        }
    }
}
