// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions whose sends and acknowledgements happen together or not at all (Jakarta Messaging 3.1 §6.2.7). */
class TransactionTest extends Rules {

    private Session transacted;

    @BeforeEach
    void openTransacted() throws Exception {
        transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    }

    private void sendIn(Session sender, Queue queue, String... texts) throws JMSException {
        try (MessageProducer producer = sender.createProducer(queue)) {
            for (String text : texts) {
                producer.send(sender.createTextMessage(text));
            }
        }
    }

    // ---- the session

    @Test
    void a_transacted_session_says_so_whatever_mode_was_named_beside_it() throws Exception {
        for (int mode :
                new int[] {Session.SESSION_TRANSACTED, Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, 0}) {
            Session one = connection.createSession(true, mode);
            assertThat(one.getTransacted()).isTrue();
            assertThat(one.getAcknowledgeMode()).isEqualTo(Session.SESSION_TRANSACTED);
        }
        Session byMode = connection.createSession(Session.SESSION_TRANSACTED);
        assertThat(byMode.getTransacted()).isTrue();
        JMSContext context = context(JMSContext.SESSION_TRANSACTED);
        assertThat(context.getTransacted()).isTrue();
        assertThat(context.getSessionMode()).isEqualTo(JMSContext.SESSION_TRANSACTED);
    }

