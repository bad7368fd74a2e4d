// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Priorities (Jakarta Messaging 3.1 §3.4.10). */
class PriorityTest extends Rules {

    private void send(MessageProducer producer, int priority, String... texts) throws JMSException {
        for (String text : texts) {
            producer.send(session.createTextMessage(text), DeliveryMode.PERSISTENT, priority, 0);
        }
    }

    /** The specification asks for an effort only; whoever waits on an idle server sees the whole of it. */
    @Test
    void what_waits_on_the_server_comes_in_the_order_of_priority() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        send(producer, 0, "lowest");
        send(producer, 4, "normal");
        send(producer, 9, "highest");
        send(producer, 6, "high");
        assertThat(texts(session.createConsumer(queue), 4)).containsExactly("highest", "high", "normal", "lowest");
    }

    @Test
    void messages_of_one_priority_keep_their_order() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 30; i++) {
            send(producer, i % 3 == 0 ? 9 : 4, "m" + i);
        }
        List<String> received = texts(session.createConsumer(queue), 30);
        for (boolean high : new boolean[] {true, false}) {
            List<Integer> numbers = received.stream()
                    .map(text -> Integer.valueOf(text.substring(1)))
                    .filter(number -> (number % 3 == 0) == high)
                    .toList();
            assertThat(numbers).isSorted();
        }
    }

    @Test
    void what_was_given_back_keeps_its_priority() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        send(producer, 4, "a", "b");
        send(producer, 9, "high");
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        assertThat(texts(consumer, 2)).containsExactly("high", "a");
        acknowledging.recover();
        assertThat(deliveries(consumer, 3)).containsExactly("high again 2", "a again 2", "b 1");
    }
}
