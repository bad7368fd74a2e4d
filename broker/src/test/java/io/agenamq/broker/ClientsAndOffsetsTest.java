// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.ConsumerListBody;
import io.agenamq.protocol.command.LockQueuesBody;
import io.agenamq.protocol.command.LockedQueuesBody;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.PullMessageRequest;
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

class ClientsAndOffsetsTest {

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
    void members_are_told_at_once_when_one_comes_and_when_its_connection_breaks() throws Exception {
        client.heartbeat("c1", "CG", "TopicA", "*", 1);
        assertThat(client.nextNotification(PATIENCE)).isEqualTo("CG");
        RawClient second = broker.client();
        second.heartbeat("c2", "CG", "TopicA", "*", 1);
        assertThat(client.nextNotification(PATIENCE)).isEqualTo("CG");
        assertThat(members()).containsExactly("c1", "c2");

        second.close();

        assertThat(client.nextNotification(PATIENCE)).isEqualTo("CG");
        assertThat(members()).containsExactly("c1");
    }

    @Test
    void a_member_that_leaves_is_no_longer_listed() throws Exception {
        client.heartbeat("c1", "CG", "TopicA", "*", 1);

        client.call(RequestCode.UNREGISTER_CLIENT, "clientID", "c1", "consumerGroup", "CG");

        Frame answer = client.call(RequestCode.GET_CONSUMER_LIST_BY_GROUP, "consumerGroup", "CG");
        assertThat(answer.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
    }

    @Test
    void the_first_heartbeat_creates_the_retry_topic_and_the_name_server_knows_it() {
        client.heartbeat("c1", "CG", "TopicA", "*", 1);

        try (RawClient names = new RawClient(broker.nameServer())) {
            org.awaitility.Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> names.call(RequestCode.GET_ROUTEINFO_BY_TOPIC, "topic", "%RETRY%CG")
                                    .code()
                            == ResponseCode.SUCCESS);
        }
    }

    @Test
    void an_answer_to_a_heartbeat_carries_a_version_that_clients_take_seriously() {
        assertThat(client.heartbeat("c1", "CG", "TopicA", "*", 1).version()).isGreaterThanOrEqualTo(401);
    }

    @Test
    void a_pull_before_the_first_heartbeat_gets_all_messages_if_the_client_sifts_them_itself() {
        client.send("TopicA", "a", "TAGS", "A");
        client.send("TopicA", "b", "TAGS", "B");

        assertThat(RawClient.bodies(memberPull(1, "TAG"))).containsExactly("a", "b");
        assertThat(memberPull(1, "SQL92").code()).isEqualTo(ResponseCode.SUBSCRIPTION_NOT_EXIST);
        client.heartbeat("c1", "CG", "TopicA", "B", 1);

        assertThat(RawClient.bodies(memberPull(1, "TAG"))).containsExactly("b");
    }

    @Test
    void a_consumer_with_an_sql_expression_is_asked_for_it_if_it_pulls_before_its_first_heartbeat() {
        client.send("TopicA", "one", "n", "1");
        client.send("TopicA", "two", "n", "2");
        // As the official client says it: with objects for names.
        client.answersAboutItself(
                "{\"jstack\":null,\"mqTable\":{{\"brokerName\":\"b\",\"queueId\":0,\"topic\":\"TopicA\"}"
                        + ":{\"locked\":false}},\"subscriptionSet\":[{\"classFilterMode\":false,\"codeSet\":[],"
                        + "\"expressionType\":\"SQL92\",\"subString\":\"n > 1\",\"subVersion\":7,\"tagsSet\":[],\"topic\":\"TopicA\"}]}");

        assertThat(RawClient.bodies(memberPull(7, "SQL92"))).containsExactly("two");
        assertThat(RawClient.bodies(memberPull(7, "SQL92"))).containsExactly("two");
        assertThat(client.questionCount()).isEqualTo(1);
        assertThat(memberPull(8, "SQL92").code()).isEqualTo(ResponseCode.SUBSCRIPTION_NOT_EXIST);

        client.answersAboutItself("{\"subscriptionSet\":[[[");
        assertThat(memberPull(8, "SQL92").code()).isEqualTo(ResponseCode.SUBSCRIPTION_NOT_EXIST);
        client.answersAboutItself("");
        assertThat(memberPull(8, "SQL92").code()).isEqualTo(ResponseCode.SUBSCRIPTION_NOT_EXIST);
    }

