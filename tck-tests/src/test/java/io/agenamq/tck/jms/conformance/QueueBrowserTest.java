// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** Looking at a queue without taking anything from it (Jakarta Messaging 3.1 §4.1.5). */
class QueueBrowserTest extends Rules {

    private static List<String> shown(QueueBrowser browser) throws Exception {
        List<String> texts = new ArrayList<>();
        for (Object message : Collections.list((Enumeration<?>) browser.getEnumeration())) {
            texts.add(text((Message) message));
        }
        return texts;
    }

    @Test
    void a_browser_shows_what_is_there_in_order_and_takes_nothing() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        assertThat(shown(session.createBrowser(queue))).containsExactly("a", "b", "c");
        assertThat(takeAll(queue)).containsExactly("a 1", "b 1", "c 1");
    }

    @Test
    void a_browser_shows_what_was_sent_before_the_enumeration() throws Exception {
        Queue queue = queue();
        QueueBrowser browser = session.createBrowser(queue);
        for (int i = 1; i <= 20; i++) {
            send(queue, "m");
            assertThat(shown(browser)).hasSize(i);
        }
    }

    @Test
    void each_enumeration_begins_at_the_head() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        QueueBrowser browser = session.createBrowser(queue);
        assertThat(text((Message) browser.getEnumeration().nextElement())).isEqualTo("a");
        assertThat(shown(browser)).containsExactly("a", "b");
    }

    @Test
    @SuppressWarnings("JdkObsolete") // the API of 1998 answers so
    void behind_the_last_element_there_is_none() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        var enumeration = session.createBrowser(queue).getEnumeration();
        assertThat(enumeration.nextElement()).isNotNull();
        assertThat(enumeration.hasMoreElements()).isFalse();
        assertThatThrownBy(enumeration::nextElement).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void a_browser_with_a_selector_shows_what_matches() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 4; i++) {
            Message message = session.createTextMessage("m" + i);
            message.setIntProperty("n", i);
            producer.send(message);
        }
        QueueBrowser browser = session.createBrowser(queue, "n > 1");
        assertThat(browser.getMessageSelector()).isEqualTo("n > 1");
        assertThat(shown(browser)).containsExactly("m2", "m3");
    }

    @Test
    void a_browser_does_not_show_what_was_consumed() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            texts(consumer, 2);
        }
        QueueBrowser browser = session.createBrowser(queue);
        assertThat(shown(browser)).containsExactly("c");
        takeAll(queue);
        assertThat(shown(browser)).isEmpty();
    }

    @Test
    void a_browser_shows_what_waits_in_another_client() throws Exception {
        Queue queue = queue();
        MessageConsumer idle = connection.createSession().createConsumer(queue);
        send(queue, "a", "b", "c");
        assertThat(texts(idle, 1)).containsExactly("a");
        assertThat(shown(session.createBrowser(queue))).endsWith("b", "c");
    }

    @Test
    void browsing_changes_nothing_for_consumers() throws Exception {
        Queue queue = queue();
        send(queue, "a", "b");
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        assertThat(deliveries(consumer, 1)).containsExactly("a 1");
        shown(session.createBrowser(queue));
        assertThat(deliveries(consumer, 1)).containsExactly("b 1");
        acknowledging.recover();
        shown(session.createBrowser(queue));
        assertThat(deliveries(consumer, 2)).containsExactly("a again 2", "b again 2");
    }

    @Test
    void browsing_needs_no_started_connection() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        Connection stopped = connect();
        assertThat(shown(stopped.createSession().createBrowser(queue))).containsExactly("a");
    }

    @Test
    void a_browser_knows_its_queue() throws Exception {
        Queue queue = queue();
        QueueBrowser browser = session.createBrowser(queue);
        assertThat(browser.getQueue()).isEqualTo(queue);
        assertThat(browser.getMessageSelector()).isNullOrEmpty();
    }

    @Test
    void a_closed_browser_does_nothing() throws Exception {
        QueueBrowser browser = session.createBrowser(queue());
        browser.close();
        browser.close();
        assertThatThrownBy(browser::getEnumeration).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(browser::getQueue).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(browser::getMessageSelector).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_browser_needs_a_queue_and_a_selector_that_is_one() throws Exception {
        assertThatThrownBy(() -> session.createBrowser(null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createBrowser(null, "n = 1")).isInstanceOf(InvalidDestinationException.class);
        Queue queue = queue();
        assertThatThrownBy(() -> session.createBrowser(queue, "n =")).isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void a_shown_message_is_complete() throws Exception {
        Queue queue = queue();
        Message sent = session.createTextMessage("a");
        sent.setShortProperty("short", (short) 1);
        sent.setJMSCorrelationID("c");
        session.createProducer(queue).send(sent);
        Message shown = (Message) session.createBrowser(queue).getEnumeration().nextElement();
        assertThat(text(shown)).isEqualTo("a");
        assertThat(shown.getObjectProperty("short")).isEqualTo((short) 1);
        assertThat(shown.getJMSCorrelationID()).isEqualTo("c");
        assertThat(shown.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
        assertThat(shown.getJMSRedelivered()).isFalse();
    }

    @Test
    void a_long_queue_is_shown_whole() throws Exception {
        Queue queue = queue();
        String[] texts = new String[1_000];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        send(queue, texts);
        assertThat(shown(session.createBrowser(queue))).containsExactly(texts);
    }
}
