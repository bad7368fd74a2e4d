// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions with names: durable, shared, and both (Jakarta Messaging 3.1 §8.3). */
class SubscriptionTest extends Rules {

    private Connection named;
    private Session subscribing;
    private Topic topic;
    private String name;

    @BeforeEach
    void openNamed() throws Exception {
        named = connect(unique("client"));
        subscribing = named.createSession();
        topic = topic();
        name = unique("subscription");
    }

    private void publish(Topic where, int n, String text) throws JMSException {
        try (Session publishing = connection.createSession();
                MessageProducer producer = publishing.createProducer(where)) {
            Message message = publishing.createTextMessage(text);
            message.setIntProperty("n", n);
            producer.send(message);
        }
    }

    // ---- unshared durable

    @Test
    void a_durable_subscription_keeps_what_comes_while_nobody_is_there() throws Exception {
        subscribing.createDurableConsumer(topic, name).close();
        send(topic, "a", "b");
        MessageConsumer consumer = subscribing.createDurableConsumer(topic, name);
        send(topic, "c");
        assertThat(texts(consumer, 3)).containsExactly("a", "b", "c");
        assertNothingFor(consumer);
    }

    @Test
    void a_durable_subscription_begins_with_its_creation() throws Exception {
        send(topic, "before");
        MessageConsumer consumer = subscribing.createDurableConsumer(topic, name);
        assertNothingFor(consumer);
        send(topic, "after");
        assertThat(texts(consumer, 1)).containsExactly("after");
    }

    @Test
    void a_durable_subscription_outlives_session_and_connection() throws Exception {
        String id = named.getClientID();
        MessageConsumer consumer = subscribing.createDurableConsumer(topic, name);
        send(topic, "a", "b");
        assertThat(texts(consumer, 1)).containsExactly("a");
        named.close();
        send(topic, "c");
        Session again = connect(id).createSession();
        assertThat(texts(again.createDurableConsumer(topic, name), 2)).containsExactly("b", "c");
    }

    @Test
    void what_was_not_acknowledged_comes_again_to_the_next_consumer() throws Exception {
        Session acknowledging = named.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createDurableConsumer(topic, name);
        send(topic, "a", "b", "c");
        assertThat(texts(consumer, 2)).containsExactly("a", "b");
        acknowledging.close();
        assertThat(deliveries(subscribing.createDurableConsumer(topic, name), 3))
                .containsExactly("a again 2", "b again 2", "c 1");
    }

    @Test
    void an_unshared_durable_subscription_needs_a_client_identifier() throws Exception {
        assertThatThrownBy(() -> session.createDurableConsumer(topic, name)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.createDurableConsumer(topic, name, null, false))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.createDurableSubscriber(topic, name))
                .isInstanceOf(IllegalStateException.class);
        JMSContext context = context();
        assertThatThrownBy(() -> context.createDurableConsumer(topic, name))
                .isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void an_unshared_durable_subscription_has_one_consumer_at_a_time() throws Exception {
        MessageConsumer first = subscribing.createDurableConsumer(topic, name);
        Topic other = topic();
        Session second = named.createSession();
        for (Session each : List.of(subscribing, second)) {
            assertThatThrownBy(() -> each.createDurableConsumer(topic, name)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> each.createDurableSubscriber(topic, name)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> each.createDurableConsumer(other, name)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> each.createDurableConsumer(topic, name, "n = 1", false))
                    .isInstanceOf(JMSException.class);
        }
        send(topic, "a");
        assertThat(texts(first, 1)).containsExactly("a");
        first.close();
        second.createDurableConsumer(topic, name).close();
    }

    @Test
    void a_durable_subscription_with_another_topic_is_a_new_one() throws Exception {
        subscribing.createDurableConsumer(topic, name).close();
        send(topic, "old");
        Topic other = topic();
        MessageConsumer consumer = subscribing.createDurableConsumer(other, name);
        assertNothingFor(consumer);
        send(topic, "not mine");
        send(other, "mine");
        assertThat(texts(consumer, 1)).containsExactly("mine");
        consumer.close();
        MessageConsumer back = subscribing.createDurableConsumer(topic, name);
        assertNothingFor(back);
    }

