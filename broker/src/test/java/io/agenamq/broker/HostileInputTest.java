// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever one connection sends, it gets an answer or is closed, and a well-behaved client beside it notices nothing. */
class HostileInputTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private TestBroker broker;
    private RawClient neighbour;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder, "connectionOutboundBytesMax", "1m", "connectionsMax", "1100");
        neighbour = broker.client();
        neighbour.send("Quiet", "before");
    }

    @AfterEach
    void stop() {
        try {
            assertThat(neighbour.connection().isOpen()).isTrue();
            assertThat(neighbour.send("Quiet", "after").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(RawClient.bodies(neighbour.pull("Quiet", 0, 0, "*"))).containsExactly("before", "after");
        } finally {
            neighbour.close();
            broker.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {RequestCode.HEART_BEAT, RequestCode.LOCK_BATCH_MQ, RequestCode.UPDATE_AND_CREATE_TOPIC_LIST})
    void a_body_that_would_fill_the_memory_once_it_is_read_is_refused_unread(int code) {
        // Two bytes each: read as a list, they are fifty times as much.
        byte[] body = "0,".repeat(3 * 1024 * 1024).getBytes(StandardCharsets.UTF_8);

        Frame answer = neighbour.call(code, Header.NONE, Body.of(body));

        assertThat(answer.code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(answer.remark()).contains("a body of " + body.length + " bytes");
    }

    @Test
    void a_reply_that_is_larger_than_a_message_may_be_is_refused() {
        Frame answer = neighbour.call(
                RequestCode.SEND_REPLY_MESSAGE_V2,
                RawClient.send("DefaultCluster_REPLY_TOPIC", 0, false, "REPLY_TO_CLIENT", "nobody"),
                Body.of(new byte[5 * 1024 * 1024]));

        assertThat(answer.code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
        assertThat(answer.remark()).contains("maxMessageSize");
    }

    @Test
    void a_field_name_that_a_tool_makes_up_does_not_reach_the_consumer_it_asks_about() {
        try (RawClient consumer = new RawClient(broker.address(), HeaderEncoding.JSON)) {
            consumer.heartbeat("c1", "CG", "Quiet", "*", 1);

            // As a name in JSON it would end the text too early.
            Frame answer = neighbour.call(
                    RequestCode.GET_CONSUMER_RUNNING_INFO, "consumerGroup", "CG", "clientId", "c1", "x\"y", "1");

            assertThat(answer.code()).as("the consumer understood the question").isEqualTo(ResponseCode.SUCCESS);
            assertThat(consumer.connection().isOpen()).isTrue();
        }
    }

    @Test
    void a_frame_that_is_too_long_closes_its_connection() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(8)
                            .putInt(16 * 1024 * 1024 + 1)
                            .putInt(0)
                            .array());

            assertClosed(socket);
        }
    }

    @Test
    void a_frame_of_negative_length_closes_its_connection() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(8).putInt(-5).putInt(0).array());

            assertClosed(socket);
        }
    }

    @Test
    void a_request_of_another_protocol_closes_its_connection() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertClosed(socket);
        }
    }

    @Test
    void a_header_that_is_no_json_closes_its_connection() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "this is no JSON");

            assertClosed(socket);
        }
    }

    @Test
    void a_header_that_is_nested_deeply_closes_its_connection() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "{\"extFields\":" + "[".repeat(100_000));

            assertClosed(socket);
        }
    }

    @Test
    void an_unknown_request_is_refused_with_code_3() {
        Frame answer = neighbour.call(12_345, Header.NONE);

        assertThat(answer.code()).isEqualTo(ResponseCode.REQUEST_CODE_NOT_SUPPORTED);
        assertThat(answer.remark()).contains("12345");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[", "{", "{\"clientID\":1,\"consumerDataSet\":{}}", "[[[[[[[[[[[[[[[[", "null", "\u0000"})
    void a_body_that_is_no_heartbeat_is_refused(String body) {
        for (int code : new int[] {
            RequestCode.HEART_BEAT, RequestCode.LOCK_BATCH_MQ, RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP
        }) {
            Frame answer = neighbour.call(code, Header.NONE, Body.of(body.getBytes(StandardCharsets.UTF_8)));

            assertThat(answer.code()).as("code %s", code).isNotEqualTo(ResponseCode.SUCCESS);
        }
    }

    @Test
    void every_request_without_its_fields_is_refused_and_none_is_left_without_an_answer() {
        for (int code = 0; code < 500; code++) {
            Frame answer = neighbour.call(code, Header.NONE);
            assertThat(answer.isResponse()).isTrue();
        }
    }

    @Test
    void numbers_that_are_none_or_far_out_of_range_are_refused() {
        for (String number : new String[] {"", "x", "-1", "99999999999", "2147483647", "-9223372036854775808"}) {
            for (int code : new int[] {
                RequestCode.PULL_MESSAGE,
                RequestCode.GET_MAX_OFFSET,
                RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
                RequestCode.VIEW_MESSAGE_BY_ID,
                RequestCode.UPDATE_CONSUMER_OFFSET,
                RequestCode.QUERY_CONSUMER_OFFSET,
                RequestCode.UPDATE_AND_CREATE_TOPIC
            }) {
                Frame answer = neighbour.call(code, out -> {
                    for (String field : new String[] {
                        "queueId", "queueOffset", "maxMsgNums", "sysFlag", "commitOffset", "suspendTimeoutMillis",
                        "subVersion", "timestamp", "offset", "readQueueNums", "writeQueueNums", "perm"
                    }) {
                        out.put(field, number);
                    }
                    out.put("topic", "Quiet");
                    out.put("defaultTopic", "TBW102");
                    out.put("topicFilterType", "SINGLE_TAG");
                    out.put("consumerGroup", "CG");
                    out.put("subscription", "*");
                });
                assertThat(answer.isResponse()).isTrue();
            }
        }
    }

    @Test
    void a_selector_that_is_endless_is_refused() {
        Frame answer = neighbour.call(
                RequestCode.PULL_MESSAGE,
                RawClient.pullRequest("Quiet", 0, 0, "SQL92", "(".repeat(60_000) + "a" + ")".repeat(60_000), 0));

        assertThat(answer.code()).isEqualTo(ResponseCode.SUBSCRIPTION_PARSE_FAILED);
    }

    @Test
    void a_client_that_does_not_read_is_closed_before_it_fills_the_broker() throws Exception {
        String body = "x".repeat(100_000);
        for (int i = 0; i < 3; i++) {
            neighbour.send("Large", body);
        }
        Thread writer;
        try (Socket socket = connect()) {
            byte[] pull = frame(
                    "{\"code\":11,\"flag\":0,\"language\":\"JAVA\",\"opaque\":1,\"version\":479,\"extFields\":{\"consumerGroup\":\"CG\","
                            + "\"topic\":\"Large\",\"queueId\":\"0\",\"queueOffset\":\"0\",\"maxMsgNums\":\"32\",\"sysFlag\":\"4\","
                            + "\"commitOffset\":\"0\",\"suspendTimeoutMillis\":\"0\",\"subscription\":\"*\",\"subVersion\":\"0\"}}");
            // The broker stops reading, then the pipe is full: so a thread of its own writes, and closing the socket
            // ends it.
            writer = new Thread(() -> {
                try {
                    for (int i = 0; i < 2_000; i++) {
                        socket.getOutputStream().write(pull);
                    }
                } catch (IOException closed) {
                    // What the test is about, or its end.
                }
            });
            writer.start();
            for (int i = 0; i < 50; i++) {
                assertThat(neighbour.send("Other", "m").code()).isEqualTo(ResponseCode.SUCCESS);
            }
        }
        writer.join(PATIENCE.toMillis());
        assertThat(writer.isAlive()).isFalse();
    }

    @Test
    void a_thousand_silent_connections_disturb_nobody_and_one_too_many_is_closed() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                silent.add(connect());
            }
            assertThat(neighbour.send("Other", "m").code()).isEqualTo(ResponseCode.SUCCESS);
            try (RawClient late = broker.client()) {
                assertThat(late.send("Other", "m").code()).isEqualTo(ResponseCode.SUCCESS);
            }
            for (int i = 0; i < 200; i++) {
                silent.add(connect());
            }
            assertClosed(silent.get(silent.size() - 1));
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (RawClient again = broker.client()) {
                assertThat(again.send("Other", "m").code()).isEqualTo(ResponseCode.SUCCESS);
            }
        });
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), broker.address().port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void send(Socket socket, String header) throws IOException {
        socket.getOutputStream().write(frame(header));
    }

    private static byte[] frame(String header) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .putInt(4 + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static void assertClosed(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset.getMessage()).containsAnyOf("reset", "Broken pipe", "abort");
        }
    }
}
