// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Sending without waiting, and who is told of the outcome (Jakarta Messaging 3.1 §7.3). */
class AsynchronousSendTest extends Rules {

    private final Listeners.Ledger ledger = new Listeners.Ledger();

    /** A listener that does something for each completion. */
    private static CompletionListener doing(Step step) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                Listeners.tell(step);
            }

            @Override
            public void onException(Message message, Exception exception) {
                throw new AssertionError(exception);
            }
        };
    }

    @Test
    void each_send_is_told_once_in_the_order_of_the_sends() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            producer.send(session.createTextMessage("m" + i), ledger);
            expected.add("m" + i);
        }
        producer.close();
        assertThat(ledger.told).isEqualTo(expected);
        assertThat(texts(session.createConsumer(queue), 300)).isEqualTo(expected);
    }

    @Test
    void the_listener_is_never_called_by_the_thread_that_sends() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        for (int i = 0; i < 20; i++) {
            producer.send(session.createTextMessage("m" + i), ledger);
        }
        producer.close();
        assertThat(ledger.threads).hasSize(20).doesNotContain(Thread.currentThread());
    }

    @Test
    void listeners_of_one_session_are_called_one_at_a_time() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletionListener listener = doing(() -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
        });
        MessageProducer one = session.createProducer(queue());
        MessageProducer two = session.createProducer(queue());
        for (int i = 0; i < 100; i++) {
            one.send(session.createTextMessage("m"), listener);
            two.send(session.createTextMessage("m"), listener);
        }
        session.close();
        assertThat(most).hasValue(1);
    }

    @Test
    void the_message_that_is_told_of_is_the_one_that_was_sent_with_its_fields_set() throws Exception {
        Queue queue = queue();
        TextMessage message = session.createTextMessage("a");
        CompletableFuture<String> id = new CompletableFuture<>();
        MessageProducer producer = session.createProducer(queue);
        producer.send(message, DeliveryMode.NON_PERSISTENT, 7, 600_000, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                Listeners.tell(() -> {
                    assertThat(sent).isSameAs(message);
                    assertThat(sent.getJMSDestination()).isEqualTo(queue);
                    assertThat(sent.getJMSPriority()).isEqualTo(7);
                    assertThat(sent.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
                    assertThat(sent.getJMSExpiration()).isPositive();
                    id.complete(sent.getJMSMessageID());
                });
            }

            @Override
            public void onException(Message sent, Exception exception) {
                id.completeExceptionally(exception);
            }
        });
        assertThat(get(id)).startsWith("ID:");
        assertThat(receive(session.createConsumer(queue)).getJMSMessageID()).isEqualTo(get(id));
    }

    @Test
    void the_message_is_there_for_others_when_its_completion_is_told() throws Exception {
        Queue queue = queue();
        Session other = connection.createSession();
        CompletableFuture<String> found = new CompletableFuture<>();
        session.createProducer(queue).send(session.createTextMessage("a"), doing(() -> {
            Message there = other.createConsumer(queue).receiveNoWait();
            found.complete(there == null ? "nothing" : text(there));
        }));
        assertThat(get(found)).isEqualTo("a");
    }

    @Test
    void mistakes_in_arguments_are_thrown_and_told_to_nobody() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        MessageProducer anonymous = session.createProducer(null);
        Message message = session.createTextMessage("a");
        assertThatThrownBy(() -> producer.send(message, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> producer.send(message, DeliveryMode.PERSISTENT, 4, 0, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> anonymous.send(queue, message, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> anonymous.send(queue, message, DeliveryMode.PERSISTENT, 4, 0, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> producer.send(null, ledger)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> anonymous.send((Destination) null, message, ledger))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> producer.send(message, 17, 4, 0, ledger)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(message, DeliveryMode.PERSISTENT, 10, 0, ledger))
                .isInstanceOf(JMSException.class);
        session.close();
        assertThat(ledger.told).isEmpty();
    }

    @Test
    void synchronous_and_asynchronous_sends_of_a_producer_keep_their_order() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            if (i % 3 == 0) {
                producer.send(session.createTextMessage("m" + i));
            } else {
                producer.send(session.createTextMessage("m" + i), ledger);
            }
            expected.add("m" + i);
        }
        assertThat(texts(session.createConsumer(queue), 100)).isEqualTo(expected);
    }

    @Test
    void closing_the_producer_the_session_or_the_connection_waits_for_the_listener() throws Exception {
        for (int what = 0; what < 3; what++) {
            List<String> events = new CopyOnWriteArrayList<>();
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            Connection own = connect();
            Session sending = own.createSession();
            MessageProducer producer = sending.createProducer(queue());
            producer.send(sending.createTextMessage("a"), doing(() -> {
                entered.countDown();
                leave.await();
                events.add("told");
            }));
            entered.await();
            AutoCloseable end = what == 0 ? producer : what == 1 ? sending : own;
            Background<Void> closer = meanwhile(() -> {
                end.close();
                events.add("closed");
            });
            closer.awaitWaiting();
            leave.countDown();
            closer.get();
            assertThat(events).containsExactly("told", "closed");
        }
    }

    @Test
    void closing_a_context_waits_for_the_listener() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        JMSContext context = context();
        context.createProducer()
                .setAsync(doing(() -> {
                    entered.countDown();
                    leave.await();
                    events.add("told");
                }))
                .send(context.createQueue(unique("queue")), "a");
        entered.await();
        Background<Void> closer = meanwhile(() -> {
            context.close();
            events.add("closed");
        });
        closer.awaitWaiting();
        leave.countDown();
        closer.get();
        assertThat(events).containsExactly("told", "closed");
    }

    @Test
    void a_listener_may_not_close_what_waits_for_it() throws Exception {
        MessageProducer producer = session.createProducer(queue());
        CompletableFuture<List<Throwable>> result = new CompletableFuture<>();
        producer.send(session.createTextMessage("a"), doing(() -> {
            List<Throwable> thrown = new ArrayList<>();
            for (AutoCloseable end : List.of(producer, session, connection)) {
                try {
                    end.close();
                    thrown.add(new AssertionError(end + " was closed"));
                } catch (JMSException refused) {
                    thrown.add(refused);
                }
            }
            result.complete(thrown);
        }));
        assertThat(get(result)).hasSize(3).allSatisfy(each -> assertThat(each)
                .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void a_listener_may_not_close_its_own_context() throws Exception {
        JMSContext context = context();
        CompletableFuture<Throwable> result = new CompletableFuture<>();
        context.createProducer()
                .setAsync(doing(() -> {
                    try {
                        context.close();
                        result.complete(new AssertionError("it was closed"));
                    } catch (RuntimeException refused) {
                        result.complete(refused);
                    }
                }))
                .send(context.createQueue(unique("queue")), "a");
        assertThat(get(result)).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void a_listener_that_fails_does_not_keep_the_next_from_being_told() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        MessageProducer producer = session.createProducer(queue());
        CompletionListener failing = doing(() -> {
            if (calls.incrementAndGet() < 3) {
                throw new java.lang.IllegalStateException("the test's listener fails");
            }
        });
        for (int i = 0; i < 3; i++) {
            producer.send(session.createTextMessage("m" + i), failing);
        }
        producer.close();
        assertThat(calls).hasValue(3);
    }

    @Test
    void an_anonymous_producer_sends_asynchronously_too() throws Exception {
        Queue one = queue();
        Queue two = queue();
        MessageProducer producer = session.createProducer(null);
        producer.send(one, session.createTextMessage("a"), ledger);
        producer.send(two, session.createTextMessage("b"), DeliveryMode.PERSISTENT, 4, 0, ledger);
        producer.close();
        assertThat(ledger.told).containsExactly("a", "b");
        assertThat(takeAll(one)).containsExactly("a 1");
        assertThat(takeAll(two)).containsExactly("b 1");
    }

    @Test
    void a_producer_of_the_simplified_api_is_asynchronous_until_told_otherwise() throws Exception {
        JMSContext context = context();
        Queue queue = context.createQueue(unique("queue"));
        JMSProducer producer = context.createProducer();
        assertThat(producer.getAsync()).isNull();
        assertThat(producer.setAsync(ledger)).isSameAs(producer);
        assertThat(producer.getAsync()).isSameAs(ledger);
        producer.send(queue, "a").send(queue, "b");
        producer.setAsync(null);
        assertThat(producer.getAsync()).isNull();
        producer.send(queue, "c");
        context.close();
        assertThat(ledger.told).containsExactly("a", "b");
        assertThat(takeAll(queue)).containsExactly("a 1", "b 1", "c 1");
    }

    @Test
    void a_message_can_be_sent_again_when_its_completion_was_told() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        TextMessage message = session.createTextMessage("a");
        producer.send(message, ledger);
        await(() -> ledger.told.size() == 1);
        message.setText("b");
        producer.send(message, ledger);
        await(() -> ledger.told.size() == 2);
        assertThat(takeAll(queue)).containsExactly("a 1", "b 1");
    }
}
