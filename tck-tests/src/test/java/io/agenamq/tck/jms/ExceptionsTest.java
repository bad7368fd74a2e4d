// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which exception says what, call by call; by the classic API and by the simplified one. */
@Timeout(120)
class ExceptionsTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private static Path folder;

    private static EmbeddedServer server;

    private Connection connection;
    private Session session;
    private JMSContext context;
    private Topic topic;
    private Queue queue;

    @BeforeAll
    static void startServer() throws Exception {
        server = new EmbeddedServer(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = server.factory("?clientId=classic").createConnection();
        connection.start();
        session = connection.createSession();
        context = server.factory("?clientId=simplified").createContext();
        topic = session.createTopic("ExceptionNews");
        queue = session.createQueue("Exceptions");
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
        context.close();
    }

    private static void assertAll(Class<? extends Throwable> expected, List<ThrowingCallable> calls) {
        for (int i = 0; i < calls.size(); i++) {
            assertThatThrownBy(calls.get(i)).as("call %d", i).isInstanceOf(expected);
        }
    }

    @Test
    void no_destination_is_an_invalid_destination_in_every_call_that_creates_a_consumer() {
        assertAll(
                InvalidDestinationException.class,
                List.of(
                        () -> session.createConsumer(null),
                        () -> session.createDurableConsumer(null, "n"),
                        () -> session.createDurableConsumer(null, "n", "a = 1", true),
                        () -> session.createDurableSubscriber(null, "n"),
                        () -> session.createDurableSubscriber(null, "n", null, false),
                        () -> session.createSharedConsumer(null, "n"),
                        () -> session.createSharedConsumer(null, "n", "a = 1"),
                        () -> session.createSharedDurableConsumer(null, "n"),
                        () -> session.createSharedDurableConsumer(null, "n", "a = 1"),
                        () -> session.createBrowser(null, "a = 1")));
        assertAll(
                InvalidDestinationRuntimeException.class,
                List.of(
                        () -> context.createConsumer(null),
                        () -> context.createConsumer(null, "a = 1"),
                        () -> context.createConsumer(null, "a = 1", true),
                        () -> context.createDurableConsumer(null, "n"),
                        () -> context.createDurableConsumer(null, "n", "a = 1", true),
                        () -> context.createSharedConsumer(null, "n"),
                        () -> context.createSharedConsumer(null, "n", "a = 1"),
                        () -> context.createSharedDurableConsumer(null, "n"),
                        () -> context.createSharedDurableConsumer(null, "n", "a = 1"),
                        () -> context.createBrowser(null),
                        () -> context.createBrowser(null, "a = 1"),
                        () -> context.createQueue(null),
                        () -> context.createTopic(null)));
    }

    @Test
    void a_name_that_no_destination_can_have_is_an_invalid_destination() throws Exception {
        for (String none : new String[] {null, ""}) {
            assertThatThrownBy(() -> session.createQueue(none)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> session.createTopic(none)).isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> context.createQueue(none)).isInstanceOf(InvalidDestinationRuntimeException.class);
        }
        Queue tooLong = session.createQueue("x".repeat(300));
        assertThatThrownBy(() -> session.createConsumer(tooLong)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void one_name_is_one_kind() throws Exception {
        session.createProducer(session.createQueue("Kinds"));
        assertThatThrownBy(() -> session.createConsumer(session.createTopic("Kinds")))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("topic 'Kinds' is a queue; use createQueue(\"Kinds\")");
    }

    @Test
    void a_selector_of_blanks_is_none() throws Exception {
        try (MessageConsumer consumer = session.createConsumer(queue, "  ")) {
            assertThat(consumer.getMessageSelector()).isNull();
        }
    }

    @Test
    void a_bad_selector_is_refused_in_every_call_and_leaves_no_subscription_behind() {
        String bad = "a = ";
        assertAll(
                InvalidSelectorException.class,
                List.of(
                        () -> session.createDurableConsumer(topic, "bad", bad, false),
                        () -> session.createDurableSubscriber(topic, "bad", bad, false),
                        () -> session.createSharedConsumer(topic, "bad", bad),
                        () -> session.createSharedDurableConsumer(topic, "bad", bad)));
        assertAll(
                InvalidSelectorRuntimeException.class,
                List.of(
                        () -> context.createConsumer(topic, bad, true),
                        () -> context.createDurableConsumer(topic, "bad", bad, false),
                        () -> context.createSharedConsumer(topic, "bad", bad),
                        () -> context.createSharedDurableConsumer(topic, "bad", bad),
                        () -> context.createBrowser(queue, bad)));
        assertThatThrownBy(() -> session.unsubscribe("bad")).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> context.unsubscribe("bad")).isInstanceOf(InvalidDestinationRuntimeException.class);
    }

    @Test
    void a_subscription_without_a_name_is_refused() {
        for (String none : new String[] {null, ""}) {
            assertAll(
                    JMSException.class,
                    List.of(
                            () -> session.createDurableConsumer(topic, none),
                            () -> session.createSharedConsumer(topic, none),
                            () -> session.createSharedDurableConsumer(topic, none),
                            () -> session.unsubscribe(none)));
            assertAll(
                    JMSRuntimeException.class,
                    List.of(
                            () -> context.createDurableConsumer(topic, none),
                            () -> context.createSharedConsumer(topic, none),
                            () -> context.createSharedDurableConsumer(topic, none),
                            () -> context.unsubscribe(none)));
        }
    }

    @Test
    void an_unshared_durable_subscription_needs_a_client_identifier() throws Exception {
        try (Connection nobody = server.factory("").createConnection();
                JMSContext none = server.factory("").createContext()) {
            Session anonymous = nobody.createSession();
            assertAll(
                    IllegalStateException.class,
                    List.of(
                            () -> anonymous.createDurableConsumer(topic, "n"),
                            () -> anonymous.createDurableSubscriber(topic, "n", "a = 1", false)));
            assertAll(
                    IllegalStateRuntimeException.class,
                    List.of(
                            () -> none.createDurableConsumer(topic, "n"),
                            () -> none.createDurableConsumer(topic, "n", "a = 1", true)));
        }
    }

    @Test
    void a_subscription_in_use_is_not_had_twice_nor_unsubscribed() throws Exception {
        Topic other = session.createTopic("ExceptionOther");
        MessageConsumer consumer = session.createDurableConsumer(topic, "used");
        JMSConsumer simplified = context.createDurableConsumer(topic, "used");
        MessageConsumer shared = session.createSharedConsumer(topic, "shared");
        JMSConsumer sharedSimplified = context.createSharedDurableConsumer(topic, "sharedDurable");
        assertAll(
                JMSException.class,
                List.of(
                        () -> session.createDurableConsumer(topic, "used"),
                        () -> session.createDurableConsumer(other, "used"),
                        () -> session.createSharedDurableConsumer(topic, "used"),
                        () -> session.createSharedConsumer(other, "shared"),
                        () -> session.createSharedConsumer(topic, "shared", "a = 1"),
                        () -> session.unsubscribe("used")));
        assertAll(
                JMSRuntimeException.class,
                List.of(
                        () -> context.createDurableConsumer(topic, "used"),
                        () -> context.createSharedDurableConsumer(other, "sharedDurable"),
                        () -> context.createSharedDurableConsumer(topic, "sharedDurable", "a = 1"),
                        () -> context.createDurableConsumer(topic, "sharedDurable"),
                        () -> context.unsubscribe("used"),
                        () -> context.unsubscribe("sharedDurable")));
        consumer.close();
        simplified.close();
        shared.close();
        sharedSimplified.close();
        session.unsubscribe("used");
        context.unsubscribe("used");
        context.unsubscribe("sharedDurable");
    }

    @Test
    void a_subscription_with_unacknowledged_messages_is_not_unsubscribed() throws Exception {
        Session acknowledging = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createDurableConsumer(topic, "unacknowledged");
        session.createProducer(topic).send(session.createTextMessage("news"));
        Message message = consumer.receive(WAIT_MILLIS);
        consumer.close();
        assertThatThrownBy(() -> session.unsubscribe("unacknowledged")).isInstanceOf(JMSException.class);
        message.acknowledge();
        session.unsubscribe("unacknowledged");
    }

    @Test
    void a_client_identifier_of_the_factory_is_not_changed_and_one_in_use_is_refused() throws Exception {
        assertThatThrownBy(() -> context.setClientID("other")).isInstanceOf(IllegalStateRuntimeException.class);
        assertThat(context.getClientID()).isEqualTo("simplified");
        assertThatThrownBy(() -> server.factory("?clientId=classic").createConnection())
                .isInstanceOf(InvalidClientIDException.class);
        assertThatThrownBy(() -> server.factory("?clientId=classic").createContext())
                .isInstanceOf(InvalidClientIDRuntimeException.class);
        try (Connection fresh = server.factory("").createConnection();
                JMSContext second = server.factory("").createContext()) {
            assertThatThrownBy(() -> fresh.setClientID("classic")).isInstanceOf(InvalidClientIDException.class);
            assertThatThrownBy(() -> second.setClientID("classic")).isInstanceOf(InvalidClientIDRuntimeException.class);
            for (String none : new String[] {null, ""}) {
                assertThatThrownBy(() -> second.setClientID(none)).isInstanceOf(InvalidClientIDRuntimeException.class);
            }
        }
    }

    @Test
    void a_message_of_a_closed_session_is_not_acknowledged_in_any_mode() throws Exception {
        int[] modes = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE};
        for (int mode : modes) {
            Connection own = server.factory("").createConnection();
            own.start();
            Session consuming = own.createSession(mode);
            Queue queueOfMode = consuming.createQueue("Acknowledged-" + mode);
            session.createProducer(queueOfMode).send(session.createMessage());
            Message message = consuming.createConsumer(queueOfMode).receive(WAIT_MILLIS);
            if (mode != Session.CLIENT_ACKNOWLEDGE) {
                message.acknowledge();
            }
            own.close();
            assertThatThrownBy(message::acknowledge).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_context_is_neither_stopped_nor_closed_by_its_own_listener() throws Exception {
        Queue own = context.createQueue("OwnListener");
        CompletableFuture<List<Throwable>> done = new CompletableFuture<>();
        JMSConsumer consumer = context.createConsumer(own);
        consumer.setMessageListener(message -> {
            List<Throwable> thrown = new ArrayList<>();
            thrown.add(catchThrowable(context::stop));
            thrown.add(catchThrowable(context::close));
            thrown.add(catchThrowable(consumer::close));
            done.complete(thrown);
        });
        session.createProducer(own).send(session.createMessage());
        List<Throwable> thrown = done.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(thrown.get(0)).isInstanceOf(IllegalStateRuntimeException.class);
        assertThat(thrown.get(1)).isInstanceOf(IllegalStateRuntimeException.class);
        assertThat(thrown.get(2)).isNull();
    }

    @Test
    void properties_and_bodies_refuse_what_they_cannot_hold() throws Exception {
        Message message = session.createMessage();
        for (String none : new String[] {null, ""}) {
            assertAll(
                    IllegalArgumentException.class,
                    List.of(
                            () -> message.setBooleanProperty(none, true),
                            () -> message.setByteProperty(none, (byte) 1),
                            () -> message.setShortProperty(none, (short) 1),
                            () -> message.setIntProperty(none, 1),
                            () -> message.setLongProperty(none, 1),
                            () -> message.setFloatProperty(none, 1),
                            () -> message.setDoubleProperty(none, 1),
                            () -> message.setStringProperty(none, "1"),
                            () -> message.setObjectProperty(none, 1),
                            () -> session.createMapMessage().setInt(none, 1),
                            () -> context.createProducer().setProperty(none, 1)));
        }
        assertAll(
                MessageFormatException.class,
                List.of(
                        () -> message.setObjectProperty("a", new Object()),
                        () -> session.createMapMessage().setObject("a", new Object()),
                        () -> session.createStreamMessage().writeObject(new Object()),
                        () -> session.createBytesMessage().writeObject(new Object())));
        assertAll(
                MessageFormatRuntimeException.class,
                List.of(() -> context.createProducer().setProperty("a", new Object()), () -> context.createProducer()
                        .send(queue, Map.of("a", new Object()))));
        assertThatThrownBy(() -> session.createBytesMessage().writeObject(null))
                .isInstanceOf(NullPointerException.class);
        assertThat(session.createBrowser(queue).getEnumeration().hasMoreElements())
                .isFalse();
    }

    @Test
    void a_received_message_is_not_written_before_it_is_cleared() throws Exception {
        Queue own = session.createQueue("ReadOnlyException");
        Message sent = session.createTextMessage("text");
        sent.setIntProperty("a", 1);
        session.createProducer(own).send(sent);
        Message received = session.createConsumer(own).receive(WAIT_MILLIS);
        assertThatThrownBy(() -> received.setIntProperty("a", 2)).isInstanceOf(MessageNotWriteableException.class);
        received.setJMSPriority(7);
        assertThat(received.getJMSPriority()).isEqualTo(7);
        received.clearProperties();
        received.setIntProperty("a", 2);
        assertThat(received.getBody(String.class)).isEqualTo("text");
    }

    @Test
    void who_cannot_connect_is_told_why_with_code_and_cause() {
        AgenaConnectionFactory nowhere = new AgenaConnectionFactory("agena://127.0.0.1:1?reconnectTimeout=0");
        JMSException classic = catchThrowableOfType(JMSException.class, nowhere::createConnection);
        assertThat(classic.getErrorCode()).isEqualTo("UNREACHABLE");
        assertThat(classic.getCause()).isNotNull().isSameAs(classic.getLinkedException());
        JMSRuntimeException simplified = catchThrowableOfType(JMSRuntimeException.class, nowhere::createContext);
        assertThat(simplified.getErrorCode()).isEqualTo("UNREACHABLE");
        assertThat(simplified.getCause()).isInstanceOf(JMSException.class);
    }

    @Test
    void exceptions_of_the_provider_can_be_serialised() throws Exception {
        AgenaConnectionFactory nowhere = new AgenaConnectionFactory("agena://127.0.0.1:1?reconnectTimeout=0");
        for (Exception exception : List.of(
                catchThrowableOfType(JMSException.class, nowhere::createConnection),
                catchThrowableOfType(JMSRuntimeException.class, nowhere::createContext),
                catchThrowableOfType(JMSException.class, () -> session.createConsumer(queue, "a =")))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(exception);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                assertThat(((Exception) in.readObject()).getMessage()).isEqualTo(exception.getMessage());
            }
        }
    }

    @Test
    void unknown_modes_are_refused_by_both_apis() {
        for (int unknown : new int[] {-1, 4, 100, 102}) {
            assertThatThrownBy(() -> connection.createSession(unknown)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> connection.createSession(false, unknown)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> context.createContext(unknown)).isInstanceOf(JMSRuntimeException.class);
            assertThatThrownBy(() -> server.factory("").createContext(unknown)).isInstanceOf(JMSRuntimeException.class);
        }
    }
}
