// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.dist.Launcher.Ended;
import io.agenamq.dist.Launcher.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as an operator meets it: a process with one line of output, and one line for each thing that can be wrong. */
class ServerIT {
    private static final Pattern READY = Pattern.compile(
            "agena: broker broker-a listening on (127\\.0\\.0\\.1:\\d+), registered with (127\\.0\\.0\\.1:\\d+)");

    @TempDir
    private Path scratch;

    private Path data;
    private Launcher agena;

    @BeforeEach
    void useTheDistribution() {
        agena = new Launcher(scratch);
        data = scratch.resolve("data");
    }

    @Test
    void a_queue_lives_through_a_restart_of_the_server() {
        String broker;
        String nameServer;
        try (Running server = startServer("127.0.0.1:0", "0")) {
            Matcher ready = ready(server);
            broker = ready.group(1);
            nameServer = ready.group(2);

            assertThat(agena.run("topic", "create", "orders", "--kind", "queue", "-n", nameServer))
                    .isEqualTo(new Ended(0, "created JMS queue orders on broker-a", ""));
            Ended sent = agena.run("message", "send", "orders", "hello", "--key", "o-1", "-n", nameServer);
            assertThat(sent.status()).as(sent.err()).isZero();
            assertThat(sent.out())
                    .startsWith("sent to orders: queue 0 of broker-a, offset 0, id ")
                    .endsWith(", on disk");

            server.terminate();
            assertThat(server.awaitEnd()).isEqualTo(new Ended(0, "", ""));
        }

        try (Running server = startServer(broker, nameServer.substring(nameServer.indexOf(':') + 1))) {
            assertThat(ready(server).group(1)).isEqualTo(broker);

            Ended received = agena.run("message", "receive", "orders", "--json", "--wait", "30", "-n", nameServer);
            assertThat(received.status()).as(received.err()).isZero();
            assertThat(received.out()).contains("\"body\":\"hello\"");

            server.terminate();
            assertThat(server.awaitEnd().status()).isZero();
        }
    }

    @Test
    void a_load_is_measured_with_its_durability_and_leaves_nothing_behind() {
        try (Running server = startServer("127.0.0.1:0", "0")) {
            String nameServer = ready(server).group(2);

            Ended ended = agena.run("perf", "--seconds", "1", "--warmup", "0", "--rate", "200", "-n", nameServer);

            assertThat(ended.status()).as(ended.err()).isZero();
            assertThat(ended.out())
                    .contains("send to receipt")
                    .contains("durability  persistent, forced to the disk before the answer: survives a loss of power")
                    .contains("latency     from when the message was due");
            assertThat(agena.run("topic", "list", "--json", "-n", nameServer).out())
                    .isEqualToIgnoringWhitespace("[]");
        }
    }

    @Test
    void a_second_signal_changes_nothing() {
        try (Running server = startServer("127.0.0.1:0", "0")) {
            ready(server);

            server.terminate();
            server.terminate();

            assertThat(server.awaitEnd()).isEqualTo(new Ended(0, "", ""));
        }
    }

    @Test
    void name_server_and_broker_may_be_processes_of_their_own() {
        String names = scratch.resolve("names").toString();
        try (Running nameServer = agena.start("nameserver", "--listen", "127.0.0.1:0", "--data", names)) {
            String ready = nameServer.line();
            assertThat(ready).matches("agena: name server listening on 127\\.0\\.0\\.1:\\d+");
            String address = ready.substring(ready.lastIndexOf(' ') + 1);

            try (Running broker =
                    agena.start("broker", "-n", address, "--listen", "127.0.0.1:0", "--data", data.toString())) {
                assertThat(ready(broker).group(2)).isEqualTo(address);
                assertThat(agena.run("topic", "create", "prices", "-n", address).out())
                        .isEqualTo("created topic prices with 4 queues on broker-a");

                broker.terminate();
                assertThat(broker.awaitEnd().status()).isZero();
            }
            nameServer.terminate();
            assertThat(nameServer.awaitEnd().status()).isZero();
        }
    }

