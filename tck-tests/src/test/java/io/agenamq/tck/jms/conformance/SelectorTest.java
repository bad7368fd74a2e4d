// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Message selectors: their language, and what they do to queues and subscriptions (Jakarta Messaging 3.1 §3.8). */
class SelectorTest extends Rules {

    /** A message with something of everything; every line of the tables below is about it. */
    private Message specimen() throws JMSException {
        TextMessage message = session.createTextMessage("body");
        message.setJMSType("car");
        message.setJMSCorrelationID("c-1");
        message.setByteProperty("b", (byte) 3);
        message.setShortProperty("sh", (short) 4);
        message.setIntProperty("n", 7);
        message.setLongProperty("big", 10_000_000_000L);
        message.setFloatProperty("f", 1.5f);
        message.setDoubleProperty("d", 2.25);
        message.setBooleanProperty("yes", true);
        message.setBooleanProperty("no", false);
        message.setStringProperty("s", "text");
        message.setStringProperty("num", "7");
        message.setStringProperty("quote", "it's");
        message.setStringProperty("pct", "50%_off");
        message.setStringProperty("lines", "one\ntwo");
        message.setStringProperty("empty", "");
        message.setStringProperty("nothing", null);
        message.setIntProperty("_under", 1);
        message.setIntProperty("$dollar", 1);
        message.setIntProperty("größe", 1);
        message.setIntProperty("zero", 0);
        message.setStringProperty("JMSXGroupID", "g");
        return message;
    }

