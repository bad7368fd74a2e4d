// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Message listeners (Jakarta Messaging 3.1 §8.7). */
class ListenerTest extends Rules {

    private final List<String> seen = new CopyOnWriteArrayList<>();

    private MessageListener noting() {
        return message -> Listeners.tell(() -> seen.add(delivery(message)));
    }

    @Test
    void a_listener_hears_what_was_sent_before_and_after_it_was_set_in_order() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        session.createConsumer(queue).setMessageListener(noting());
        send(queue, "c");
        await(() -> seen.size() == 3);
        assertThat(seen).containsExactly("a 1", "b 1", "c 1");
    }

    @Test
    void a_consumer_knows_its_listener_and_gives_it_up() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(consumer.getMessageListener()).isNull();
        MessageListener listener = noting();
        consumer.setMessageListener(listener);
        assertThat(consumer.getMessageListener()).isSameAs(listener);
        consumer.setMessageListener(null);
        assertThat(consumer.getMessageListener()).isNull();
        send(queue, "a");
        assertThat(texts(consumer, 1)).containsExactly("a");
        assertThat(seen).isEmpty();
    }

    @Test
    void a_session_with_a_listener_does_not_receive() throws Exception {
        MessageConsumer listening = session.createConsumer(queue());
        MessageConsumer receiving = session.createConsumer(queue());
        listening.setMessageListener(noting());
        assertThatThrownBy(() -> receiving.receive(1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(listening::receiveNoWait).isInstanceOf(JMSException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void a_message_whose_listener_fails_comes_again_before_the_next(int mode) throws Exception {
        Queue queue = queue();
        Session listening = connection.createSession(mode);
        listening
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    seen.add(delivery(message));
                    if (text(message).equals("b") && message.getIntProperty("JMSXDeliveryCount") < 3) {
                        throw new java.lang.IllegalStateException("the test's listener fails");
                    }
                }));
        send(queue, "a", "b", "c");
        await(() -> seen.contains("c 1"));
        listening.close();
        // What was acknowledged lazily may come twice where duplicates are taken (§6.2.10).
        assertThat(seen)
                .filteredOn(each -> mode == Session.AUTO_ACKNOWLEDGE || !each.startsWith("a again"))
                .containsExactly("a 1", "b 1", "b again 2", "b again 3", "c 1");
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void in_a_session_that_the_client_acknowledges_the_next_message_comes_after_a_failure() throws Exception {
        Queue queue = queue();
        Session listening = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        listening
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    seen.add(delivery(message));
                    if (text(message).equals("a")) {
                        throw new java.lang.IllegalStateException("the test's listener fails");
                    }
                }));
        send(queue, "a", "b");
        await(() -> seen.size() == 2);
        assertThat(seen).containsExactly("a 1", "b 1");
        listening.close();
        assertThat(takeAll(queue)).containsExactly("a again 2", "b again 2");
    }

    @Test
    void a_listener_may_close_its_consumer_and_its_message_is_acknowledged() throws Exception {
        Queue queue = queue();
        Session listening = connection.createSession();
        MessageConsumer consumer = listening.createConsumer(queue);
        consumer.setMessageListener(message -> Listeners.tell(() -> {
            consumer.close();
            seen.add(delivery(message));
        }));
        send(queue, "a", "b");
        await(() -> seen.size() == 1);
        listening.close();
        assertThat(seen).containsExactly("a 1");
        assertThat(takeAll(queue)).containsExactly("b 1");
    }

    @Test
    void a_listener_of_a_context_may_close_its_consumer() throws Exception {
        JMSContext context = context();
        Queue queue = context.createQueue(unique("queue"));
        JMSConsumer consumer = context.createConsumer(queue);
        consumer.setMessageListener(message -> Listeners.tell(() -> {
            consumer.close();
            seen.add(delivery(message));
        }));
        send(queue, "a", "b");
        await(() -> seen.size() == 1);
        context.close();
        assertThat(takeAll(queue)).containsExactly("b 1");
    }

    @Test
    void closing_a_consumer_waits_for_its_listener() throws Exception {
        Queue queue = queue();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        MessageConsumer consumer = session.createConsumer(queue);
        consumer.setMessageListener(message -> Listeners.tell(() -> {
            entered.countDown();
            leave.await();
            seen.add("listened");
        }));
        send(queue, "a");
        entered.await();
        Background<Void> closer = meanwhile(() -> {
            consumer.close();
            seen.add("closed");
        });
        closer.awaitWaiting();
        leave.countDown();
        closer.get();
        assertThat(seen).containsExactly("listened", "closed");
    }

    @Test
    void a_listener_may_send_and_create_and_close_what_is_not_its_own() throws Exception {
        Queue queue = queue();
        Queue replies = queue();
        session.createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    session.createProducer(replies).send(session.createTextMessage("reply to " + text(message)));
                    try (Session other = connection.createSession()) {
                        other.createProducer(replies).send(other.createTextMessage("other"));
                    }
                }));
        send(queue, "a");
        Session receiving = connection.createSession();
        assertThat(texts(receiving.createConsumer(replies), 2)).containsExactly("reply to a", "other");
    }

    @Test
    void a_listener_may_be_replaced_by_another() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        consumer.setMessageListener(message -> Listeners.tell(() -> {
            seen.add("first " + text(message));
            consumer.setMessageListener(next -> Listeners.tell(() -> seen.add("second " + text(next))));
        }));
        send(queue, "a", "b");
        await(() -> seen.size() == 2);
        assertThat(seen).containsExactly("first a", "second b");
    }

    @Test
    void listeners_of_two_consumers_of_a_context_take_turns() throws Exception {
        JMSContext context = context();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger count = new AtomicInteger();
        List<Queue> queues = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Queue queue = context.createQueue(unique("queue"));
            queues.add(queue);
            // The first is running already when the second is set.
            context.createConsumer(queue).setMessageListener(message -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                count.incrementAndGet();
            });
        }
        for (int i = 0; i < 50; i++) {
            for (Queue queue : queues) {
                send(queue, "m" + i);
            }
        }
        await(() -> count.get() == 100);
        assertThat(most).hasValue(1);
    }

    @Test
    void a_thread_other_than_the_listeners_may_close_the_connection_while_messages_come() throws Exception {
        Queue queue = queue();
        for (int round = 0; round < 5; round++) {
            var own = connect();
            AtomicInteger heard = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                own.createSession().createConsumer(queue).setMessageListener(message -> heard.incrementAndGet());
            }
            own.start();
            for (int i = 0; i < 20; i++) {
                send(queue, "m" + i);
            }
            own.close();
            int atClose = heard.get();
            int left = takeAll(queue).size();
            assertThat(heard).as("nobody is called after the close").hasValue(atClose);
            assertThat(atClose + left).isEqualTo(20);
        }
    }

    @Test
    void setting_a_listener_on_a_closed_consumer_is_an_illegal_state() throws Exception {
        MessageConsumer consumer = session.createConsumer(queue());
        consumer.close();
        assertThatThrownBy(() -> consumer.setMessageListener(noting())).isInstanceOf(IllegalStateException.class);
    }
}
