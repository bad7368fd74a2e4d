// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.EmbeddedServers.Lease;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.embedded.EmbeddedServer;
import io.agenamq.remoting.embedded.EmbeddedServerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EmbeddedServersTest {

    private final List<String> told = new ArrayList<>();
    private final EmbeddedServers servers = new EmbeddedServers(Factory::new);

    private final class Factory implements EmbeddedServerFactory {
        @Override
        public EmbeddedServer start(String name, @Nullable String data) throws IOException {
            if ("broken".equals(data)) {
                throw new IOException("no such folder");
            }
            told.add("start " + name);
            return new EmbeddedServer() {
                @Override
                public HostPort nameServer() {
                    return new HostPort("127.0.0.1", told.size());
                }

                @Override
                public String user() {
                    return "u";
                }

                @Override
                public String password() {
                    return "secret";
                }

                @Override
                public void close() {
                    told.add("stop " + name);
                }
            };
        }
    }

    @Test
    void a_server_lives_from_its_first_connection_to_its_last() throws Exception {
        Lease first = servers.join("a", null, false);
        Lease second = servers.join("a", null, false);
        Lease other = servers.join("b", null, false);
        first.end();
        first.end();
        assertThat(told).containsExactly("start a", "start b");

        second.end();
        other.end();
        assertThat(told).containsExactly("start a", "start b", "stop a", "stop b");

        servers.join("a", null, false).end();
        assertThat(told).endsWith("start a", "stop a");
    }

    @Test
    void one_that_stays_outlives_them() throws Exception {
        Lease first = servers.join("a", null, false);
        servers.join("a", null, true).end();
        first.end();
        servers.join("a", null, false).end();

        assertThat(told).containsExactly("start a");
    }

    @Test
    void one_that_runs_has_one_folder() throws Exception {
        servers.join("a", "/d", false);
        servers.join("a", "/d", false);
        servers.join("a", null, false);

        assertThatThrownBy(() -> servers.join("a", "/e", false))
                .isInstanceOf(IOException.class)
                .hasMessage("agena:embedded/a runs with data=/d, so it cannot have data=/e; use another name");
        assertThat(told).containsExactly("start a");
    }

    @Test
    void one_that_cannot_start_can_be_tried_again() throws Exception {
        assertThatThrownBy(() -> servers.join("a", "broken", false)).hasMessage("no such folder");

        servers.join("a", null, false).end();
        assertThat(told).containsExactly("start a", "stop a");
    }

    @Test
    void without_a_broker_on_the_class_path_it_says_what_to_add() {
        assertThatThrownBy(() -> new AgenaConnectionFactory("agena:embedded").createConnection())
                .isInstanceOf(jakarta.jms.JMSException.class)
                .hasMessageContaining("add io.agenamq:agenamq-broker");
    }

    @Test
    void no_secret_is_printed() throws Exception {
        assertThat(servers.join("a", null, false).credentials()).hasToString("user 'u'");
    }
}
