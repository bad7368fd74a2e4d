// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.frame.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** Bodies as official clients and servers write them (RocketMQ remoting §6, §9.4, §11, §16). */
class CommandGoldenTest {

    @Test
    void a_heartbeat_of_the_official_5_x_client() {
        HeartbeatBody heartbeat = HeartbeatBody.parse(
                utf8(
                        "{\"clientID\":\"127.0.0.1@1#2\",\"consumerDataSet\":["
                                + "{\"consumeFromWhere\":\"CONSUME_FROM_FIRST_OFFSET\",\"consumeType\":\"CONSUME_PASSIVELY\",\"groupName\":\"CG\","
                                + "\"messageModel\":\"CLUSTERING\",\"subscriptionDataSet\":[{\"classFilterMode\":false,\"codeSet\":[2598919,2598920],"
                                + "\"expressionType\":\"TAG\",\"subString\":\"TagA || TagB\",\"subVersion\":1795174748337,"
                                + "\"tagsSet\":[\"TagA\",\"TagB\"],\"topic\":\"TopicA\"}],\"unitMode\":false}],\"heartbeatFingerprint\":0,"
                                + "\"producerDataSet\":[{\"groupName\":\"PG\"},{\"groupName\":\"CLIENT_INNER_PRODUCER\"}],\"withoutSub\":false}"));

        assertThat(heartbeat.clientId()).isEqualTo("127.0.0.1@1#2");
        assertThat(heartbeat.producerGroups()).containsExactly("PG", "CLIENT_INNER_PRODUCER");
        ConsumerData consumer = heartbeat.consumers().get(0);
        assertThat(consumer.consumeFromWhere()).isEqualTo(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        assertThat(consumer.subscriptionDataSet())
                .containsExactly(new SubscriptionData(
                        "TopicA",
                        "TagA || TagB",
                        Set.of("TagA", "TagB"),
                        Set.of("TagA".hashCode(), "TagB".hashCode()),
                        1795174748337L,
                        SubscriptionData.TAG,
                        false));
    }

    @Test
    void unknown_names_of_modes_and_missing_members_have_defaults() {
        HeartbeatBody heartbeat = HeartbeatBody.parse(utf8("{\"clientID\":7,\"consumerDataSet\":[{\"groupName\":\"CG\","
                + "\"consumeType\":\"CONSUME_SOMEHOW\",\"messageModel\":null,\"subscriptionDataSet\":null},null],"
                + "\"producerDataSet\":null}"));

        assertThat(heartbeat.clientId()).isEqualTo("7");
        assertThat(heartbeat.producerGroups()).isEmpty();
        assertThat(heartbeat.consumers().get(0))
                .isEqualTo(new ConsumerData(
                        "CG",
                        ConsumeType.CONSUME_PASSIVELY,
                        MessageModel.CLUSTERING,
                        ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
                        List.of(),
                        false));
    }

    @Test
    void a_route_may_have_unquoted_broker_ids() {
        TopicRouteData route = TopicRouteData.parse(utf8(
                "{\"brokerDatas\":[{\"brokerAddrs\":{0:\"127.0.0.1:30911\",1:\"127.0.0.1:30912\"},\"brokerName\":\"broker-a\","
                        + "\"cluster\":\"DefaultCluster\",\"enableActingMaster\":false}],\"filterServerTable\":{},"
                        + "\"queueDatas\":[{\"brokerName\":\"broker-a\",\"perm\":6,\"readQueueNums\":4,\"topicSysFlag\":0,"
                        + "\"writeQueueNums\":4}]}"));

        assertThat(route.brokerDatas().get(0).brokerAddrs())
                .isEqualTo(Map.of(0L, "127.0.0.1:30911", 1L, "127.0.0.1:30912"));
        assertThat(route.queueDatas()).containsExactly(new QueueData("broker-a", 4, 4, 6, 0));
    }

    @Test
    void a_table_by_queue_may_have_objects_or_texts_as_names() {
        MessageQueue queue = new MessageQueue("T", "b", 3);
        String object = "{\"brokerName\":\"b\",\"queueId\":3,\"topic\":\"T\"}";

        QueueOffsetsBody raw = QueueOffsetsBody.parse(utf8("{\"offsetTable\":{" + object + ":5}}"));
        QueueOffsetsBody quoted =
                QueueOffsetsBody.parse(utf8("{\"offsetTable\":{\"" + object.replace("\"", "\\\"") + "\":\"5\"}}"));

        assertThat(raw.offsetTable()).isEqualTo(Map.of(queue, 5L));
        assertThat(quoted).isEqualTo(raw);
        assertThat(queue.toKey()).isEqualTo(object);
    }

    @Test
    void a_topic_as_text_and_as_json() {
        TopicConfig topic = new TopicConfig("TopicA", 4, 4, 6);

        assertThat(topic.toText()).isEqualTo("TopicA 4 4 6 SINGLE_TAG {}");
        assertThat(TopicConfig.ofText("TopicA 4 4 6 SINGLE_TAG")).isEqualTo(topic);
        assertThat(TopicConfig.ofText("TopicA 4 4 6 SINGLE_TAG {\"kind\":\"queue\"}")
                        .attributes())
                .isEqualTo(Map.of("kind", "queue"));
        assertThat(
                        TopicConfig.parse(
                                utf8(
                                        "{\"attributes\":{},\"order\":false,\"perm\":6,\"readQueueNums\":4,"
                                                + "\"topicFilterType\":\"SINGLE_TAG\",\"topicName\":\"TopicA\",\"topicSysFlag\":0,\"writeQueueNums\":4}")))
                .isEqualTo(topic);
        for (String bad :
                new String[] {"", "TopicA 4 4 6", "TopicA four 4 6 SINGLE_TAG", "TopicA 4 4 6 SINGLE_TAG {"}) {
            assertThatThrownBy(() -> TopicConfig.ofText(bad)).as(bad).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void a_group_of_a_4_9_client_gets_the_newer_defaults() {
        assertThat(SubscriptionGroupConfig.parse(utf8("{\"brokerId\":0,\"consumeBroadcastEnable\":true,"
                        + "\"consumeEnable\":true,\"consumeFromMinEnable\":true,\"groupName\":\"CG\","
                        + "\"notifyConsumerIdsChangedEnable\":true,\"retryMaxTimes\":16,\"retryQueueNums\":1,"
                        + "\"whichBrokerWhenConsumeSlowly\":1}")))
                .isEqualTo(SubscriptionGroupConfig.withDefaults("CG"));
    }

    @Test
    void a_compressed_registration_inflates_to_the_known_parts() throws IOException {
        DataVersion version = new DataVersion(0, 0, 0);
        byte[] compressed =
                new RegisterBrokerBody(version, List.of(new TopicConfig("TopicA", 4, 4, 6)), List.of()).toCompressed();

        ByteBuffer parts =
                ByteBuffer.wrap(new InflaterInputStream(new ByteArrayInputStream(compressed)).readAllBytes());
        assertThat(compressed[0]).isEqualTo((byte) 0x78);
        assertThat(compressed[1]).isEqualTo((byte) 0xDA);
        assertThat(part(parts)).isEqualTo("{\"counter\":0,\"stateVersion\":0,\"timestamp\":0}");
        assertThat(parts.getInt()).isEqualTo(1);
        assertThat(part(parts)).isEqualTo("TopicA 4 4 6 SINGLE_TAG {}");
        assertThat(part(parts)).isEqualTo("[]");
        assertThat(parts.getInt()).isZero();
        assertThat(parts.hasRemaining()).isFalse();
    }

    @Test
    void a_registration_that_inflates_without_end_is_refused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
            out.writeInt(2);
            out.writeBytes("{}");
            out.writeInt(Integer.MAX_VALUE);
            byte[] topic = ("T" + " ".repeat(500_000)).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy("T 4 4 6 X".getBytes(StandardCharsets.US_ASCII), 0, topic, 0, 9);
            for (int i = 0; i < 200; i++) {
                out.writeInt(topic.length);
                out.write(topic);
            }
        }

        assertThatThrownBy(() -> RegisterBrokerBody.parse(ByteBuffer.wrap(bytes.toByteArray()), true))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("a part of");
    }

    @Test
    void codes_have_names() {
        assertThat(RequestCode.nameOf(RequestCode.SEND_MESSAGE_V2)).isEqualTo("SEND_MESSAGE_V2");
        assertThat(RequestCode.nameOf(4711)).isEqualTo("4711");
        assertThat(ResponseCode.nameOf(ResponseCode.TOPIC_NOT_EXIST)).isEqualTo("TOPIC_NOT_EXIST");
    }

    private static String part(ByteBuffer parts) {
        byte[] text = new byte[parts.getInt()];
        parts.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
