// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The promise, with a broker that is killed again and again while JMS applications send and consume: nothing acknowledged is lost, nothing
 * comes twice unless it says so, nothing settled comes back, and nobody has to do anything about it.
 */
@Timeout(600)
class RestartUnderLoadIT {

    private static final int KILL_COUNT = 3;
    private static final int MESSAGES_PER_ROUND = 200;
    private static final int CLIENT_BATCH = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Path DIRECTORY =
            Path.of("target", "tck", "jms-restart").toAbsolutePath();

    private final List<Throwable> problems = new CopyOnWriteArrayList<>();
    private volatile boolean wantsMore = true;
    private volatile boolean receiving = true;

    /** What became of the messages of one queue, which have ascending numbers. */
    private final class Ledger {

        private final String queue;
        private final Set<Integer> stored = ConcurrentHashMap.newKeySet();
        private final Set<Integer> doubtful = ConcurrentHashMap.newKeySet();
        private final List<Integer> firstSeen = new CopyOnWriteArrayList<>();
        private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
        private final List<Integer> seenAgain = new CopyOnWriteArrayList<>();
        private final Set<Integer> settled = ConcurrentHashMap.newKeySet();

        Ledger(String queue) {
            this.queue = queue;
        }

        int seen(Message message) throws JMSException {
            int number = message.getIntProperty("number");
            if (settled.contains(number)) {
                problems.add(new AssertionError(queue + ": " + number + " was settled and came again"));
            } else if (seen.add(number)) {
                firstSeen.add(number);
            } else {
                seenAgain.add(number);
                if (!message.getJMSRedelivered() || message.getIntProperty("JMSXDeliveryCount") < 2) {
                    problems.add(new AssertionError(queue + ": " + number + " came twice without saying so"));
                }
            }
            return number;
        }
    }

    private final Ledger auto = new Ledger("load-auto");
    private final Ledger lazy = new Ledger("load-dups-ok");
    private final Ledger client = new Ledger("load-client");
    private final List<Ledger> ledgers = List.of(auto, lazy, client);

    @Test
    void a_broker_that_is_killed_loses_nothing_and_applications_go_on() throws Exception {
        try (Cluster cluster = Cluster.of(Distribution.AGENA).broker("broker-a").start(DIRECTORY)) {
            var factory = new AgenaConnectionFactory(
                    "agena://" + cluster.nameServers() + "?reconnectTimeout=" + PATIENCE.toMillis());
            try (Connection sending = connect(factory);
                    Connection consuming = connect(factory)) {
                listen(consuming, Session.AUTO_ACKNOWLEDGE, auto);
                listen(consuming, Session.DUPS_OK_ACKNOWLEDGE, lazy);
                CompletableFuture<Void> receiver = run(() -> receiveInBatches(consuming));
                CompletableFuture<Void> sender = run(() -> send(sending));

                for (int i = 0; i < KILL_COUNT; i++) {
                    awaitMore();
                    cluster.broker().kill();
                    cluster.broker().restart();
                }
                awaitMore();
                wantsMore = false;
                sender.get();
                await().atMost(PATIENCE).until(() -> !problems.isEmpty() || isAllSeen());
                receiving = false;
                receiver.get();
            }
            check(factory);
        }
    }

    private Connection connect(AgenaConnectionFactory factory) throws JMSException {
        Connection connection = factory.createConnection();
        connection.setExceptionListener(problems::add);
        connection.start();
        return connection;
    }

    private boolean isAllSeen() {
        return ledgers.stream().allMatch(ledger -> ledger.seen.containsAll(ledger.stored));
    }

    private void awaitMore() {
        int before = auto.seen.size();
        await().atMost(PATIENCE).until(() -> auto.seen.size() >= before + MESSAGES_PER_ROUND || !problems.isEmpty());
        assertThat(problems).isEmpty();
    }

    private void send(Connection connection) throws JMSException {
        try (Session session = connection.createSession()) {
            List<MessageProducer> producers = new ArrayList<>();
            for (Ledger ledger : ledgers) {
                producers.add(session.createProducer(session.createQueue(ledger.queue)));
            }
            for (int number = 0; wantsMore; number++) {
                for (int i = 0; i < ledgers.size(); i++) {
                    Message message = session.createTextMessage("message " + number);
                    message.setIntProperty("number", number);
                    try {
                        producers.get(i).send(message);
                        ledgers.get(i).stored.add(number);
                    } catch (JMSException failed) {
                        if (!"CONNECTION_LOST".equals(failed.getErrorCode())) {
                            throw failed;
                        }
                        ledgers.get(i).doubtful.add(number);
                    }
                }
            }
        }
    }

    private void listen(Connection connection, int mode, Ledger ledger) throws JMSException {
        Session session = connection.createSession(mode);
        session.createConsumer(session.createQueue(ledger.queue)).setMessageListener(message -> {
            try {
                ledger.seen(message);
            } catch (JMSException failed) {
                problems.add(failed);
            }
        });
    }

    private void receiveInBatches(Connection connection) throws JMSException {
        Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue(client.queue));
        List<Integer> batch = new ArrayList<>();
        Message last = null;
        while (receiving || last != null) {
            Message message = consumer.receive(1000);
            if (message != null) {
                batch.add(client.seen(message));
                last = message;
            }
            if (last != null && (message == null || batch.size() >= CLIENT_BATCH)) {
                try {
                    last.acknowledge();
                    // Of a batch that began before a kill the older part is not this session's to settle.
                    client.settled.addAll(sinceRepetition(batch));
                } catch (JMSException inDoubt) {
                    if (!"CONNECTION_LOST".equals(inDoubt.getErrorCode())) {
                        throw inDoubt;
                    }
                }
                batch.clear();
                last = null;
            }
        }
    }

    /**
     * The part of a batch that came over the last connection: the broker delivers in order, so that it begins where a number is not larger than the
     * one before.
     */
    private static List<Integer> sinceRepetition(List<Integer> batch) {
        int from = 0;
        for (int i = 1; i < batch.size(); i++) {
            if (batch.get(i) <= batch.get(i - 1)) {
                from = i;
            }
        }
        return batch.subList(from, batch.size());
    }

    private void check(AgenaConnectionFactory factory) throws JMSException {
        assertThat(problems).isEmpty();
        for (Ledger ledger : ledgers) {
            Set<Integer> known = new TreeSet<>(ledger.stored);
            known.addAll(ledger.doubtful);
            assertThat(ledger.seen).as(ledger.queue).containsAll(ledger.stored);
            assertThat(known).as(ledger.queue).containsAll(ledger.seen);
            assertThat(ledger.firstSeen).as(ledger.queue).isSorted();
            assertThat(ledger.doubtful).as(ledger.queue).hasSizeLessThanOrEqualTo(KILL_COUNT);
        }
        assertThat(auto.seenAgain)
                .as("only the last one is in doubt in AUTO mode")
                .hasSizeLessThanOrEqualTo(KILL_COUNT);
        try (Connection connection = connect(factory);
                Session session = connection.createSession()) {
            for (Ledger ledger : ledgers) {
                QueueBrowser browser = session.createBrowser(session.createQueue(ledger.queue));
                assertThat(Collections.list((java.util.Enumeration<?>) browser.getEnumeration()))
                        .as(ledger.queue)
                        .isEmpty();
            }
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws JMSException;
    }

    private CompletableFuture<Void> run(Work work) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        work.run();
                    } catch (JMSException failed) {
                        problems.add(failed);
                        throw new CompletionException(failed);
                    }
                },
                task -> {
                    Thread thread = new Thread(task, "application");
                    thread.setDaemon(true);
                    thread.start();
                });
    }
}
