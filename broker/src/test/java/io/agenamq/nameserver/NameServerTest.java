// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.BrokerNameRequest;
import io.agenamq.protocol.command.BrokerRequest;
import io.agenamq.protocol.command.ClusterInfoBody;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.DataVersionResponse;
import io.agenamq.protocol.command.DeleteRouteRequest;
import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.KeyValueRequest;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.RegisterBrokerBody;
import io.agenamq.protocol.command.RegisterBrokerRequest;
import io.agenamq.protocol.command.RegisterBrokerResponse;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicListBody;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.store.disk.StoreInUseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole name server, asked over the wire; only its clock is the test's. */
class NameServerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final DataVersion V1 = new DataVersion(0, 1000, 1);
    private static final DataVersion V2 = new DataVersion(0, 2000, 2);
    private static final String CLUSTER = "DefaultCluster";

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private NameServer server;
    private RemotingClient client;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        server = started(NameServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")));
        client = newClient();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : toClose) {
            one.close();
        }
    }

    @Test
    void a_registered_topic_has_a_route() {
        register("broker-a", "10.0.0.1:10911", 0, V1, topic("Orders", 4, 6), topic("TBW102", 8, 7));

        TopicRouteData route = TopicRouteData.parse(route("Orders").body());

        assertThat(route.queueDatas()).containsExactly(new QueueData("broker-a", 4, 4, 6, 0));
        assertThat(route.brokerDatas()).singleElement().satisfies(broker -> {
            assertThat(broker.brokerName()).isEqualTo("broker-a");
            assertThat(broker.cluster()).isEqualTo(CLUSTER);
            assertThat(broker.primaryAddress()).isEqualTo("10.0.0.1:10911");
        });
        assertThat(route.orderTopicConf()).isNull();
        assertThat(text(route("Orders")))
                .isEqualTo("{\"brokerDatas\":[{\"brokerAddrs\":{\"0\":\"10.0.0.1:10911\"},\"brokerName\":\"broker-a\","
                        + "\"cluster\":\"DefaultCluster\",\"enableActingMaster\":false}],\"filterServerTable\":{},"
                        + "\"queueDatas\":[{\"brokerName\":\"broker-a\",\"perm\":6,\"readQueueNums\":4,"
                        + "\"topicSysFlag\":0,\"writeQueueNums\":4}]}");
    }

    @Test
    void a_compressed_registration_is_the_same() {
        RegisterBrokerBody body = body(V1, topic("Orders", 4, 6), topic("Other", 1, 6));
        byte[] compressed = body.toCompressed();

        Frame answer = call(
                RequestCode.REGISTER_BROKER, request("broker-a", "a:1", 0, true, crc(compressed)), Body.of(compressed));

        assertThat(answer.code()).isZero();
        assertThat(route("Orders").code()).isZero();
    }

    @Test
    void a_registration_with_a_wrong_checksum_is_refused() {
        byte[] compressed =
                body(V1, topic("Orders", 4, 6), topic("Other", 1, 6)).toCompressed();

        Frame answer = call(
                RequestCode.REGISTER_BROKER,
                request("broker-a", "a:1", 0, true, crc(compressed) ^ 1),
                Body.of(compressed));

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.remark()).isEqualTo("crc32 not match");
        assertThat(route("Orders").code()).isEqualTo(17);
    }

    @Test
    void a_single_topic_of_an_unknown_broker_is_refused() {
        Frame refused = call(
                RequestCode.REGISTER_BROKER,
                request("broker-a", "a:1", 0, false, 0),
                body(V1, topic("Orders", 4, 6)).toBody());

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.remark()).contains("register broker failed");

        register("broker-a", "a:1", 0, V1, topic("Orders", 4, 6), topic("Other", 1, 6));
        register("broker-a", "a:1", 0, V2, topic("New", 4, 6));
        assertThat(route("New").code()).isZero();
        assertThat(route("Orders").code()).isZero();
    }

    @Test
    void a_missing_route_says_which_case_it_is() {
        assertThat(noRoute("Orders")).contains("No broker is registered with this name server");

        register("broker-a", "a:1", 0, V1, topic("Orders", 4, 6), topic("Payments", 4, 6));
        assertThat(noRoute("Oders"))
                .startsWith("No topic route info in name server for the topic: Oders\n")
                .contains("none creates topics by itself")
                .contains("Known are: Orders.");
        assertThat(noRoute("ORDERS")).contains("Known are: Orders.");
        assertThat(noRoute("Invoices")).doesNotContain("Known are");

        register("broker-a", "a:1", 0, V2, topic("TBW102", 8, 7));
        assertThat(noRoute("Invoices")).contains("brokers create it when a message is first sent to it");

        clock.advance(Duration.ofSeconds(121));
        assertThat(noRoute("Orders")).contains("No broker is registered");
        register("broker-b", "b:1", 0, V1, topic("X", 4, 6), topic("Y", 4, 6));
        assertThat(noRoute("Orders")).contains("broker-a is gone: it was silent");
    }

    @Test
    void a_silent_broker_is_forgotten_and_an_audible_one_is_not() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        register("broker-b", "b:1", 0, V1, topic("A", 4, 6), topic("C", 4, 6));
        register("broker-c", "c:1", 0, V1, topic("A", 4, 6), topic("D", 4, 6));

        clock.advance(Duration.ofSeconds(100));
        call(RequestCode.BROKER_HEARTBEAT, new BrokerRequest(CLUSTER, "broker-b", "b:1", 0), Body.EMPTY);
        Frame same =
                call(RequestCode.QUERY_DATA_VERSION, new BrokerRequest(CLUSTER, "broker-c", "c:1", 0), V1.toBody());
        clock.advance(Duration.ofSeconds(100));

        assertThat(DataVersionResponse.readFrom(same.fields()).changed()).isFalse();
        assertThat(brokersOf("A")).containsExactly("broker-b", "broker-c");
        assertThat(route("B").code()).isEqualTo(17);
        assertThat(route("C").code()).isZero();
    }

    @Test
    void a_broker_may_ask_for_its_own_time_out() {
        RegisterBrokerRequest patient =
                new RegisterBrokerRequest("broker-a", "a:1", CLUSTER, "a:2", 0, 500_000, false, false, 0);
        call(
                RequestCode.REGISTER_BROKER,
                patient,
                body(V1, topic("A", 4, 6), topic("B", 4, 6)).toBody());

        clock.advance(Duration.ofSeconds(499));
        assertThat(route("A").code()).isZero();

        clock.advance(Duration.ofSeconds(2));
        assertThat(route("A").code()).isEqualTo(17);
    }

    @Test
    void a_broker_whose_connection_closes_is_forgotten_at_once() throws Exception {
        RemotingClient broker = newClient();
        broker.call(
                        HostPort.of(server.address()),
                        RequestCode.REGISTER_BROKER,
                        request("broker-a", "a:1", 0, false, 0),
                        body(V1, topic("A", 4, 6), topic("B", 4, 6)).toBody(),
                        TIMEOUT)
                .get(30, TimeUnit.SECONDS);
        assertThat(route("A").code()).isZero();

        broker.close();

        await().atMost(TIMEOUT).until(() -> route("A").code() == 17);
        assertThat(brokers()).isEmpty();
    }

    @Test
    void a_broker_that_leaves_takes_its_topics_along() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        register("broker-b", "b:1", 0, V1, topic("A", 4, 6), topic("C", 4, 6));

        call(RequestCode.UNREGISTER_BROKER, new BrokerRequest(CLUSTER, "broker-a", "a:1", 0), Body.EMPTY);

        assertThat(brokersOf("A")).containsExactly("broker-b");
        assertThat(route("B").code()).isEqualTo(17);
    }

    @Test
    void a_replica_learns_its_primary_and_adds_no_queues() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        Frame answer = register("broker-a", "a:9", 1, V1, topic("OnlyOnReplica", 4, 6), topic("A", 16, 6));

        RegisterBrokerResponse response = RegisterBrokerResponse.readFrom(answer.fields());
        assertThat(response.masterAddr()).isEqualTo("a:1");
        assertThat(response.haServerAddr()).isEqualTo("ha.a:1");
        assertThat(route("OnlyOnReplica").code()).isEqualTo(17);
        TopicRouteData route = TopicRouteData.parse(route("A").body());
        assertThat(route.brokerDatas().get(0).brokerAddrs()).containsOnly(Map.entry(0L, "a:1"), Map.entry(1L, "a:9"));
        assertThat(route.queueDatas().get(0).readQueueNums()).isEqualTo(4);
    }

    @Test
    void a_promoted_replica_has_one_id() {
        register("broker-a", "a:9", 1, V1, topic("A", 4, 6), topic("B", 4, 6));

        register("broker-a", "a:9", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        assertThat(brokers().get(0).brokerAddrs()).containsOnly(Map.entry(0L, "a:9"));
    }

    @Test
    void an_older_primary_does_not_push_a_newer_one_out() {
        register("broker-a", "new:1", 0, new DataVersion(2, 1, 1), topic("A", 4, 6), topic("B", 4, 6));

        register("broker-a", "old:1", 0, new DataVersion(1, 9, 9), topic("A", 4, 6), topic("B", 4, 6));

        assertThat(brokers().get(0).primaryAddress()).isEqualTo("new:1");
    }

    @Test
    void queues_follow_the_data_version() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        register("broker-a", "a:1", 0, V1, topic("A", 8, 6), topic("B", 4, 6));
        assertThat(TopicRouteData.parse(route("A").body()).queueDatas().get(0).readQueueNums())
                .isEqualTo(4);

        register("broker-a", "a:1", 0, V2, topic("A", 8, 6), topic("B", 4, 6));
        assertThat(TopicRouteData.parse(route("A").body()).queueDatas().get(0).readQueueNums())
                .isEqualTo(8);

        Frame changed =
                call(RequestCode.QUERY_DATA_VERSION, new BrokerRequest(CLUSTER, "broker-a", "a:1", 0), V1.toBody());
        assertThat(DataVersionResponse.readFrom(changed.fields()).changed()).isTrue();
        assertThat(DataVersion.parse(changed.body())).isEqualTo(V2);
    }

    @Test
    void write_permission_is_taken_away_until_the_broker_changes() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        Frame wiped = call(RequestCode.WIPE_WRITE_PERM_OF_BROKER, new BrokerNameRequest("broker-a"), Body.EMPTY);
        assertThat(wiped.fields().requireInt("wipeTopicCount")).isEqualTo(2);
        assertThat(permOf("A")).isEqualTo(4);

        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        assertThat(permOf("A")).isEqualTo(4);

        Frame added = call(RequestCode.ADD_WRITE_PERM_OF_BROKER, new BrokerNameRequest("broker-a"), Body.EMPTY);
        assertThat(added.fields().requireInt("addTopicCount")).isEqualTo(2);
        assertThat(permOf("A")).isEqualTo(6);

        call(RequestCode.WIPE_WRITE_PERM_OF_BROKER, new BrokerNameRequest("broker-a"), Body.EMPTY);
        register("broker-a", "a:1", 0, V2, topic("A", 4, 6), topic("B", 4, 6));
        assertThat(permOf("A")).isEqualTo(6);
    }

    @Test
    void topics_are_deleted_everywhere_or_in_one_cluster() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        RegisterBrokerRequest other =
                new RegisterBrokerRequest("broker-b", "b:1", "OtherCluster", "b:2", 0, 0, false, false, 0);
        call(
                RequestCode.REGISTER_BROKER,
                other,
                body(V1, topic("A", 4, 6), topic("B", 4, 6)).toBody());

        call(RequestCode.DELETE_TOPIC_IN_NAMESRV, new DeleteRouteRequest("A", CLUSTER), Body.EMPTY);
        assertThat(brokersOf("A")).containsExactly("broker-b");

        call(RequestCode.DELETE_TOPIC_IN_NAMESRV, new DeleteRouteRequest("A", null), Body.EMPTY);
        assertThat(route("A").code()).isEqualTo(17);

        // As the admin tool of 4.9.8 sends it.
        call(RequestCode.DELETE_TOPIC_IN_NAMESRV, new DeleteRouteRequest("OtherCluster", "B"), Body.EMPTY);
        assertThat(brokersOf("B")).containsExactly("broker-a");
        assertThat(call(RequestCode.DELETE_TOPIC_IN_NAMESRV, new DeleteRouteRequest("Never", null), Body.EMPTY)
                        .code())
                .isZero();
    }

    @Test
    void queues_of_one_topic_can_be_added() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        TopicRouteData added = new TopicRouteData(
                null, List.of(new QueueData("broker-a", 2, 2, 6, 0), new QueueData("unknown", 2, 2, 6, 0)), List.of());

        call(RequestCode.REGISTER_TOPIC_IN_NAMESRV, new TopicRequest("New"), added.toBody());

        assertThat(brokersOf("New")).containsExactly("broker-a");
    }

    @Test
    void operators_see_clusters_brokers_and_topics() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        register("broker-b", "b:1", 0, V1, topic("A", 4, 6), topic("C", 4, 6));

        assertThat(brokers()).extracting(BrokerData::brokerName).containsExactly("broker-a", "broker-b");
        assertThat(text(call(RequestCode.GET_BROKER_CLUSTER_INFO, Header.NONE, Body.EMPTY)))
                .contains("\"clusterAddrTable\":{\"DefaultCluster\":[\"broker-a\",\"broker-b\"]}");
        assertThat(topics(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, Header.NONE))
                .containsExactly("A", "B", "C");
        assertThat(topics(RequestCode.GET_TOPICS_BY_CLUSTER, out -> out.put("cluster", CLUSTER)))
                .containsExactly("A", "B", "C");
        assertThat(topics(RequestCode.GET_TOPICS_BY_CLUSTER, out -> out.put("cluster", "None")))
                .isEmpty();
        assertThat(topics(RequestCode.GET_UNIT_TOPIC_LIST, Header.NONE)).isEmpty();
        TopicListBody system =
                TopicListBody.parse(call(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, Header.NONE, Body.EMPTY)
                        .body());
        assertThat(system.topicList()).containsExactly(CLUSTER, "broker-a", "broker-b");
        assertThat(system.brokerAddr()).isEqualTo("a:1");
        assertThat(text(call(
                        RequestCode.GET_BROKER_MEMBER_GROUP,
                        out -> {
                            out.put("clusterName", CLUSTER);
                            out.put("brokerName", "broker-a");
                        },
                        Body.EMPTY)))
                .isEqualTo("{\"brokerMemberGroup\":{\"brokerAddrs\":{\"0\":\"a:1\"},\"brokerName\":\"broker-a\","
                        + "\"cluster\":\"DefaultCluster\"}}");
    }

    @Test
    void configuration_items_survive_a_restart() throws Exception {
        NameServerConfig config =
                NameServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")).withDataDirectory(directory);
        NameServer first = NameServer.start(config, clock);
        server = first;
        put("NS", "k1", "v1");
        put("NS", "k2", "with \"quotes\" and \u00e9");
        put("NS", "k3", "gone");
        put("Other", "k", "");
        assertThat(call(RequestCode.DELETE_KV_CONFIG, new KeyValueRequest("NS", "k3", null), Body.EMPTY)
                        .code())
                .isZero();
        assertThat(call(RequestCode.DELETE_KV_CONFIG, new KeyValueRequest("NS", "never", null), Body.EMPTY)
                        .code())
                .isZero();
        assertThatThrownBy(() -> NameServer.start(config)).isInstanceOf(StoreInUseException.class);
        first.close();

        server = started(config);

        assertThat(get("NS", "k1").fields().text("value")).isEqualTo("v1");
        assertThat(get("NS", "k2").fields().text("value")).isEqualTo("with \"quotes\" and \u00e9");
        Frame missing = get("NS", "k3");
        assertThat(missing.code()).isEqualTo(22);
        assertThat(missing.remark()).isEqualTo("No config item, Namespace: NS Key: k3");
        Frame list = call(RequestCode.GET_KVLIST_BY_NAMESPACE, new KeyValueRequest("NS", null, null), Body.EMPTY);
        assertThat(KeyValueBody.parse(list.body()).table()).containsOnlyKeys("k1", "k2");
        assertThat(call(RequestCode.GET_KVLIST_BY_NAMESPACE, new KeyValueRequest("None", null, null), Body.EMPTY)
                        .code())
                .isEqualTo(22);
        assertThat(Files.readString(directory.resolve("kvConfig.json"))).startsWith("{\"configTable\":{\"NS\":{");
    }

    @Test
    void ordered_topics_are_told_to_brokers_and_if_enabled_to_clients() throws Exception {
        put(KeyValueRequest.ORDER_TOPIC_CONFIG, "A", "broker-a:4");

        Frame answer = register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        assertThat(KeyValueBody.parse(answer.body()).table()).containsOnly(Map.entry("A", "broker-a:4"));
        assertThat(TopicRouteData.parse(route("A").body()).orderTopicConf()).isNull();

        server = started(
                NameServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")).withOrderMessageEnable(true));
        put(KeyValueRequest.ORDER_TOPIC_CONFIG, "A", "broker-a:4");
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        assertThat(TopicRouteData.parse(route("A").body()).orderTopicConf()).isEqualTo("broker-a:4");
    }

    @Test
    void options_are_shown_and_not_changed() {
        assertThat(text(call(RequestCode.GET_NAMESRV_CONFIG, Header.NONE, Body.EMPTY)))
                .contains("orderMessageEnable=false\n");
        assertThat(call(
                                RequestCode.UPDATE_NAMESRV_CONFIG,
                                Header.NONE,
                                Body.of("kvConfigPath=/etc/passwd\n".getBytes(StandardCharsets.UTF_8)))
                        .code())
                .isEqualTo(16);
    }

    @Test
    void two_name_servers_are_independent() throws Exception {
        NameServer one = server;
        NameServer two = started(NameServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")));
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        server = two;
        assertThat(route("A").code()).isEqualTo(17);
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));
        one.close();

        assertThat(route("A").code()).isZero();
    }

    @Test
    void nonsense_is_refused_and_changes_nothing() {
        register("broker-a", "a:1", 0, V1, topic("A", 4, 6), topic("B", 4, 6));

        assertThat(call(RequestCode.GET_ROUTEINFO_BY_TOPIC, Header.NONE, Body.EMPTY)
                        .code())
                .isEqualTo(1);
        assertThat(call(RequestCode.REGISTER_BROKER, Header.NONE, Body.EMPTY).code())
                .isEqualTo(1);
        assertThat(call(RequestCode.REGISTER_BROKER, request("x", "x:1", 0, true, 0), Body.of(new byte[] {1, 2, 3}))
                        .code())
                .isEqualTo(1);
        assertThat(call(
                                RequestCode.REGISTER_BROKER,
                                request("x", "x:1", 0, false, 0),
                                Body.of("[[[[".repeat(1000).getBytes(StandardCharsets.UTF_8)))
                        .code())
                .isEqualTo(1);
        assertThat(call(4711, Header.NONE, Body.EMPTY).code()).isEqualTo(3);
        assertThat(brokersOf("A")).containsExactly("broker-a");
    }

    // ------------------------------------------------------------------ the domain's words

    private NameServer started(NameServerConfig config) throws IOException {
        NameServer started = NameServer.start(config, clock);
        toClose.add(started);
        return started;
    }

    private RemotingClient newClient() {
        RemotingClient fresh = new RemotingClient(RemotingClientConfig.defaults(), new HandlerTable());
        toClose.add(fresh);
        return fresh;
    }

    private Frame call(int code, Header header, Body body) {
        return client.call(HostPort.of(server.address()), code, header, body, TIMEOUT)
                .join();
    }

    private Frame register(String broker, String address, long id, DataVersion version, TopicConfig... topics) {
        Frame answer = call(
                RequestCode.REGISTER_BROKER,
                request(broker, address, id, false, 0),
                body(version, topics).toBody());
        assertThat(answer.code()).as(answer.remark()).isZero();
        return answer;
    }

    private static RegisterBrokerRequest request(String broker, String address, long id, boolean compressed, int crc) {
        return new RegisterBrokerRequest(broker, address, CLUSTER, "ha." + address, id, 0, false, compressed, crc);
    }

    private static RegisterBrokerBody body(DataVersion version, TopicConfig... topics) {
        return new RegisterBrokerBody(version, List.of(topics), List.of());
    }

    private static TopicConfig topic(String name, int queues, int perm) {
        return new TopicConfig(name, queues, queues, perm);
    }

    private static int crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue() & Integer.MAX_VALUE;
    }

    private Frame route(String topic) {
        return call(RequestCode.GET_ROUTEINFO_BY_TOPIC, new TopicRequest(topic), Body.EMPTY);
    }

    private String noRoute(String topic) {
        Frame answer = route(topic);
        assertThat(answer.code()).isEqualTo(17);
        return answer.remark();
    }

    private List<String> brokersOf(String topic) {
        return TopicRouteData.parse(route(topic).body()).brokerDatas().stream()
                .map(BrokerData::brokerName)
                .toList();
    }

    private int permOf(String topic) {
        return TopicRouteData.parse(route(topic).body()).queueDatas().get(0).perm();
    }

    private List<BrokerData> brokers() {
        return ClusterInfoBody.parse(call(RequestCode.GET_BROKER_CLUSTER_INFO, Header.NONE, Body.EMPTY)
                        .body())
                .brokers();
    }

    private List<String> topics(int code, Header header) {
        return List.copyOf(
                TopicListBody.parse(call(code, header, Body.EMPTY).body()).topicList());
    }

    private void put(String namespace, String key, String value) {
        assertThat(call(RequestCode.PUT_KV_CONFIG, new KeyValueRequest(namespace, key, value), Body.EMPTY)
                        .code())
                .isZero();
    }

    private Frame get(String namespace, String key) {
        return call(RequestCode.GET_KV_CONFIG, new KeyValueRequest(namespace, key, null), Body.EMPTY);
    }

    private static String text(Frame frame) {
        return StandardCharsets.UTF_8.decode(frame.body()).toString();
    }
}