    @Test
    void a_durable_subscription_with_another_selector_is_a_new_one() throws Exception {
        subscribing.createDurableConsumer(topic, name).close();
        publish(topic, 1, "old");
        MessageConsumer selecting = subscribing.createDurableConsumer(topic, name, "n = 1", false);
        assertNothingFor(selecting);
        publish(topic, 1, "new");
        publish(topic, 2, "other");
        assertThat(texts(selecting, 1)).containsExactly("new");
        assertNothingFor(selecting);
    }

    @Test
    void a_durable_subscription_with_another_nolocal_is_a_new_one() throws Exception {
        subscribing.createDurableConsumer(topic, name, null, false).close();
        send(topic, "old");
        MessageConsumer others = subscribing.createDurableConsumer(topic, name, null, true);
        assertNothingFor(others);
        send(topic, "new");
        assertThat(texts(others, 1)).containsExactly("new");
    }

    @Test
    void the_same_selector_resumes_the_subscription() throws Exception {
        subscribing.createDurableConsumer(topic, name, "n = 1", false).close();
        publish(topic, 1, "a");
        publish(topic, 2, "b");
        assertThat(texts(subscribing.createDurableConsumer(topic, name, "n = 1", false), 1))
                .containsExactly("a");
    }

    @Test
    void no_selector_and_an_empty_one_are_the_same() throws Exception {
        subscribing.createDurableConsumer(topic, name, null, false).close();
        send(topic, "a");
        MessageConsumer empty = subscribing.createDurableConsumer(topic, name, "", false);
        assertThat(texts(empty, 1)).containsExactly("a");
        empty.close();
        send(topic, "b");
        assertThat(texts(subscribing.createDurableConsumer(topic, name), 1)).containsExactly("b");
    }

    @Test
    void nolocal_keeps_out_what_connections_with_the_client_identifier_publish() throws Exception {
        String id = named.getClientID();
        subscribing.createDurableConsumer(topic, name, null, true).close();
        subscribing.createProducer(topic).send(subscribing.createTextMessage("own"));
        named.close();
        Connection again = connect(id);
        Session next = again.createSession();
        next.createProducer(topic).send(next.createTextMessage("own again"));
        send(topic, "other");
        MessageConsumer consumer = next.createDurableConsumer(topic, name, null, true);
        assertThat(texts(consumer, 1)).containsExactly("other");
        assertNothingFor(consumer);
    }