    @Test
    void recover_is_not_for_transacted_sessions() throws Exception {
        assertThatThrownBy(transacted::recover).isInstanceOf(IllegalStateException.class);
        JMSContext context = context(JMSContext.SESSION_TRANSACTED);
        assertThatThrownBy(context::recover).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void commit_and_rollback_of_nothing_do_nothing() throws Exception {
        transacted.commit();
        transacted.rollback();
        transacted.commit();
    }

    @Test
    void commit_and_rollback_of_a_closed_session_are_illegal_states() throws Exception {
        transacted.close();
        assertThatThrownBy(transacted::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(transacted::rollback).isInstanceOf(IllegalStateException.class);
    }

    // ---- sending

    @Test
    void what_was_sent_is_seen_by_nobody_before_the_commit() throws Exception {
        Queue queue = queue();
        MessageConsumer other = session.createConsumer(queue);
        MessageConsumer own = transacted.createConsumer(queue);
        sendIn(transacted, queue, "a", "b");
        assertNothingFor(other);
        assertNothingFor(own);
        own.close();
        transacted.commit();
        assertThat(deliveries(other, 2)).containsExactly("a 1", "b 1");
    }

    @Test
    void a_browser_does_not_show_what_is_not_committed() throws Exception {
        Queue queue = queue();
        sendIn(transacted, queue, "a");
        assertThat(session.createBrowser(queue).getEnumeration().hasMoreElements())
                .isFalse();
        transacted.commit();
        assertThat(session.createBrowser(queue).getEnumeration().hasMoreElements())
                .isTrue();
    }

    @Test
    void what_was_rolled_back_was_never_sent() throws Exception {
        Queue queue = queue();
        sendIn(transacted, queue, "a");
        transacted.rollback();
        sendIn(transacted, queue, "b");
        transacted.commit();
        assertThat(takeAll(queue)).containsExactly("b 1");
    }

    @Test
    void sends_to_several_destinations_are_committed_together() throws Exception {
        Queue one = queue();
        Queue two = queue();
        Topic topic = topic();
        MessageConsumer subscriber = session.createConsumer(topic);
        sendIn(transacted, one, "a");
        sendIn(transacted, two, "b");
        transacted.createProducer(topic).send(transacted.createTextMessage("c"));
        assertNothingFor(subscriber);
        assertThat(takeAll(one)).isEmpty();
        transacted.commit();
        assertThat(takeAll(one)).containsExactly("a 1");
        assertThat(takeAll(two)).containsExactly("b 1");
        assertThat(texts(subscriber, 1)).containsExactly("c");
    }

    @Test
    void messages_of_a_transaction_keep_their_order() throws Exception {
        Queue queue = queue();
        String[] texts = new String[300];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        sendIn(transacted, queue, texts);
        transacted.commit();
        assertThat(texts(session.createConsumer(queue), texts.length)).containsExactly(texts);
    }

    @Test
    void a_message_has_its_fields_when_send_returns() throws Exception {
        Message message = transacted.createTextMessage("a");
        Queue queue = queue();
        long before = System.currentTimeMillis();
        transacted.createProducer(queue).send(message);
        long after = System.currentTimeMillis();
        assertThat(message.getJMSMessageID()).startsWith("ID:");
        assertThat(message.getJMSTimestamp()).isBetween(before, after);
        transacted.commit();
        assertThat(receive(session.createConsumer(queue)).getJMSMessageID()).isEqualTo(message.getJMSMessageID());
    }

    @Test
    void expiration_counts_from_the_send() throws Exception {
        Queue queue = queue();
        MessageProducer producer = transacted.createProducer(queue);
        producer.setTimeToLive(50);
        Message message = transacted.createTextMessage("a");
        producer.send(message);
        await(() -> System.currentTimeMillis() > message.getJMSExpiration());
        transacted.commit();
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void a_delay_counts_from_the_send() throws Exception {
        Queue queue = queue();
        MessageProducer producer = transacted.createProducer(queue);
        producer.setDeliveryDelay(200);
        Message message = transacted.createTextMessage("a");
        producer.send(message);
        await(() -> System.currentTimeMillis() > message.getJMSDeliveryTime());
        assertThat(takeAll(queue)).isEmpty();
        transacted.commit();
        Message received = receive(session.createConsumer(queue));
        assertThat(received.getJMSDeliveryTime()).isEqualTo(message.getJMSDeliveryTime());
    }

    // ---- consuming

    @Test
    void what_was_received_is_done_with_at_the_commit() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(texts(consumer, 2)).containsExactly("a", "b");
        transacted.commit();
        transacted.close();
        assertThat(takeAll(queue)).containsExactly("c 1");
    }

    @Test
    void what_was_received_comes_again_in_order_after_a_rollback() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(deliveries(consumer, 2)).containsExactly("a 1", "b 1");
        transacted.rollback();
        assertThat(deliveries(consumer, 3)).containsExactly("a again 2", "b again 2", "c 1");
        transacted.rollback();
        assertThat(deliveries(consumer, 3)).containsExactly("a again 3", "b again 3", "c again 2");
        transacted.commit();
        assertNothingFor(consumer);
    }

    @Test
    void what_was_rolled_back_goes_to_another_consumer_when_the_first_is_closed() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(texts(consumer, 2)).containsExactly("a", "b");
        transacted.rollback();
        consumer.close();
        assertThat(takeAll(queue)).containsExactly("a again 2", "b again 2");
    }

