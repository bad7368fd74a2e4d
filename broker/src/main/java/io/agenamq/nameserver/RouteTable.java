// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.BrokerRequest;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.RegisterBrokerBody;
import io.agenamq.protocol.command.RegisterBrokerRequest;
import io.agenamq.protocol.command.RegisterBrokerResponse;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Which broker serves which topic: all that a name server knows, in memory only, because brokers tell it again every half minute.
 *
 * <p>Brokers register all their topics and stay known while they do so, or send heartbeats, over an open connection. A broker that was
 * silent for its time-out is forgotten, and so is everything that only it had. Silence is looked for whenever the table is used and the last
 * look is a second ago, not by a timer: nobody can see an expired broker, and an idle name server does nothing.
 *
 * <p>Queues are taken from the primary of a group, and only when its data version changed, so that permissions that an operator took away
 * here stay away until the broker's own configuration changes (RocketMQ name server, "wipe write permission").
 *
 * <p>One lock, that of this object; every method may be called by any thread and touches memory only.
 */
final class RouteTable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);
    private static final long LOOK_INTERVAL_MILLIS = 1000;

    /** So many topics whose last broker went away are remembered, to be able to say so. */
    private static final int LOST_COUNT_MAX = 1000;

    private static final int ALL_PERMISSIONS = Permission.READ | Permission.WRITE;

    /** One broker process. */
    private static final class Member {
        final String address;
        final String haAddress;
        final long timeoutMillis;
        final @Nullable Object connection;
        DataVersion version;
        long lastSeenMillis;

        Member(
                String address,
                String haAddress,
                long timeoutMillis,
                @Nullable Object connection,
                DataVersion version,
                long lastSeenMillis) {
            this.address = address;
            this.haAddress = haAddress;
            this.timeoutMillis = timeoutMillis;
            this.connection = connection;
            this.version = version;
            this.lastSeenMillis = lastSeenMillis;
        }
    }

    /** A broker group: its members by broker id. */
    private static final class Group {
        final String name;
        String cluster;

        @Nullable
        String zone;

        boolean enableActingMaster;
        final SortedMap<Long, Member> members = new TreeMap<>();

        Group(String name, String cluster) {
            this.name = name;
            this.cluster = cluster;
        }

        BrokerData toData() {
            SortedMap<Long, String> addresses = new TreeMap<>();
            members.forEach((id, member) -> addresses.put(id, member.address));
            return new BrokerData(cluster, name, addresses, zone, enableActingMaster);
        }
    }

    private final long defaultTimeoutMillis;
    private final LongSupplier nanoTime;
    private final SortedMap<String, Group> groups = new TreeMap<>();

    /** Topic → broker name → queues. No topic without queues stays. */
    private final SortedMap<String, SortedMap<String, QueueData>> topics = new TreeMap<>();

    private final Map<String, String> lostTopics = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > LOST_COUNT_MAX;
        }
    };

    private long lastLookMillis;

    /**
     * An empty table.
     *
     * @param nanoTime a monotonic clock
     */
    RouteTable(Duration defaultTimeout, LongSupplier nanoTime) {
        this.defaultTimeoutMillis = defaultTimeout.toMillis();
        this.nanoTime = nanoTime;
        this.lastLookMillis = nowMillis();
    }

    private long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }

    // ------------------------------------------------------------------ brokers

    /**
     * A broker tells its topics.
     *
     * @param connection over which; when it closes, the broker is gone
     * @throws ProtocolException if it is unknown and tells only one topic: that is a change, and the rest is missing
     */
    synchronized RegisterBrokerResponse register(
            RegisterBrokerRequest request, RegisterBrokerBody body, @Nullable String zone, Object connection) {
        long now = lookForSilence();
        Group group = groups.get(request.brokerName());
        Member known = group == null ? null : group.members.get(request.brokerId());
        if (known == null && body.topics().size() == 1) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_ERROR,
                    "register broker failed: broker " + request.brokerName()
                            + " is unknown here and registers a single topic;" + " it must register all of them first");
        }
        if (group == null) {
            group = new Group(request.brokerName(), request.clusterName());
            groups.put(request.brokerName(), group);
        }
        boolean sameAddress = known != null && known.address.equals(request.brokerAddr());
        if (known != null
                && !sameAddress
                && known.version.stateVersion() > body.dataVersion().stateVersion()) {
            LOG.warn(
                    "broker {} id {} is {} with a newer state; the registration of {} is ignored",
                    group.name,
                    request.brokerId(),
                    known.address,
                    request.brokerAddr());
            return new RegisterBrokerResponse(null, null);
        }
        // The same process under another id: a replica was promoted, or a primary demoted.
        group.members
                .entrySet()
                .removeIf(entry -> entry.getKey() != request.brokerId()
                        && entry.getValue().address.equals(request.brokerAddr()));
        group.cluster = request.clusterName();
        group.zone = zone;
        group.enableActingMaster = request.enableActingMaster();

        long timeout = request.heartbeatTimeoutMillis() > 0 ? request.heartbeatTimeoutMillis() : defaultTimeoutMillis;
        group.members.put(
                request.brokerId(),
                new Member(request.brokerAddr(), request.haServerAddr(), timeout, connection, body.dataVersion(), now));
        if (!sameAddress) {
            LOG.info(
                    "broker {} id {} of cluster {} registered from {} with {} topics",
                    group.name,
                    request.brokerId(),
                    group.cluster,
                    request.brokerAddr(),
                    body.topics().size());
        }
        takeQueues(group, request, body, sameAddress ? known : null);
        return primaryFor(group, request.brokerId());
    }

    private void takeQueues(
            Group group, RegisterBrokerRequest request, RegisterBrokerBody body, @Nullable Member before) {
        boolean primary = request.brokerId() == BrokerData.PRIMARY_ID;
        boolean acting = group.enableActingMaster
                && !group.members.containsKey(BrokerData.PRIMARY_ID)
                && group.members.firstKey() == request.brokerId();
        boolean changed = before == null || !before.version.equals(body.dataVersion());
        if ((!primary && !acting) || !changed) {
            return;
        }
        for (TopicConfig topic : body.topics()) {
            int perm = acting ? topic.perm() & ~Permission.WRITE : topic.perm();
            topics.computeIfAbsent(topic.topicName(), name -> new TreeMap<>())
                    .put(
                            group.name,
                            new QueueData(
                                    group.name,
                                    topic.readQueueNums(),
                                    topic.writeQueueNums(),
                                    perm,
                                    topic.topicSysFlag()));
            lostTopics.remove(topic.topicName());
        }
    }

    private static RegisterBrokerResponse primaryFor(Group group, long brokerId) {
        Member primary = group.members.get(BrokerData.PRIMARY_ID);
        if (brokerId == BrokerData.PRIMARY_ID || primary == null) {
            return new RegisterBrokerResponse(null, null);
        }
        return new RegisterBrokerResponse(primary.haAddress, primary.address);
    }

    /** A broker leaves. */
    synchronized void unregister(BrokerRequest request) {
        lookForSilence();
        Group group = groups.get(request.brokerName());
        if (group != null) {
            removeMembers(group, member -> member.address.equals(request.brokerAddr()), Level.INFO, "it left");
        }
    }

    /** A broker is alive. */
    synchronized void heartbeat(BrokerRequest request) {
        long now = lookForSilence();
        Member member = find(request);
        if (member != null) {
            member.lastSeenMillis = now;
        }
    }

    /** The version a broker registered with, or {@code null} if it is unknown. Asking with that same version counts as a sign of life. */
    synchronized @Nullable DataVersion compareVersion(BrokerRequest request, DataVersion version) {
        long now = lookForSilence();
        Member member = find(request);
        if (member == null) {
            return null;
        }
        if (member.version.equals(version)) {
            member.lastSeenMillis = now;
        }
        return member.version;
    }

    private @Nullable Member find(BrokerRequest request) {
        Group group = groups.get(request.brokerName());
        if (group == null) {
            return null;
        }
        for (Member member : group.members.values()) {
            if (member.address.equals(request.brokerAddr())) {
                return member;
            }
        }
        return null;
    }

    /** A connection is gone, and with it the broker that registered over it. */
    synchronized void connectionClosed(Object connection) {
        for (Group group : List.copyOf(groups.values())) {
            removeMembers(group, member -> member.connection == connection, Level.WARN, "its connection was closed");
        }
    }

    private long lookForSilence() {
        long now = nowMillis();
        if (now - lastLookMillis >= LOOK_INTERVAL_MILLIS) {
            lastLookMillis = now;
            for (Group group : List.copyOf(groups.values())) {
                removeMembers(
                        group,
                        member -> now - member.lastSeenMillis > member.timeoutMillis,
                        Level.WARN,
                        "it was silent for longer than its time-out");
            }
        }
        return now;
    }

    private void removeMembers(Group group, Predicate<Member> which, Level level, String why) {
        boolean removed = group.members.values().removeIf(member -> {
            boolean goes = which.test(member);
            if (goes) {
                LOG.atLevel(level).log("broker {} at {} is no longer known: {}", group.name, member.address, why);
            }
            return goes;
        });
        if (removed && group.members.isEmpty()) {
            groups.remove(group.name);
            removeQueues(group.name, "broker " + group.name + " is gone: " + why);
        }
    }

    private void removeQueues(String brokerName, String why) {
        Iterator<Map.Entry<String, SortedMap<String, QueueData>>> entries =
                topics.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, SortedMap<String, QueueData>> topic = entries.next();
            topic.getValue().remove(brokerName);
            if (topic.getValue().isEmpty()) {
                entries.remove();
                lostTopics.put(topic.getKey(), why);
            }
        }
    }

    // ------------------------------------------------------------------ routes

    /**
     * The brokers and queues of a topic, or {@code null} if nobody has it.
     *
     * @param zone only brokers of this zone, and those that have no primary; {@code null} for all
     */
    synchronized @Nullable TopicRouteData route(String topic, @Nullable String zone) {
        lookForSilence();
        SortedMap<String, QueueData> queues = topics.get(topic);
        if (queues == null) {
            return null;
        }
        List<QueueData> queueDatas = new ArrayList<>();
        List<BrokerData> brokerDatas = new ArrayList<>();
        for (QueueData queue : queues.values()) {
            Group group = groups.get(queue.brokerName());
            if (group == null) {
                continue;
            }
            boolean otherZone =
                    zone != null && !zone.equals(group.zone) && group.members.containsKey(BrokerData.PRIMARY_ID);
            if (!otherZone) {
                queueDatas.add(queue);
                brokerDatas.add(group.toData());
            }
        }
        return brokerDatas.isEmpty() ? null : new TopicRouteData(null, queueDatas, brokerDatas);
    }

    /** Why there is no route to a topic, as a sentence for people that names what comes close. */
    synchronized String whyNoRoute(String topic, String templateTopic) {
        if (groups.isEmpty()) {
            return "No broker is registered with this name server.";
        }
        String lost = lostTopics.get(topic);
        if (lost != null) {
            return "It was known until " + lost + ".";
        }
        String why = topics.containsKey(templateTopic)
                ? "No broker has it yet; brokers create it when a message is first sent to it."
                : "No broker has it, and none creates topics by itself (autoCreateTopicEnable).";
        List<String> near = NearNames.of(topic, topics.keySet());
        return near.isEmpty() ? why : why + " Known are: " + String.join(", ", near) + ".";
    }

    /** Adds queues that a topic has on known brokers. */
    synchronized void addQueues(String topic, List<QueueData> queues) {
        lookForSilence();
        for (QueueData queue : queues) {
            if (groups.containsKey(queue.brokerName())) {
                topics.computeIfAbsent(topic, name -> new TreeMap<>()).put(queue.brokerName(), queue);
                lostTopics.remove(topic);
            }
        }
    }

    /** Forgets a topic, on the brokers of one cluster or on all. */
    synchronized void deleteTopic(String topic, @Nullable String cluster) {
        lookForSilence();
        // The admin tool of 4.9 swaps the two; a cluster that is no cluster, and a topic that is one, give it away.
        boolean swapped = cluster != null && !isCluster(cluster) && isCluster(topic) && topics.containsKey(cluster);
        String name = swapped ? cluster : topic;
        String where = swapped ? topic : cluster;
        SortedMap<String, QueueData> queues = topics.get(name);
        if (queues == null) {
            return;
        }
        queues.keySet().removeIf(broker -> where == null || where.isEmpty() || isIn(broker, where));
        if (queues.isEmpty()) {
            topics.remove(name);
        }
    }

    private boolean isCluster(String name) {
        return groups.values().stream().anyMatch(group -> group.cluster.equals(name));
    }

    private boolean isIn(String brokerName, String cluster) {
        Group group = groups.get(brokerName);
        return group != null && group.cluster.equals(cluster);
    }

    /** Takes the permission to send away from all topics of a broker; returns how many there are. */
    synchronized int wipeWritePermission(String brokerName) {
        return changePermissions(brokerName, false);
    }

    /** Gives it back. */
    synchronized int addWritePermission(String brokerName) {
        return changePermissions(brokerName, true);
    }

    private int changePermissions(String brokerName, boolean writable) {
        lookForSilence();
        int count = 0;
        for (SortedMap<String, QueueData> queues : topics.values()) {
            QueueData old = queues.get(brokerName);
            if (old != null) {
                int perm = writable ? ALL_PERMISSIONS : old.perm() & ~Permission.WRITE;
                queues.put(
                        brokerName,
                        new QueueData(brokerName, old.readQueueNums(), old.writeQueueNums(), perm, old.topicSysFlag()));
                count++;
            }
        }
        return count;
    }

    // ------------------------------------------------------------------ lists

    /** All broker groups, sorted by name. */
    synchronized List<BrokerData> brokers() {
        lookForSilence();
        return groups.values().stream().map(Group::toData).toList();
    }

    /** One broker group, or {@code null}. */
    synchronized @Nullable BrokerData broker(String brokerName) {
        lookForSilence();
        Group group = groups.get(brokerName);
        return group == null ? null : group.toData();
    }

    /** All topics, sorted. */
    synchronized List<String> topicNames() {
        lookForSilence();
        return List.copyOf(topics.keySet());
    }

    /** The topics of a cluster, sorted. */
    synchronized List<String> topicNames(String cluster) {
        lookForSilence();
        return topics.entrySet().stream()
                .filter(topic -> topic.getValue().keySet().stream().anyMatch(broker -> isIn(broker, cluster)))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The topics one of whose queues has system flags like that, sorted. */
    synchronized List<String> topicNames(IntPredicate topicSysFlag) {
        lookForSilence();
        return topics.entrySet().stream()
                .filter(topic ->
                        topic.getValue().values().stream().anyMatch(queue -> topicSysFlag.test(queue.topicSysFlag())))
                .map(Map.Entry::getKey)
                .toList();
    }
}
