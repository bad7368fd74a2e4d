// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is opened and closed again and again leaves neither threads nor memory behind. */
@Timeout(180)
class ClientResourcesTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** Threads of clients, whichever connection they belong to. */
    private static Set<Thread> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("agena-client-io")
                        || thread.getName().startsWith("agena-session"))
                .collect(Collectors.toSet());
    }

    @Test
    void connections_that_are_closed_leave_no_threads() throws Exception {
        Set<Thread> before = clientThreads();
        for (int i = 0; i < 60; i++) {
            try (Connection connection = server.factory("").createConnection()) {
                connection.start();
                Session session = connection.createSession();
                Queue queue = session.createQueue("Short");
                session.createProducer(queue).send(session.createMessage());
                CountDownLatch heard = new CountDownLatch(1);
                session.createConsumer(queue).setMessageListener(message -> heard.countDown());
                assertThat(heard.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
            }
        }
        for (int i = 0; i < 20; i++) {
            try (JMSContext context = server.factory("").createContext();
                    JMSContext second = context.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
                second.createProducer().send(context.createTemporaryQueue(), "gone with its connection");
            }
        }

        await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> before.containsAll(clientThreads()));
    }

    @Test
    void what_is_closed_on_a_connection_that_stays_leaves_no_memory() throws Exception {
        try (Connection connection = server.factory("").createConnection()) {
            connection.start();
            List<WeakReference<Object>> closed = new ArrayList<>();

            for (int i = 0; i < 100; i++) {
                useAndClose(connection, closed);
            }

            await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> {
                System.gc();
                return closed.stream().allMatch(each -> each.refersTo(null));
            });
        }
    }

    /** In a method of its own, so that its variables do not keep anything. */
    private static void useAndClose(Connection connection, List<WeakReference<Object>> closed) throws Exception {
        Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("Again");
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue, "a IS NULL");
        producer.send(session.createTextMessage("a"));
        Message message = consumer.receive(WAIT_MILLIS);
        message.acknowledge();
        try (QueueBrowser browser = session.createBrowser(queue)) {
            assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        }
        for (Object each : List.of(session, producer, consumer, message)) {
            closed.add(new WeakReference<>(each));
        }
        session.close();
    }
}
