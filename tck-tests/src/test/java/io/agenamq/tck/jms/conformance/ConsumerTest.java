// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Message consumers and receiving synchronously (Jakarta Messaging 3.1 §8.1, §8.2, §8.5, §8.8). */
class ConsumerTest extends Rules {

    private record Foreign() implements Destination {}

    // ---- creating

    @Test
    void a_consumer_needs_a_destination_that_can_be() throws Exception {
        for (Destination none : new Destination[] {null, new Foreign()}) {
            assertThatThrownBy(() -> session.createConsumer(none)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> session.createConsumer(none, "n = 1"))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> session.createConsumer(none, null, true))
                    .isInstanceOf(InvalidDestinationException.class);
        }
        assertThatThrownBy(() -> session.createConsumer((Queue) null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createConsumer((Topic) null)).isInstanceOf(InvalidDestinationException.class);
        JMSContext context = context();
        assertThatThrownBy(() -> context.createConsumer(null)).isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> context.createConsumer(null, "n = 1"))
                .isInstanceOf(InvalidDestinationRuntimeException.class);
        assertThatThrownBy(() -> context.createConsumer(null, null, true))
                .isInstanceOf(InvalidDestinationRuntimeException.class);
    }

    @Test
    void nolocal_means_nothing_to_a_queue() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue, null, true);
        send(queue, "own");
        assertThat(texts(consumer, 1)).containsExactly("own");
    }

    @Test
    void a_consumer_on_a_queue_sees_what_was_sent_before_it() throws Exception {
        Queue queue = queue();
        send(queue, "before");
        MessageConsumer consumer = session.createConsumer(queue);
        send(queue, "after");
        assertThat(texts(consumer, 2)).containsExactly("before", "after");
    }

    // ---- receiving

    @Test
    void receiveNoWait_finds_what_was_sent_before() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer.receiveNoWait())).isEqualTo("a");
        assertThat(text(consumer.receiveNoWait())).isEqualTo("b");
        assertNothingFor(consumer);
        send(queue, "c");
        assertThat(text(consumer.receiveNoWait())).isEqualTo("c");
    }

    @Test
    void a_queue_is_drained_by_receiveNoWait() throws Exception {
        Queue queue = queue();
        String[] texts = new String[500];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        send(queue, texts);
        List<String> drained = new ArrayList<>();
        MessageConsumer consumer = session.createConsumer(queue);
        for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
            drained.add(text(next));
        }
        assertThat(drained).containsExactly(texts);
    }

    @Test
    void receive_with_a_time_returns_null_when_it_is_over() throws Exception {
        MessageConsumer consumer = session.createConsumer(queue());
        long before = System.nanoTime();
        assertThat(consumer.receive(100)).isNull();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(99_000_000L);
    }

    @Test
    void receive_and_receive_with_zero_wait_for_a_message() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(queue);
        Background<Message> first = background(consumer::receive).awaitWaiting();
        assertThat(first.isDone()).isFalse();
        send(queue, "a");
        assertThat(text(first.get())).isEqualTo("a");
        Background<Message> second = background(() -> consumer.receive(0)).awaitWaiting();
        assertThat(second.isDone()).isFalse();
        send(queue, "b");
        assertThat(text(second.get())).isEqualTo("b");
    }

    @Test
    void a_short_receive_right_after_the_creation_finds_what_is_there() throws Exception {
        for (int i = 0; i < 20; i++) {
            Queue queue = queue();
            send(queue, "a");
            try (Session own = connection.createSession();
                    MessageConsumer consumer = own.createConsumer(queue)) {
                assertThat(consumer.receiveNoWait()).as("round " + i).isNotNull();
            }
        }
    }

    @Test
    void what_comes_to_a_subscription_after_its_creation_is_found_at_once() throws Exception {
        for (int i = 0; i < 20; i++) {
            Topic topic = topic();
            MessageConsumer consumer = session.createConsumer(topic);
            send(topic, "a");
            assertThat(consumer.receiveNoWait()).as("round " + i).isNotNull();
        }
    }

    // ---- sharing a queue

    @Test
    void consumers_of_a_queue_get_each_message_once_between_them() throws Exception {
        Queue queue = queue();
        MessageConsumer one = connection.createSession().createConsumer(queue);
        MessageConsumer two = connection.createSession().createConsumer(queue);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            send(queue, "m" + i);
            // One of the two finds it, the other nothing.
            Message found = one.receiveNoWait();
            Message other = two.receiveNoWait();
            assertThat(found == null).as("m" + i).isNotEqualTo(other == null);
            seen.add(text(found == null ? other : found));
        }
        assertThat(seen).hasSize(50).doesNotHaveDuplicates();
    }

    @Test
    void a_consumer_that_is_closed_gives_what_it_had_to_the_others_at_once_and_in_order() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        MessageConsumer hoarder = connection.createSession().createConsumer(queue);
        assertThat(texts(hoarder, 1)).containsExactly("a");
        MessageConsumer other = session.createConsumer(queue);
        hoarder.close();
        assertThat(deliveries(other, 3)).containsExactly("b 1", "c 1", "d 1");
    }

    @Test
    void messages_of_a_queue_outlive_their_consumers() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        for (int i = 0; i < 10; i++) {
            Connection idle = connect();
            idle.start();
            idle.createSession().createConsumer(queue);
            idle.close();
        }
        assertThat(takeAll(queue)).containsExactly("a 1");
    }

    // ---- closing

    @Test
    void closing_a_consumer_ends_a_thread_that_receives() throws Exception {
        MessageConsumer consumer = session.createConsumer(queue());
        Background<Message> receiver = background(consumer::receive).awaitWaiting();
        consumer.close();
        assertThat(receiver.get()).isNull();
    }

    @Test
    void a_closed_consumer_does_nothing() throws Exception {
        MessageConsumer consumer = session.createConsumer(queue());
        consumer.close();
        consumer.close();
        assertThatThrownBy(consumer::receive).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> consumer.receive(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::getMessageSelector).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::getMessageListener).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> consumer.setMessageListener(message -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_a_closed_consumer_delivered_stays_with_its_session() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        texts(consumer, 1);
        consumer.close();
        assertThat(takeAll(queue)).containsExactly("b 1");
        acknowledging.close();
        assertThat(takeAll(queue)).containsExactly("a again 2");
    }

    @Test
    void many_consumers_one_after_the_other_leave_nothing_behind() throws Exception {
        Queue queue = queue();
        for (int i = 0; i < 200; i++) {
            session.createConsumer(queue).close();
        }
        send(queue, "a");
        assertThat(texts(session.createConsumer(queue), 1)).containsExactly("a");
    }

    // ---- topics

    @Test
    void every_consumer_of_a_topic_gets_every_message_from_its_creation_on() throws Exception {
        Topic topic = topic();
        MessageConsumer early = session.createConsumer(topic);
        send(topic, "a");
        MessageConsumer late = connection.createSession().createConsumer(topic);
        send(topic, "b");
        assertThat(texts(early, 2)).containsExactly("a", "b");
        assertThat(texts(late, 1)).containsExactly("b");
        assertNothingFor(late);
    }

    @Test
    void a_plain_subscription_ends_with_its_consumer() throws Exception {
        Topic topic = topic();
        MessageConsumer first = session.createConsumer(topic);
        send(topic, "a");
        first.close();
        MessageConsumer second = session.createConsumer(topic);
        assertNothingFor(second);
        send(topic, "b");
        assertThat(texts(second, 1)).containsExactly("b");
    }

    @Test
    void messages_of_a_topic_keep_their_order() throws Exception {
        Topic topic = topic();
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        String[] texts = new String[200];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        send(topic, texts);
        assertThat(texts(one, texts.length)).containsExactly(texts);
        assertThat(texts(two, texts.length)).containsExactly(texts);
    }

    @Test
    void nolocal_keeps_out_what_the_own_connection_publishes() throws Exception {
        Topic topic = topic();
        MessageConsumer others = session.createConsumer(topic, null, true);
        MessageConsumer all = session.createConsumer(topic, null, false);
        send(topic, "own");
        Connection other = connect();
        Session publishing = other.createSession();
        MessageProducer producer = publishing.createProducer(topic);
        producer.send(publishing.createTextMessage("other"));
        assertThat(texts(all, 2)).containsExactly("own", "other");
        assertThat(texts(others, 1)).containsExactly("other");
        assertNothingFor(others);
    }

    @Test
    void nolocal_and_a_selector_act_together() throws Exception {
        Topic topic = topic();
        MessageConsumer others = session.createConsumer(topic, "n = 1", true);
        Connection other = connect();
        for (Session publishing : List.of(session, other.createSession())) {
            MessageProducer producer = publishing.createProducer(topic);
            for (int n = 0; n < 2; n++) {
                Message message = publishing.createTextMessage((publishing == session ? "own" : "other") + n);
                message.setIntProperty("n", n);
                producer.send(message);
            }
        }
        assertThat(texts(others, 1)).containsExactly("other1");
        assertNothingFor(others);
    }
}
