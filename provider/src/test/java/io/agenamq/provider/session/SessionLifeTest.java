// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.message.AgenaMessage;
import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.provider.session.FakeLink.FakeConsumer;
import jakarta.jms.CompletionListener;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a session when several threads, lost connections and failing applications meet in it. */
@Timeout(120)
class SessionLifeTest {

    private static final long WAIT_MILLIS = 60_000;

    private final FakeLink link = new FakeLink();
    private AgenaConnection connection;

    @BeforeEach
    void open() throws JMSException {
        open(1000);
    }

    private void open(int prefetch) throws JMSException {
        UniqueKeys keys = new UniqueKeys(InetAddress.getLoopbackAddress(), 1, 1, InstantSource.system());
        ConnectionSettings settings =
                new ConnectionSettings(null, prefetch, 1 << 20, false, Duration.ofMillis(50), TrustedClasses.of(""));
        connection = Connections.open(
                new ConnectionParts(settings, link, keys, InstantSource.system(), System::nanoTime, FakeLink.XA));
        connection.start();
    }

    private static MessageConsumer consumer(Session session) throws JMSException {
        return session.createConsumer(session.createQueue("Orders"));
    }

    private FakeConsumer broker() {
        return link.consumers.get(link.consumers.size() - 1);
    }

    private static void await(Semaphore semaphore) throws InterruptedException {
        assertThat(semaphore.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }

    /** A listener that says when it has a message, and waits until it may return. */
    private static final class Gate implements MessageListener {
        final Semaphore entered = new Semaphore(0);
        final Semaphore mayReturn = new Semaphore(0);

        @Override
        public void onMessage(Message message) {
            entered.release();
            mayReturn.acquireUninterruptibly();
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    /** Runs an action on a thread of its own; answers what it fails with, null if it succeeds. */
    private static final class Elsewhere extends Thread {
        final CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        private final Action action;

        Elsewhere(Action action) {
            super("elsewhere");
            this.action = action;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            outcome.complete(catchThrowable(action::run));
        }

        void awaitWaiting() {
            Awaitility.await()
                    .atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS)
                    .until(() -> getState() == State.WAITING || getState() == State.TIMED_WAITING);
        }

        Throwable outcome() throws Exception {
            return outcome.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwUndeclared(Throwable any) throws E {
        throw (E) any;
    }

    // ---- applications that fail

    @Test
    void a_listener_that_throws_a_checked_exception_ends_neither_the_session_nor_its_close() throws Exception {
        Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        CountDownLatch two = new CountDownLatch(2);
        consumer(session).setMessageListener(message -> {
            two.countDown();
            SessionLifeTest.<RuntimeException>throwUndeclared(new JMSException("as Kotlin throws it"));
        });
        broker().deliver(2);
        assertThat(two.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(new Elsewhere(session::close).outcome()).isNull();
    }

    @Test
    void a_completion_listener_that_throws_a_checked_exception_does_not_keep_the_next_from_being_told()
            throws Exception {
        Session session = connection.createSession();
        MessageProducer producer = session.createProducer(session.createQueue("Orders"));
        AtomicInteger told = new AtomicInteger();
        CompletionListener failing = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                told.incrementAndGet();
                SessionLifeTest.<RuntimeException>throwUndeclared(new IOException("as Kotlin throws it"));
            }

            @Override
            public void onException(Message message, Exception exception) {}
        };
        producer.send(session.createMessage(), failing);
        producer.send(session.createMessage(), failing);
        assertThat(new Elsewhere(session::close).outcome()).isNull();
        assertThat(told).hasValue(2);
    }

    @Test
    void completion_listeners_are_told_although_there_was_no_thread_for_them_at_first() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Completions completions = new Completions(new SessionState(), task -> {
            if (attempts.incrementAndGet() < 3) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            new Thread(task).start();
        });
        CompletableFuture<Message> told = new CompletableFuture<>();
        completions.add(CompletableFuture.completedFuture(null), new AgenaMessage(), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                told.complete(message);
            }

            @Override
            public void onException(Message message, Exception exception) {}
        });
        assertThat(new Elsewhere(() -> completions.awaitAll(0)).outcome()).isNull();
        assertThat(told).isCompleted();
    }