    @Test
    void a_pull_that_is_ahead_of_its_heartbeat_gets_all_messages_if_the_client_sifts_them_itself() {
        client.send("TopicA", "a", "TAGS", "A");
        client.send("TopicA", "b", "TAGS", "B");
        client.heartbeat("c1", "CG", "TopicA", "B", 1);

        assertThat(RawClient.bodies(memberPull(2, "TAG"))).containsExactly("a", "b");
        assertThat(memberPull(2, "SQL92").code()).isEqualTo(ResponseCode.SUBSCRIPTION_NOT_LATEST);
    }

    @Test
    void an_expression_that_cannot_be_understood_is_refused_at_the_consumers_start() {
        Frame answer = check("SQL92", "a >");

        assertThat(answer.code()).isEqualTo(ResponseCode.SUBSCRIPTION_PARSE_FAILED);
        assertThat(check("SQL92", "a > 1").code()).isEqualTo(ResponseCode.SUCCESS);
    }

    @Test
    void a_queue_is_locked_by_one_client_and_handed_over_when_that_one_is_gone() throws Exception {
        RawClient other = broker.client();
        other.heartbeat("c2", "CG", "TopicA", "*", 1);
        assertThat(lock(other, "c2")).hasSize(1);
        client.heartbeat("c1", "CG", "TopicA", "*", 1);
        assertThat(lock(client, "c1")).isEmpty();

        other.close();

        org.awaitility.Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(lock(client, "c1"))
                .containsExactly(new MessageQueue("TopicA", "any-broker-name", 0)));
    }

    @Test
    void a_committed_offset_is_found_again_even_if_it_is_smaller_than_before() {
        client.send("TopicA", "x");
        client.heartbeat("c1", "CG", "TopicA", "*", 1);

        assertThat(commit(7).code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(query().fields().requireLong("offset")).isEqualTo(7);
        commit(3);
        assertThat(query().fields().requireLong("offset")).isEqualTo(3);
    }

    @Test
    void a_new_group_starts_at_the_beginning_of_a_young_topic_and_is_unknown_on_an_empty_queue() {
        client.send("TopicA", "x");

        assertThat(query().fields().requireLong("offset")).isZero();
        assertThat(query("queueId", "1").code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
        assertThat(query("setZeroIfNotFound", "false").code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
    }

    @Test
    void offsets_survive_a_restart() throws Exception {
        client.send("TopicA", "x");
        client.heartbeat("c1", "CG", "TopicA", "*", 1);
        commit(1);
        client.close();
        broker.close();

        broker = TestBroker.start(folder);
        client = broker.client();

        assertThat(query().fields().requireLong("offset")).isEqualTo(1);
        assertThat(RawClient.bodies(client.pull("TopicA", 0, 0, "*"))).containsExactly("x");
    }

    @Test
    void offsets_are_told_by_end_start_and_time() {
        client.send("TopicA", "x");
        client.send("TopicA", "y");
        String tomorrow = Long.toString(System.currentTimeMillis() + 86_400_000);

        assertThat(offset(RequestCode.GET_MAX_OFFSET)).isEqualTo(2);
        assertThat(offset(RequestCode.GET_MIN_OFFSET)).isZero();
        assertThat(offset(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, "timestamp", "1"))
                .isZero();
        assertThat(offset(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, "timestamp", tomorrow))
                .isEqualTo(2);
        assertThat(client.call(RequestCode.GET_EARLIEST_MSG_STORETIME, "topic", "TopicA", "queueId", "0")
                        .fields()
                        .requireLong("timestamp"))
                .isPositive();
    }

    @Test
    void a_reset_of_offsets_reaches_the_consumer_with_its_next_pull() {
        client.send("TopicA", "x");
        client.heartbeat("c1", "CG", "TopicA", "*", 1);
        commit(1);
        var waiting = client.beginPull("TopicA", 0, 1, "*", PATIENCE);

        Frame answer = client.call(
                RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
                "topic",
                "TopicA",
                "group",
                "CG",
                "timestamp",
                "0",
                "isForce",
                "true");

        assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        Frame moved = waiting.join();
        assertThat(moved.code()).isEqualTo(ResponseCode.PULL_OFFSET_MOVED);
        assertThat(moved.fields().requireLong("nextBeginOffset")).isZero();
        assertThat(query().fields().requireLong("offset")).isZero();
    }

    @Test
    void messages_are_found_by_key_by_unique_id_and_by_position() {
        Frame stored = client.send("TopicA", "x", "KEYS", "k1 k2", "UNIQ_KEY", "0A0B");
        client.send("TopicA", "y", "KEYS", "k3");

        assertThat(RawClient.bodies(find("k2", false))).containsExactly("x");
        assertThat(RawClient.bodies(find("0A0B", true))).containsExactly("x");
        assertThat(find("k9", false).code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
        long position = Long.parseLong(stored.fields().requireText("msgId").substring(16), 16);
        assertThat(RawClient.bodies(client.call(RequestCode.VIEW_MESSAGE_BY_ID, "offset", Long.toString(position))))
                .containsExactly("x");
    }

    @Test
    void positions_at_which_no_message_is_are_refused() {
        client.send("TopicA", "x");

        for (long position : new long[] {-1, 0, 1, 33, 1000, Long.MAX_VALUE}) {
            Frame answer = client.call(RequestCode.VIEW_MESSAGE_BY_ID, "offset", Long.toString(position));
            assertThat(answer.code()).as("position %s", position).isEqualTo(ResponseCode.SYSTEM_ERROR);
        }
    }

    private List<String> members() {
        return ConsumerListBody.parse(client.call(RequestCode.GET_CONSUMER_LIST_BY_GROUP, "consumerGroup", "CG")
                        .body())
                .consumerIdList();
    }

    private Frame memberPull(long subscriptionVersion, String type) {
        return client.call(
                RequestCode.PULL_MESSAGE,
                new PullMessageRequest(
                        "CG", "TopicA", 0, 0, 32, 0, 0, 0, null, subscriptionVersion, type, Integer.MAX_VALUE, null));
    }

    private Frame check(String type, String expression) {
        String json =
                "{\"clientId\":\"c1\",\"group\":\"CG\",\"subscriptionData\":{\"topic\":\"TopicA\",\"subString\":\""
                        + expression + "\",\"expressionType\":\"" + type + "\",\"subVersion\":1}}";
        return client.call(
                RequestCode.CHECK_CLIENT_CONFIG, Header.NONE, Body.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<MessageQueue> lock(RawClient who, String clientId) {
        LockQueuesBody wanted =
                new LockQueuesBody("CG", clientId, false, List.of(new MessageQueue("TopicA", "any-broker-name", 0)));
        return LockedQueuesBody.parse(who.call(RequestCode.LOCK_BATCH_MQ, Header.NONE, wanted.toBody())
                        .body())
                .lockOKMQSet();
    }

    private Frame commit(long offset) {
        return client.call(
                RequestCode.UPDATE_CONSUMER_OFFSET,
                "consumerGroup",
                "CG",
                "topic",
                "TopicA",
                "queueId",
                "0",
                "commitOffset",
                Long.toString(offset));
    }

    private Frame query(String... more) {
        return client.call(RequestCode.QUERY_CONSUMER_OFFSET, out -> {
            RawClient.header("consumerGroup", "CG", "topic", "TopicA").writeTo(out);
            if (!List.of(more).contains("queueId")) {
                out.put("queueId", 0);
            }
            RawClient.header(more).writeTo(out);
        });
    }

    private long offset(int code, String... more) {
        return client.call(code, out -> {
                    RawClient.header("topic", "TopicA", "queueId", "0").writeTo(out);
                    RawClient.header(more).writeTo(out);
                })
                .fields()
                .requireLong("offset");
    }

    private Frame find(String key, boolean unique) {
        return client.call(
                RequestCode.QUERY_MESSAGE,
                "topic",
                "TopicA",
                "key",
                key,
                "maxNum",
                "32",
                "beginTimestamp",
                "0",
                "endTimestamp",
                Long.toString(Long.MAX_VALUE),
                "_UNIQUE_KEY_QUERY",
                Boolean.toString(unique));
    }
}
