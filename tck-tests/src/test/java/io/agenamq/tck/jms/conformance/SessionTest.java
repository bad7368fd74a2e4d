// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Sessions: their modes, their order, one thread at a time, and their end (Jakarta Messaging 3.1 §6.2). */
class SessionTest extends Rules {

    @Test
    void a_session_has_the_mode_that_it_was_created_with() throws Exception {
        assertThat(connection.createSession().getAcknowledgeMode()).isEqualTo(Session.AUTO_ACKNOWLEDGE);
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            assertThat(connection.createSession(mode).getAcknowledgeMode()).isEqualTo(mode);
            assertThat(connection.createSession(mode).getTransacted()).isFalse();
            assertThat(connection.createSession(false, mode).getAcknowledgeMode())
                    .isEqualTo(mode);
        }
    }

    @Test
    void a_mode_that_there_is_not_is_refused() {
        assertThatThrownBy(() -> connection.createSession(false, 4711)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> connection.createSession(4711)).isInstanceOf(JMSException.class);
    }

    @Test
    void a_session_that_is_not_transacted_has_no_transacted_mode() {
        assertThatThrownBy(() -> connection.createSession(false, Session.SESSION_TRANSACTED))
                .isInstanceOf(JMSException.class);
    }

    @Test
    void commit_and_rollback_are_for_transacted_sessions() {
        assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(session::rollback).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closing_a_closed_session_does_nothing() throws Exception {
        session.close();
        session.close();
    }

    @Test
    void what_belongs_to_a_closed_session_is_closed() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        Message message = session.createMessage();
        session.close();
        assertThatThrownBy(() -> producer.send(message)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(IllegalStateException.class);
        producer.close();
        consumer.close();
    }

    @Test
    void messages_of_one_mode_and_priority_keep_their_order() throws Exception {
        Queue queue = queue();
        List<String> expected = new ArrayList<>();
        for (int mode : new int[] {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT}) {
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryMode(mode);
            for (int i = 0; i < 100; i++) {
                producer.send(session.createTextMessage(mode + "/" + i));
                expected.add(mode + "/" + i);
            }
            assertThat(texts(session.createConsumer(queue), 100)).isEqualTo(expected);
            expected.clear();
            session.close();
            session = connection.createSession();
        }
    }

    @Test
    void two_producers_of_a_session_keep_the_order_of_their_sends() throws Exception {
        Queue queue = queue();
        MessageProducer one = session.createProducer(queue);
        MessageProducer two = session.createProducer(null);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            one.send(session.createTextMessage("one" + i));
            two.send(queue, session.createTextMessage("two" + i));
            expected.add("one" + i);
            expected.add("two" + i);
        }
        assertThat(texts(session.createConsumer(queue), 100)).isEqualTo(expected);
    }

    @Test
    void listeners_of_one_session_are_called_one_at_a_time() throws Exception {
        List<Queue> queues = List.of(queue(), queue(), queue());
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(150);
        Session listening = connection.createSession();
        for (Queue queue : queues) {
            listening.createConsumer(queue).setMessageListener(message -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                all.countDown();
            });
        }
        for (int i = 0; i < 50; i++) {
            for (Queue queue : queues) {
                send(queue, "m" + i);
            }
        }
        assertThat(all.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(most).hasValue(1);
    }

    @Test
    void listeners_of_two_sessions_run_at_the_same_time() throws Exception {
        CyclicBarrier bothInside = new CyclicBarrier(2);
        CountDownLatch done = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Queue queue = queue();
            connection
                    .createSession()
                    .createConsumer(queue)
                    .setMessageListener(message -> Listeners.tell(() -> {
                        bothInside.await(WAIT_MILLIS, TimeUnit.MILLISECONDS);
                        done.countDown();
                    }));
            send(queue, "m");
        }
        assertThat(done.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }

    @Test
    void a_second_listener_can_be_set_while_the_first_runs_its_messages() throws Exception {
        Queue one = queue();
        Queue two = queue();
        List<String> seen = new CopyOnWriteArrayList<>();
        Session listening = connection.createSession();
        MessageConsumer second = listening.createConsumer(two);
        listening
                .createConsumer(one)
                .setMessageListener(message -> Listeners.tell(() -> {
                    if (seen.isEmpty()) {
                        second.setMessageListener(other -> Listeners.tell(() -> seen.add(text(other))));
                    }
                    seen.add(text(message));
                }));
        send(two, "c");
        send(one, "a");
        await(() -> seen.size() == 2);
        assertThat(seen).containsExactly("a", "c");
    }

    @Test
    void closing_a_session_waits_for_its_listener() throws Exception {
        Queue queue = queue();
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Session listening = connection.createSession();
        listening
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    entered.countDown();
                    leave.await();
                    events.add("listened");
                }));
        send(queue, "a");
        entered.await();
        Background<Void> closer = meanwhile(() -> {
            listening.close();
            events.add("closed");
        });
        closer.awaitWaiting();
        leave.countDown();
        closer.get();
        assertThat(events).containsExactly("listened", "closed");
        assertThat(takeAll(queue)).as("it was acknowledged").isEmpty();
    }

    @Test
    void closing_a_session_ends_a_thread_that_receives() throws Exception {
        Session receiving = connection.createSession();
        MessageConsumer consumer = receiving.createConsumer(queue());
        Background<Message> receiver = background(consumer::receive).awaitWaiting();
        receiving.close();
        assertThat(receiver.get()).isNull();
    }

    @Test
    void a_listener_may_not_close_its_own_session() throws Exception {
        Queue queue = queue();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Session listening = connection.createSession();
        listening.createConsumer(queue).setMessageListener(message -> {
            try {
                listening.close();
                thrown.add(new AssertionError("it was closed"));
            } catch (JMSException refused) {
                thrown.add(refused);
            }
        });
        send(queue, "a");
        await(() -> !thrown.isEmpty());
        assertThat(thrown.get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sessions_of_one_connection_share_a_queue_and_each_message_comes_once() throws Exception {
        Queue queue = queue();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger count = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            connection
                    .createSession()
                    .createConsumer(queue)
                    .setMessageListener(message -> Listeners.tell(() -> {
                        seen.add(text(message));
                        count.incrementAndGet();
                    }));
        }
        String[] texts = new String[400];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        send(queue, texts);
        await(() -> seen.size() == 400);
        assertThat(count).hasValue(400);
    }

    @Test
    void threads_that_use_sessions_of_their_own_do_not_disturb_each_other() throws Exception {
        List<Background<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Queue queue = queue();
            threads.add(meanwhile(() -> {
                try (Session own = connection.createSession()) {
                    MessageProducer producer = own.createProducer(queue);
                    MessageConsumer consumer = own.createConsumer(queue);
                    for (int n = 0; n < 50; n++) {
                        producer.send(own.createTextMessage("m" + n));
                        assertThat(text(receive(consumer))).isEqualTo("m" + n);
                    }
                }
            }));
        }
        for (Background<Void> thread : threads) {
            thread.get();
        }
    }
}
