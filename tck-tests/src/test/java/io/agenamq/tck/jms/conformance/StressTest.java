// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sixteen sessions at once, in all modes, with selectors, priorities, recover, rollback and sessions that come and go, at random from a seed; a
 * {@link StressLedger ledger} of every message knows what may happen to it and what not.
 *
 * <p>It lasts for a time ({@code -Dtck.stress.seconds}) and then until everything that was sent is settled; how much that is, it does not ask. The
 * seed is printed; {@code -Dagena.seed} takes the same decisions again, as far as threads let it.
 */
class StressTest extends Rules {

    private static final Duration SHORT = Duration.ofSeconds(Long.getLong("tck.stress.seconds", 20));
    private static final Duration LONG = Duration.ofMinutes(10);

    /** Before a session gives way to a new one. */
    private static final int MESSAGES_PER_SESSION = 300;

    private static final int BATCH_COUNT_MAX = 20;
    private static final int PART_COUNT = 3;
    private static final int RECEIVE_MILLIS = 100;

    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final Map<String, StressLedger> ledgers = new LinkedHashMap<>();
    private final AtomicInteger names = new AtomicInteger();
    private final CountDownLatch timeIsUp = new CountDownLatch(1);
    private volatile boolean sending = true;
    private volatile boolean consuming = true;
    private Connection named;
    private List<Queue> queues;
    private Topic topic;
    private String shared;
    private String durable;

    /** Something that a session does over and over. */
    @FunctionalInterface
    private interface Round {
        void run(Session session) throws JMSException;
    }

    @FunctionalInterface
    private interface Opening {
        MessageConsumer open(Session session) throws JMSException;
    }

    @Test
    void everything_is_delivered_until_it_is_settled_and_never_after() throws Exception {
        run(SHORT);
    }

    @Test
    @Tag("long")
    @Timeout(3_600)
    void everything_is_delivered_until_it_is_settled_and_never_after_for_ten_minutes() throws Exception {
        run(LONG);
    }

