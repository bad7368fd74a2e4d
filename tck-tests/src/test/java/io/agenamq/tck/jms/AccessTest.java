// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.broker.access.UserFile;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jakarta Messaging 3.1 §6.1.1: user name and password are checked when a connection is created, not later. */
class AccessTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void addUsers() throws Exception {
        EmbeddedServer.addUser(folder, "alice", "a&b=ü");
        EmbeddedServer.addUser(folder, "bob", "b");
    }

    @Test
    void the_right_password_opens_by_every_way_of_giving_it() throws Exception {
        try (EmbeddedServer server = new EmbeddedServer(folder, Map.of("anonymousAccess", "NONE"))) {
            AgenaConnectionFactory plain = server.factory("");
            AgenaConnectionFactory byUrl = server.factory("?user=alice&password=a%26b%3D%C3%BC");
            AgenaConnectionFactory byProperties = server.factory("");
            byProperties.setPassword("a&b=ü");
            byProperties.setUser("alice");

            plain.createConnection("alice", "a&b=ü").close();
            plain.createContext("alice", "a&b=ü").close();
            plain.createContext("alice", "a&b=ü", JMSContext.CLIENT_ACKNOWLEDGE).close();
            byUrl.createConnection().close();
            byUrl.createContext(JMSContext.DUPS_OK_ACKNOWLEDGE).close();
            byUrl.createConnection("bob", "b").close();
            byProperties.createConnection().close();
            assertThat(byUrl).isEqualTo(byProperties);
        }
    }

    @Test
    void wrong_credentials_are_refused_at_creation() throws Exception {
        try (EmbeddedServer server = new EmbeddedServer(folder)) {
            AgenaConnectionFactory factory = server.factory("");

            assertThatThrownBy(() -> factory.createConnection("alice", "wrong"))
                    .isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("the user name or the password is wrong")
                    .satisfies(refused ->
                            assertThat(((JMSException) refused).getErrorCode()).isEqualTo("NOT_ALLOWED"));
            assertThatThrownBy(() -> factory.createConnection("nobody", "a&b=ü"))
                    .isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> factory.createConnection("alice", null)).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> factory.createContext("alice", "wrong"))
                    .isInstanceOf(JMSSecurityRuntimeException.class);
            assertThatThrownBy(() -> factory.createContext("alice", "wrong", JMSContext.CLIENT_ACKNOWLEDGE))
                    .isInstanceOf(JMSSecurityRuntimeException.class);
            assertThatThrownBy(() -> server.factory("?user=alice").createConnection())
                    .isInstanceOf(JMSSecurityException.class);
        }
    }

    @Test
    void without_credentials_the_loopback_interface_is_open_unless_an_option_closes_it() throws Exception {
        try (EmbeddedServer open = new EmbeddedServer(folder)) {
            open.factory("").createConnection().close();
            open.factory("").createConnection(null, null).close();
        }
        try (EmbeddedServer closed = new EmbeddedServer(folder, Map.of("anonymousAccess", "NONE"))) {
            assertThatThrownBy(() -> closed.factory("").createConnection())
                    .isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("needs a user and a password");
            assertThatThrownBy(() -> closed.factory("").createContext())
                    .isInstanceOf(JMSSecurityRuntimeException.class);
        }
    }

    @Test
    void a_client_identifier_is_refused_to_another_user() throws Exception {
        try (EmbeddedServer server = new EmbeddedServer(folder);
                Connection alice = server.factory("?clientId=id").createConnection("alice", "a&b=ü")) {
            assertThat(alice.getClientID()).isEqualTo("id");
            assertThatThrownBy(() -> server.factory("?clientId=id").createConnection("bob", "b"))
                    .isInstanceOf(InvalidClientIDException.class);
        }
    }

    @Test
    void a_connection_that_comes_back_logs_in_again() throws Exception {
        try (Crossing crossing = new Crossing();
                EmbeddedServer server = new EmbeddedServer(
                        folder,
                        Map.of(
                                "anonymousAccess", "NONE",
                                "brokerIP1", crossing.address().host(),
                                "advertisedPort",
                                        String.valueOf(crossing.address().port())))) {
            crossing.leadTo(server.broker());
            try (Connection connection = server.factory("").createConnection("bob", "b")) {
                Session session = connection.createSession();
                MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
                connection.start();

                crossing.cut();
                // Asked again until there is a connection; what is sent from then on is not in doubt.
                session.createBrowser(session.createQueue("q")).getEnumeration();

                session.createProducer(session.createQueue("q")).send(session.createTextMessage("after"));
                assertThat(consumer.receive(60_000)).isNotNull();
            }
        }
    }

    @Test
    void a_connection_that_may_not_come_back_tells_its_listener_at_once() throws Exception {
        List<JMSException> told = new CopyOnWriteArrayList<>();
        try (EmbeddedServer server = new EmbeddedServer(folder, Map.of("anonymousAccess", "NONE"));
                Connection connection =
                        server.factory("?reconnectTimeout=2000000000").createConnection("bob", "b")) {
            connection.setExceptionListener(told::add);
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            connection.start();

            UserFile.in(folder).change(users -> users.without("bob"));

            await().atMost(Duration.ofSeconds(60)).until(() -> !told.isEmpty());
            assertThat(told).singleElement().isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> consumer.receive(60_000)).isInstanceOf(JMSException.class);
        }
    }

    @Test
    void nothing_prints_the_password() throws Exception {
        try (EmbeddedServer server = new EmbeddedServer(folder)) {
            AgenaConnectionFactory factory = server.factory("?user=alice&password=mellon");

            assertThat(factory.toString()).contains("alice").doesNotContain("mellon");
            assertThatThrownBy(factory::createConnection).satisfies(refused -> {
                for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                    assertThat(cause.toString()).doesNotContain("mellon");
                }
            });
        }
    }
}