    @Test
    void what_a_closed_consumer_received_is_still_part_of_the_transaction() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(texts(consumer, 1)).containsExactly("a");
        consumer.close();
        assertThat(takeAll(queue)).containsExactly("b 1");
        transacted.rollback();
        assertThat(takeAll(queue)).containsExactly("a again 2");
        send(queue, "c");
        MessageConsumer second = transacted.createConsumer(queue);
        assertThat(texts(second, 1)).containsExactly("c");
        second.close();
        transacted.commit();
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void acknowledge_means_nothing_in_a_transaction() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        receive(transacted.createConsumer(queue)).acknowledge();
        transacted.rollback();
        transacted.close();
        assertThat(takeAll(queue)).containsExactly("a again 2");
    }

    @Test
    void consumed_and_produced_are_committed_or_rolled_back_together() throws Exception {
        Queue in = queue();
        Queue out = queue();
        send(in, "a", "b");
        MessageConsumer consumer = transacted.createConsumer(in);
        MessageProducer producer = transacted.createProducer(out);
        producer.send(transacted.createTextMessage("for " + text(receive(consumer))));
        transacted.rollback();
        assertThat(takeAll(out)).isEmpty();
        assertThat(delivery(receive(consumer))).isEqualTo("a again 2");
        producer.send(transacted.createTextMessage("for a"));
        transacted.commit();
        transacted.close();
        assertThat(takeAll(out)).containsExactly("for a 1");
        assertThat(takeAll(in)).containsExactly("b 1");
    }

    @Test
    void messages_of_several_destinations_come_again_after_a_rollback() throws Exception {
        Queue one = queue();
        Topic topic = topic();
        Connection named = connect(unique("client"));
        Session session = named.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer first = session.createConsumer(one);
        MessageConsumer second = session.createDurableConsumer(topic, unique("subscription"));
        send(one, "a", "b");
        send(topic, "c", "d");
        texts(first, 2);
        texts(second, 1);
        session.rollback();
        assertThat(deliveries(first, 2)).containsExactly("a again 2", "b again 2");
        assertThat(deliveries(second, 2)).containsExactly("c again 2", "d 1");
        session.commit();
    }

    // ---- the end

    @Test
    void closing_the_session_rolls_back() throws Exception {
        Queue in = queue();
        Queue out = queue();
        send(in, "a");
        texts(transacted.createConsumer(in), 1);
        sendIn(transacted, out, "b");
        transacted.close();
        assertThat(takeAll(out)).isEmpty();
        assertThat(takeAll(in)).containsExactly("a again 2");
    }

    @Test
    void closing_the_connection_rolls_back() throws Exception {
        Queue in = queue();
        Queue out = queue();
        send(in, "a");
        Connection own = connect();
        own.start();
        Session session = own.createSession(true, Session.SESSION_TRANSACTED);
        texts(session.createConsumer(in), 1);
        sendIn(session, out, "b");
        own.close();
        assertThat(takeAll(out)).isEmpty();
        assertThat(takeAll(in)).containsExactly("a again 2");
    }

    @Test
    void closing_a_producer_leaves_what_it_sent_in_the_transaction() throws Exception {
        Queue queue = queue();
        sendIn(transacted, queue, "a");
        transacted.commit();
        assertThat(takeAll(queue)).containsExactly("a 1");
    }

    @Test
    void a_subscription_whose_messages_are_in_a_transaction_cannot_be_unsubscribed() throws Exception {
        Topic topic = topic();
        String name = unique("subscription");
        Session session = connect(unique("client")).createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createDurableConsumer(topic, name);
        send(topic, "a");
        texts(consumer, 1);
        consumer.close();
        assertThatThrownBy(() -> session.unsubscribe(name)).isInstanceOf(JMSException.class);
        session.commit();
        session.unsubscribe(name);
    }

    // ---- listeners

    @Test
    void a_listener_commits_and_rolls_back() throws Exception {
        Queue queue = queue();
        List<String> seen = new CopyOnWriteArrayList<>();
        transacted
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    seen.add(delivery(message));
                    if (seen.size() == 1) {
                        transacted.rollback();
                    } else {
                        transacted.commit();
                    }
                }));
        send(queue, "a", "b");
        await(() -> seen.size() == 3);
        assertThat(seen).containsExactly("a 1", "a again 2", "b 1");
        transacted.close();
        assertThat(takeAll(queue)).isEmpty();
    }

    @Test
    void after_a_listener_failed_the_next_message_comes_and_the_transaction_goes_on() throws Exception {
        Queue queue = queue();
        List<String> seen = new CopyOnWriteArrayList<>();
        transacted
                .createConsumer(queue)
                .setMessageListener(message -> Listeners.tell(() -> {
                    seen.add(delivery(message));
                    if (text(message).equals("a")) {
                        throw new java.lang.IllegalStateException("the test's listener fails");
                    }
                    transacted.commit();
                }));
        send(queue, "a", "b");
        await(() -> seen.size() == 2);
        assertThat(seen).containsExactly("a 1", "b 1");
        transacted.close();
        assertThat(takeAll(queue)).isEmpty();
    }

    // ---- asynchronous sends

    @Test
    void commit_and_rollback_wait_for_completion_listeners() throws Exception {
        for (boolean commit : new boolean[] {true, false}) {
            Queue queue = queue();
            List<String> events = new CopyOnWriteArrayList<>();
            CountDownLatch leave = new CountDownLatch(1);
            transacted.createProducer(queue).send(transacted.createTextMessage("a"), new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    Listeners.tell(leave::await);
                    events.add("told");
                }

                @Override
                public void onException(Message message, Exception exception) {
                    events.add(exception.toString());
                }
            });
            Background<Void> ending = meanwhile(() -> {
                if (commit) {
                    transacted.commit();
                } else {
                    transacted.rollback();
                }
                events.add("ended");
            });
            ending.awaitWaiting();
            leave.countDown();
            ending.get();
            assertThat(events).containsExactly("told", "ended");
            assertThat(takeAll(queue)).hasSize(commit ? 1 : 0);
        }
    }

    @Test
    void a_completion_listener_may_neither_commit_nor_roll_back() throws Exception {
        CompletableFuture<List<Throwable>> result = new CompletableFuture<>();
        transacted.createProducer(queue()).send(transacted.createTextMessage("a"), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                List<Throwable> thrown = new CopyOnWriteArrayList<>();
                for (Step step : List.<Step>of(transacted::commit, transacted::rollback)) {
                    try {
                        step.run();
                        thrown.add(new AssertionError("it succeeded"));
                    } catch (Exception refused) {
                        thrown.add(refused);
                    }
                }
                result.complete(thrown);
            }

            @Override
            public void onException(Message message, Exception exception) {
                result.completeExceptionally(exception);
            }
        });
        assertThat(get(result)).hasSize(2).allSatisfy(each -> assertThat(each)
                .isInstanceOf(IllegalStateException.class));
        transacted.rollback();
    }

    // ---- contexts

    @Test
    void a_context_commits_and_rolls_back() throws Exception {
        JMSContext context = context(JMSContext.SESSION_TRANSACTED);
        Queue queue = context.createQueue(unique("queue"));
        JMSProducer producer = context.createProducer();
        producer.send(queue, "a");
        assertThat(takeAll(queue)).isEmpty();
        context.rollback();
        producer.send(queue, "b");
        context.commit();
        JMSConsumer consumer = context.createConsumer(queue);
        assertThat(delivery(receive(consumer))).isEqualTo("b 1");
        context.rollback();
        assertThat(delivery(receive(consumer))).isEqualTo("b again 2");
        context.commit();
        assertNothingFor(consumer);
    }

    @Test
    void a_body_that_cannot_be_had_counts_as_delivered_in_a_transaction() throws Exception {
        JMSContext context = context(JMSContext.SESSION_TRANSACTED);
        Queue queue = context.createQueue(unique("queue"));
        send(queue, "a", "b");
        JMSConsumer consumer = context.createConsumer(queue);
        assertThatThrownBy(() -> consumer.receiveBody(Integer.class, WAIT_MILLIS))
                .isInstanceOf(MessageFormatRuntimeException.class);
        assertThat(delivery(receive(consumer))).isEqualTo("b 1");
        context.rollback();
        assertThat(delivery(receive(consumer))).isEqualTo("a again 2");
    }

    @Test
    void two_transactions_on_one_queue_do_not_disturb_each_other() throws Exception {
        Queue queue = queue();
        Session other = connection.createSession(true, Session.SESSION_TRANSACTED);
        sendIn(transacted, queue, "a");
        sendIn(other, queue, "b");
        other.commit();
        assertThat(takeAll(queue)).containsExactly("b 1");
        transacted.commit();
        assertThat(takeAll(queue)).containsExactly("a 1");
    }
}