    @Test
    void a_durable_subscriber_says_what_it_was_created_with() throws Exception {
        TopicSubscriber subscriber = subscribing.createDurableSubscriber(topic, name, "n = 1", true);
        assertThat(subscriber.getTopic()).isEqualTo(topic);
        assertThat(subscriber.getNoLocal()).isTrue();
        assertThat(subscriber.getMessageSelector()).isEqualTo("n = 1");
        publish(topic, 1, "a");
        assertThat(texts(subscriber, 1)).containsExactly("a");
        subscriber.close();
        assertThatThrownBy(subscriber::getTopic).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(subscriber::getNoLocal).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void names_of_durable_subscriptions_belong_to_their_client_identifiers() throws Exception {
        Session other = connect(unique("client")).createSession();
        MessageConsumer mine = subscribing.createDurableConsumer(topic, name);
        MessageConsumer theirs = other.createDurableConsumer(topic, name);
        send(topic, "a");
        assertThat(texts(mine, 1)).containsExactly("a");
        assertThat(texts(theirs, 1)).containsExactly("a");
    }

    @Test
    void a_name_has_up_to_128_letters_digits_underscores_dots_and_hyphens() throws Exception {
        String longest = "Aa0_.-".repeat(30).substring(0, 120) + name.substring(name.length() - 8);
        MessageConsumer consumer = subscribing.createDurableConsumer(topic, longest);
        consumer.close();
        send(topic, "a");
        assertThat(texts(subscribing.createDurableConsumer(topic, longest), 1)).containsExactly("a");
    }

    @Test
    void pairs_of_client_identifier_and_name_that_look_alike_are_different() throws Exception {
        String stem = unique("s");
        Connection one = connect(stem + ".a");
        Connection two = connect(stem);
        MessageConsumer first = one.createSession().createDurableConsumer(topic, "b");
        MessageConsumer second = two.createSession().createDurableConsumer(topic, "a.b");
        send(topic, "m");
        assertThat(texts(first, 1)).containsExactly("m");
        assertThat(texts(second, 1)).containsExactly("m");
    }

    @Test
    void a_subscription_needs_a_name_and_a_topic() {
        for (String none : new String[] {null, ""}) {
            assertThatThrownBy(() -> subscribing.createDurableConsumer(topic, none))
                    .isInstanceOf(Exception.class);
            assertThatThrownBy(() -> subscribing.createSharedConsumer(topic, none))
                    .isInstanceOf(Exception.class);
        }
        assertThatThrownBy(() -> subscribing.createDurableConsumer(null, name))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> subscribing.createDurableSubscriber(null, name))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> subscribing.createSharedConsumer(null, name))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> subscribing.createSharedDurableConsumer(null, name))
                .isInstanceOf(InvalidDestinationException.class);
    }

    // ---- unsubscribe

    @Test
    void unsubscribe_ends_a_durable_subscription_and_its_backlog() throws Exception {
        subscribing.createDurableConsumer(topic, name).close();
        send(topic, "old");
        subscribing.unsubscribe(name);
        assertNothingFor(subscribing.createDurableConsumer(topic, name));
    }

    @Test
    void unsubscribing_what_there_is_not_is_an_invalid_destination() throws Exception {
        assertThatThrownBy(() -> subscribing.unsubscribe(unique("nobody")))
                .isInstanceOf(InvalidDestinationException.class);
        JMSContext context = context();
        assertThatThrownBy(() -> context.unsubscribe(unique("nobody")))
                .isInstanceOf(InvalidDestinationRuntimeException.class);
        subscribing.createDurableConsumer(topic, name).close();
        subscribing.unsubscribe(name);
        assertThatThrownBy(() -> subscribing.unsubscribe(name)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void a_subscription_with_a_consumer_cannot_be_unsubscribed() throws Exception {
        MessageConsumer consumer = subscribing.createDurableConsumer(topic, name);
        assertThatThrownBy(() -> subscribing.unsubscribe(name)).isInstanceOf(JMSException.class);
        send(topic, "a");
        assertThat(texts(consumer, 1)).containsExactly("a");
        consumer.close();
        subscribing.unsubscribe(name);
    }

    @Test
    void a_subscription_with_unacknowledged_messages_cannot_be_unsubscribed() throws Exception {
        Session acknowledging = named.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createDurableConsumer(topic, name);
        send(topic, "a");
        Message message = receive(consumer);
        consumer.close();
        assertThatThrownBy(() -> acknowledging.unsubscribe(name)).isInstanceOf(JMSException.class);
        message.acknowledge();
        acknowledging.unsubscribe(name);
    }

    @Test
    void a_shared_durable_subscription_is_unsubscribed_when_its_last_consumer_is_gone() throws Exception {
        MessageConsumer one = session.createSharedDurableConsumer(topic, name);
        MessageConsumer two = session.createSharedDurableConsumer(topic, name);
        assertThatThrownBy(() -> session.unsubscribe(name)).isInstanceOf(JMSException.class);
        one.close();
        assertThatThrownBy(() -> session.unsubscribe(name)).isInstanceOf(JMSException.class);
        two.close();
        session.unsubscribe(name);
        assertThatThrownBy(() -> session.unsubscribe(name)).isInstanceOf(InvalidDestinationException.class);
    }

    // ---- shared, not durable

    @Test
    void consumers_of_a_shared_subscription_get_each_message_once_between_them() throws Exception {
        JMSContext one = context();
        JMSContext two = context();
        JMSConsumer first = one.createSharedConsumer(topic, name);
        JMSConsumer second = two.createSharedConsumer(topic, name);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            send(topic, "m" + i);
            Message a = first.receiveNoWait();
            Message b = second.receiveNoWait();
            assertThat(a == null).as("m" + i).isNotEqualTo(b == null);
            seen.add(text(a == null ? b : a));
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void a_shared_subscription_gets_its_copy_beside_others() throws Exception {
        MessageConsumer shared = session.createSharedConsumer(topic, name);
        MessageConsumer otherName = session.createSharedConsumer(topic, unique("subscription"));
        MessageConsumer plain = session.createConsumer(topic);
        send(topic, "a");
        for (MessageConsumer consumer : List.of(shared, otherName, plain)) {
            assertThat(texts(consumer, 1)).containsExactly("a");
        }
    }

    @Test
    void a_shared_subscription_ends_with_its_last_consumer() throws Exception {
        MessageConsumer one = session.createSharedConsumer(topic, name);
        MessageConsumer two = session.createSharedConsumer(topic, name);
        one.close();
        send(topic, "a");
        assertThat(texts(two, 1)).containsExactly("a");
        send(topic, "b");
        two.close();
        assertNothingFor(session.createSharedConsumer(topic, name));
    }

    @Test
    void what_a_shared_consumer_did_not_acknowledge_goes_to_another() throws Exception {
        Session dying = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer first = dying.createSharedConsumer(topic, name);
        send(topic, "a", "b");
        assertThat(texts(first, 2)).containsExactly("a", "b");
        MessageConsumer second = session.createSharedConsumer(topic, name);
        dying.close();
        assertThat(deliveries(second, 2)).containsExactly("a again 2", "b again 2");
    }

    @Test
    void consumers_of_a_shared_subscription_agree_on_topic_and_selector() throws Exception {
        MessageConsumer first = session.createSharedConsumer(topic, name, "n = 1");
        Topic other = topic();
        assertThatThrownBy(() -> session.createSharedConsumer(topic, name, "n = 2"))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createSharedConsumer(topic, name)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createSharedConsumer(other, name, "n = 1"))
                .isInstanceOf(JMSException.class);
        JMSContext context = context();
        assertThatThrownBy(() -> context.createSharedConsumer(other, name)).isInstanceOf(JMSRuntimeException.class);
        first.close();
        session.createSharedConsumer(other, name).close();
    }

    @Test
    void a_shared_subscription_needs_no_client_identifier_and_one_makes_it_another() throws Exception {
        MessageConsumer without = session.createSharedConsumer(topic, name);
        MessageConsumer with = subscribing.createSharedConsumer(topic, name);
        send(topic, "a");
        assertThat(texts(without, 1)).containsExactly("a");
        assertThat(texts(with, 1)).containsExactly("a");
    }

    // ---- shared durable

    @Test
    void a_shared_durable_subscription_keeps_what_comes_while_nobody_is_there() throws Exception {
        session.createSharedDurableConsumer(topic, name).close();
        send(topic, "a");
        Connection other = connect();
        other.start();
        Session another = other.createSession();
        assertThat(texts(another.createSharedDurableConsumer(topic, name), 1)).containsExactly("a");
    }

    @Test
    void consumers_of_a_shared_durable_subscription_get_each_message_once_between_them() throws Exception {
        JMSContext one = context();
        JMSContext two = context();
        JMSConsumer first = one.createSharedDurableConsumer(topic, name);
        JMSConsumer second = two.createSharedDurableConsumer(topic, name);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            send(topic, "m" + i);
            Message a = first.receiveNoWait();
            Message b = second.receiveNoWait();
            assertThat(a == null).as("m" + i).isNotEqualTo(b == null);
            seen.add(text(a == null ? b : a));
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void consumers_of_a_shared_durable_subscription_agree_on_topic_and_selector() throws Exception {
        MessageConsumer first = session.createSharedDurableConsumer(topic, name, "n = 1");
        Topic other = topic();
        assertThatThrownBy(() -> session.createSharedDurableConsumer(topic, name, "n = 2"))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createSharedDurableConsumer(other, name, "n = 1"))
                .isInstanceOf(JMSException.class);
        publish(topic, 1, "a");
        assertThat(texts(first, 1)).containsExactly("a");
    }

    @Test
    void an_idle_shared_durable_subscription_with_another_topic_or_selector_is_a_new_one() throws Exception {
        session.createSharedDurableConsumer(topic, name).close();
        publish(topic, 1, "old");
        MessageConsumer selecting = session.createSharedDurableConsumer(topic, name, "n = 1");
        assertNothingFor(selecting);
        selecting.close();
        publish(topic, 1, "old too");
        Topic other = topic();
        MessageConsumer moved = session.createSharedDurableConsumer(other, name, "n = 1");
        assertNothingFor(moved);
        publish(other, 1, "new");
        assertThat(texts(moved, 1)).containsExactly("new");
    }

    @Test
    void a_durable_subscription_is_shared_or_not_for_good() throws Exception {
        subscribing.createDurableConsumer(topic, name).close();
        assertThatThrownBy(() -> subscribing.createSharedDurableConsumer(topic, name))
                .isInstanceOf(JMSException.class);
        String other = unique("subscription");
        subscribing.createSharedDurableConsumer(topic, other).close();
        assertThatThrownBy(() -> subscribing.createDurableConsumer(topic, other))
                .isInstanceOf(JMSException.class);
        subscribing.unsubscribe(name);
        subscribing.createSharedDurableConsumer(topic, name).close();
    }

    @Test
    void a_shared_and_a_durable_subscription_of_one_name_have_nothing_to_do_with_each_other() throws Exception {
        Topic other = topic();
        MessageConsumer shared = session.createSharedConsumer(topic, name);
        MessageConsumer durable = session.createSharedDurableConsumer(other, name);
        send(topic, "a");
        send(other, "b");
        assertThat(texts(shared, 1)).containsExactly("a");
        assertThat(texts(durable, 1)).containsExactly("b");
    }

    @Test
    void what_was_delivered_is_counted_for_each_subscription_by_itself() throws Exception {
        Session acknowledging = named.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer recovering = acknowledging.createDurableConsumer(topic, name);
        MessageConsumer plain = session.createConsumer(topic);
        send(topic, "a");
        assertThat(deliveries(recovering, 1)).containsExactly("a 1");
        acknowledging.recover();
        assertThat(deliveries(recovering, 1)).containsExactly("a again 2");
        assertThat(deliveries(plain, 1)).containsExactly("a 1");
    }

    @Test
    void contexts_subscribe_in_every_way() throws Exception {
        JMSContext context = closing(provider().factory(unique("client")).createContext());
        List<JMSConsumer> consumers = List.of(
                context.createConsumer(topic),
                context.createConsumer(topic, "n = 1"),
                context.createDurableConsumer(topic, unique("s")),
                context.createDurableConsumer(topic, unique("s"), "n = 1", false),
                context.createSharedConsumer(topic, unique("s")),
                context.createSharedConsumer(topic, unique("s"), "n = 1"),
                context.createSharedDurableConsumer(topic, unique("s")),
                context.createSharedDurableConsumer(topic, unique("s"), "n = 1"));
        publish(topic, 1, "a");
        for (JMSConsumer consumer : consumers) {
            assertThat(texts(consumer, 1)).containsExactly("a");
        }
    }
}
