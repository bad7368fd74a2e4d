// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.tck.rocketmq.ClientFailure;
import io.agenamq.tck.rocketmq.Producer;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import io.agenamq.tck.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Broken and hostile clients: each gets the right response code, and the server logs nothing, or a closed connection, and the server says why
 * in one line. Everyone else, an official client with connections from before, is not affected.
 */
class HostileInputIT {

    private static final Path DIRECTORY = Path.of("target", "tck").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] NOTHING = {};
    private static final int REQUEST_CODE_NOT_SUPPORTED = 3;
    private static final int MESSAGE_ILLEGAL = 13;
    private static final int INVALID_PARAMETER = 29;
    private static final long MIB = 1024 * 1024;

    /** What a server may grow by while it is attacked: its whole heap and direct memory, and no more than a segment of mapped log. */
    private static final long PINNED_BYTES_MAX = 200 * MIB;

    /** How long the broker waits for the first request of a connection; its default, which the name server has, is three times as long. */
    private static final Duration FIRST_REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /** Far more than the longest deadline for silence. */
    private static final Duration SILENCE_PATIENCE = Duration.ofMinutes(3);

    /** More bytes than may wait for one client: {@code connectionOutboundBytesMax}, and what the system's buffers take. */
    private static final long UNREAD_BYTES = 64 * MIB + 64 * MIB;

    private static final int LARGE_BYTES = (int) MIB / 4;

    private static Cluster cluster;
    private static Bystander bystander;

    /** Who is attacked. */
    enum Server {
        NAME_SERVER,
        BROKER;

        ServerProcess process() {
            return this == BROKER ? cluster.broker() : cluster.nameServer(0);
        }

        RawConnection connect() {
            return RawConnection.to(process().port());
        }
    }

    @BeforeAll
    static void startCluster() {
        Cluster.Plan plan = Cluster.of(Distribution.chosen()).broker("broker-a");
        if (isAgena()) {
            plan.with("firstRequestTimeoutMillis", String.valueOf(FIRST_REQUEST_TIMEOUT.toMillis()));
        }
        cluster = plan.start(DIRECTORY.resolve("hostile"));
        bystander = new Bystander(cluster, DIRECTORY.resolve("clients"));
    }

    @AfterAll
    static void stopCluster() {
        bystander.close();
        cluster.close();
    }

    @AfterEach
    void everyone_else_is_unaffected() {
        assertThat(cluster.broker().isAlive()).isTrue();
        assertThat(cluster.nameServer(0).isAlive()).isTrue();
        bystander.worksAsBefore();
    }

    @ParameterizedTest
    @EnumSource
    void a_frame_longer_than_16_mebibytes_closes_the_connection(Server server) {
        byte[] bytes = ByteBuffer.allocate(64).putInt((int) (16 * MIB + 1)).array();

        closes(server, bytes, "a frame length of 16777217");
    }

    @ParameterizedTest
    @EnumSource
    void a_negative_length_closes_the_connection(Server server) {
        closes(server, ByteBuffer.allocate(64).putInt(-5).array(), "a frame length of -5");
    }

    @ParameterizedTest
    @EnumSource
    void a_header_longer_than_its_frame_closes_the_connection(Server server) {
        byte[] bytes = ByteBuffer.allocate(24).putInt(20).putInt(1_000_000).array();

        closes(server, bytes, "a header of 1000000 bytes");
    }

    @ParameterizedTest
    @EnumSource
    void a_header_that_is_not_json_is_refused(Server server) {
        refused(server, RawConnection.frame("this is not JSON {", NOTHING), "the header is not JSON");
    }

    @ParameterizedTest
    @EnumSource
    void a_header_with_a_wrong_type_is_refused(Server server) {
        refused(
                server,
                RawConnection.frame("{\"code\":\"ten\",\"opaque\":[1,2],\"extFields\":7}", NOTHING),
                "not a 64-bit number");
    }

    @ParameterizedTest
    @EnumSource
    void deep_json_is_refused(Server server) {
        String deepFields = "{\"code\":34,\"extFields\":" + "{\"a\":".repeat(100_000);
        String deepArray = "{\"code\":34,\"x\":" + "[".repeat(1_000_000);

        refused(server, RawConnection.frame(deepFields, NOTHING), "not JSON");
        refused(server, RawConnection.frame(deepArray, NOTHING), "nested deeper than 32");
    }

    @Test
    void deep_json_in_a_body_is_refused() {
        byte[] body = ("{\"clientID\":" + "[".repeat(1_000_000)).getBytes(UTF_8);

        answers(Server.BROKER, hostile -> assertThat(hostile.call(RawConnection.HEART_BEAT, Map.of(), body))
                .isNotZero());
    }

    @ParameterizedTest
    @EnumSource
    void an_unknown_request_code_is_answered_so_and_the_connection_goes_on(Server server) {
        answers(server, hostile -> {
            for (int code : new int[] {31_999, 0, -1}) {
                assertThat(hostile.call(code, Map.of(), NOTHING)).isEqualTo(REQUEST_CODE_NOT_SUPPORTED);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void random_bytes_harm_nobody(Server server) {
        long seed = seed();
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[4 + random.nextInt(4000)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                // a plausible length, so that the rest is looked at
                ByteBuffer.wrap(bytes).putInt(0, Math.max(0, bytes.length - 4));
            }
            try (RawConnection hostile = server.connect()) {
                hostile.write(bytes);
            }
        }
        assertThat(server.process().isAlive()).as("seed %d", seed).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void truncated_and_mutated_requests_harm_nobody(Server server) {
        long seed = seed();
        var random = new Random(seed);
        byte[] valid =
                RawConnection.frame(RawConnection.SEND_MESSAGE_V2, sendFields("bystander", 0), "body".getBytes(UTF_8));
        for (int i = 0; i < 300; i++) {
            byte[] bytes = valid.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt(256);
            }
            try (RawConnection hostile = server.connect()) {
                hostile.write(Arrays.copyOf(bytes, bytes.length - random.nextInt(2) * random.nextInt(8)));
            }
        }
        assertThat(server.process().isAlive()).as("seed %d", seed).isTrue();
    }

    @Test
    void a_message_over_the_maximum_is_refused_as_illegal() {
        Producer producer = bystander.client().producerOfLargeMessages("large", (int) (16 * MIB));

        assertThatThrownBy(
                        () -> producer.to("bystander").size((int) (4 * MIB) + 1).send(1))
                .isInstanceOfSatisfying(ClientFailure.class, refused -> assertThat(refused.code())
                        .isEqualTo(MESSAGE_ILLEGAL));

        producer.close();
        byte[] tooMuch = new byte[(int) (4 * MIB) + 1];
        answers(Server.BROKER, hostile -> assertThat(
                        hostile.call(RawConnection.SEND_MESSAGE_V2, sendFields("bystander", 0), tooMuch))
                .isEqualTo(MESSAGE_ILLEGAL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../x", "a/../../b", "/etc/passwd", "x\u0000y", "", ".", "..", "a b", "a\nb", "a\\b", "ä", "${x}"
            })
    void an_illegal_topic_name_is_refused_and_touches_no_file(String name) throws IOException {
        List<Path> before = files();

        answers(Server.BROKER, hostile -> {
            refusedAsInvalid(hostile.call(RawConnection.SEND_MESSAGE_V2, sendFields(name, 0), "body".getBytes(UTF_8)));
            refusedAsInvalid(hostile.call(RawConnection.CREATE_TOPIC, topicFields(name), NOTHING));
            hostile.call(
                    RawConnection.UPDATE_CONSUMER_OFFSET,
                    Map.of("consumerGroup", name, "topic", name, "queueId", "0", "commitOffset", "1"),
                    NOTHING);
        });

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void a_topic_name_of_300_bytes_is_refused() {
        String name = "t".repeat(300);

        answers(Server.BROKER, hostile -> {
            refusedAsInvalid(hostile.call(RawConnection.SEND_MESSAGE_V2, sendFields(name, 0), "b".getBytes(UTF_8)));
            refusedAsInvalid(hostile.call(RawConnection.CREATE_TOPIC, topicFields(name), NOTHING));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 99, Integer.MAX_VALUE})
    void a_queue_that_does_not_exist_is_refused(int queue) {
        answers(Server.BROKER, hostile -> {
            if (queue > 0) {
                refusedAsInvalid(hostile.call(
                        RawConnection.SEND_MESSAGE_V2, sendFields("bystander", queue), "b".getBytes(UTF_8)));
            }
            refusedAsInvalid(hostile.call(RawConnection.PULL_MESSAGE, pullFields("bystander", queue, 0), NOTHING));
        });
    }

    @ParameterizedTest
    @EnumSource
    void frames_that_are_announced_and_never_sent_pin_no_memory(Server server) {
        long before = residentBytes(server.process());
        List<RawConnection> hostile = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawConnection connection = server.connect();
                hostile.add(connection);
                connection.write(ByteBuffer.allocate(1000)
                        .putInt((int) (16 * MIB))
                        .putInt(200)
                        .array());
            }

            bystander.worksAsBefore();
            assertThat(residentBytes(server.process()) - before).isLessThan(PINNED_BYTES_MAX);
        } finally {
            hostile.forEach(RawConnection::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_thousand_silent_connections_keep_nobody_out_and_are_closed(Server server) {
        ServerLog log = ServerLog.from(server.process());
        List<RawConnection> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                silent.add(server.connect());
            }

            bystander.worksAsBefore();
            try (RawConnection late = server.connect()) {
                assertThat(late.call(31_999, Map.of(), NOTHING)).isEqualTo(REQUEST_CODE_NOT_SUPPORTED);
            }
            if (isAgena()) {
                for (RawConnection connection : silent) {
                    assertThat(connection.isClosedByServer(SILENCE_PATIENCE)).isTrue();
                }
                // A line counts those that were closed at once, after they were.
                await().atMost(PATIENCE).until(() -> log.silentCount() >= silent.size());
                assertThat(log.silentCount()).isEqualTo(silent.size());
                assertThat(log.silent()).hasSizeLessThan(silent.size());
            }
        } finally {
            silent.forEach(RawConnection::close);
        }
    }

    @Test
    void a_client_that_stops_reading_is_no_longer_read_from_and_gets_everything_when_it_reads_again() {
        assumeThat(isAgena()).as("the reference keeps every answer in memory").isTrue();
        fill("paused", 8);
        int pullCount = (int) (UNREAD_BYTES / LARGE_BYTES);
        byte[] pull = RawConnection.frame(RawConnection.PULL_MESSAGE, pullFields("paused", 0, 0), NOTHING);
        ServerLog log = ServerLog.from(cluster.broker());

        try (RawConnection hostile = RawConnection.to(cluster.broker().port(), 4096)) {
            for (int i = 0; i < pullCount; i++) {
                assertThat(hostile.write(pull)).isTrue();
            }
            await().atMost(PATIENCE).until(hostile::hasUnread);
            bystander.worksAsBefore();

            // If the broker had gone on to answer, it would have closed the connection at the bound.
            for (int i = 0; i < pullCount; i++) {
                assertThat(hostile.awaitCode()).isZero();
            }
            saidNothing(log, hostile);
        }
    }

    @Test
    void a_client_that_is_owed_more_than_the_bound_and_does_not_read_is_closed() {
        assumeThat(isAgena()).as("the reference keeps every answer in memory").isTrue();
        fill("owed", 0);
        long before = residentBytes(cluster.broker());
        ServerLog log = ServerLog.from(cluster.broker());

        try (RawConnection hostile = RawConnection.to(cluster.broker().port(), 4096)) {
            // Pulls that wait; each will be answered with the same large message, whether the client reads or not.
            byte[] pull = RawConnection.frame(RawConnection.PULL_MESSAGE, pullFields("owed", 0, 600_000), NOTHING);
            for (int i = 0; i < UNREAD_BYTES / LARGE_BYTES; i++) {
                hostile.write(pull);
            }
            // Requests of one connection are served in order: when this one is answered all the others are waiting.
            assertThat(hostile.call(31_999, Map.of(), NOTHING)).isEqualTo(REQUEST_CODE_NOT_SUPPORTED);

            Producer producer = bystander.client().producerOfLargeMessages("owed-producer", (int) (4 * MIB));
            producer.to("owed").size(LARGE_BYTES).send(1);
            producer.close();

            bystander.worksAsBefore();
            assertThat(residentBytes(cluster.broker()) - before).isLessThan(PINNED_BYTES_MAX);
            assertThat(hostile.isClosedByServer()).isTrue();
            saidOnce(log, hostile, "it does not read: more than 67108864 bytes are unsent");
        }
    }

    @Test
    void a_client_that_stops_reading_is_held_back_and_pins_little_memory() {
        assumeThat(isAgena()).as("the reference keeps every answer in memory").isTrue();
        fill("unread", 64);
        byte[] pull = RawConnection.frame(RawConnection.PULL_MESSAGE, pullFields("unread", 0, 0), NOTHING);
        long before = residentBytes(cluster.broker());
        List<RawConnection> hostile = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                RawConnection connection = Server.BROKER.connect();
                hostile.add(connection);
                // 4,000 answers of a quarter of a mebibyte: a gibibyte each, if nobody counts.
                var writer = new Thread(
                        () -> {
                            for (int n = 0; n < 4000 && connection.write(pull); n++) {
                                // held back by the socket, or closed by the server
                            }
                        },
                        "tck-does-not-read-" + i);
                writer.setDaemon(true);
                writer.start();
            }

            for (int i = 0; i < 10; i++) {
                bystander.worksAsBefore();
                assertThat(residentBytes(cluster.broker()) - before).isLessThan(PINNED_BYTES_MAX);
            }
        } finally {
            hostile.forEach(RawConnection::close);
        }
    }

    private static boolean isAgena() {
        return Distribution.chosen() == Distribution.AGENA;
    }

    /** Makes a topic with one queue and so many large messages. */
    private static void fill(String topic, int count) {
        Producer producer = bystander.client().producerOfLargeMessages(topic + "-filler", (int) (4 * MIB));
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            producer.createTopic(topic, 1);
            assertThat(producer.queues(topic)).hasSize(1);
        });
        if (count > 0) {
            producer.to(topic).size(LARGE_BYTES).send(count);
        }
        producer.close();
    }

    /** The server closes the connection on which it is sent this, and says why in one line. */
    private static void closes(Server server, byte[] bytes, String reason) {
        ServerLog log = ServerLog.from(server.process());
        try (RawConnection hostile = server.connect()) {
            hostile.write(bytes);

            assertThat(hostile.isClosedByServer()).isTrue();
            // Meanwhile the server would also have logged anything that it said too much.
            bystander.worksAsBefore();
            saidOnce(log, hostile, reason);
        }
    }

    /** What the client does is answered; its connection goes on, and the server says nothing. */
    private static void answers(Server server, Consumer<RawConnection> deeds) {
        ServerLog log = ServerLog.from(server.process());
        try (RawConnection hostile = server.connect()) {
            deeds.accept(hostile);

            assertThat(hostile.call(31_999, Map.of(), NOTHING)).isEqualTo(REQUEST_CODE_NOT_SUPPORTED);
            bystander.worksAsBefore();
            saidNothing(log, hostile);
        }
    }

    private static void saidOnce(ServerLog log, RawConnection hostile, String reason) {
        if (isAgena()) {
            assertThat(log.about(hostile)).singleElement().asString().contains(reason);
            assertThat(log.errors()).isEmpty();
        }
    }

    private static void saidNothing(ServerLog log, RawConnection hostile) {
        if (isAgena()) {
            assertThat(log.about(hostile)).isEmpty();
            assertThat(log.errors()).isEmpty();
        }
    }

    /** The reference has other codes for some of what is invalid. */
    private static void refusedAsInvalid(int code) {
        if (isAgena()) {
            assertThat(code).isEqualTo(INVALID_PARAMETER);
        } else {
            assertThat(code).isNotZero();
        }
    }

    /** The connection is closed, with one line; by the reference closed, or the frame is answered with a code that is not success. */
    private static void refused(Server server, byte[] frame, String reason) {
        if (isAgena()) {
            closes(server, frame, reason);
            return;
        }
        try (RawConnection hostile = server.connect()) {
            hostile.write(frame);
            int code;
            try {
                code = hostile.awaitCode();
            } catch (UncheckedIOException closed) {
                assertThat(closed.getCause()).isNotInstanceOf(SocketTimeoutException.class);
                return;
            }
            assertThat(code).isNotZero();
        }
    }

    private static Map<String, String> sendFields(String topic, int queue) {
        Map<String, String> fields = new HashMap<>();
        fields.put("a", "hostile-producer");
        fields.put("b", topic);
        fields.put("c", "TBW102");
        fields.put("d", "4");
        fields.put("e", String.valueOf(queue));
        fields.put("f", "0");
        fields.put("g", String.valueOf(System.currentTimeMillis()));
        fields.put("h", "0");
        fields.put("i", "");
        fields.put("j", "0");
        fields.put("k", "false");
        return fields;
    }

    private static Map<String, String> topicFields(String topic) {
        return Map.of(
                "topic",
                topic,
                "defaultTopic",
                "TBW102",
                "readQueueNums",
                "1",
                "writeQueueNums",
                "1",
                "perm",
                "6",
                "topicFilterType",
                "SINGLE_TAG",
                "topicSysFlag",
                "0",
                "order",
                "false");
    }

    private static Map<String, String> pullFields(String topic, int queue, long suspendMillis) {
        Map<String, String> fields = new HashMap<>();
        fields.put("consumerGroup", "hostile-group");
        fields.put("topic", topic);
        fields.put("queueId", String.valueOf(queue));
        fields.put("queueOffset", "0");
        fields.put("maxMsgNums", "32");
        fields.put("sysFlag", suspendMillis > 0 ? "6" : "4");
        fields.put("commitOffset", "0");
        fields.put("suspendTimeoutMillis", String.valueOf(suspendMillis));
        fields.put("subscription", "*");
        fields.put("subVersion", "0");
        fields.put("expressionType", "TAG");
        return fields;
    }

    private static List<Path> files() throws IOException {
        Path parent = DIRECTORY.resolve("hostile");
        try (Stream<Path> all = Files.walk(parent)) {
            // Logs may come and rotate; segments may be made ahead.
            return all.filter(path -> !path.toString().contains("log")).sorted().collect(Collectors.toList());
        }
    }

    private static long residentBytes(ServerProcess process) {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        assumeThat(status).exists();
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            throw new IllegalStateException("no VmRSS in " + status);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static long seed() {
        String given = System.getProperty("agena.seed", "");
        return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    }
}
