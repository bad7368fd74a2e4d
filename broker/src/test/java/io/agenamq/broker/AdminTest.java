// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.KeyValueRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What RocketMQ's tools ask of a broker, by the bytes they read. */
class AdminTest {

    @TempDir
    private Path folder;

    private TestBroker broker;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        // 0: every read counts as far behind the end of the log, so that the reader threads are in the tests as well.
        broker = TestBroker.start(folder, "accessMessageInMemoryMaxRatio", "0");
        client = broker.client();
    }

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    @Test
    void a_topic_is_created_changed_shown_and_deleted() {
        assertThat(putTopic("Mine", 2, "+message.type=FIFO").code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(text(RequestCode.GET_TOPIC_CONFIG, "topic", "Mine"))
                .contains("\"readQueueNums\":2")
                .contains("\"message.type\":\"FIFO\"");
        putTopic("Mine", 4, "-message.type");
        assertThat(text(RequestCode.GET_ALL_TOPIC_CONFIG))
                .contains("\"Mine\":{\"attributes\":{},\"order\":false,\"perm\":6,\"readQueueNums\":4");
        client.send("Mine", "x");

        client.call(RequestCode.DELETE_TOPIC_IN_BROKER, "topic", "Mine");

        assertThat(client.call(RequestCode.GET_TOPIC_CONFIG, "topic", "Mine").code())
                .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
        assertThat(client.pull("Mine", 0, 0, "*").code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
        client.send("Mine", "again");
        assertThat(RawClient.bodies(client.pull("Mine", 0, 0, "*"))).containsExactly("again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TBW102", "DefaultCluster", "SELF_TEST_TOPIC", "AGENA_SYS_TOPIC", "../x", "a.b"})
    void topics_of_the_system_and_hostile_names_are_not_for_operators(String topic) {
        assertThat(putTopic(topic, 1, "").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(client.call(RequestCode.DELETE_TOPIC_IN_BROKER, "topic", topic)
                        .code())
                .isEqualTo(ResponseCode.INVALID_PARAMETER);
    }

    @Test
    void a_queue_cannot_be_made_a_topic_nor_a_native_topic_a_queue() {
        assertThat(putTopic("Q", 1, "+kind=queue").code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(putTopic("Native", 1, "").code()).isEqualTo(ResponseCode.SUCCESS);

        assertThat(putTopic("Q", 1, "+kind=topic").remark()).contains("kind=queue");
        assertThat(putTopic("Q", 1, "-kind").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(putTopic("Native", 1, "+kind=queue").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);

        assertThat(putTopic("Q", 2, "").code()).as("the rest can be changed").isEqualTo(ResponseCode.SUCCESS);
    }

    @Test
    void a_topic_with_no_queues_or_a_million_is_refused() {
        assertThat(putTopic("Mine", 0, "").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThat(putTopic("Mine", 1_000_000, "").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    }

    @Test
    void a_group_is_created_shown_and_deleted() {
        String config = "{\"groupName\":\"G1\",\"retryMaxTimes\":3,\"consumeEnable\":true}";
        Frame created = client.call(
                RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                Header.NONE,
                Body.of(config.getBytes(StandardCharsets.UTF_8)));
        assertThat(created.code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(text(RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, "group", "G1"))
                .contains("\"retryMaxTimes\":3");
        assertThat(text(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG)).contains("\"G1\":{");

        client.call(RequestCode.DELETE_SUBSCRIPTIONGROUP, "groupName", "G1", "cleanOffset", "true");

        assertThat(client.call(RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, "group", "G1")
                        .code())
                .isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    }

    @Test
    void progress_of_a_group_and_offsets_of_a_topic_are_shown_by_queue() {
        client.send("Mine", "x");
        client.heartbeat("c1", "CG", "Mine", "*", 1);
        client.call(
                RequestCode.UPDATE_CONSUMER_OFFSET,
                "consumerGroup",
                "CG",
                "topic",
                "Mine",
                "queueId",
                "0",
                "commitOffset",
                "1");
        String queue = "\"{\\\"brokerName\\\":\\\"broker-a\\\",\\\"queueId\\\":0,\\\"topic\\\":\\\"Mine\\\"}\"";

        assertThat(text(RequestCode.GET_TOPIC_STATS_INFO, "topic", "Mine"))
                .contains(queue)
                .contains("\"maxOffset\":1,\"minOffset\":0");
        assertThat(text(RequestCode.GET_CONSUME_STATS, "consumerGroup", "CG"))
                .contains(queue + ":{\"brokerOffset\":1,\"consumerOffset\":1,");
        assertThat(text(RequestCode.GET_CONSUME_STATS, "consumerGroup", "CG", "topicList", "Mine;Mine"))
                .contains(queue + ":{\"brokerOffset\":1,\"consumerOffset\":1,");
        assertThat(text(RequestCode.GET_CONSUME_STATS, "consumerGroup", "nobody"))
                .contains("\"offsetTable\":{}");
        assertThat(text(RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, "topic", "Mine"))
                .contains("[\"CG\"]");
        assertThat(text(RequestCode.QUERY_TOPICS_BY_CONSUMER, "group", "CG")).contains("[\"Mine\"]");
    }

    @Test
    void what_a_tool_asks_of_a_consumer_is_passed_on_to_it_and_its_answer_back() {
        Frame stored = client.send("Mine", "x");
        try (RawClient consumer = broker.client()) {
            consumer.heartbeat("c1", "CG", "Mine", "*", 1);
            consumer.answersAboutItself("{\"jstack\":\"none\"}");

            assertThat(text(RequestCode.GET_CONSUMER_RUNNING_INFO, "consumerGroup", "CG", "clientId", "c1"))
                    .isEqualTo("{\"jstack\":\"none\"}");
            assertThat(text(
                            RequestCode.CONSUME_MESSAGE_DIRECTLY,
                            "consumerGroup",
                            "CG",
                            "clientId",
                            "c1",
                            "msgId",
                            stored.fields().requireText("msgId")))
                    .isEqualTo("consumed x");
        }
        assertThat(client.call(RequestCode.GET_CONSUMER_RUNNING_INFO, "consumerGroup", "CG", "clientId", "c9")
                        .remark())
                .contains("not online");
    }

    @Test
    void connections_of_groups_are_shown() {
        client.heartbeat("c1", "CG", "Mine", "A || B", 1);

        assertThat(text(RequestCode.GET_CONSUMER_CONNECTION_LIST, "consumerGroup", "CG"))
                .contains("\"clientId\":\"c1\"")
                .contains("\"consumeType\":\"CONSUME_PASSIVELY\"")
                .contains("\"subString\":\"A || B\"");
        assertThat(text(RequestCode.GET_PRODUCER_CONNECTION_LIST, "producerGroup", "PG"))
                .contains("\"clientId\":\"c1\"");
        assertThat(text(RequestCode.GET_ALL_PRODUCER_INFO)).contains("\"PG\":[{\"clientId\":\"c1\"");
        assertThat(client.call(RequestCode.GET_CONSUMER_CONNECTION_LIST, "consumerGroup", "none")
                        .code())
                .isEqualTo(ResponseCode.CONSUMER_NOT_ONLINE);
    }

    @Test
    void figures_of_the_broker_have_what_tools_read() {
        client.send("Mine", "x");

        assertThat(text(RequestCode.GET_BROKER_RUNTIME_INFO))
                .contains("\"brokerVersionDesc\":\"V5_")
                .contains("\"putTps\":\"")
                .contains("\"getTotalTps\":\"")
                .contains("\"msgPutTotalTodayNow\":\"1\"")
                .contains("\"commitLogMaxOffset\":\"");
        String figures = text(RequestCode.GET_BROKER_RUNTIME_INFO);
        for (String name : List.of(
                "brokerVersion",
                "brokerActive",
                "bootTimestamp",
                "msgPutTotalYesterdayMorning",
                "msgPutTotalTodayMorning",
                "msgGetTotalYesterdayMorning",
                "msgGetTotalTodayMorning",
                "msgGetTotalTodayNow",
                "getTransferredTps",
                "getFoundTps",
                "getMissTps",
                "sendThreadPoolQueueSize",
                "sendThreadPoolQueueCapacity",
                "sendThreadPoolQueueHeadWaitTimeMills",
                "pullThreadPoolQueueSize",
                "pullThreadPoolQueueCapacity",
                "pullThreadPoolQueueHeadWaitTimeMills",
                "queryThreadPoolQueueCapacity",
                "EndTransactionQueueSize",
                "EndTransactionThreadPoolQueueCapacity",
                "pageCacheLockTimeMills",
                "earliestMessageTimeStamp",
                "commitLogDiskRatio",
                "consumeQueueDiskRatio",
                "commitLogMinOffset",
                "commitLogDirCapacity",
                "timerReadBehind",
                "timerOffsetBehind",
                "timerCongestNum",
                "timerEnqueueTps",
                "timerDequeueTps",
                "putMessageAverageSize",
                "putMessageEntireTimeMax",
                "putMessageTimesTotal",
                "putMessageSizeTotal",
                "putMessageDistributeTime",
                "getMessageEntireTimeMax",
                "runtime",
                "dispatchMaxBuffer",
                "dispatchBehindBytes",
                "remainHowManyDataToCommit",
                "remainHowManyDataToFlush",
                "remainTransientStoreBufferNumbs",
                "startAcceptSendRequestTimeStamp")) {
            assertThat(figures).contains("\"" + name + "\":\"");
        }
    }

    @Test
    void the_offsets_of_a_group_that_does_not_exist_are_not_reset() {
        client.send("Mine", "x");

        Frame refused = client.call(
                RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
                "topic",
                "Mine",
                "group",
                "Mistyped",
                "timestamp",
                "-1",
                "isForce",
                "true");

        assertThat(refused.code()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
        assertThat(text(RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, "topic", "Mine"))
                .contains("[]");
    }

    @Test
    void a_query_that_finds_more_than_an_answer_can_hold_gives_the_newest() {
        String large = "x".repeat(1024 * 1024);
        for (int i = 0; i < 20; i++) {
            client.send("Mine", i + large, "KEYS", "same");
        }

        Frame answer = client.call(
                RequestCode.QUERY_MESSAGE,
                "topic",
                "Mine",
                "key",
                "same",
                "maxNum",
                "64",
                "beginTimestamp",
                "0",
                "endTimestamp",
                Long.toString(Long.MAX_VALUE));

        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(RawClient.bodies(answer))
                .hasSizeBetween(2, 15)
                .first()
                .asString()
                .startsWith("19x");
    }

    @Test
    void topics_that_a_name_server_has_an_order_configuration_of_are_ordered_and_no_others() {
        putTopic("Mine", 4, "");
        putTopic("Other", 4, "");
        try (RawClient nameServer = new RawClient(broker.nameServer())) {
            putOrder(nameServer, "Mine");
            registerAnew();
            awaitOrder("Mine", true);
            assertThat(text(RequestCode.GET_TOPIC_CONFIG, "topic", "Other")).contains("\"order\":false");

            putOrder(nameServer, "Other");
            nameServer.call(
                    RequestCode.DELETE_KV_CONFIG, "namespace", KeyValueRequest.ORDER_TOPIC_CONFIG, "key", "Mine");
            registerAnew();

            awaitOrder("Mine", false);
            awaitOrder("Other", true);
        }
    }

    /** When a topic has gone, the broker registers the others at once, and the answer is where it is told about order. */
    private void registerAnew() {
        putTopic("Passing", 1, "");
        client.call(RequestCode.DELETE_TOPIC_IN_BROKER, "topic", "Passing");
    }

    private static void putOrder(RawClient nameServer, String topic) {
        Frame answer = nameServer.call(
                RequestCode.PUT_KV_CONFIG,
                "namespace",
                KeyValueRequest.ORDER_TOPIC_CONFIG,
                "key",
                topic,
                "value",
                "broker-a:4");
        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
    }

    private void awaitOrder(String topic, boolean ordered) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> text(RequestCode.GET_TOPIC_CONFIG, "topic", topic).contains("\"order\":" + ordered));
    }

    @Test
    void options_are_shown_and_the_changeable_ones_changed() {
        assertThat(text(RequestCode.GET_BROKER_CONFIG))
                .contains("autoCreateTopicEnable=true\n")
                .contains("brokerName=");

        assertThat(change("autoCreateTopicEnable=false").code()).isEqualTo(ResponseCode.SUCCESS);

        assertThat(text(RequestCode.GET_BROKER_CONFIG)).contains("autoCreateTopicEnable=false\n");
        assertThat(client.send("Fresh", "x").code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
        assertThat(client.send("Fresh", "x").remark())
                .contains("topic[Fresh] not exist")
                .contains("agena topic create");
        assertThat(change("storePathRootDir=/tmp").code()).isEqualTo(ResponseCode.NO_PERMISSION);
        assertThat(change("nonsense=1").remark()).contains("there is no option 'nonsense'");
    }

    @Test
    void a_broker_that_may_not_be_read_refuses_pulls() {
        client.send("Mine", "x");

        change("brokerPermission=2");

        assertThat(client.pull("Mine", 0, 0, "*").code()).isEqualTo(ResponseCode.NO_PERMISSION);
    }

    @Test
    void reads_far_behind_the_end_return_fewer_messages_at_once_and_the_same_ones() {
        for (int i = 0; i < 20; i++) {
            client.send("Mine", "m" + i);
        }

        Frame first = client.pull("Mine", 0, 0, "*");

        assertThat(RawClient.bodies(first)).hasSize(8).startsWith("m0").endsWith("m7");
        assertThat(RawClient.bodies(client.pull("Mine", 0, 8, "*")))
                .startsWith("m8")
                .endsWith("m15");
    }

    @Test
    void the_systems_topics_are_listed() {
        assertThat(text(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER))
                .contains("TBW102")
                .contains("DefaultCluster_REPLY_TOPIC");
    }

    private Frame putTopic(String topic, int queues, String attributes) {
        return client.call(
                RequestCode.UPDATE_AND_CREATE_TOPIC,
                "topic",
                topic,
                "defaultTopic",
                "TBW102",
                "readQueueNums",
                Integer.toString(queues),
                "writeQueueNums",
                Integer.toString(queues),
                "perm",
                "6",
                "topicFilterType",
                "SINGLE_TAG",
                "topicSysFlag",
                "0",
                "order",
                "false",
                "attributes",
                attributes);
    }

    private Frame change(String properties) {
        return client.call(
                RequestCode.UPDATE_BROKER_CONFIG, Header.NONE, Body.of(properties.getBytes(StandardCharsets.UTF_8)));
    }

    private String text(int code, String... fields) {
        Frame answer = client.call(code, fields);
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
        return StandardCharsets.UTF_8.decode(answer.body()).toString();
    }
}
