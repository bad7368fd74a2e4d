// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a message is done with, and what comes again (Jakarta Messaging 3.1 §3.6, §6.2.10, §6.2.11). */
class AcknowledgmentTest extends Rules {

    private Session acknowledging() throws Exception {
        return connection.createSession(Session.CLIENT_ACKNOWLEDGE);
    }

    // ---- all modes

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void what_was_acknowledged_does_not_come_again(int mode) throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        try (Session consuming = connection.createSession(mode)) {
            MessageConsumer consumer = consuming.createConsumer(queue);
            texts(consumer, 2);
            receive(consumer).acknowledge();
        }
        assertThat(takeAll(queue)).containsExactly("d 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void messages_come_in_the_order_in_which_they_were_sent(int mode) throws Exception {
        Queue queue = queue();
        String[] texts = new String[200];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        send(queue, texts);
        Session consuming = connection.createSession(mode);
        assertThat(texts(consuming.createConsumer(queue), texts.length)).containsExactly(texts);
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void what_nobody_saw_goes_to_the_next_consumer_as_new_and_in_order(int mode) throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        try (Session consuming = connection.createSession(mode)) {
            receive(consuming.createConsumer(queue)).acknowledge();
        }
        assertThat(takeAll(queue)).containsExactly("b 1", "c 1", "d 1");
    }

    // ---- AUTO_ACKNOWLEDGE

