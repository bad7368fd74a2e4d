// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.HeartbeatBody;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.BatchBody;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendAndPullTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private TestBroker broker;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder);
        client = broker.client();
    }

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    @Test
    void a_sent_message_is_pulled_as_it_was_sent() {
        Frame answer = client.send("TopicA", "hello", "TAGS", "TagA", "UNIQ_KEY", "ABC", "mine", "1");

        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        SendMessageResponse stored = SendMessageResponse.readFrom(answer.fields());
        assertThat(stored.queueOffset()).isZero();
        assertThat(stored.transactionId()).isEqualTo("ABC");
        assertThat(stored.msgId()).matches("7F000001[0-9A-F]{24}");
        assertThat(answer.fields().text("MSG_REGION")).isEqualTo("DefaultRegion");

        Frame pulled = client.pull("TopicA", 0, 0, "*");
        assertThat(pulled.code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(pulled.fields().requireLong("nextBeginOffset")).isEqualTo(1);
        assertThat(pulled.fields().requireLong("maxOffset")).isEqualTo(1);
        assertThat(RawClient.bodies(pulled)).containsExactly("hello");
        ByteBuffer record = pulled.body();
        assertThat(MessageRecord.topic(record, 0)).isEqualTo("TopicA");
        assertThat(MessageRecord.bodyIsSound(record, 0)).isTrue();
        assertThat(propertiesOf(record))
                .containsEntry("TAGS", "TagA")
                .containsEntry("UNIQ_KEY", "ABC")
                .containsEntry("mine", "1")
                .containsEntry("CLUSTER", "DefaultCluster")
                .containsEntry("MSG_REGION", "DefaultRegion")
                .containsEntry("TRACE_ON", "true");
    }

    @Test
    void an_unknown_topic_is_created_on_the_pattern_of_the_default_one_and_can_be_found_at_once() {
        client.send("Fresh", "x");

        Frame config = client.call(RequestCode.GET_TOPIC_CONFIG, "topic", "Fresh");

        assertThat(text(config)).contains("\"writeQueueNums\":4").contains("\"perm\":6");
    }

    @Test
    void a_burst_of_sends_gets_consecutive_offsets_in_order() {
        List<CompletableFuture<Frame>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(client.beginSend("TopicA", "m" + i));
        }

        for (int i = 0; i < 500; i++) {
            assertThat(answers.get(i).join().fields().requireLong("queueOffset"))
                    .isEqualTo(i);
        }
        assertThat(pullAll("TopicA", "*")).hasSize(500).startsWith("m0", "m1").endsWith("m499");
    }

    @Test
    void the_messages_of_a_batch_are_stored_one_behind_the_other_and_keep_their_ids() {
        ByteBuffer body = ByteBuffer.allocate(4096);
        for (int i = 0; i < 3; i++) {
            BatchBody.encode(
                    0,
                    ByteBuffer.wrap(("b" + i).getBytes(StandardCharsets.UTF_8)),
                    MessageProperties.of(Map.of("UNIQ_KEY", "ID" + i)),
                    body);
        }

        Frame answer = client.call(
                RequestCode.SEND_BATCH_MESSAGE,
                RawClient.send("TopicA", 0, true, "UNIQ_KEY", "BATCH"),
                Body.of(body.flip()));

        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(answer.fields().requireText("msgId").split(",")).hasSize(3);
        Frame pulled = client.pull("TopicA", 0, 0, "*");
        assertThat(RawClient.bodies(pulled)).containsExactly("b0", "b1", "b2");
        assertThat(propertiesOf(pulled.body())).containsEntry("UNIQ_KEY", "ID0");
    }

    @Test
    void a_malformed_batch_stores_nothing_and_harms_nobody() {
        Frame answer =
                client.call(RequestCode.SEND_BATCH_MESSAGE, RawClient.send("TopicA", 0, true), Body.of(new byte[] {
                    0, 0, 1, 0, 1, 2, 3
                }));

        assertThat(answer.code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
        client.send("TopicA", "after");
        assertThat(pullAll("TopicA", "*")).containsExactly("after");
    }

    @Test
    void a_pull_that_waits_is_answered_when_the_message_arrives() {
        client.send("TopicA", "first");
        CompletableFuture<Frame> waiting = client.beginPull("TopicA", 0, 1, "*", Duration.ofSeconds(25));

        try (RawClient other = broker.client()) {
            other.send("TopicA", "second");
        }

        Frame answer = waiting.join();
        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(RawClient.bodies(answer)).containsExactly("second");
    }

    @Test
    void a_pull_that_waits_is_not_bothered_with_messages_for_others() {
        client.send("TopicA", "first", "TAGS", "mine");
        CompletableFuture<Frame> waiting = client.beginPull("TopicA", 0, 1, "mine", Duration.ofSeconds(25));

        try (RawClient other = broker.client()) {
            for (int i = 0; i < 50; i++) {
                other.send("TopicA", "no", "TAGS", "yours");
            }
            assertThat(waiting).isNotDone();
            other.send("TopicA", "yes", "TAGS", "mine");
        }

        Frame answer = waiting.join();
        assertThat(RawClient.bodies(answer)).containsExactly("yes");
        assertThat(answer.fields().requireLong("nextBeginOffset")).isEqualTo(52);
    }

    @Test
    void an_arrival_answers_a_waiting_pull_before_its_client_can_ask_for_much_else() {
        client.send("TopicA", "first");
        CompletableFuture<Frame> waiting = client.beginPull("TopicA", 0, 1, "*", Duration.ofSeconds(100));
        // Requests of one connection are served in order: the pull waits.
        client.call(RequestCode.GET_TOPIC_CONFIG, "topic", "TopicA");

        try (RawClient other = broker.client()) {
            other.send("TopicA", "second");
        }
        // The loop that serves this client finds the wake-up among its tasks, which it does between any two reads of
        // the
        // socket. A timer would come far too late, and if not, nobody would know.
        for (int i = 0; i < 3; i++) {
            client.call(RequestCode.GET_MAX_OFFSET, "topic", "TopicA", "queueId", "0");
        }

        assertThat(waiting).isDone();
        assertThat(RawClient.bodies(waiting.join())).containsExactly("second");
    }

    @Test
    void a_pull_that_waits_is_refused_when_the_broker_stops() {
        client.send("TopicA", "first");
        CompletableFuture<Frame> waiting = client.beginPull("TopicA", 0, 1, "*", Duration.ofSeconds(100));
        client.call(RequestCode.GET_MAX_OFFSET, "topic", "TopicA", "queueId", "0");

        broker.server().close();

        assertThat(waiting.join().code()).isEqualTo(ResponseCode.SERVICE_NOT_AVAILABLE);
    }

    @Test
    void a_pull_that_has_waited_in_vain_is_told_so() {
        client.send("TopicA", "first");

        Frame answer =
                client.beginPull("TopicA", 0, 1, "*", Duration.ofMillis(600)).join();

        assertThat(answer.code()).isEqualTo(ResponseCode.PULL_NOT_FOUND);
        assertThat(answer.fields().requireLong("nextBeginOffset")).isEqualTo(1);
    }

    @Test
    void a_pull_that_has_waited_among_messages_for_others_goes_on_behind_them() {
        client.send("TopicA", "first", "TAGS", "mine");
        Frame answer;
        try (RawClient other = broker.client()) {
            CompletableFuture<Frame> waiting = client.beginPull("TopicA", 0, 1, "mine", Duration.ofSeconds(5));
            other.send("TopicA", "no", "TAGS", "yours");
            answer = waiting.join();
        }

        assertThat(answer.code()).isEqualTo(ResponseCode.PULL_RETRY_IMMEDIATELY);
        assertThat(answer.fields().requireLong("nextBeginOffset")).isEqualTo(2);
    }

    @Test
    void tags_choose_messages() {
        client.send("TopicA", "a", "TAGS", "A");
        client.send("TopicA", "b", "TAGS", "B");
        client.send("TopicA", "c", "TAGS", "C");
        client.send("TopicA", "none");

        assertThat(pullAll("TopicA", "A || C")).containsExactly("a", "c");
        assertThat(pullAll("TopicA", "*")).containsExactly("a", "b", "c", "none");
    }

    @Test
    void sql_chooses_messages_by_their_properties() {
        client.send("TopicA", "one", "a", "1", "TAGS", "X");
        client.send("TopicA", "five", "a", "5");
        client.send("TopicA", "text", "a", "x");

        Frame answer = client.call(
                RequestCode.PULL_MESSAGE, RawClient.pullRequest("TopicA", 0, 0, "SQL92", "a > 2 OR TAGS = 'X'", 0));

        assertThat(RawClient.bodies(answer)).containsExactly("one", "five");
    }

    @Test
    void messages_that_do_not_match_are_passed_over_for_good() {
        client.send("TopicA", "a", "TAGS", "A");

        Frame answer = client.pull("TopicA", 0, 0, "B");

        assertThat(answer.code()).isEqualTo(ResponseCode.PULL_RETRY_IMMEDIATELY);
        assertThat(answer.fields().requireLong("nextBeginOffset")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"5, 21, 1", "1, 19, 1", "-1, 21, 0"})
    void an_offset_outside_of_the_queue_is_corrected(long offset, int code, long next) {
        client.send("TopicA", "only");

        Frame answer = client.pull("TopicA", 0, offset, "*");

        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.fields().requireLong("nextBeginOffset")).isEqualTo(next);
    }

    @Test
    void an_empty_queue_has_nothing_yet_at_its_start_and_corrects_any_other_offset() {
        client.call(
                RequestCode.UPDATE_AND_CREATE_TOPIC,
                "topic",
                "Empty",
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
                "order",
                "false");

        assertThat(client.pull("Empty", 0, 0, "*").code()).isEqualTo(ResponseCode.PULL_NOT_FOUND);
        assertThat(client.pull("Empty", 0, 7, "*").code()).isEqualTo(ResponseCode.PULL_OFFSET_MOVED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a\u0000b", "a b", "ä"})
    void a_hostile_topic_is_refused(String topic) {
        assertThat(client.send(topic, "x").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(client.send("t".repeat(300), "x").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(client.send("Good", "x").code()).isEqualTo(ResponseCode.SUCCESS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", "AGENA_SYS_TOPIC"})
    void topics_of_the_system_are_closed_to_senders(String topic) {
        assertThat(client.send(topic, "x").code()).isEqualTo(ResponseCode.NO_PERMISSION);
    }

    @Test
    void a_message_that_is_too_large_is_refused_and_the_largest_is_not() {
        String tooLarge = "x".repeat(4 * 1024 * 1024 + 1);

        assertThat(client.send("TopicA", tooLarge).code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
        assertThat(client.send("TopicA", tooLarge.substring(1)).code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(pullAll("TopicA", "*")).containsExactly(tooLarge.substring(1));
    }

    @Test
    void properties_that_do_not_fit_are_refused() {
        assertThat(client.send("TopicA", "x", "p", "v".repeat(32_700)).code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
    }

    @Test
    void a_queue_that_does_not_exist_is_refused() {
        client.send("TopicA", "x");

        Frame answer =
                client.call(RequestCode.SEND_MESSAGE_V2, RawClient.send("TopicA", 99, false), Body.of(new byte[] {1}));

        assertThat(answer.code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(client.pull("TopicA", 99, 0, "*").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    }

    @Test
    void what_needs_missing_mechanisms_is_refused_with_the_reason() {
        assertThat(client.send("TopicA", "x", "DELAY", "3").remark()).contains("delayed messages are not available");
        assertThat(client.call(RequestCode.CONSUMER_SEND_MSG_BACK, "offset", "0", "group", "g", "delayLevel", "0")
                        .remark())
                .contains("not available");
    }

    @Test
    void a_message_that_its_consumer_sends_to_the_retry_topic_comes_back() {
        client.heartbeat("c1", "CG", "TopicA", "*", 1);

        Frame answer = client.send("%RETRY%CG", "again", "DELAY", "3", "RETRY_TOPIC", "TopicA");

        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(pullAll("%RETRY%CG", "*")).containsExactly("again");
    }

    @Test
    void a_send_with_long_field_names_is_understood() {
        Frame answer = client.call(
                RequestCode.SEND_MESSAGE,
                RawClient.send("TopicA", 0, false, "TAGS", "A").withLongNames(),
                Body.of("old".getBytes(StandardCharsets.UTF_8)));

        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(pullAll("TopicA", "A")).containsExactly("old");
    }

    @Test
    void a_reply_is_pushed_to_the_client_that_waits_for_it_and_stored() {
        Frame refused = client.call(
                RequestCode.SEND_REPLY_MESSAGE_V2,
                RawClient.send("DefaultCluster_REPLY_TOPIC", 0, false, "REPLY_TO_CLIENT", "nobody"),
                Body.of(new byte[] {1}));
        assertThat(refused.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
        assertThat(refused.remark()).contains("<nobody> not found");

        try (RawClient requester = broker.client()) {
            requester.heartbeat("c7", "CG", "TopicA", "*", 1);
            Frame answer = client.call(
                    RequestCode.SEND_REPLY_MESSAGE_V2,
                    RawClient.send(
                            "DefaultCluster_REPLY_TOPIC", 0, false, "REPLY_TO_CLIENT", "c7", "CORRELATION_ID", "x"),
                    Body.of("pong".getBytes(StandardCharsets.UTF_8)));

            assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(requester.replies()).containsExactly("pong");
        }
        assertThat(pullAll("DefaultCluster_REPLY_TOPIC", "*")).hasSize(2).endsWith("pong");
    }

    @Test
    void replies_to_a_client_that_takes_them_and_never_answers_are_refused_when_they_are_too_many() {
        HandlerTable mute = new HandlerTable().register(RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT, request -> {});
        try (RemotingClient requester =
                new RemotingClient(RemotingClientConfig.defaults().withThreadName("mute"), mute)) {
            requester
                    .connect(broker.address(), PATIENCE)
                    .join()
                    .call(
                            RequestCode.HEART_BEAT,
                            Header.NONE,
                            new HeartbeatBody("mute", List.of("PG"), List.of()).toBody(),
                            PATIENCE)
                    .join();
            List<CompletableFuture<Frame>> replies = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                replies.add(client.begin(
                        RequestCode.SEND_REPLY_MESSAGE_V2,
                        RawClient.send("DefaultCluster_REPLY_TOPIC", 0, false, "REPLY_TO_CLIENT", "mute"),
                        Body.of(new byte[300 * 1024])));
            }

            await().atMost(PATIENCE).until(() -> replies.stream()
                    .anyMatch(reply -> reply.isDone() && reply.join().code() == ResponseCode.SYSTEM_BUSY));
        }
    }

    @Test
    void a_one_way_send_is_stored_and_not_answered() {
        client.connection()
                .push(
                        RequestCode.SEND_MESSAGE_V2,
                        RawClient.send("TopicA", 0, false),
                        Body.of("quiet".getBytes(StandardCharsets.UTF_8)));
        client.send("TopicA", "loud");

        assertThat(pullAll("TopicA", "*")).containsExactly("quiet", "loud");
    }

    @Test
    void a_send_that_asks_for_it_is_answered_when_it_is_durable() {
        var send = RawClient.send("TopicA", 0, false);
        Frame answer = client.call(
                RequestCode.SEND_MESSAGE_V2,
                out -> {
                    send.writeTo(out);
                    out.put("dur", "1");
                },
                Body.of("kept".getBytes(StandardCharsets.UTF_8)));

        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
    }

    private List<String> pullAll(String topic, String expression) {
        List<String> all = new ArrayList<>();
        long offset = 0;
        while (true) {
            Frame answer = client.pull(topic, 0, offset, expression);
            if (answer.code() == ResponseCode.PULL_NOT_FOUND) {
                return all;
            }
            assertThat(answer.code()).isIn(ResponseCode.SUCCESS, ResponseCode.PULL_RETRY_IMMEDIATELY);
            all.addAll(RawClient.bodies(answer));
            offset = answer.fields().requireLong("nextBeginOffset");
        }
    }

    private static Map<String, String> propertiesOf(ByteBuffer record) {
        return MessageProperties.toMap(
                record, MessageRecord.propertiesStart(record, 0), MessageRecord.propertiesLength(record, 0));
    }

    private static String text(Frame frame) {
        return StandardCharsets.UTF_8.decode(frame.body().duplicate()).toString();
    }
}