    private boolean isSelected(String selector) throws JMSException {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        producer.send(specimen(), DeliveryMode.PERSISTENT, 6, 0);
        try (Session selecting = connection.createSession();
                MessageConsumer consumer = selecting.createConsumer(queue, selector)) {
            return consumer.receiveNoWait() != null;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // equality and order of numbers, over their types
                "n = 7",
                "n <> 8",
                "n > 6",
                "n >= 7",
                "n < 8",
                "n <= 7",
                "7 = n",
                "b = 3",
                "sh = 4",
                "big = 10000000000",
                "f = 1.5",
                "d = 2.25",
                "n = 7.0",
                "f < d",
                "n < big",
                "b < sh",
                "d > 2",
                // literals
                "n = 0x7",
                "n = 07",
                "n = 7L",
                "n = 7l",
                "n = +7",
                "-n = -7",
                "n = 7.",
                "n < .7e2",
                "d = 2.25d",
                "f = 1.5f",
                "n = 7E0",
                "sh + 25 = 035",
                "n < 0x1D",
                "7000. = 7E3",
                ".7e4 = 7000",
                "big > -9223372036854775808",
                "big > -9223372036854775808L AND big < 9223372036854775807L",
                "-n < 0 AND +n > 0",
                "- n + 7 = 0",
                "f+d*2-f/f = 5",
                "9223372036854775807 > big",
                // arithmetic and its precedence
                "n + 1 = 8",
                "n - 1 = 6",
                "n * 2 = 14",
                "n / 2 = 3",
                "n / 2.0 = 3.5",
                "n + 2 * 3 = 13",
                "(n + 2) * 3 = 27",
                "-n + 8 = 1",
                "n - 1 - 1 = 5",
                "f * 2 = 3",
                "- - n = 7",
                // strings
                "s = 'text'",
                "s <> 'other'",
                "quote = 'it''s'",
                "empty = ''",
                "s <> ''",
                "num = '7'",
                // booleans
                "yes",
                "yes = TRUE",
                "no = false",
                "NOT no",
                "yes <> no",
                "TRUE",
                "yes AND NOT no",
                "(yes)",
                "TRUE OR (FALSE AND FALSE)",
                // BETWEEN
                "n BETWEEN 7 AND 7",
                "n BETWEEN 5 AND 10",
                "n NOT BETWEEN 8 AND 10",
                "n between 5 and 10 and yes",
                "d BETWEEN 2 AND f + 1",
                "n BETWEEN 6.5 AND 7.5",
                // IN
                "s IN ('a', 'text')",
                "s NOT IN ('a', 'b')",
                "s in ('text')",
                "empty IN ('')",
                // LIKE
                "s LIKE 'te%'",
                "s LIKE '%'",
                "s LIKE 't__t'",
                "s LIKE '%x%'",
                "s NOT LIKE 'x%'",
                "s LIKE 'text'",
                "lines LIKE 'one%two'",
                "pct LIKE '50\\%\\_off' ESCAPE '\\'",
                "pct LIKE '50A%A_%' ESCAPE 'A'",
                "empty LIKE ''",
                "empty LIKE '%'",
                "quote LIKE 'it''_'",
                "s NOT LIKE 'te.t'",
                "pct LIKE '%!%%' ESCAPE '!'",
                // NULL
                "absent IS NULL",
                "n IS NOT NULL",
                "nothing IS NULL",
                "empty IS NOT NULL",
                "absent IS NULL AND yes",
                // three values
                "absent = 1 OR yes",
                "NOT (absent = 1 AND no)",
                "yes OR absent > 3",
                "NOT (no AND absent = 1)",
                // header fields
                "JMSType = 'car'",
                "JMSPriority = 6",
                "JMSPriority > 4",
                "JMSDeliveryMode = 'PERSISTENT'",
                "JMSCorrelationID = 'c-1'",
                "JMSTimestamp > 0",
                "JMSMessageID LIKE 'ID:%'",
                "JMSMessageID IS NOT NULL",
                "JMSXGroupID = 'g'",
                "JMSDeliveryMode <> 'NON_PERSISTENT'",
                "JMSType IN ('car', 'bus')",
                // identifiers and keywords
                "_under = 1",
                "$dollar = 1",
                "größe = 1",
                "n=7",
                "n\t=\n7",
                "n\f=\f7",
                "n\r\n=\r7 ",
                "absent is null and s like 'teG_%' escape 'G' or s in ('a', 'text') and (yes or false)",
                "not no",
                "n Is Not Null",
                "yEs IS NULL",
                "s='text'and n=7",
                "absentANDmore IS NULL",
                // precedence of the connectives
                "yes OR no AND no",
                "NOT no AND yes",
                "NOT (yes AND no)",
                "no OR yes AND yes",
                "n = 7 AND s = 'text' OR no",
            })
    void a_condition_that_is_true_selects(String selector) throws Exception {
        assertThat(isSelected(selector)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n = 8",
                "n <> 7",
                "n > 7",
                "n < 7",
                "s = 'Text'",
                "s = 'other'",
                "no",
                "FALSE",
                "NOT yes",
                // no conversion between text and numbers
                "num = 7",
                "num > 1",
                "num BETWEEN 5 AND 10",
                "n = '7'",
                "n <> '8'",
                "s <> 7",
                "num + 1 = 8",
                // unlike types are neither equal nor different
                "yes = 1",
                "yes <> 1",
                "s = TRUE",
                "s <> TRUE",
                "n = s",
                "n <> s",
                // order of what has none
                "s > num",
                "s < num",
                "yes > no",
                "lines >= s",
                // null
                "absent = 1",
                "absent <> 1",
                "NOT (absent = 1)",
                "absent",
                "NOT absent",
                "absent > 1",
                "absent + 1 = 1",
                "absent BETWEEN 1 AND 2",
                "absent NOT BETWEEN 1 AND 2",
                "absent IN ('a')",
                "absent NOT IN ('a')",
                "absent LIKE '%'",
                "absent NOT LIKE 'a'",
                "nothing = 'a'",
                "nothing <> 'a'",
                "absent = absent",
                "absent = 1 AND yes",
                "absent = 1 OR no",
                "absent IS NOT NULL",
                "n IS NULL",
                "empty IS NULL",
                "no AND absent = 1",
                "NOT (absent = 1 OR no)",
                "NOT nothing",
                // other types where texts belong
                "n IN ('7')",
                "n NOT IN ('8')",
                "n LIKE '7'",
                "n NOT LIKE '8'",
                "yes LIKE 'TRUE'",
                // what is no condition
                "NOT (n = 7 OR no)",
                "yes AND no",
                "s LIKE 'tex'",
                "s LIKE 'te_'",
                "pct LIKE '50A%A%' ESCAPE 'A'",
                "s NOT LIKE 'te%'",
                "s IN ('tex', 'ext')",
                "s NOT IN ('text')",
                "n NOT BETWEEN 7 AND 8",
                "n BETWEEN 10 AND 5",
                "s LIKE 'TEXT'",
                "s LIKE 'te.*'",
                // division by nothing
                "n / zero = 1",
                "1 / 0 = 1",
                "n / zero <> 1 AND no",
                // header fields
                "JMSDeliveryMode = 'NON_PERSISTENT'",
                "JMSType = 'CAR'",
                "JMSPriority = 4",
                "JMSCorrelationID IS NULL",
                // case
                "N = 7",
                "jmstype = 'car'",
            })
    void a_condition_that_is_false_or_unknown_does_not_select(String selector) throws Exception {
        assertThat(isSelected(selector)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n =",
                "= 7",
                "n = 'x",
                "n == 7",
                "n != 7",
                "n = 7 AND",
                "AND",
                "(n = 7",
                "n = 7)",
                "NOT",
                "n 7",
                "n = 7 s = 'a'",
                // reserved words are no identifiers
                "NULL = 1",
                "TRUE = NULL",
                "AND = 0",
                "BETWEEN = 1",
                "LIKE = 'a'",
                "IN = 1",
                "IS = 1",
                "ESCAPE = 1",
                "or = 1",
                "between IS NULL",
                "NULL = ZERO",
                "TRUE = 0",
                "FALSE = 0",
                "TRUE > 0",
                "FALSE > 0",
                "NOT = 0",
                "OR > 0",
                "%n = 1",
                "definitely not a selector!",
                // texts and truths have no order
                "n > 'foo'",
                "s < 'foo'",
                "'foo' < TRUE",
                "s >= 'a'",
                "yes > FALSE",
                // where only one kind of thing may stand
                "n IN (1, 2, 3)",
                "s IN ()",
                "s IN 'a'",
                "s IN (n)",
                "s LIKE 7",
                "s LIKE n",
                "s LIKE 'a' ESCAPE 'ab'",
                "s LIKE 'a' ESCAPE ''",
                "s LIKE 'a' ESCAPE 7",
                "n BETWEEN 'a' AND 'b'",
                "s BETWEEN 'a' AND 'b'",
                "n BETWEEN 1",
                "n BETWEEN 1 OR 2",
                "'a' IN ('a')",
                "7 IS NULL",
                "'a' LIKE 'a'",
                "n IS 7",
                "n IS NOT",
                "1abc = 1",
                "n = 0x",
                "a-b c",
                "n = 1e",
                "#n = 1",
                "n; = 1",
            })
    void what_is_no_selector_is_refused_when_it_is_presented(String selector) throws Exception {
        Queue queue = queue();
        assertThatThrownBy(() -> session.createConsumer(queue, selector)).isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void every_way_to_present_a_selector_refuses_a_wrong_one_and_leaves_nothing_behind() throws Exception {
        String wrong = "n = ";
        Queue queue = queue();
        Topic topic = topic();
        Connection named = connect(unique("client"));
        Session session = named.createSession();
        assertThatThrownBy(() -> session.createConsumer(topic, wrong)).isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createConsumer(topic, wrong, true))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createBrowser(queue, wrong)).isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createDurableSubscriber(topic, "left-1", wrong, false))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createDurableConsumer(topic, "left-2", wrong, false))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createSharedConsumer(topic, "left-3", wrong))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createSharedDurableConsumer(topic, "left-4", wrong))
                .isInstanceOf(InvalidSelectorException.class);
        for (String name : new String[] {"left-1", "left-2", "left-4"}) {
            assertThatThrownBy(() -> session.unsubscribe(name))
                    .as(name)
                    .isInstanceOf(InvalidDestinationException.class);
        }
        JMSContext context = context();
        assertThatThrownBy(() -> context.createConsumer(queue, wrong))
                .isInstanceOf(InvalidSelectorRuntimeException.class);
        assertThatThrownBy(() -> context.createBrowser(queue, wrong))
                .isInstanceOf(InvalidSelectorRuntimeException.class);
        assertThatThrownBy(() -> context.createSharedConsumer(topic, "left-5", wrong))
                .isInstanceOf(InvalidSelectorRuntimeException.class);
    }

    @Test
    void no_selector_and_an_empty_one_select_everything() throws Exception {
        Queue queue = queue();
        for (String none : new String[] {null, ""}) {
            send(queue, "a");
            try (MessageConsumer consumer = session.createConsumer(queue, none)) {
                assertThat(consumer.getMessageSelector()).isNullOrEmpty();
                assertThat(texts(consumer, 1)).containsExactly("a");
            }
        }
    }

    @Test
    void a_consumer_tells_its_selector() throws Exception {
        assertThat(session.createConsumer(queue(), "n = 7").getMessageSelector())
                .isEqualTo("n = 7");
        assertThat(session.createConsumer(topic(), "s = 'x'").getMessageSelector())
                .isEqualTo("s = 'x'");
        assertThat(session.createBrowser(queue(), "n = 7").getMessageSelector()).isEqualTo("n = 7");
    }

    @Test
    void a_message_id_selects_its_message() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        Message wanted = session.createTextMessage("wanted");
        producer.send(session.createTextMessage("before"));
        producer.send(wanted);
        producer.send(session.createTextMessage("behind"));
        MessageConsumer consumer = session.createConsumer(queue, "JMSMessageID = '" + wanted.getJMSMessageID() + "'");
        assertThat(texts(consumer, 1)).containsExactly("wanted");
        assertNothingFor(consumer);
    }

    @Test
    void a_timestamp_is_a_number() throws Exception {
        Queue queue = queue();
        Message sent = session.createTextMessage("a");
        session.createProducer(queue).send(sent);
        assertNothingFor(session.createConsumer(queue, "JMSTimestamp > " + sent.getJMSTimestamp()));
        assertThat(texts(session.createConsumer(queue, "JMSTimestamp = " + sent.getJMSTimestamp()), 1))
                .containsExactly("a");
    }

    private void sendTyped(Queue queue, int from, int to) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = from; i < to; i++) {
                TextMessage message = session.createTextMessage("m" + i);
                message.setIntProperty("n", i);
                message.setJMSType(i % 2 == 0 ? "even" : "odd");
                producer.send(message);
            }
        }
    }

    @Test
    void what_does_not_match_stays_on_the_queue_for_others_in_order() throws Exception {
        Queue queue = queue();
        sendTyped(queue, 0, 6);
        try (Session selecting = connection.createSession();
                MessageConsumer odd = selecting.createConsumer(queue, "JMSType = 'odd'")) {
            assertThat(texts(odd, 3)).containsExactly("m1", "m3", "m5");
            assertNothingFor(odd);
        }
        assertThat(takeAll(queue)).containsExactly("m0 1", "m2 1", "m4 1");
    }

    @Test
    void many_messages_that_do_not_match_do_not_keep_a_consumer_from_those_behind_them() throws Exception {
        Queue queue = queue();
        sendTyped(queue, 0, 3_000);
        MessageConsumer last = session.createConsumer(queue, "n = 2999");
        assertThat(texts(last, 1)).containsExactly("m2999");
        MessageConsumer middle = session.createConsumer(queue, "n BETWEEN 1500 AND 1501");
        assertThat(texts(middle, 2)).containsExactly("m1500", "m1501");
        assertNothingFor(middle);
    }

    @Test
    void consumers_with_different_selectors_share_a_queue() throws Exception {
        Queue queue = queue();
        MessageConsumer even = connection.createSession().createConsumer(queue, "JMSType = 'even'");
        MessageConsumer odd = connection.createSession().createConsumer(queue, "JMSType = 'odd'");
        sendTyped(queue, 0, 6);
        assertThat(texts(odd, 3)).containsExactly("m1", "m3", "m5");
        assertThat(texts(even, 3)).containsExactly("m0", "m2", "m4");
        assertNothingFor(odd);
        assertNothingFor(even);
    }

    @Test
    void what_a_selecting_consumer_gave_back_is_found_by_one_with_another_selector() throws Exception {
        Queue queue = queue();
        sendTyped(queue, 0, 4);
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        assertThat(texts(acknowledging.createConsumer(queue, "JMSType = 'odd'"), 2))
                .containsExactly("m1", "m3");
        acknowledging.close();
        MessageConsumer small = session.createConsumer(queue, "n < 2");
        assertThat(deliveries(small, 2)).containsExactly("m0 1", "m1 again 2");
        assertNothingFor(small);
    }

    @Test
    void on_a_topic_what_does_not_match_never_enters_the_subscription() throws Exception {
        Topic topic = topic();
        MessageConsumer selecting = session.createConsumer(topic, "n > 1");
        MessageConsumer all = session.createConsumer(topic);
        MessageProducer producer = session.createProducer(topic);
        for (int i = 0; i < 4; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setIntProperty("n", i);
            producer.send(message);
        }
        assertThat(texts(all, 4)).containsExactly("m0", "m1", "m2", "m3");
        assertThat(texts(selecting, 2)).containsExactly("m2", "m3");
        assertNothingFor(selecting);
    }

    @Test
    void many_replies_on_one_queue_are_told_apart_by_their_correlation_ids() throws Exception {
        Queue queue = queue();
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 50; i++) {
            TextMessage reply = session.createTextMessage("reply " + i);
            reply.setJMSCorrelationID("request-" + i);
            producer.send(reply);
        }
        for (int i = 49; i >= 0; i -= 7) {
            try (MessageConsumer consumer = session.createConsumer(queue, "JMSCorrelationID = 'request-" + i + "'")) {
                assertThat(texts(consumer, 1)).containsExactly("reply " + i);
                assertNothingFor(consumer);
            }
        }
    }

    @Test
    void the_body_is_not_part_of_a_selection() throws Exception {
        Queue queue = queue();
        var map = session.createMapMessage();
        map.setInt("n", 7);
        session.createProducer(queue).send(map);
        assertNothingFor(session.createConsumer(queue, "n = 7"));
        assertThat(receive(session.createConsumer(queue, "n IS NULL"))).isNotNull();
    }
}
