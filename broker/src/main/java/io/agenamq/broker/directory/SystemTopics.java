// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.directory;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.Settings;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.TopicConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Topics that exist because clients and tools look them up, and names that nobody may send to. RocketMQ's list, without the topics of
 * mechanisms that do not exist here. Immutable.
 */
public final class SystemTopics {

    /** The pattern that automatically created topics take their settings from. */
    public static final String DEFAULT_TOPIC = "TBW102";

    /** Names with this start belong to the store's control records. */
    public static final String CONTROL_PREFIX = "AGENA_SYS_";

    /** Where half messages go that nobody has decided about. Created when the first one does. */
    public static final String GIVEN_UP_HALVES = "TRANS_CHECK_MAX_TIME_TOPIC";

    private static final String SELF_TEST_TOPIC = "SELF_TEST_TOPIC";

    /** Queues of the cluster's topic, as in RocketMQ. */
    private static final int CLUSTER_TOPIC_QUEUES = 16;

    private static final int READ_WRITE = Permission.READ | Permission.WRITE;

    private static final Set<String> CLOSED_TO_SENDERS = Set.of(
            "SCHEDULE_TOPIC_XXXX",
            "RMQ_SYS_TRANS_HALF_TOPIC",
            "RMQ_SYS_TRANS_OP_HALF_TOPIC",
            GIVEN_UP_HALVES,
            SELF_TEST_TOPIC,
            "OFFSET_MOVED_EVENT",
            "rmq_sys_wheel_timer");

    private final List<TopicConfig> created;
    private final Set<String> names;

    /** The system topics of a broker with these settings. */
    public SystemTopics(Settings settings) {
        String cluster = settings.get(BrokerOptions.CLUSTER_NAME);
        String broker = settings.get(BrokerOptions.BROKER_NAME);
        List<TopicConfig> topics = new ArrayList<>();
        topics.add(new TopicConfig(SELF_TEST_TOPIC, 1, 1, READ_WRITE));
        topics.add(new TopicConfig(
                cluster,
                CLUSTER_TOPIC_QUEUES,
                CLUSTER_TOPIC_QUEUES,
                Permission.INHERIT | (settings.get(BrokerOptions.CLUSTER_TOPIC) ? READ_WRITE : 0)));
        topics.add(new TopicConfig(
                broker, 1, 1, Permission.INHERIT | (settings.get(BrokerOptions.BROKER_TOPIC) ? READ_WRITE : 0)));
        topics.add(new TopicConfig(replyTopic(cluster), 1, 1, READ_WRITE));
        if (settings.get(BrokerOptions.TRACE_TOPIC)) {
            topics.add(new TopicConfig(settings.get(BrokerOptions.TRACE_TOPIC_NAME), 1, 1, READ_WRITE));
        }
        created = List.copyOf(topics);
        Set<String> all = new LinkedHashSet<>(CLOSED_TO_SENDERS);
        all.add(DEFAULT_TOPIC);
        created.forEach(topic -> all.add(topic.topicName()));
        names = Set.copyOf(all);
    }

    /** The topic that replies of request-reply are sent to: responders look up its route. */
    public static String replyTopic(String clusterName) {
        return clusterName + "_REPLY_TOPIC";
    }

    /** {@link #DEFAULT_TOPIC} as these settings have it. */
    static TopicConfig defaultTopic(Settings settings) {
        int queues = settings.get(BrokerOptions.DEFAULT_TOPIC_QUEUES);
        return new TopicConfig(DEFAULT_TOPIC, queues, queues, READ_WRITE | Permission.INHERIT);
    }

    /** What must exist from the start, beside {@link #DEFAULT_TOPIC}. */
    List<TopicConfig> created() {
        return created;
    }

    /** Names that operators can neither create nor delete; sorted by nothing. */
    public Set<String> names() {
        return names;
    }

    /** Whether operators can neither create nor delete {@code topic}. */
    public boolean isSystem(String topic) {
        return names.contains(topic) || topic.startsWith(CONTROL_PREFIX);
    }

    /** Whether a client may not send to {@code topic}. */
    static boolean isClosedToSenders(String topic) {
        return CLOSED_TO_SENDERS.contains(topic) || topic.startsWith(CONTROL_PREFIX);
    }
}