    private void run(Duration duration) throws Exception {
        String given = System.getProperty("agena.seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("StressTest: -Dagena.seed=" + seed);
        var seeds = new Random(seed);

        queues = List.of(queue(), queue(), queue());
        topic = topic();
        shared = unique("shared");
        durable = unique("durable");
        named = connect(unique("client"));
        for (Queue queue : queues) {
            ledgers.put(queue.getQueueName(), ledger(queue.getQueueName()));
        }
        ledgers.put(shared, ledger(shared));
        ledgers.put(durable, ledger(durable));
        session.createSharedDurableConsumer(topic, shared).close();
        named.createSession().createDurableConsumer(topic, durable).close();

        List<Background<Void>> workers = new ArrayList<>();
        workers.add(sender(seeds.nextLong(), Session.AUTO_ACKNOWLEDGE));
        workers.add(sender(seeds.nextLong(), Session.AUTO_ACKNOWLEDGE));
        workers.add(transactedSender(seeds.nextLong()));
        workers.add(publisher(seeds.nextLong()));
        for (int i = 0; i < queues.size(); i++) {
            Queue queue = queues.get(i);
            String place = queue.getQueueName();
            // One of each queue takes everything, so that nothing waits for ever for a selector that matches it.
            workers.add(consumer(seeds.nextLong(), Session.AUTO_ACKNOWLEDGE, place, own -> own.createConsumer(queue)));
            String selector = "part = " + i % PART_COUNT;
            workers.add(consumer(
                    seeds.nextLong(), Session.CLIENT_ACKNOWLEDGE, place, own -> own.createConsumer(queue, selector)));
            workers.add(consumer(
                    seeds.nextLong(),
                    i == 0 ? Session.DUPS_OK_ACKNOWLEDGE : Session.SESSION_TRANSACTED,
                    place,
                    own -> own.createConsumer(queue, "JMSPriority >= 4 OR part <> 1")));
        }
        for (int mode : new int[] {Session.DUPS_OK_ACKNOWLEDGE, Session.SESSION_TRANSACTED}) {
            workers.add(
                    consumer(seeds.nextLong(), mode, shared, own -> own.createSharedDurableConsumer(topic, shared)));
        }
        workers.add(consumer(
                seeds.nextLong(),
                Session.CLIENT_ACKNOWLEDGE,
                durable,
                own -> own.createDurableConsumer(topic, durable)));
        assertThat(workers).hasSize(16);

        if (timeIsUp.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
            sending = false;
        }
        sending = false;
        await(() -> !problems.isEmpty()
                || (workers.stream().limit(4).allMatch(Background::isDone)
                        && ledgers.values().stream().allMatch(StressLedger::isDone)));
        consuming = false;
        for (Background<Void> worker : workers) {
            worker.get();
        }

        ledgers.values().forEach(ledger -> System.out.println("StressTest: " + ledger));
        assertThat(problems).as("seed " + seed).isEmpty();
        for (Queue queue : queues) {
            assertThat(takeAll(queue)).isEmpty();
        }
        assertNothingFor(session.createSharedDurableConsumer(topic, shared));
    }

    private StressLedger ledger(String place) {
        return new StressLedger(place, this::problem);
    }

    private void problem(String what) {
        if (problems.size() < 20) {
            problems.add(what);
        }
        timeIsUp.countDown();
    }

    /** A thread with a session; one after the other until there is nothing left to do. */
    private Background<Void> worker(Connection on, int mode, boolean isSender, Round round) {
        return meanwhile(() -> {
            try {
                while (isSender ? sending : consuming) {
                    try (Session own = mode == Session.SESSION_TRANSACTED
                            ? on.createSession(true, mode)
                            : on.createSession(mode)) {
                        round.run(own);
                    }
                }
            } catch (JMSException | RuntimeException | AssertionError failed) {
                problem(failed.toString());
                throw failed;
            }
        });
    }

    // ---- sending

    private Message message(Session own, Random random, long number) throws JMSException {
        TextMessage message = own.createTextMessage("x".repeat(random.nextInt(2_000)));
        message.setLongProperty(StressLedger.NUMBER, number);
        message.setIntProperty("part", random.nextInt(PART_COUNT));
        return message;
    }

    private static int priority(Random random) {
        return random.nextInt(4) == 0 ? random.nextInt(10) : 4;
    }

    private static int deliveryMode(Random random) {
        return random.nextInt(3) == 0 ? 1 : 2;
    }

    /** Waits for room in a place, without holding up the end. */
    private boolean awaitRoom(StressLedger ledger) {
        while (sending) {
            if (ledger.tryRoom()) {
                return true;
            }
            Thread.onSpinWait();
            try {
                if (timeIsUp.await(1, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
        }
        return false;
    }

    private Background<Void> sender(long seed, int mode) {
        var random = new Random(seed);
        var told = new Listeners.Ledger();
        return worker(connection, mode, true, own -> {
            MessageProducer producer = own.createProducer(null);
            for (int i = 0; i < MESSAGES_PER_SESSION && sending; i++) {
                Queue queue = queues.get(random.nextInt(queues.size()));
                StressLedger ledger = ledgers.get(queue.getQueueName());
                if (awaitRoom(ledger)) {
                    Message message = message(own, random, ledger.offer());
                    if (random.nextBoolean()) {
                        producer.send(queue, message, deliveryMode(random), priority(random), 0);
                    } else {
                        producer.send(queue, message, deliveryMode(random), priority(random), 0, told);
                    }
                }
            }
            producer.close();
            told.told.stream()
                    .filter(outcome -> outcome.contains("Exception"))
                    .forEach(outcome -> problem("an asynchronous send: " + outcome));
            told.told.clear();
            told.messages.clear();
            told.threads.clear();
        });
    }

    private Background<Void> transactedSender(long seed) {
        var random = new Random(seed);
        return worker(connection, Session.SESSION_TRANSACTED, true, own -> {
            List<Sent> sent = new ArrayList<>();
            for (int i = 0; i < MESSAGES_PER_SESSION && sending; i++) {
                Queue queue = queues.get(random.nextInt(queues.size()));
                if (awaitRoom(ledgers.get(queue.getQueueName()))) {
                    sendPending(own, random, queue, sent);
                }
                if (random.nextInt(BATCH_COUNT_MAX) == 0) {
                    if (random.nextInt(4) > 0) {
                        publish(sent);
                        own.commit();
                    } else {
                        withdraw(sent);
                        own.rollback();
                    }
                }
            }
            // The session is closed with what it has not committed.
            withdraw(sent);
        });
    }

    private static void publish(List<Sent> sent) {
        sent.forEach(each -> each.ledger().publish(each.number()));
        sent.clear();
    }

    private static void withdraw(List<Sent> sent) {
        sent.forEach(each -> each.ledger().withdraw(each.number()));
        sent.clear();
    }

    private Background<Void> publisher(long seed) {
        var random = new Random(seed);
        StressLedger first = ledgers.get(shared);
        StressLedger second = ledgers.get(durable);
        return worker(connection, Session.AUTO_ACKNOWLEDGE, true, own -> {
            MessageProducer producer = own.createProducer(topic);
            for (int i = 0; i < MESSAGES_PER_SESSION && sending; i++) {
                if (awaitRoom(first)) {
                    // Both subscriptions get it under the same number; the end of the time may come between the two.
                    while (!second.tryRoom()) {
                        Thread.onSpinWait();
                    }
                    long number = first.offer();
                    if (second.offer() != number) {
                        problem("the two subscriptions of the topic count differently");
                    }
                    producer.send(message(own, random, number), deliveryMode(random), priority(random), 0);
                }
            }
        });
    }

    // ---- consuming

    private Background<Void> consumer(long seed, int mode, String place, Opening opening) {
        var random = new Random(seed);
        StressLedger ledger = ledgers.get(place);
        Connection on = place.equals(durable) ? named : connection;
        return worker(on, mode, false, own -> {
            String name = "session " + names.incrementAndGet() + " in mode " + mode;
            MessageConsumer consumer = opening.open(own);
            boolean byClient = mode == Session.CLIENT_ACKNOWLEDGE || mode == Session.SESSION_TRANSACTED;
            List<Long> held = new ArrayList<>();
            List<Sent> sent = new ArrayList<>();
            Message last = null;
            int batch = 1 + random.nextInt(BATCH_COUNT_MAX);
            for (int i = 0; i < MESSAGES_PER_SESSION && consuming; i++) {
                Message message = random.nextInt(20) == 0 ? consumer.receiveNoWait() : consumer.receive(RECEIVE_MILLIS);
                if (message != null) {
                    last = message;
                    held.add(ledger.delivered(message, name));
                    if (mode == Session.SESSION_TRANSACTED && random.nextInt(3) == 0) {
                        passOn(own, random, sent);
                    }
                }
                if (!byClient) {
                    ledger.settle(held);
                    held.clear();
                } else if (message == null || held.size() >= batch) {
                    finish(own, mode, random, last, ledger, held, sent);
                    batch = 1 + random.nextInt(BATCH_COUNT_MAX);
                }
            }
            if (random.nextBoolean()) {
                consumer.close();
            }
            // The session is closed with what it still has.
            withdraw(sent);
            ledger.release(held);
        });
    }

    /** A message that was sent in a transaction which is not over. */
    private record Sent(StressLedger ledger, long number) {}

    private void passOn(Session own, Random random, List<Sent> sent) throws JMSException {
        Queue queue = queues.get(random.nextInt(queues.size()));
        if (sending && ledgers.get(queue.getQueueName()).tryRoom()) {
            sendPending(own, random, queue, sent);
        }
    }

    private void sendPending(Session own, Random random, Queue queue, List<Sent> sent) throws JMSException {
        StressLedger ledger = ledgers.get(queue.getQueueName());
        long number = ledger.pend();
        sent.add(new Sent(ledger, number));
        try (MessageProducer producer = own.createProducer((Destination) null)) {
            producer.send(queue, message(own, random, number), deliveryMode(random), priority(random), 0);
        }
    }

    private static void finish(
            Session own, int mode, Random random, Message last, StressLedger ledger, List<Long> held, List<Sent> sent)
            throws JMSException {
        boolean forward = random.nextInt(8) > 0;
        if (forward) {
            publish(sent);
            ledger.settle(held);
        } else {
            withdraw(sent);
            ledger.release(held);
        }
        held.clear();
        if (mode == Session.SESSION_TRANSACTED) {
            if (forward) {
                own.commit();
            } else {
                own.rollback();
            }
        } else if (!forward) {
            own.recover();
        } else if (last != null) {
            last.acknowledge();
        }
    }
}
