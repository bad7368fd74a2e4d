// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.ClusterInfoBody;
import io.agenamq.protocol.command.ConsumerGroupRequest;
import io.agenamq.protocol.command.ConsumerListBody;
import io.agenamq.protocol.command.CreateTopicRequest;
import io.agenamq.protocol.command.GroupListBody;
import io.agenamq.protocol.command.HomeChoice;
import io.agenamq.protocol.command.JmsQueueSeekRequest;
import io.agenamq.protocol.command.JmsSeekRequest;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.OffsetResponse;
import io.agenamq.protocol.command.Partitions;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.PullMessageRequest;
import io.agenamq.protocol.command.PullMessageResponse;
import io.agenamq.protocol.command.QueryConsumerOffsetRequest;
import io.agenamq.protocol.command.QueryMessageRequest;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.QueueRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SearchOffsetRequest;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.command.StartPoint;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicListBody;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.command.TopicStatsBody;
import io.agenamq.protocol.command.TopicTableBody;
import io.agenamq.protocol.command.UpdateConsumerOffsetRequest;
import io.agenamq.protocol.command.ViewMessageRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.remoting.HostPort;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks a cluster: topics, offsets, single messages. One object holds one connection per name server and broker it talks to.
 *
 * <p>Every call blocks until the answer or the time-out, and throws an {@link AdminException} whose message is a line for people. Name servers
 * are asked in turn until one answers. Safe for use by several threads.
 */
public final class AdminClient implements Closeable {
    /** The group under which the tools of RocketMQ read; every broker has it from the start. */
    private static final String TOOLS_GROUP = "TOOLS_CONSUMER";

    private static final String TOOLS_PRODUCER = "CLIENT_INNER_PRODUCER";

    /** The topic whose settings a topic inherits that is created by its first message. */
    private static final String DEFAULT_TOPIC = "TBW102";

    private static final int DEFAULT_TOPIC_QUEUES = 4;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ClusterCalls calls;
    private final InstantSource clock;
    private final JmsQueues jmsQueues;
    private final JmsHomes jmsHomes;

    private AdminClient(ClusterCalls calls, InstantSource clock) {
        this.calls = calls;
        this.clock = clock;
        this.jmsQueues = new JmsQueues(calls, clock);
        this.jmsHomes = new JmsHomes(calls);
    }

    /**
     * A client of the cluster these name servers know; nothing is connected yet.
     *
     * @param nameServers {@code host:port}, several separated by semicolons or commas
     */
    public static AdminClient of(String nameServers) {
        return of(nameServers, null);
    }

    /**
     * The same for a user of the brokers.
     *
     * @param credentials who logs in; null for nobody in particular
     */
    public static AdminClient of(String nameServers, @Nullable Credentials credentials) {
        return new AdminClient(new ClusterCalls(nameServers, credentials, TIMEOUT), InstantSource.system());
    }

    /** All broker groups, by name. */
    public List<BrokerData> brokers() {
        Frame answer = ClusterCalls.expectSuccess(
                calls.askNameServer(RequestCode.GET_BROKER_CLUSTER_INFO, Header.NONE), "asking for the brokers");
        return ClusterInfoBody.parse(answer.body()).brokers();
    }

    /** The brokers and queues of a topic. @throws AdminException if there is no such topic */
    public TopicRouteData route(String topic) {
        TopicRouteData route = routeOrNull(topic);
        if (route == null) {
            throw noSuchTopic(topic);
        }
        return route;
    }

    private @Nullable TopicRouteData routeOrNull(String topic) {
        Frame answer = calls.askNameServer(RequestCode.GET_ROUTEINFO_BY_TOPIC, out -> {
            out.put("topic", topic);
            out.put("acceptStandardJsonOnly", true);
        });
        if (answer.code() == ResponseCode.TOPIC_NOT_EXIST) {
            return null;
        }
        return TopicRouteData.parse(ClusterCalls.expectSuccess(answer, "asking for topic '" + topic + "'")
                .body());
    }

