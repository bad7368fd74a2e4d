// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.ClusterInfoBody;
import io.agenamq.protocol.command.CreateTopicRequest;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.GroupListBody;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.OffsetResponse;
import io.agenamq.protocol.command.PullMessageRequest;
import io.agenamq.protocol.command.PullMessageResponse;
import io.agenamq.protocol.command.QueryMessageRequest;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicListBody;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.command.TopicStatsBody;
import io.agenamq.protocol.command.TopicStatsBody.QueueStats;
import io.agenamq.protocol.command.TopicTableBody;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingServer;
import io.agenamq.remoting.RemotingServerConfig;
import io.agenamq.remoting.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A name server and a broker in one, on one port, with topics in a map and messages in lists: just enough for the admin client. Everything
 * runs on its event loop.
 */
public final class FakeCluster implements AutoCloseable {
    private static final String BROKER = "broker-a";
    private static final DataVersion VERSION = new DataVersion(0, 1, 1);
    private static final long STORE_TIME = 1_700_000_000_000L;

    private final RemotingServer server;
    private final Map<String, TopicConfig> topics = new TreeMap<>();
    private final Map<String, List<ByteBuffer>> queues = new HashMap<>();
    private final Map<String, Long> groupOffsets = new HashMap<>();
    private long position;

