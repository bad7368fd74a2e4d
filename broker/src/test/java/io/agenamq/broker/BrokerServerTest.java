// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServer;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.remoting.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void a_broker_registers_with_all_name_servers_and_with_one_that_was_restarted() throws Exception {
        NameServer first = NameServer.start(NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)));
        NameServer second = NameServer.start(NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)));
        HostPort firstAddress = HostPort.of(first.address());
        HostPort secondAddress = HostPort.of(second.address());
        try (BrokerServer broker = start("namesrvAddr", firstAddress + ";" + secondAddress)) {
            await().atMost(PATIENCE)
                    .until(() -> broker.registeredWith().equals(java.util.List.of(firstAddress, secondAddress)));

            first.close();
            await().atMost(PATIENCE).until(() -> broker.registeredWith().equals(java.util.List.of(secondAddress)));
            first = NameServer.start(NameServerConfig.listeningOn(firstAddress));

            await().atMost(PATIENCE).until(() -> knows(firstAddress, "TBW102"));
        }
        assertThat(knows(firstAddress, "TBW102")).isFalse();
        first.close();
        second.close();
    }

    @Test
    void a_topic_is_known_to_the_name_server_when_the_request_that_created_it_is_answered() throws Exception {
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client()) {
            for (int i = 0; i < 20; i++) {
                client.send("Fresh" + i, "x");
                assertThat(knows(broker.nameServer(), "Fresh" + i)).isTrue();
            }
            client.heartbeat("c1", "CG", "Fresh0", "*", 1);
            assertThat(knows(broker.nameServer(), "%RETRY%CG")).isTrue();
        }
    }

    @Test
    void a_broker_serves_without_any_name_server() throws Exception {
        try (BrokerServer broker = start();
                RawClient client = new RawClient(HostPort.of(broker.address()))) {
            assertThat(client.send("T", "x").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(broker.awaitRegistration(Duration.ZERO)).isFalse();
        }
    }

    @Test
    void a_name_server_that_cannot_be_reached_delays_nobody() throws Exception {
        try (BrokerServer broker = start("namesrvAddr", "127.0.0.1:1");
                RawClient client = new RawClient(HostPort.of(broker.address()))) {
            assertThat(client.send("Fresh", "x").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(broker.registeredWith()).isEmpty();
        }
    }

    @Test
    void a_busy_port_is_one_line() throws Exception {
        try (BrokerServer broker = start()) {
            int port = broker.address().getPort();

            assertThatThrownBy(() -> startIn(folder.resolve("other"), "listenPort", Integer.toString(port)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void a_store_in_use_is_one_line_that_names_the_process() throws Exception {
        try (BrokerServer broker = start()) {
            assertThat(broker.address()).isNotNull();

            assertThatThrownBy(() -> startIn(folder, "listenPort", "0"))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()))
                    .hasMessageContaining(folder.toString());
        }
    }

    @Test
    void a_folder_that_cannot_be_used_is_one_line_and_nothing_is_left_behind() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        assertThatThrownBy(() -> startIn(file, "listenPort", "0"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void an_unreachable_advertised_address_is_a_warning() throws Exception {
        try (BrokerServer broker = start("brokerIP1", "127.0.0.1", "advertisedPort", "1")) {
            assertThat(broker.advertised()).isEqualTo(new HostPort("127.0.0.1", 1));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(broker.warnings())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:1")
                    .contains("--advertise"));
        }
    }

    @Test
    void listening_and_advertised_addresses_differ_when_told_so() throws Exception {
        NameServer names = NameServer.start(NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)));
        HostPort nameServer = HostPort.of(names.address());
        try (BrokerServer broker =
                start("brokerIP1", "localhost", "advertisedPort", "7", "namesrvAddr", nameServer.toString())) {
            assertThat(broker.awaitRegistration(PATIENCE)).isTrue();
            assertThat(route(nameServer, "TBW102")).contains("\"localhost:7\"");
        }
        names.close();
    }

    @Test
    void messages_survive_a_restart_and_are_answered_when_durable() throws Exception {
        try (BrokerServer broker = start("flushDiskType", "SYNC_FLUSH");
                RawClient client = new RawClient(HostPort.of(broker.address()))) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send("T", "m" + i).code()).isEqualTo(ResponseCode.SUCCESS);
            }
        }
        try (BrokerServer broker = start();
                RawClient client = new RawClient(HostPort.of(broker.address()))) {
            assertThat(RawClient.bodies(client.pull("T", 0, 0, "*")))
                    .hasSize(20)
                    .startsWith("m0")
                    .endsWith("m19");
        }
    }

    private BrokerServer start(String... options) throws StartException {
        return startIn(folder, options);
    }

    private static BrokerServer startIn(Path store, String... options) throws StartException {
        Map<String, Settings.FlagValue> flags = new HashMap<>();
        flags.put("listenPort", new Settings.FlagValue("0", "test"));
        flags.put("storePathRootDir", new Settings.FlagValue(store.toString(), "test"));
        flags.put("mappedFileSizeCommitLog", new Settings.FlagValue("16m", "test"));
        for (int i = 0; i < options.length; i += 2) {
            flags.put(options[i], new Settings.FlagValue(options[i + 1], "test"));
        }
        Settings settings = Settings.of(BrokerOptions.TABLE, null, Map.of(), flags);
        return BrokerServer.start(BrokerConfig.of(settings, store), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
    }

    private static boolean knows(HostPort nameServer, String topic) {
        try (RawClient client = new RawClient(nameServer)) {
            return client.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, "topic", topic)
                            .code()
                    == ResponseCode.SUCCESS;
        }
    }

    private static String route(HostPort nameServer, String topic) {
        try (RawClient client = new RawClient(nameServer)) {
            return java.nio.charset.StandardCharsets.UTF_8
                    .decode(client.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, "topic", topic)
                            .body())
                    .toString();
        }
    }
}