    private AdminException noSuchTopic(String topic) {
        return new AdminException(
                "topic '" + topic + "' does not exist; 'agena topic list' shows what there is, 'agena topic create "
                        + topic + "' makes it");
    }

    /** Where to reach the brokers that can be written, by broker name. */
    private Map<String, String> primaries() {
        Map<String, String> primaries = new TreeMap<>();
        for (BrokerData broker : brokers()) {
            String address = broker.primaryAddress();
            if (address != null) {
                primaries.put(broker.brokerName(), address);
            }
        }
        if (primaries.isEmpty()) {
            throw new AdminException(
                    "no broker is registered with the name server; start one with 'agena start' or 'agena broker'");
        }
        return primaries;
    }

    /**
     * One option of a running broker.
     *
     * @param address {@code host:port} of the broker
     * @return its value as text, empty if the broker does not say
     */
    public String brokerOption(String address, String name) {
        Frame answer = ClusterCalls.expectSuccess(
                calls.askBroker(address, RequestCode.GET_BROKER_CONFIG, Header.NONE, Body.EMPTY),
                "asking the broker at " + address + " for its options");
        String text = StandardCharsets.UTF_8.decode(answer.body()).toString();
        return text.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /**
     * All topics of all brokers, by name.
     *
     * @param withSystem also those that brokers make for themselves, and RocketMQ's retry and dead-letter topics
     */
    public List<TopicStatus> topics(boolean withSystem) {
        Map<String, TopicStatus> topics = new TreeMap<>();
        Set<String> system = new TreeSet<>();
        for (Map.Entry<String, String> broker : primaries().entrySet()) {
            if (!withSystem) {
                system.addAll(systemTopics(broker.getValue()));
            }
            Frame answer = ClusterCalls.expectSuccess(
                    calls.askBroker(broker.getValue(), RequestCode.GET_ALL_TOPIC_CONFIG, Header.NONE, Body.EMPTY),
                    "asking " + broker.getKey() + " for its topics");
            for (TopicConfig config : TopicTableBody.parse(answer.body()).topics()) {
                topics.merge(config.topicName(), TopicStatus.of(config, broker.getKey()), TopicStatus::and);
            }
        }
        topics.keySet().removeIf(name -> system.contains(name) || (!withSystem && isDerived(name)));
        return List.copyOf(topics.values());
    }

    private Collection<String> systemTopics(String address) {
        Frame answer = ClusterCalls.expectSuccess(
                calls.askBroker(address, RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER, Header.NONE, Body.EMPTY),
                "asking for system topics");
        return TopicListBody.parse(answer.body()).topicList();
    }

    /** RocketMQ makes one of these per consumer group. */
    private static boolean isDerived(String topic) {
        return topic.startsWith("%RETRY%") || topic.startsWith("%DLQ%");
    }

    /** One topic on all of its brokers. @throws AdminException if there is no such topic */
    public TopicStatus topic(String name) {
        TopicStatus status = null;
        for (BrokerData broker : route(name).brokerDatas()) {
            String address = broker.primaryAddress();
            if (address == null) {
                continue;
            }
            Frame answer = calls.askBroker(address, RequestCode.GET_TOPIC_CONFIG, new TopicRequest(name), Body.EMPTY);
            if (answer.code() == ResponseCode.TOPIC_NOT_EXIST) {
                continue;
            }
            ClusterCalls.expectSuccess(answer, "asking " + broker.brokerName() + " for topic '" + name + "'");
            TopicStatus here = TopicStatus.of(TopicConfig.parse(answer.body()), broker.brokerName());
            status = status == null ? here : status.and(here);
        }
        if (status == null) {
            throw noSuchTopic(name);
        }
        return status;
    }

    /**
     * Creates a topic: a native one on every broker, a JMS queue or topic on one, its home, so that its order stays exact, and a partitioned queue on as
     * many as it has partitions.
     *
     * @return the names of the brokers that have it now
     * @throws AdminException if there is one of that name already, or a broker refuses
     */
    public List<String> createTopic(TopicSpec spec) {
        if (routeOrNull(spec.name()) != null) {
            throw new AdminException("topic '" + spec.name() + "' exists already, as "
                    + topic(spec.name()).kind().word() + "; delete it first, or use another name");
        }
        Map<String, String> brokers = primaries();
        if (spec.partitions() > brokers.size()) {
            throw new AdminException("there are " + brokers.size() + " brokers, too few for " + spec.partitions()
                    + " partitions; each has a broker of its own");
        }
        if (spec.kind() != TopicKind.NATIVE) {
            jmsHomes.claim(spec.name(), brokers.keySet());
            List<String> homes = HomeChoice.of(spec.name(), brokers.keySet(), spec.partitions());
            brokers.keySet().retainAll(homes);
        }
        List<String> made = new ArrayList<>();
        for (Map.Entry<String, String> broker : brokers.entrySet()) {
            ClusterCalls.expectSuccess(
                    calls.askBroker(broker.getValue(), RequestCode.UPDATE_AND_CREATE_TOPIC, creation(spec), Body.EMPTY),
                    "creating topic '" + spec.name() + "' on " + broker.getKey());
            made.add(broker.getKey());
        }
        return made;
    }

    private static CreateTopicRequest creation(TopicSpec spec) {
        String kind = "+" + TopicKind.ATTRIBUTE + "=" + spec.kind().word()
                + (spec.partitions() > 1 ? ",+" + Partitions.ATTRIBUTE + "=" + spec.partitions() : "");
        return new CreateTopicRequest(
                spec.name(),
                DEFAULT_TOPIC,
                spec.queues(),
                spec.queues(),
                Permission.READ | Permission.WRITE,
                TopicConfig.SINGLE_TAG,
                0,
                false,
                spec.kind() == TopicKind.NATIVE ? null : kind);
    }

    /**
     * Deletes a topic with its messages on all brokers that are there. A JMS queue or topic that lives on a broker that is away is forgotten: another one
     * may be created elsewhere, and if that broker comes back there are both.
     *
     * @throws AdminException if there is no such topic
     */
    public void deleteTopic(String topic) {
        Header header = new TopicRequest(topic);
        TopicRouteData route = routeOrNull(topic);
        if (route == null && jmsHomes.homeOf(topic) == null) {
            throw noSuchTopic(topic);
        }
        for (BrokerData broker : route == null ? List.<BrokerData>of() : route.brokerDatas()) {
            String address = broker.primaryAddress();
            if (address != null) {
                ClusterCalls.expectSuccess(
                        calls.askBroker(address, RequestCode.DELETE_TOPIC_IN_BROKER, header, Body.EMPTY),
                        "deleting topic '" + topic + "' on " + broker.brokerName());
            }
        }
        // Brokers take it out of the route when they register; this makes the other name servers forget it at once.
        for (HostPort nameServer : calls.nameServers()) {
            ClusterCalls.expectSuccess(
                    calls.askBroker(nameServer.toString(), RequestCode.DELETE_TOPIC_IN_NAMESRV, header, Body.EMPTY),
                    "deleting topic '" + topic + "' on name server " + nameServer);
        }
    }

    /** The queues of a topic with what they hold, by broker and number. */
    public List<QueueStatus> queues(String topic) {
        List<QueueStatus> queues = new ArrayList<>();
        for (BrokerData broker : route(topic).brokerDatas()) {
            String address = broker.primaryAddress();
            if (address != null) {
                Frame answer = ClusterCalls.expectSuccess(
                        calls.askBroker(address, RequestCode.GET_TOPIC_STATS_INFO, new TopicRequest(topic), Body.EMPTY),
                        "asking " + broker.brokerName() + " for topic '" + topic + "'");
                TopicStatsBody.parse(answer.body())
                        .offsetTable()
                        .forEach((queue, stats) -> queues.add(QueueStatus.of(queue, stats)));
            }
        }
        queues.sort(Comparator.comparing((QueueStatus status) -> status.queue().brokerName())
                .thenComparing(status -> status.queue().queueId()));
        return queues;
    }

    /** The consumer groups that read a topic or have read it, by name. */
    public List<String> groups(String topic) {
        Set<String> groups = new TreeSet<>();
        for (BrokerData broker : route(topic).brokerDatas()) {
            String address = broker.primaryAddress();
            if (address != null) {
                Frame answer = ClusterCalls.expectSuccess(
                        calls.askBroker(
                                address, RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, new TopicRequest(topic), Body.EMPTY),
                        "asking " + broker.brokerName() + " for the groups of '" + topic + "'");
                groups.addAll(GroupListBody.parse(answer.body()).groupList());
            }
        }
        return List.copyOf(groups);
    }

    /** The queues of a topic with the addresses of their brokers, by broker and number. */
    public List<QueueAddress> queueAddresses(String topic) {
        TopicRouteData route = route(topic);
        List<QueueAddress> queues = new ArrayList<>();
        for (QueueData data : route.queueDatas()) {
            String address = primaryOf(route, data.brokerName());
            for (int id = 0; address != null && id < Math.max(data.readQueueNums(), data.writeQueueNums()); id++) {
                queues.add(new QueueAddress(new MessageQueue(topic, data.brokerName(), id), address));
            }
        }
        if (queues.isEmpty()) {
            throw new AdminException("topic '" + topic + "' has no broker that can be reached now");
        }
        queues.sort(Comparator.comparing((QueueAddress at) -> at.queue().brokerName())
                .thenComparing(at -> at.queue().queueId()));
        return queues;
    }

    private static @Nullable String primaryOf(TopicRouteData route, String brokerName) {
        for (BrokerData broker : route.brokerDatas()) {
            if (broker.brokerName().equals(brokerName)) {
                return broker.primaryAddress();
            }
        }
        return null;
    }

    /**
     * Sends one message and waits for the answer.
     *
     * @param to the queue; the topic must exist
     * @param properties RocketMQ's and the application's
     * @param durable whether the answer comes only when the message is on the disk, whatever the broker's {@code flushDiskType} is
     */
    public SendMessageResponse send(QueueAddress to, Map<String, String> properties, byte[] body, boolean durable) {
        SendMessageRequest request = new SendMessageRequest(
                TOOLS_PRODUCER,
                to.queue().topic(),
                DEFAULT_TOPIC,
                DEFAULT_TOPIC_QUEUES,
                to.queue().queueId(),
                0,
                clock.millis(),
                0,
                MessageProperties.of(properties),
                0,
                false,
                SendMessageRequest.MAX_RECONSUME_TIMES_UNSET,
                false,
                to.queue().brokerName());
        Header header = out -> {
            request.writeTo(out);
            if (durable) {
                out.put("dur", 1);
            }
        };
        Frame answer = calls.askBroker(to.address(), RequestCode.SEND_MESSAGE_V2, header, Body.of(body));
        if (answer.code() == ResponseCode.FLUSH_DISK_TIMEOUT) {
            throw new AdminException(
                    "the message is stored but not on the disk yet: the broker's disk is too slow for syncFlushTimeout");
        }
        ClusterCalls.expectSuccess(answer, "sending to '" + to.queue().topic() + "'");
        return SendMessageResponse.readFrom(answer.fields());
    }

    /**
     * What one pull brought.
     *
     * @param next the offset to go on with
     */
    public record Pulled(List<StoredMessage> messages, long next) {
        public Pulled {
            messages = List.copyOf(messages);
        }
    }

    /**
     * Reads messages of one queue; nobody's progress changes. An offset below the oldest message reads from the oldest.
     *
     * @param countMax at most so many
     * @param wait how long the answer may take while there is no message
     */
    public Pulled pull(QueueAddress from, long offset, int countMax, Duration wait) {
        boolean waits = !wait.isZero();
        PullMessageRequest request = new PullMessageRequest(
                TOOLS_GROUP,
                from.queue().topic(),
                from.queue().queueId(),
                offset,
                countMax,
                PullMessageRequest.FLAG_SUBSCRIPTION | (waits ? PullMessageRequest.FLAG_SUSPEND : 0),
                0,
                wait.toMillis(),
                "*",
                0,
                "TAG",
                Integer.MAX_VALUE,
                from.queue().brokerName());
        Frame answer =
                calls.askBroker(from.address(), RequestCode.PULL_MESSAGE, request, Body.EMPTY, wait.plus(TIMEOUT));
        return switch (answer.code()) {
            case ResponseCode.SUCCESS ->
                new Pulled(
                        StoredMessage.ofRecords(answer.body()),
                        PullMessageResponse.readFrom(answer.fields()).nextBeginOffset());
            case ResponseCode.PULL_NOT_FOUND, ResponseCode.PULL_RETRY_IMMEDIATELY, ResponseCode.PULL_OFFSET_MOVED ->
                new Pulled(
                        List.of(), PullMessageResponse.readFrom(answer.fields()).nextBeginOffset());
            default -> throw ClusterCalls.refused(answer, "reading " + from);
        };
    }

    /** The offset of the oldest message of a queue. */
    public long minOffset(QueueAddress queue) {
        MessageQueue of = queue.queue();
        return offset(queue, RequestCode.GET_MIN_OFFSET, new QueueRequest(of.topic(), of.queueId()));
    }

    /** The offset behind the newest message of a queue. */
    public long maxOffset(QueueAddress queue) {
        MessageQueue of = queue.queue();
        return offset(queue, RequestCode.GET_MAX_OFFSET, new QueueRequest(of.topic(), of.queueId()));
    }

    /** The offset of the first message of a queue that was stored at this time or later. */
    public long offsetAt(QueueAddress queue, Instant time) {
        MessageQueue of = queue.queue();
        return offset(
                queue,
                RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
                new SearchOffsetRequest(of.topic(), of.queueId(), time.toEpochMilli(), false));
    }

    private long offset(QueueAddress queue, int code, Header header) {
        Frame answer = ClusterCalls.expectSuccess(
                calls.askBroker(queue.address(), code, header, Body.EMPTY), "asking for an offset of " + queue);
        return OffsetResponse.readFrom(answer.fields()).offset();
    }

    /** Where a group stands in a queue, or -1 if it has not begun. */
    public long groupOffset(String group, QueueAddress queue) {
        Frame answer = calls.askBroker(
                queue.address(),
                RequestCode.QUERY_CONSUMER_OFFSET,
                new QueryConsumerOffsetRequest(
                        group, queue.queue().topic(), queue.queue().queueId(), false),
                Body.EMPTY);
        if (answer.code() == ResponseCode.QUERY_NOT_FOUND) {
            return -1;
        }
        ClusterCalls.expectSuccess(answer, "asking where group '" + group + "' is");
        return OffsetResponse.readFrom(answer.fields()).offset();
    }

    /** Sets where a group stands in a queue. */
    public void commitGroupOffset(String group, QueueAddress queue, long offset) {
        ClusterCalls.expectSuccess(
                calls.askBroker(
                        queue.address(),
                        RequestCode.UPDATE_CONSUMER_OFFSET,
                        new UpdateConsumerOffsetRequest(
                                group, queue.queue().topic(), queue.queue().queueId(), offset),
                        Body.EMPTY),
                "storing the offset of group '" + group + "'");
    }

    /** The ids of the clients that consume in a group now. */
    public List<String> groupMembers(String group, QueueAddress queue) {
        Frame answer = calls.askBroker(
                queue.address(), RequestCode.GET_CONSUMER_LIST_BY_GROUP, new ConsumerGroupRequest(group), Body.EMPTY);
        // A group without members is answered with a failure.
        return answer.code() == ResponseCode.SUCCESS
                ? ConsumerListBody.parse(answer.body()).consumerIdList()
                : List.of();
    }

    /** Messages of a topic with this key or unique id, newest first. */
    public List<StoredMessage> query(String topic, String key, boolean uniqueId, int countMax) {
        List<StoredMessage> found = new ArrayList<>();
        for (BrokerData broker : route(topic).brokerDatas()) {
            String address = broker.primaryAddress();
            if (address == null) {
                continue;
            }
            Frame answer = calls.askBroker(
                    address,
                    RequestCode.QUERY_MESSAGE,
                    new QueryMessageRequest(topic, key, countMax, 0, Long.MAX_VALUE, uniqueId),
                    Body.EMPTY);
            if (answer.code() != ResponseCode.QUERY_NOT_FOUND) {
                ClusterCalls.expectSuccess(answer, "asking " + broker.brokerName() + " for messages");
                found.addAll(StoredMessage.ofRecords(answer.body()));
            }
        }
        // The index is by hash: what only shares the hash is left out here.
        found.removeIf(message -> !(uniqueId ? key.equals(message.uniqueId()) : message.hasKey(key)));
        found.sort(Comparator.comparing(StoredMessage::stored).reversed());
        return found.size() > countMax ? List.copyOf(found.subList(0, countMax)) : List.copyOf(found);
    }

    /**
     * The message with this offset id, or an empty list. The topic's brokers are asked: the address in an id that somebody typed is not one
     * to connect to.
     */
    public List<StoredMessage> message(String topic, MessageId id) {
        for (BrokerData broker : route(topic).brokerDatas()) {
            String address = broker.primaryAddress();
            if (address == null) {
                continue;
            }
            Frame answer = calls.askBroker(
                    address, RequestCode.VIEW_MESSAGE_BY_ID, new ViewMessageRequest(id.position(), topic), Body.EMPTY);
            // A position without a message is answered with a failure.
            if (answer.code() == ResponseCode.SUCCESS) {
                List<StoredMessage> found = StoredMessage.ofRecords(answer.body());
                if (!found.isEmpty() && found.get(0).id().equals(id.toString())) {
                    return found;
                }
            }
        }
        return List.of();
    }

    /**
     * The durable subscriptions of JMS topics, by topic and name.
     *
     * @param topic of this topic only, null for all
     */
    public List<SubscriptionStatus> subscriptions(@Nullable String topic) {
        return new JmsSubscriptions(calls).list(topic, brokers());
    }

    /**
     * Lets a durable subscription that has no consumer go on from another place.
     *
     * @param clientId client identifier that the name belongs to, null for none
     * @param to where, null for behind the last message
     * @param preview whether only the answer is wanted, and nothing is to change
     */
    public Sought seek(String name, @Nullable String clientId, @Nullable StartPoint to, boolean preview) {
        return new JmsSubscriptions(calls).seek(new JmsSeekRequest(name, clientId, to, preview), brokers());
    }

    /**
     * Lets a durable subscription that has no consumer go on from a message.
     *
     * @param messageId its JMSMessageID, unique key or offset id
     */
    public Sought seekToMessage(String name, @Nullable String clientId, String messageId, boolean preview) {
        return new JmsSubscriptions(calls)
                .seek(new JmsSeekRequest(name, clientId, null, messageId, preview), brokers());
    }

    /**
     * Lets a JMS queue go on from another place, back or forth: what is behind the place is delivered, again if it was before. Consumers stay; what
     * they have in flight comes again, or is skipped, whether they acknowledge it or not. What was settled and has been removed from the log since does not
     * come back.
     *
     * @param to where, null for behind the last message
     * @param preview whether only the answer is wanted, and nothing is to change
     * @return what it does on each broker that has the queue
     */
    public List<QueueSought> seekQueue(String queue, @Nullable StartPoint to, boolean preview) {
        return jmsQueues.seek(
                new JmsQueueSeekRequest(queue, to, null, preview), route(queue).brokerDatas());
    }

    /**
     * The same to a message.
     *
     * @param messageId its JMSMessageID, unique key or offset id
     * @throws AdminException if there is no such message in the queue
     */
    public List<QueueSought> seekQueueToMessage(String queue, String messageId, boolean preview) {
        return jmsQueues.seek(
                new JmsQueueSeekRequest(queue, null, messageId, preview),
                route(queue).brokerDatas());
    }

    /**
     * Where a message is, and what happened to it.
     *
     * @param id its JMSMessageID, unique key or offset id
     * @param topic where to look, null for everywhere
     * @param logTime how long logs are read at most; what they say further behind is missing then
     * @return its copies, the oldest first: it may be a dead letter, or have been moved to another queue; empty if no broker has it
     */
    public List<TracedMessage> trace(String id, @Nullable String topic, Duration logTime) {
        return new JmsTraces(calls, clock).trace(id, topic, logTime, brokers());
    }

    /**
     * Branches of transactions that somebody else decides about, the oldest first.
     *
     * @param id only those whose id contains this, null for all
     */
    public List<BranchStatus> branches(@Nullable String id) {
        return new JmsBranches(calls).list(id, brokers());
    }

    /** Decides about a branch, instead of who should: commits it, or rolls it back. */
    public void resolveBranch(BranchStatus branch, boolean commit) {
        new JmsBranches(calls).resolve(branch, commit, brokers());
    }

    /** Ends a durable subscription that has no consumer, with everything it has not delivered. */
    public void unsubscribe(String name, @Nullable String clientId) {
        new JmsSubscriptions(calls).unsubscribe(name, clientId, brokers());
    }

    /**
     * All JMS queues of all brokers, by name; one that spans several brokers has a line for each.
     *
     * @param withDeadLetters also the queues for dead letters
     */
    public List<JmsQueueStatus> jmsQueues(boolean withDeadLetters) {
        Map<String, String> addresses = primaries();
        List<JmsQueueStatus> all = new ArrayList<>();
        for (TopicStatus topic : topics(true)) {
            if (topic.kind() == TopicKind.QUEUE && (withDeadLetters || !isDerived(topic.name()))) {
                for (String broker : topic.brokers()) {
                    String address = addresses.get(broker);
                    if (address != null) {
                        all.add(jmsQueues.status(topic.name(), broker, address));
                    }
                }
            }
        }
        return all;
    }

    /** A JMS queue on each of its brokers. @throws AdminException if there is no such queue */
    public List<JmsQueueStatus> jmsQueue(String queue) {
        return jmsQueues.status(queue, route(queue).brokerDatas());
    }

    /**
     * Changes one attribute of a JMS queue or topic. Consumers notice at once, and it survives a restart.
     *
     * @param value null for the attribute's default
     * @throws AdminException if there is no such destination or attribute, or the value makes no sense
     */
    public void configure(String destination, String attribute, @Nullable String value) {
        jmsQueues.configure(destination, attribute, value, route(destination).brokerDatas());
    }

    /** Pauses delivery: consumers stay attached and get nothing more, sends go on. */
    public void pause(String destination) {
        configure(destination, "delivery.paused", "true");
    }

    /** Goes on with delivery. */
    public void resume(String destination) {
        configure(destination, "delivery.paused", null);
    }

    /**
     * Takes messages out of a JMS queue for good. What consumers have in flight stays.
     *
     * @param selector which, null for all; a damaged message goes only with all
     */
    public Swept purge(String queue, @Nullable String selector) {
        return jmsQueues.sweep(
                queue, selector, null, Long.MAX_VALUE, route(queue).brokerDatas());
    }

    /**
     * Moves messages from one JMS queue to another of the same broker, the oldest first. Each message is in exactly one of them at any time, whatever crashes.
     * What consumers have in flight stays.
     *
     * @param selector which, null for all
     * @param countMax at most so many
     */
    public Swept move(String from, String to, @Nullable String selector, long countMax) {
        return jmsQueues.sweep(from, selector, to, countMax, route(from).brokerDatas());
    }

    @Override
    public void close() {
        calls.close();
    }
}