    public FakeCluster() {
        HandlerTable handlers = new HandlerTable()
                .register(RequestCode.GET_BROKER_CLUSTER_INFO, this::clusterInfo)
                .register(RequestCode.GET_ROUTEINFO_BY_TOPIC, this::route)
                .register(RequestCode.GET_ALL_TOPIC_CONFIG, this::topicTable)
                .register(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER, this::systemTopics)
                .register(RequestCode.GET_TOPIC_CONFIG, this::topicConfig)
                .register(RequestCode.UPDATE_AND_CREATE_TOPIC, this::createTopic)
                .register(RequestCode.DELETE_TOPIC_IN_BROKER, this::deleteTopic)
                .register(RequestCode.DELETE_TOPIC_IN_NAMESRV, request -> request.reply(Header.NONE))
                .register(RequestCode.GET_TOPIC_STATS_INFO, this::topicStats)
                .register(RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, this::groups)
                .register(RequestCode.SEND_MESSAGE_V2, this::send)
                .register(RequestCode.PULL_MESSAGE, this::pull)
                .register(RequestCode.GET_MIN_OFFSET, request -> request.reply(new OffsetResponse(0)))
                .register(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, this::searchOffset)
                .register(
                        RequestCode.GET_MAX_OFFSET,
                        request -> request.reply(new OffsetResponse(
                                queueOf(request.frame().fields()).size())))
                .register(RequestCode.QUERY_CONSUMER_OFFSET, this::groupOffset)
                .register(RequestCode.UPDATE_CONSUMER_OFFSET, this::commit)
                .register(
                        RequestCode.GET_CONSUMER_LIST_BY_GROUP,
                        request -> request.refuse(ResponseCode.SYSTEM_ERROR, "no consumer for this group"))
                .register(RequestCode.QUERY_MESSAGE, this::query)
                .register(RequestCode.VIEW_MESSAGE_BY_ID, this::view);
        try {
            server = RemotingServer.start(
                    RemotingServerConfig.listeningOn(new HostPort("127.0.0.1", 0)), handlers, ConnectionListener.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        topics.put("TBW102", new TopicConfig("TBW102", 8, 8, 7));
        topics.put("%RETRY%billing", new TopicConfig("%RETRY%billing", 1, 1, 6));
    }

    /** {@code host:port} of the name server. */
    public String nameServer() {
        return HostPort.of(server.address()).toString();
    }

    /** Adds a native topic. */
    public FakeCluster with(String topic, int queueCount) {
        topics.put(topic, new TopicConfig(topic, queueCount, queueCount, 6));
        return this;
    }

    @Override
    public void close() {
        server.close();
    }

    private BrokerData broker() {
        return new BrokerData("DefaultCluster", BROKER, new TreeMap<>(Map.of(0L, nameServer())), null, false);
    }

    private void clusterInfo(Request request) {
        request.reply(Header.NONE, new ClusterInfoBody(List.of(broker())).toBody());
    }

    private void route(Request request) {
        TopicConfig topic = topics.get(request.frame().fields().requireText("topic"));
        if (topic == null) {
            request.refuse(ResponseCode.TOPIC_NOT_EXIST, "No topic route info in name server for the topic");
            return;
        }
        QueueData queue = new QueueData(BROKER, topic.readQueueNums(), topic.writeQueueNums(), topic.perm(), 0);
        request.reply(Header.NONE, new TopicRouteData(null, List.of(queue), List.of(broker())).toBody());
    }

    private void topicTable(Request request) {
        request.reply(Header.NONE, new TopicTableBody(VERSION, topics.values()).toBody());
    }

    private void systemTopics(Request request) {
        request.reply(Header.NONE, new TopicListBody(List.of("TBW102"), null).toBody());
    }

    private void topicConfig(Request request) {
        TopicConfig topic = topics.get(request.frame().fields().requireText("topic"));
        if (topic == null) {
            request.refuse(ResponseCode.TOPIC_NOT_EXIST, "no such topic");
        } else {
            request.reply(Header.NONE, topic.toBody());
        }
    }

    private void createTopic(Request request) {
        CreateTopicRequest create = CreateTopicRequest.readFrom(request.frame().fields());
        if (create.topic().contains("/")) {
            request.refuse(
                    ResponseCode.INVALID_PARAMETER, "the topic '" + create.topic() + "' has an illegal character");
            return;
        }
        String changes = create.attributeChanges();
        Map<String, String> attributes =
                changes == null ? Map.of() : Map.of("kind", changes.substring("+kind=".length()));
        topics.put(
                create.topic(),
                new TopicConfig(
                        create.topic(),
                        create.readQueueNums(),
                        create.writeQueueNums(),
                        create.perm(),
                        create.topicFilterType(),
                        0,
                        false,
                        attributes));
        request.reply(Header.NONE);
    }

    private void deleteTopic(Request request) {
        topics.remove(request.frame().fields().requireText("topic"));
        request.reply(Header.NONE);
    }

    private void topicStats(Request request) {
        String name = request.frame().fields().requireText("topic");
        Map<MessageQueue, QueueStats> stats = new HashMap<>();
        for (int id = 0; id < topics.get(name).readQueueNums(); id++) {
            int size = queue(name, id).size();
            stats.put(new MessageQueue(name, BROKER, id), new QueueStats(0, size, size == 0 ? 0 : STORE_TIME));
        }
        request.reply(Header.NONE, new TopicStatsBody(stats).toBody());
    }

    private void groups(Request request) {
        request.reply(Header.NONE, new GroupListBody(List.of("billing")).toBody());
    }

    private void send(Request request) {
        SendMessageRequest send = SendMessageRequest.readFrom(request.frame().fields());
        List<ByteBuffer> queue = queue(send.topic(), send.queueId());
        MessageDraft draft = new MessageDraft(
                send.topic(),
                send.queueId(),
                send.flag(),
                send.sysFlag(),
                send.bornTimestamp(),
                request.connection().remoteAddress(),
                0,
                0,
                send.properties(),
                request.frame().body());
        ByteBuffer record = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        int length = MessageRecord.encode(draft, server.address(), record, 0);
        MessageRecord.assign(record, 0, queue.size(), position, STORE_TIME + queue.size());
        position += length;
        queue.add(record.limit(length));
        request.reply(new SendMessageResponse(
                MessageId.ofRecord(record, 0), send.queueId(), queue.size() - 1, null, "DefaultRegion", true));
    }

    private void pull(Request request) {
        PullMessageRequest pull = PullMessageRequest.readFrom(request.frame().fields());
        List<ByteBuffer> queue = queue(pull.topic(), pull.queueId());
        int from = (int) pull.queueOffset();
        int to = Math.min(queue.size(), from + pull.maxMsgNums());
        Header header = new PullMessageResponse(0, Math.max(from, to), 0, queue.size());
        if (from >= to) {
            request.reply(ResponseCode.PULL_NOT_FOUND, null, header, Body.EMPTY);
        } else {
            request.reply(header, concatenated(queue.subList(from, to)));
        }
    }

    private void searchOffset(Request request) {
        long time = request.frame().fields().requireLong("timestamp");
        List<ByteBuffer> queue = queueOf(request.frame().fields());
        long below = queue.stream()
                .filter(r -> MessageRecord.storeTimestamp(r, 0) < time)
                .count();
        request.reply(new OffsetResponse(below));
    }

    private void groupOffset(Request request) {
        Fields in = request.frame().fields();
        Long offset = groupOffsets.get(groupKey(in));
        if (offset == null) {
            request.refuse(ResponseCode.QUERY_NOT_FOUND, "not found");
        } else {
            request.reply(new OffsetResponse(offset));
        }
    }

    private void commit(Request request) {
        Fields in = request.frame().fields();
        groupOffsets.put(groupKey(in), in.requireLong("commitOffset"));
        request.reply(Header.NONE);
    }

    private static String groupKey(Fields in) {
        return in.requireText("consumerGroup") + "/" + in.requireText("topic") + "/" + in.requireInt("queueId");
    }

    private void query(Request request) {
        QueryMessageRequest query = QueryMessageRequest.readFrom(request.frame().fields());
        String property = query.uniqueKey() ? PropertyNames.UNIQUE_KEY : PropertyNames.KEYS;
        String key = query.key();
        // As a hash index does, this one also finds what only looks alike: the client has to check.
        List<ByteBuffer> found = find(record -> {
            String value = MessageProperties.findInRecord(record, 0, property);
            return value != null && value.charAt(0) == key.charAt(0);
        });
        if (found.isEmpty()) {
            request.refuse(ResponseCode.QUERY_NOT_FOUND, "can not find message");
        } else {
            request.reply(Header.NONE, concatenated(found));
        }
    }

    private void view(Request request) {
        long wanted = request.frame().fields().requireLong("offset");
        List<ByteBuffer> found = find(record -> MessageRecord.position(record, 0) == wanted);
        if (found.isEmpty()) {
            request.refuse(ResponseCode.SYSTEM_ERROR, "can not find message by the offset, " + wanted);
        } else {
            request.reply(Header.NONE, concatenated(found));
        }
    }

    private List<ByteBuffer> find(Predicate<ByteBuffer> wanted) {
        List<ByteBuffer> found = new ArrayList<>();
        queues.values().forEach(queue -> queue.stream().filter(wanted).forEach(found::add));
        return found;
    }

    private List<ByteBuffer> queueOf(Fields in) {
        return queue(in.requireText("topic"), in.requireInt("queueId"));
    }

    private List<ByteBuffer> queue(String topic, int id) {
        return queues.computeIfAbsent(topic + "/" + id, key -> new ArrayList<>());
    }

    private static Body concatenated(List<ByteBuffer> records) {
        ByteBuffer all =
                ByteBuffer.allocate(records.stream().mapToInt(ByteBuffer::limit).sum());
        records.forEach(record -> all.put(record.duplicate().position(0)));
        return Body.of(all.flip());
    }
}
