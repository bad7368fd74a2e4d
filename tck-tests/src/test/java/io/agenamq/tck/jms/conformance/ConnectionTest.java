// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Connections: starting, stopping, closing, and what they say of themselves (Jakarta Messaging 3.1 §6.1). */
class ConnectionTest extends Rules {

    // ---- start and stop

    @Test
    void nothing_is_delivered_before_the_start() throws Exception {
        Queue queue = queue();
        Connection stopped = connect();
        Session idle = stopped.createSession();
        List<String> heard = new CopyOnWriteArrayList<>();
        MessageConsumer receiver = idle.createConsumer(queue);
        stopped.createSession()
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> heard.add(text(message))));
        send(queue, "a");
        assertNothingFor(receiver);
        assertThat(receiver.receive(50)).isNull();
        assertThat(heard).isEmpty();
        assertThat(takeAll(queue)).containsExactly("a 1");
    }

    @Test
    void a_connection_that_was_never_started_keeps_nothing_from_others() throws Exception {
        Queue queue = queue();
        Connection stopped = connect();
        MessageConsumer holder = stopped.createSession().createConsumer(queue);
        MessageConsumer taker = session.createConsumer(queue);
        send(queue, "a", "b", "c", "d");
        assertThat(texts(taker, 4)).containsExactly("a", "b", "c", "d");
        stopped.start();
        assertNothingFor(holder);
    }

    @Test
    void a_connection_that_was_stopped_gives_back_what_it_had_not_delivered() throws Exception {
        Queue queue = queue();
        Connection stopping = connect();
        stopping.start();
        MessageConsumer holder = stopping.createSession().createConsumer(queue);
        send(queue, "a", "b", "c");
        assertThat(texts(holder, 1)).containsExactly("a");
        stopping.stop();
        MessageConsumer taker = session.createConsumer(queue);
        assertThat(deliveries(taker, 2)).containsExactly("b 1", "c 1");
    }

    @Test
    void a_topic_subscription_counts_from_its_creation_also_on_a_stopped_connection() throws Exception {
        Topic topic = topic();
        Connection stopped = connect();
        MessageConsumer consumer = stopped.createSession().createConsumer(topic);
        send(topic, "a", "b");
        stopped.start();
        assertThat(texts(consumer, 2)).containsExactly("a", "b");
    }

    @Test
    void messages_can_be_sent_in_any_state() throws Exception {
        Queue queue = queue();
        Connection stopped = connect();
        Session sending = stopped.createSession();
        MessageProducer producer = sending.createProducer(queue);
        producer.send(sending.createTextMessage("a"));
        stopped.start();
        producer.send(sending.createTextMessage("b"));
        stopped.stop();
        producer.send(sending.createTextMessage("c"));
        assertThat(texts(session.createConsumer(queue), 3)).containsExactly("a", "b", "c");
    }

    @Test
    void starting_and_stopping_twice_does_nothing_more() throws Exception {
        Queue queue = queue();
        connection.start();
        connection.stop();
        connection.stop();
        connection.start();
        connection.start();
        send(queue, "a");
        assertThat(texts(session.createConsumer(queue), 1)).containsExactly("a");
    }

    @Test
    void after_a_stop_nothing_comes_until_the_next_start() throws Exception {
        Queue queue = queue();
        List<String> heard = new CopyOnWriteArrayList<>();
        connection
                .createSession()
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> heard.add(text(message))));
        send(queue, "a");
        await(() -> heard.size() == 1);
        connection.stop();
        send(queue, "b");
        assertThat(heard).containsExactly("a");
        connection.start();
        await(() -> heard.size() == 2);
        assertThat(heard).containsExactly("a", "b");
    }

    @Test
    void a_receive_that_waits_while_the_connection_is_stopped_goes_on_after_the_start() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        connection.stop();
        send(queue, "a");
        Background<Message> receiver = background(consumer::receive).awaitWaiting();
        connection.start();
        assertThat(text(receiver.get())).isEqualTo("a");
    }

    @Test
    void stopping_waits_for_listeners_which_may_use_the_connection_meanwhile() throws Exception {
        Queue queue = queue();
        Queue replies = queue();
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Session listening = connection.createSession();
        listening
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    entered.countDown();
                    leave.await();
                    listening.createProducer(replies).send(listening.createTextMessage("reply"));
                    events.add("listened");
                }));
        send(queue, "a");
        entered.await();
        Background<Void> stopper = meanwhile(() -> {
            connection.stop();
            events.add("stopped");
        });
        stopper.awaitWaiting();
        leave.countDown();
        stopper.get();
        assertThat(events).containsExactly("listened", "stopped");
        assertThat(takeAll(replies)).containsExactly("reply 1");
    }

    @Test
    void two_threads_that_stop_a_connection_both_wait_for_its_listener() throws Exception {
        Queue queue = queue();
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        session.createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    entered.countDown();
                    leave.await();
                    events.add("listened");
                }));
        context().createProducer().send(queue, "a");
        entered.await();
        List<Background<Void>> stoppers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            stoppers.add(meanwhile(() -> {
                        connection.stop();
                        events.add("stopped");
                    })
                    .awaitWaiting());
        }
        leave.countDown();
        for (Background<Void> stopper : stoppers) {
            stopper.get();
        }
        assertThat(events).containsExactly("listened", "stopped", "stopped");
    }

    @Test
    void a_connection_that_is_started_while_another_thread_stops_it_delivers() throws Exception {
        Queue queue = queue();
        List<String> heard = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        session.createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    entered.countDown();
                    leave.await();
                    heard.add(text(message));
                }));
        JMSContext other = context();
        other.createProducer().send(queue, "a");
        entered.await();
        Background<Void> stopper = meanwhile(connection::stop).awaitWaiting();
        connection.start();
        leave.countDown();
        stopper.get();
        other.createProducer().send(queue, "b");
        await(() -> heard.equals(List.of("a", "b")));
    }

    @Test
    void a_listener_may_neither_stop_nor_close_its_connection() throws Exception {
        Queue queue = queue();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        session.createConsumer(queue).setMessageListener(message -> {
            for (Step step : List.<Step>of(connection::stop, connection::close)) {
                try {
                    step.run();
                    thrown.add(new AssertionError("it succeeded"));
                } catch (Exception refused) {
                    thrown.add(refused);
                }
            }
        });
        send(queue, "a");
        await(() -> thrown.size() == 2);
        assertThat(thrown).allSatisfy(each -> assertThat(each).isInstanceOf(IllegalStateException.class));
    }

    // ---- close

    @Test
    void closing_a_closed_connection_does_nothing() throws Exception {
        connection.close();
        connection.close();
    }

    @Test
    void closing_waits_for_listeners() throws Exception {
        Queue queue = queue();
        Connection closing = connect();
        closing.start();
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        closing.createSession()
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    entered.countDown();
                    leave.await();
                    events.add("listened");
                }));
        send(queue, "a");
        entered.await();
        Background<Void> closer = meanwhile(() -> {
            closing.close();
            events.add("closed");
        });
        closer.awaitWaiting();
        leave.countDown();
        closer.get();
        assertThat(events).containsExactly("listened", "closed");
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void closing_ends_all_threads_that_receive() throws Exception {
        Connection closing = connect();
        closing.start();
        List<Background<Message>> receivers = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            MessageConsumer consumer = closing.createSession().createConsumer(queue());
            receivers.add(background(consumer::receive).awaitWaiting());
        }
        closing.close();
        for (Background<Message> receiver : receivers) {
            assertThat(receiver.get()).isNull();
        }
    }

    @Test
    void closing_does_not_interrupt_a_thread_that_receives() throws Exception {
        Connection closing = connect();
        closing.start();
        MessageConsumer consumer = closing.createSession().createConsumer(queue());
        Background<Boolean> receiver = background(() -> {
            consumer.receive();
            return Thread.currentThread().isInterrupted();
        });
        receiver.awaitWaiting();
        closing.close();
        assertThat(receiver.get()).isFalse();
    }

    @Test
    void connections_are_closeable_by_themselves() throws Exception {
        try (Connection own = factory().createConnection();
                Session inner = own.createSession();
                MessageProducer producer = inner.createProducer(queue());
                MessageConsumer consumer = inner.createConsumer(queue())) {
            assertThat(producer).isNotNull();
            assertThat(consumer).isNotNull();
        }
    }

    @Test
    void two_threads_may_close_one_connection() throws Exception {
        Connection closing = connect();
        Background<Void> one = meanwhile(closing::close);
        Background<Void> two = meanwhile(closing::close);
        one.get();
        two.get();
        assertThatThrownBy(closing::createSession).isInstanceOf(IllegalStateException.class);
    }

    // ---- what it says of itself

    @Test
    void the_exception_listener_is_the_one_that_was_set() throws Exception {
        ExceptionListener listener = exception -> {};
        assertThat(connection.getExceptionListener()).isNull();
        connection.setExceptionListener(listener);
        assertThat(connection.getExceptionListener()).isSameAs(listener);
        connection.setExceptionListener(null);
        assertThat(connection.getExceptionListener()).isNull();
    }

    @Test
    void the_metadata_say_version_three_one() throws Exception {
        ConnectionMetaData data = connection.getMetaData();
        assertThat(data.getJMSVersion()).isEqualTo("3.1");
        assertThat(data.getJMSMajorVersion()).isEqualTo(3);
        assertThat(data.getJMSMinorVersion()).isEqualTo(1);
    }

    @Test
    void the_metadata_name_the_provider_and_its_version() throws Exception {
        ConnectionMetaData data = connection.getMetaData();
        assertThat(data.getJMSProviderName()).isNotBlank();
        assertThat(data.getProviderVersion())
                .startsWith(data.getProviderMajorVersion() + "." + data.getProviderMinorVersion());
    }

    @Test
    void a_connection_works_from_several_threads() throws Exception {
        Background<Session> one = background(connection::createSession);
        Background<Session> two = background(connection::createSession);
        assertThat(one.get()).isNotSameAs(two.get());
    }

    @Test
    void the_end_of_a_connection_is_the_end_of_its_plain_subscriptions() throws Exception {
        Topic topic = topic();
        Connection own = connect();
        own.start();
        MessageConsumer consumer = own.createSession().createConsumer(topic);
        send(topic, "a");
        own.close();
        assertThatThrownBy(consumer::receive).isInstanceOf(JMSException.class);
        assertNothingFor(session.createConsumer(topic));
    }
}
