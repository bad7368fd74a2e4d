// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.provider.session.FakeLink.FakeConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a session acknowledges, and what becomes of a refusal. */
@Timeout(120)
class SettlementTest {

    private static final long WAIT_MILLIS = 60_000;

    private final FakeLink link = new FakeLink();
    private AgenaConnection connection;

    @BeforeEach
    void open() throws JMSException {
        open(1000, Duration.ofMillis(50));
    }

    private void open(int prefetch, Duration closeTimeout) throws JMSException {
        UniqueKeys keys = new UniqueKeys(InetAddress.getLoopbackAddress(), 1, 1, InstantSource.system());
        ConnectionSettings settings =
                new ConnectionSettings(null, prefetch, 1 << 20, false, closeTimeout, TrustedClasses.of(""));
        connection = Connections.open(
                new ConnectionParts(settings, link, keys, InstantSource.system(), System::nanoTime, FakeLink.XA));
        connection.start();
    }

    private Session session(int mode) throws JMSException {
        return connection.createSession(mode);
    }

    private static MessageConsumer consumer(Session session) throws JMSException {
        return session.createConsumer(session.createQueue("Orders"));
    }

    private FakeConsumer broker() {
        return link.consumers.get(link.consumers.size() - 1);
    }

    private static ClientException diskFull() {
        return new ClientException(ClientException.Reason.STORE_REFUSES, "the disk is full");
    }

    @Test
    void auto_acknowledges_each_message_without_waiting_for_the_answer() throws Exception {
        MessageConsumer consumer = consumer(session(Session.AUTO_ACKNOWLEDGE));
        broker().deliver(3);
        for (int i = 0; i < 3; i++) {
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        }
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..1", "acknowledge 2..2", "acknowledge 3..3");
    }

    @Test
    void only_so_many_messages_are_handed_over_without_an_answer() throws Exception {
        MessageConsumer consumer = consumer(session(Session.AUTO_ACKNOWLEDGE));
        broker().deliver(Settlement.UNANSWERED_MAX + 2);
        for (int i = 0; i < Settlement.UNANSWERED_MAX; i++) {
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        }
        assertThat(consumer.receive(50)).isNull();
        broker().answer(null);
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        assertThat(consumer.receive(50)).isNull();
        CompletableFuture<Object> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return consumer.receiveNoWait();
            } catch (JMSException failed) {
                return failed;
            }
        });
        broker().answer(null);
        assertThat(waiting.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
    }

    @Test
    void a_listener_waits_for_an_answer_when_so_many_are_missing_and_then_goes_on() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(Settlement.UNANSWERED_MAX);
        CountDownLatch all = new CountDownLatch(Settlement.UNANSWERED_MAX + 10);
        consumer(session(Session.AUTO_ACKNOWLEDGE)).setMessageListener(message -> {
            seen.incrementAndGet();
            full.countDown();
            all.countDown();
        });
        broker().deliver(Settlement.UNANSWERED_MAX + 10);
        assertThat(full.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(seen).hasValue(Settlement.UNANSWERED_MAX);
        while (seen.get() < Settlement.UNANSWERED_MAX + 10) {
            int before = seen.get();
            answerWhenThere();
            org.awaitility.Awaitility.await()
                    .atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS)
                    .until(() -> seen.get() > before);
        }
        assertThat(all.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }

    private void answerWhenThere() {
        broker().answer(null);
    }

    @Test
    void a_refusal_fails_the_next_receive_once_and_the_messages_are_acknowledged_with_the_next() throws Exception {
        MessageConsumer consumer = consumer(session(Session.AUTO_ACKNOWLEDGE));
        broker().deliver(4);
        consumer.receive(WAIT_MILLIS);
        consumer.receive(WAIT_MILLIS);
        broker().answer(diskFull());
        broker().answer(diskFull());
        broker().takeCalls();

        ResourceAllocationException refused =
                catchThrowableOfType(ResourceAllocationException.class, () -> consumer.receive(WAIT_MILLIS));
        assertThat(refused.getErrorCode()).isEqualTo("STORE_REFUSES");
        assertThat(refused).hasMessageContaining("not acknowledged").hasMessageContaining("the disk is full");
        assertThat(broker().takeCalls()).isEmpty();

        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..3");
        broker().answer(diskFull());
        assertThat(consumer.receive(WAIT_MILLIS)).as("told once").isNotNull();
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..4");
        broker().answer(null);
        broker().deliver(1);
        consumer.receive(WAIT_MILLIS);
        broker().answer(diskFull());
        assertThat(catchThrowableOfType(ResourceAllocationException.class, consumer::receiveNoWait))
                .as("a new one")
                .isNotNull();
    }

    @Test
    void a_refusal_is_told_to_the_exception_listener_where_listeners_get_messages() throws Exception {
        CompletableFuture<JMSException> told = new CompletableFuture<>();
        AtomicInteger count = new AtomicInteger();
        connection.setExceptionListener(problem -> {
            count.incrementAndGet();
            told.complete(problem);
        });
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch three = new CountDownLatch(3);
        consumer(session(Session.AUTO_ACKNOWLEDGE)).setMessageListener(message -> {
            two.countDown();
            three.countDown();
        });
        broker().deliver(2);
        assertThat(two.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        awaitCalls(2);
        broker().answer(diskFull());
        broker().answer(diskFull());
        assertThat(told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS).getErrorCode()).isEqualTo("STORE_REFUSES");
        broker().deliver(1);
        assertThat(three.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        awaitCalls(3);
        assertThat(broker().takeCalls()).endsWith("acknowledge 1..3");
        assertThat(count).hasValue(1);
    }

    private void awaitCalls(int count) {
        org.awaitility.Awaitility.await()
                .atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS)
                .until(() -> {
                    synchronized (broker()) {
                        return broker().calls.size() >= count;
                    }
                });
    }

    @Test
    void dups_ok_acknowledges_many_at_once() throws Exception {
        MessageConsumer consumer = consumer(session(Session.DUPS_OK_ACKNOWLEDGE));
        broker().deliver(40);
        for (int i = 0; i < 40; i++) {
            consumer.receive(WAIT_MILLIS);
        }
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..32", "acknowledge 33..40");
    }

    @Test
    void recover_in_auto_mode_gives_back_nothing_that_was_received() throws Exception {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        broker().deliver(2);
        consumer.receive(WAIT_MILLIS);
        session.recover();
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..1", "release 1 all");
    }

    @Test
    void closing_waits_for_answers_and_no_longer_than_its_time() throws Exception {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        broker().deliver(1);
        consumer.receive(WAIT_MILLIS);
        session.close();
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..1", "detach 1 all");

        open(1000, Duration.ofMinutes(10));
        Session patient = session(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer second = consumer(patient);
        broker().deliver(1);
        second.receive(WAIT_MILLIS);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> {
            try {
                patient.close();
            } catch (JMSException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(closed).isNotDone();
        broker().answer(null);
        closed.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..1", "detach 1 all");
    }

    @Test
    void what_was_refused_is_acknowledged_once_more_at_the_end() throws Exception {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        broker().deliver(1);
        consumer.receive(WAIT_MILLIS);
        broker().answer(diskFull());
        session.close();
        assertThat(broker().takeCalls()).containsExactly("acknowledge 1..1", "acknowledge 1..1", "detach 1 all");
    }
}