    @Test
    void auto_acknowledges_when_receive_returns() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        Connection other = connect();
        other.start();
        Session auto = other.createSession();
        assertThat(texts(auto.createConsumer(queue), 1)).containsExactly("a");
        other.close();
        assertThat(takeAll(queue)).containsExactly("b 1");
    }

    @Test
    void auto_acknowledges_when_a_listener_returns() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        List<String> seen = new CopyOnWriteArrayList<>();
        Session auto = connection.createSession();
        auto.createConsumer(queue).setMessageListener(message -> Listeners.tell(() -> seen.add(text(message))));
        await(() -> seen.size() == 2);
        auto.close();
        assertThat(seen).containsExactly("a", "b");
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void recover_in_a_listener_of_an_auto_session_brings_the_current_message_again() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        List<String> seen = new CopyOnWriteArrayList<>();
        Session auto = connection.createSession();
        auto.createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    seen.add(delivery(message));
                    if (seen.size() == 1) {
                        auto.recover();
                    }
                }));
        await(() -> seen.size() == 3);
        assertThat(seen).containsExactly("a 1", "a again 2", "b 1");
    }

    @Test
    void acknowledge_is_ignored_where_the_session_does_it_itself() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        Session consuming = connection.createSession(Session.DUPS_OK_ACKNOWLEDGE);
        MessageConsumer consumer = consuming.createConsumer(queue);
        receive(consumer).acknowledge();
        receive(consumer).acknowledge();
        assertNothingFor(consumer);
    }

    // ---- CLIENT_ACKNOWLEDGE

    @Test
    void acknowledge_takes_all_that_the_session_delivered_also_what_came_later_than_the_message() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        try (Session session = acknowledging()) {
            MessageConsumer consumer = session.createConsumer(queue);
            Message first = receive(consumer);
            texts(consumer, 2);
            first.acknowledge();
        }
        assertThat(takeAll(queue)).containsExactly("d 1");
    }

    @Test
    void acknowledge_takes_what_all_consumers_of_the_session_had_and_nothing_of_other_sessions() throws Exception {
        Queue one = queue();
        Queue two = queue();
        Queue three = queue();
        send(one, "a");
        send(two, "b");
        send(three, "c");
        try (Session session = acknowledging();
                Session other = acknowledging()) {
            MessageConsumer first = session.createConsumer(one);
            MessageConsumer second = session.createConsumer(two);
            MessageConsumer third = other.createConsumer(three);
            texts(first, 1);
            Message acknowledged = receive(second);
            texts(third, 1);
            acknowledged.acknowledge();
        }
        assertThat(takeAll(one)).isEmpty();
        assertThat(takeAll(two)).isEmpty();
        assertThat(takeAll(three)).containsExactly("c again 2");
    }

    @Test
    void acknowledge_takes_what_a_consumer_had_that_is_closed_by_now() throws Exception {
        Queue one = queue();
        Queue two = queue();
        send(one, "a");
        send(two, "b");
        try (Session session = acknowledging()) {
            MessageConsumer first = session.createConsumer(one);
            texts(first, 1);
            first.close();
            receive(session.createConsumer(two)).acknowledge();
        }
        assertThat(takeAll(one)).isEmpty();
        assertThat(takeAll(two)).isEmpty();
    }

    @Test
    void a_message_of_a_closed_consumer_can_be_acknowledged() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        try (Session session = acknowledging()) {
            MessageConsumer consumer = session.createConsumer(queue);
            Message message = receive(consumer);
            consumer.close();
            message.acknowledge();
        }
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void what_waits_in_the_client_is_not_acknowledged_with_the_rest() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        try (Session session = acknowledging()) {
            receive(session.createConsumer(queue)).acknowledge();
        }
        assertThat(takeAll(queue)).containsExactly("b 1", "c 1");
    }

    @Test
    void acknowledging_twice_does_no_harm() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        try (Session session = acknowledging()) {
            MessageConsumer consumer = session.createConsumer(queue);
            Message first = receive(consumer);
            first.acknowledge();
            first.acknowledge();
            receive(consumer);
        }
        assertThat(takeAll(queue)).containsExactly("b again 2");
    }

    @Test
    void what_is_not_acknowledged_comes_again_in_order_when_its_session_is_closed() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        try (Session session = acknowledging()) {
            texts(session.createConsumer(queue), 3);
        }
        assertThat(takeAll(queue)).containsExactly("a again 2", "b again 2", "c again 2", "d 1");
    }

    @Test
    void what_is_not_acknowledged_comes_again_when_its_connection_is_closed() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        Connection other = connect();
        other.start();
        texts(other.createSession(Session.CLIENT_ACKNOWLEDGE).createConsumer(queue), 2);
        other.close();
        assertThat(takeAll(queue)).containsExactly("a again 2", "b again 2");
    }

    @Test
    void acknowledge_after_the_session_was_closed_is_an_illegal_state() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        for (int mode : new int[] {Session.CLIENT_ACKNOWLEDGE, Session.AUTO_ACKNOWLEDGE}) {
            Session session = connection.createSession(mode);
            MessageConsumer consumer = session.createConsumer(queue);
            Message message = receive(consumer);
            session.close();
            assertThat(text(message)).isIn("a", "b");
            assertThatThrownBy(message::acknowledge).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_context_acknowledges_all_that_it_delivered() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        try (JMSContext context = factory().createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer consumer = context.createConsumer(queue);
            texts(consumer, 2);
            context.acknowledge();
        }
        assertThat(takeAll(queue)).containsExactly("c 1");
    }

    @Test
    void a_context_that_acknowledges_by_itself_ignores_acknowledge() throws Exception {
        JMSContext context = context();
        context.acknowledge();
        context.close();
        assertThatThrownBy(context::acknowledge).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void a_listener_may_acknowledge_some_messages_for_all() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d", "e");
        AtomicInteger count = new AtomicInteger();
        Session session = acknowledging();
        session.createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    if (text(message).equals("c")) {
                        message.acknowledge();
                    }
                    count.incrementAndGet();
                }));
        await(() -> count.get() == 5);
        session.close();
        assertThat(takeAll(queue)).containsExactly("d again 2", "e again 2");
    }

    // ---- recover

    @Test
    void recover_begins_again_with_the_oldest_unacknowledged_message_before_any_new_one() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        Session session = acknowledging();
        MessageConsumer consumer = session.createConsumer(queue);
        receive(consumer).acknowledge();
        texts(consumer, 2);
        session.recover();
        assertThat(deliveries(consumer, 3)).containsExactly("b again 2", "c again 2", "d 1");
    }

    @Test
    void recover_can_be_repeated_with_fewer_messages_seen() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c", "d");
        Session session = acknowledging();
        MessageConsumer consumer = session.createConsumer(queue);
        texts(consumer, 4);
        session.recover();
        assertThat(deliveries(consumer, 2)).containsExactly("a again 2", "b again 2");
        session.recover();
        assertThat(deliveries(consumer, 3)).containsExactly("a again 3", "b again 3", "c again 2");
        session.recover();
        List<String> rest = deliveries(consumer, 3);
        assertThat(rest).containsExactly("a again 4", "b again 4", "c again 3");
        receive(consumer).acknowledge();
        session.recover();
        assertNothingFor(consumer);
        session.close();
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void recover_brings_back_what_several_consumers_had() throws Exception {
        Queue one = queue();
        Queue two = queue();
        Topic topic = topic();
        Session session = acknowledging();
        MessageConsumer first = session.createConsumer(one);
        MessageConsumer second = session.createConsumer(two);
        MessageConsumer third = session.createConsumer(topic);
        send(one, "a", "b");
        send(two, "c", "d");
        send(topic, "e", "f");
        for (MessageConsumer consumer : List.of(first, second, third)) {
            texts(consumer, 2);
        }
        session.recover();
        assertThat(deliveries(first, 2)).containsExactly("a again 2", "b again 2");
        assertThat(deliveries(second, 2)).containsExactly("c again 2", "d again 2");
        assertThat(deliveries(third, 2)).containsExactly("e again 2", "f again 2");
    }

    @Test
    void recover_brings_back_what_a_closed_consumer_had() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        Session session = acknowledging();
        MessageConsumer consumer = session.createConsumer(queue);
        texts(consumer, 1);
        consumer.close();
        session.recover();
        assertThat(deliveries(session.createConsumer(queue), 2)).containsExactly("a again 2", "b 1");
    }

    @Test
    void recover_without_anything_to_recover_does_nothing() throws Exception {
        Queue queue = queue();
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            Session session = connection.createSession(mode);
            MessageConsumer consumer = session.createConsumer(queue);
            session.recover();
            send(queue, "a");
            assertThat(deliveries(consumer, 1)).containsExactly("a 1");
            if (mode == Session.AUTO_ACKNOWLEDGE) {
                session.recover();
                assertNothingFor(consumer);
            }
            session.close();
            takeAll(queue);
        }
    }

    @Test
    void recover_on_a_context_is_the_same() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        JMSContext context = context(JMSContext.CLIENT_ACKNOWLEDGE);
        JMSConsumer consumer = context.createConsumer(queue);
        texts(consumer, 1);
        context.recover();
        assertThat(delivery(receive(consumer))).isEqualTo("a again 2");
        assertThat(delivery(receive(consumer))).isEqualTo("b 1");
    }

    @Test
    void a_message_that_comes_again_is_the_original_whatever_was_done_to_the_first() throws Exception {
        Queue queue = queue();
        TextMessage sent = session.createTextMessage("original");
        sent.setStringProperty("p", "original");
        session.createProducer(queue).send(sent);
        Session acknowledging = acknowledging();
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        TextMessage first = (TextMessage) receive(consumer);
        first.clearBody();
        first.setText("changed");
        first.clearProperties();
        first.setStringProperty("p", "changed");
        first.setJMSType("changed");
        acknowledging.recover();
        TextMessage second = (TextMessage) receive(consumer);
        assertThat(second).isNotSameAs(first);
        assertThat(second.getText()).isEqualTo("original");
        assertThat(second.getStringProperty("p")).isEqualTo("original");
        assertThat(second.getJMSType()).isNull();
    }

    @Test
    void one_message_that_is_not_acknowledged_does_not_bring_back_those_behind_it() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 10; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setJMSType(i == 0 ? "held" : "done");
            producer.send(message);
        }
        try (Session holding = acknowledging();
                Session finishing = acknowledging()) {
            texts(holding.createConsumer(queue, "JMSType = 'held'"), 1);
            MessageConsumer rest = finishing.createConsumer(queue, "JMSType = 'done'");
            texts(rest, 8);
            receive(rest).acknowledge();
        }
        assertThat(takeAll(queue)).containsExactly("m0 again 2");
    }

    @Test
    void a_consumer_that_comes_or_goes_brings_back_nothing_that_was_acknowledged() throws Exception {
        Queue queue = queue();
        Session one = connection.createSession();
        MessageConsumer staying = one.createConsumer(queue);
        for (int i = 0; i < 20; i++) {
            send(queue, "m" + i);
            assertThat(deliveries(staying, 1)).containsExactly("m" + i + " 1");
            try (Session passing = connection.createSession();
                    MessageConsumer passer = passing.createConsumer(queue)) {
                assertNothingFor(passer);
            }
        }
        assertNothingFor(staying);
    }
}
