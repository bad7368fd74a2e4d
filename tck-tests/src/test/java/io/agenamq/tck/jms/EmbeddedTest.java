// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code agena:embedded}: a broker in the virtual machine of its clients. Each test has names of its own. */
class EmbeddedTest {

    @TempDir
    private Path folder;

    private static void send(JMSContext context, String text) {
        context.createProducer().send(context.createQueue("orders"), text);
    }

    private static String receive(JMSContext context, long millis) {
        return context.createConsumer(context.createQueue("orders")).receiveBody(String.class, millis);
    }

    private String withData() {
        return "?data=" + URLEncoder.encode(folder.resolve("a data").toString(), StandardCharsets.UTF_8);
    }

    @Test
    void hello_world_takes_three_lines() {
        try (JMSContext context = new AgenaConnectionFactory("agena:embedded").createContext()) {
            context.createProducer().send(context.createQueue("orders"), "hello");
            assertThat(receive(context, 60_000)).isEqualTo("hello");
        }
    }

    @Test
    void connections_of_one_name_share_a_broker_and_others_do_not() throws Exception {
        try (JMSContext one = new AgenaConnectionFactory("agena:embedded/share").createContext();
                JMSContext same = new AgenaConnectionFactory("agena:embedded/share?prefetch=1").createContext();
                JMSContext other = new AgenaConnectionFactory("agena:embedded/other").createContext()) {
            send(one, "shared");

            assertThat(receive(other, 1)).isNull();
            assertThat(receive(same, 60_000)).isEqualTo("shared");
        }
    }

    @Test
    void without_a_data_folder_messages_go_with_the_last_connection() throws Exception {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena:embedded/gone");
        try (JMSContext first = factory.createContext()) {
            send(first, "lost");
        }
        try (JMSContext second = factory.createContext();
                var browser = second.createBrowser(second.createQueue("orders"))) {
            assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        }
    }

    @Test
    void one_that_stays_keeps_what_it_has() {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena:embedded/stays?stay=true");
        try (JMSContext first = factory.createContext()) {
            send(first, "kept");
        }
        try (JMSContext second = factory.createContext()) {
            assertThat(receive(second, 60_000)).isEqualTo("kept");
        }
    }

    @Test
    void with_a_data_folder_messages_outlive_the_broker() {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena:embedded/data" + withData());
        try (JMSContext first = factory.createContext()) {
            send(first, "kept");
        }
        assertThat(folder.resolve("a data")).isDirectory();
        try (JMSContext second = factory.createContext()) {
            assertThat(receive(second, 60_000)).isEqualTo("kept");
        }
    }

    @Test
    void a_data_folder_belongs_to_one_broker() throws Exception {
        try (Connection first = new AgenaConnectionFactory("agena:embedded/first" + withData()).createConnection()) {
            assertThat(first.getClientID()).isNull();
            assertThatThrownBy(
                            () -> new AgenaConnectionFactory("agena:embedded/second" + withData()).createConnection())
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("cannot open the store");
        }
    }

    @Test
    void credentials_that_are_given_are_checked() throws Exception {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena:embedded/users" + withData());
        EmbeddedServer.addUser(folder.resolve("a data"), "alice", "a");

        factory.createConnection("alice", "a").close();
        assertThatThrownBy(() -> factory.createConnection("alice", "b")).isInstanceOf(JMSSecurityException.class);
        // A failed attempt is no connection that would keep the broker.
        try (Connection again = factory.createConnection()) {
            assertThat(again.getMetaData().getJMSMajorVersion()).isEqualTo(3);
        }
    }

    @Test
    void it_works_whatever_the_context_class_loader_is() throws Exception {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try (JMSContext context = new AgenaConnectionFactory("agena:embedded/loader").createContext()) {
            send(context, "hello");
            assertThat(receive(context, 60_000)).isEqualTo("hello");
            assertThat(current.getContextClassLoader()).isEqualTo(ClassLoader.getPlatformClassLoader());
        } finally {
            current.setContextClassLoader(before);
        }
    }
}