    @Test
    void an_advertised_address_that_nobody_can_reach_is_a_warning() {
        String names = scratch.resolve("names").toString();
        try (Running nameServer = agena.start("nameserver", "--listen", "127.0.0.1:0", "--data", names)) {
            String ready = nameServer.line();
            String address = ready.substring(ready.lastIndexOf(' ') + 1);

            try (Running broker = agena.start(
                    "broker",
                    "-n",
                    address,
                    "--listen",
                    "127.0.0.1:0",
                    "--advertise",
                    "127.0.0.1:1",
                    "--data",
                    data.toString())) {
                ready(broker);

                await().atMost(Duration.ofSeconds(Launcher.PATIENCE_SECONDS))
                        .untilAsserted(() -> assertThat(broker.err().lines())
                                .singleElement()
                                .asString()
                                .startsWith("agena: warning: ")
                                .contains("127.0.0.1:1", "--advertise"));
            }
        }
    }

    @Test
    void a_broker_without_a_name_server_serves_and_says_so() {
        try (Running broker =
                agena.start("broker", "-n", "127.0.0.1:1", "--listen", "127.0.0.1:0", "--data", data.toString())) {
            assertThat(broker.line())
                    .matches(
                            "agena: broker broker-a listening on 127\\.0\\.0\\.1:\\d+, not registered yet: no answer from"
                                    + " name server 127\\.0\\.0\\.1:1");
        }
    }

    @Test
    void a_busy_port_is_named() {
        try (Running server = startServer("127.0.0.1:0", "0")) {
            String taken = ready(server).group(1);

            Ended second = agena.run(
                    "start",
                    "--listen",
                    taken,
                    "--namesrv-port",
                    "0",
                    "--data",
                    scratch.resolve("other").toString());

            assertFailsWith(second, taken);
        }
    }

    @Test
    void a_store_in_use_names_the_process_that_uses_it() {
        try (Running server = startServer("127.0.0.1:0", "0")) {
            ready(server);

            Ended second =
                    agena.run("start", "--listen", "127.0.0.1:0", "--namesrv-port", "0", "--data", data.toString());

            assertFailsWith(second, data.toString(), Long.toString(server.pid()));
        }
    }

    @Test
    void a_store_left_by_a_killed_server_opens_again() {
        try (Running server = startServer("127.0.0.1:0", "0")) {
            ready(server);
            server.kill();
        }

        try (Running server = startServer("127.0.0.1:0", "0")) {
            ready(server);
        }
    }

    @Test
    void an_unknown_key_names_file_line_and_the_nearest_known() throws IOException {
        Path config =
                Files.writeString(scratch.resolve("broker.conf"), "brokerName=broker-a\nflushDiskTyp=SYNC_FLUSH\n");

        Ended ended = agena.run("start", "-c", config.toString(), "--data", data.toString());

        assertFailsWith(ended, "broker.conf", "2", "flushDiskTyp", "flushDiskType");
        assertThat(data).doesNotExist();
    }

    @Test
    void a_missing_file_is_named() {
        Ended ended = agena.run("start", "-c", "/no/such/broker.conf", "--data", data.toString());

        assertFailsWith(ended, "/no/such/broker.conf", "no such file");
    }

    @Test
    void a_data_directory_that_cannot_be_is_named() throws IOException {
        Path file = Files.writeString(scratch.resolve("file"), "");

        Ended ended = agena.run("start", "--listen", "127.0.0.1:0", "--namesrv-port", "0", "--data", file.toString());

        assertFailsWith(ended, file.toString());
    }

    @Test
    void a_missing_server_is_named_with_what_to_do() {
        Ended ended = agena.run("topic", "list", "-n", "127.0.0.1:1");

        assertFailsWith(ended, "no name server answers at 127.0.0.1:1", "agena start");
    }

    private Running startServer(String listen, String nameServerPort) {
        return agena.start("start", "--listen", listen, "--namesrv-port", nameServerPort, "--data", data.toString());
    }

    private static Matcher ready(Running server) {
        String line = server.line();
        Matcher ready = READY.matcher(line);
        assertThat(ready.matches()).as(line).isTrue();
        return ready;
    }

    /** Status 1 and one line, without a stack trace, that contains all of these. */
    private static void assertFailsWith(Ended ended, String... parts) {
        assertThat(ended.status()).as(ended.err()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("agena: ")
                .contains(parts);
    }
}