    @Test
    void a_destination_that_is_gone_is_looked_for_again_also_by_a_sender_that_does_not_wait() throws Exception {
        Session session = connection.createSession();
        MessageProducer producer = session.createProducer(session.createQueue("Orders"));
        CompletableFuture<Exception> told = new CompletableFuture<>();
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {}

            @Override
            public void onException(Message message, Exception exception) {
                told.complete(exception);
            }
        };
        link.sendRefusal = new ClientException(ClientException.Reason.NO_SUCH_DESTINATION, "it was deleted");
        producer.send(session.createMessage(), listener);
        assertThat(told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isInstanceOf(InvalidDestinationException.class);
        link.sendRefusal = null;
        producer.send(session.createMessage(), listener);
        assertThat(link.resolveCount).hasValue(2);
    }

    @Test
    void who_sends_while_the_connection_is_closed_is_told_if_nobody_else_can_be() throws Exception {
        Session session = connection.createSession();
        MessageProducer producer = session.createProducer(session.createQueue("Orders"));
        AtomicInteger told = new AtomicInteger();
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                told.incrementAndGet();
            }

            @Override
            public void onException(Message message, Exception exception) {
                told.incrementAndGet();
            }
        };
        link.onSend = () ->
                assertThat(new Elsewhere(connection::close).outcome.join()).isNull();
        Throwable outcome = new Elsewhere(() -> producer.send(session.createMessage(), listener)).outcome();
        assertThat(outcome)
                .isInstanceOf(jakarta.jms.IllegalStateException.class)
                .hasMessageContaining("may be stored or not");
        assertThat(told).hasValue(0);
    }

    // ---- room

    @Test
    void who_sends_waits_until_there_is_room() throws Exception {
        SendRoom room = new SendRoom();
        room.enter(SendRoom.BYTES_MAX + 1);
        Elsewhere sending = new Elsewhere(() -> {
            room.enter(2);
            room.enter(SendRoom.BYTES_MAX - 2);
        });
        sending.awaitWaiting();
        Elsewhere interrupted = new Elsewhere(() -> room.enter(1));
        interrupted.awaitWaiting();
        interrupted.interrupt();
        assertThat(interrupted.outcome()).isInstanceOf(JMSException.class).hasMessageContaining("not sent");
        assertThat(sending.outcome).isNotDone();
        room.leave(SendRoom.BYTES_MAX + 1);
        assertThat(sending.outcome()).isNull();
        Elsewhere another = new Elsewhere(() -> room.enter(1));
        another.awaitWaiting();
        room.leave(2);
        assertThat(another.outcome()).isNull();
    }

    // ---- credit

    @Test
    void expired_messages_give_their_credit_back_in_every_mode() throws Exception {
        for (int mode : new int[] {
            Session.AUTO_ACKNOWLEDGE,
            Session.DUPS_OK_ACKNOWLEDGE,
            Session.CLIENT_ACKNOWLEDGE,
            Session.SESSION_TRANSACTED,
            AgenaSession.INDIVIDUAL_ACKNOWLEDGE
        }) {
            open(4);
            MessageConsumer consumer = consumer(connection.createSession(mode));
            assertThat(broker().credit()).isEqualTo(4);
            broker().deliverExpired(4);
            assertThat(consumer.receiveNoWait()).isNull();
            broker().deliver(1);
            assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
            broker().deliverExpired(3);
            assertThat(consumer.receive(20)).isNull();
            assertThat(broker().credit()).as("in mode %s", mode).isPositive();
        }
    }

    // ---- giving back

    @Test
    void a_message_that_cannot_be_read_comes_again_and_is_not_acknowledged_with_the_next() throws Exception {
        MessageConsumer consumer = consumer(connection.createSession());
        broker().deliverUnreadable();
        assertThat(catchThrowable(() -> consumer.receive(WAIT_MILLIS)))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("cannot be read");
        broker().deliver(1);
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        assertThat(broker().takeCalls()).containsExactly("release 1 all", "acknowledge 2..2");
    }

    @Test
    void what_a_probe_brings_goes_back_if_its_thread_waits_no_longer() throws Exception {
        open(0);
        MessageConsumer consumer = consumer(connection.createSession());
        link.answersProbes = false;
        Elsewhere receiving = new Elsewhere(consumer::receiveNoWait);
        receiving.awaitWaiting();
        receiving.interrupt();
        assertThat(receiving.outcome()).isInstanceOf(JMSException.class).hasMessageContaining("interrupted");
        assertThat(broker().takeCalls()).containsExactly("probe", "release 0");
    }

    @Test
    void what_a_failed_listener_gave_back_over_a_connection_that_is_lost_is_given_back_again() throws Exception {
        link.answersReleases = false;
        CountDownLatch failed = new CountDownLatch(1);
        consumer(connection.createSession()).setMessageListener(message -> {
            failed.countDown();
            throw new IllegalArgumentException("no");
        });
        broker().deliver(1);
        assertThat(failed.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        awaitCall("release 1 all");

        long seen = broker().sink.lost();
        broker().sink.restarted(true);

        assertThat(seen).isEqualTo(1);
        awaitCall("release 1 all");
    }

    @Test
    void a_message_that_a_listener_is_busy_with_stays_with_it_over_a_lost_connection() throws Exception {
        link.answersReleases = false;
        Gate gate = new Gate();
        AtomicInteger calls = new AtomicInteger();
        consumer(connection.createSession()).setMessageListener(message -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalArgumentException("no");
            }
            gate.onMessage(message);
        });
        broker().deliver(1);
        awaitCall("release 1 all");
        broker().deliver(1);
        await(gate.entered);

        long seen = broker().sink.lost();
        broker().sink.restarted(true);
        gate.mayReturn.release();

        assertThat(seen).isEqualTo(2);
        awaitCall("release 2");
        awaitCall("acknowledge 2..2");
    }

    private void awaitCall(String call) {
        FakeConsumer broker = broker();
        Awaitility.await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> {
            synchronized (broker) {
                return broker.calls.remove(call);
            }
        });
    }

    @Test
    void what_went_back_when_a_listener_was_taken_away_is_not_delivered_from_here() throws Exception {
        open(0);
        Session session = connection.createSession();
        Gate gate = new Gate();
        MessageConsumer busy = consumer(session);
        FakeConsumer busyBroker = broker();
        MessageConsumer other = session.createConsumer(session.createQueue("Others"));
        AtomicInteger seen = new AtomicInteger();
        other.setMessageListener(message -> seen.incrementAndGet());
        Awaitility.await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> broker().credit() == 1);
        busy.setMessageListener(gate);
        Awaitility.await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> busyBroker.credit() == 1);
        busyBroker.deliver(1);
        await(gate.entered);
        broker().deliver(1);

        other.setMessageListener(null);
        awaitCall("release 0");
        gate.mayReturn.release();
        Awaitility.await().atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS).until(() -> busyBroker.credit() == 1);
        busy.setMessageListener(null);

        assertThat(seen).hasValue(0);
        assertThat(other.receiveNoWait()).isNull();
    }

    // ---- closing

    @Test
    void a_broker_that_hangs_is_waited_for_once_and_not_for_each_session() throws Exception {
        link.answersReleases = false;
        for (int i = 0; i < 3; i++) {
            consumer(connection.createSession());
        }
        assertThat(new Elsewhere(connection::close).outcome()).isNull();
        assertThat(link.closed).isTrue();
    }

    @Test
    void a_consumer_that_begins_when_its_thread_was_interrupted_ends_at_once() throws Exception {
        Session session = connection.createSession();
        link.answersAttachments = false;
        Elsewhere creating = new Elsewhere(() -> consumer(session));
        creating.awaitWaiting();
        creating.interrupt();
        assertThat(creating.outcome()).isInstanceOf(JMSException.class).hasMessageContaining("interrupted");
        link.attachAnswers.get(0).complete(broker());
        assertThat(broker().takeCalls()).containsExactly("detach 0 all");
    }

    // ---- transactions

    @Test
    void what_goes_back_with_a_refused_branch_is_not_missing_from_the_next_one_without_a_word() throws Exception {
        AgenaXASession session = connection.openSession(
                Session.SESSION_TRANSACTED, (opened, mode, lane) -> new AgenaXASession(opened, lane));
        MessageConsumer consumer = consumer(session);
        BranchWork work = session.branchWork();
        assertThat(work.begin()).isTrue();
        broker().deliver(2);
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();
        var first = work.finish(new JmsBranch(JmsBranch.Kind.XA, "1"), Duration.ZERO);
        assertThat(work.begin()).isTrue();
        assertThat(consumer.receive(WAIT_MILLIS)).isNotNull();

        link.endAnswers.get(0).completeExceptionally(new ClientException(ClientException.Reason.REFUSED, "no"));
        var second = work.finish(new JmsBranch(JmsBranch.Kind.XA, "2"), Duration.ZERO);

        assertThat(first.lost()).isNull();
        assertThat(broker().takeCalls()).contains("release 2 all");
        assertThat(second.answers()).isEmpty();
        assertThat(second.lost()).hasMessageContaining("delivered again");
        assertThat(work.begin()).isTrue();
        assertThat(work.finish(new JmsBranch(JmsBranch.Kind.XA, "3"), Duration.ZERO)
                        .lost())
                .isNull();
    }

    @Test
    void a_commit_that_meets_the_end_of_its_session_fails() throws Exception {
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        MessageProducer producer = session.createProducer(session.createQueue("Orders"));
        link.sendAnswer = new CompletableFuture<>();
        CountDownLatch told = new CountDownLatch(1);
        producer.send(session.createMessage(), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                told.countDown();
            }

            @Override
            public void onException(Message message, Exception exception) {}
        });
        Elsewhere committing = new Elsewhere(session::commit);
        committing.awaitWaiting();
        Elsewhere closing = new Elsewhere(session::close);
        closing.awaitWaiting();
        link.sendAnswer.complete(null);

        assertThat(committing.outcome()).isInstanceOf(TransactionRolledBackException.class);
        assertThat(closing.outcome()).isNull();
        assertThat(told.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(link.commits).isEmpty();
    }

    @Test
    void a_rollback_that_fails_as_well_does_not_hide_that_the_commit_was_rolled_back() throws Exception {
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        broker().deliver(1);
        consumer.receive(WAIT_MILLIS);
        link.commitRefusal = new ClientException(ClientException.Reason.TRANSACTION_ROLLED_BACK, "the disk is full");
        link.answersReleases = false;
        Elsewhere committing = new Elsewhere(session::commit);
        awaitCall("release 1 all");
        broker().answer(new ClientException(ClientException.Reason.TIMED_OUT, "no answer"));
        assertThat(committing.outcome()).isInstanceOf(TransactionRolledBackException.class);
    }

    @Test
    void a_commit_that_is_rolled_back_gives_back_what_it_has_received_although_its_thread_was_interrupted()
            throws Exception {
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        broker().deliver(1);
        consumer.receive(WAIT_MILLIS);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        link.commitAnswer = answer;
        AtomicInteger interrupts = new AtomicInteger();
        Elsewhere committing = new Elsewhere(() -> {
            try {
                session.commit();
            } finally {
                interrupts.set(Thread.interrupted() ? 1 : 0);
            }
        });
        committing.awaitWaiting();
        committing.interrupt();
        answer.completeExceptionally(
                new ClientException(ClientException.Reason.TRANSACTION_ROLLED_BACK, "the disk is full"));
        assertThat(committing.outcome()).isInstanceOf(TransactionRolledBackException.class);
        assertThat(interrupts).hasValue(1);
        awaitCall("release 1 all");
    }
}
