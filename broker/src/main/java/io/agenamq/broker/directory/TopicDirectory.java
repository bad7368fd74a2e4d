// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.directory;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.table.TopicTable;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How topics come into being, change and go: RocketMQ's rules over the store's topic table. A topic is looked up in the table first, and only
 * a name that is not there is examined, so that the usual send pays one look-up.
 *
 * <p>Every change is told to the listener, which registers the broker with the name servers again; a producer that has just created a topic
 * can be found by its consumers within a round trip.
 *
 * <p>Safe for all threads. Creating is serialised by {@link #creation}, because two producers that create one topic with different numbers of
 * queues must end with one answer. The append of the control record happens under it, which is a write to the page cache and rare; the lock
 * order is {@code creation}, then the store's own locks.
 */
public final class TopicDirectory {

    private static final int READ_WRITE = Permission.READ | Permission.WRITE;

    private final TopicTable table;
    private final LiveSettings settings;
    private final SystemTopics systemTopics;
    private final Announcer announcer;
    private final Object creation = new Object();

    /** With whom to tell after each change, outside of all locks. */
    public TopicDirectory(TopicTable table, LiveSettings settings, SystemTopics systemTopics, Announcer announcer) {
        this.table = table;
        this.settings = settings;
        this.systemTopics = systemTopics;
        this.announcer = announcer;
    }

    /** Creates the system topics that are missing, and brings {@code TBW102} in line with {@code autoCreateTopicEnable}. */
    public void createSystemTopics() {
        boolean any = false;
        for (TopicConfig topic : systemTopics.created()) {
            any |= putUnlessSame(topic);
        }
        if (settings.get(BrokerOptions.AUTO_CREATE_TOPIC)) {
            any |= putUnlessSame(SystemTopics.defaultTopic(settings.current()));
        } else if (table.get(SystemTopics.DEFAULT_TOPIC) != null) {
            removeFromTable(SystemTopics.DEFAULT_TOPIC);
            any = true;
        }
        if (any) {
            announcer.changed();
        }
    }

    /** Runs {@code task} when the name servers know what has changed until now; see {@link Announcer#afterwards}. */
    public void whenAnnounced(Runnable task) {
        announcer.afterwards(task);
    }

    /** The topic, or {@code null}. */
    public @Nullable TopicConfig get(String topic) {
        return table.get(topic);
    }

    /** The topic; refused with code 17 if there is none. */
    public TopicConfig require(String topic) {
        TopicConfig found = table.get(topic);
        if (found == null) {
            throw notThere(topic);
        }
        return found;
    }

    /** All topics. */
    public Collection<TopicConfig> all() {
        return table.all();
    }

    /** Which names the system owns. */
    public SystemTopics systemTopics() {
        return systemTopics;
    }

    /**
     * The topic that a client sends to, created on the pattern of another one if that is allowed.
     *
     * @param topic where to
     * @param pattern the topic whose settings a new one takes: {@code TBW102} from all clients that were not told otherwise
     * @param queueCount how many queues the client would like a new topic to have
     * @throws ProtocolException 29 for a bad name, 16 for a topic of the system, 17 if there is none and none can be created
     */
    public TopicConfig forSend(String topic, String pattern, int queueCount) {
        if (SystemTopics.isClosedToSenders(topic)) {
            throw new ProtocolException(
                    ResponseCode.NO_PERMISSION, "Sending message to topic[" + topic + "] is forbidden.");
        }
        TopicConfig found = table.get(topic);
        return found != null ? found : createForSend(topic, pattern, queueCount);
    }

    private TopicConfig createForSend(String topic, String pattern, int queueCount) {
        checkName(topic);
        if (TopicNames.isRetry(topic) || TopicNames.isDeadLetter(topic)) {
            return ensure(new TopicConfig(topic, 1, 1, READ_WRITE));
        }
        TopicConfig like = settings.get(BrokerOptions.AUTO_CREATE_TOPIC) ? table.get(pattern) : null;
        if (like == null || !Permission.inheritable(like.perm())) {
            throw notThere(topic);
        }
        int queues = Math.max(1, Math.min(queueCount, like.writeQueueNums()));
        return ensure(new TopicConfig(topic, queues, queues, like.perm() & ~Permission.INHERIT));
    }

    /** The retry topic of {@code group}, created if missing: tools find a group's brokers by its route. */
    public TopicConfig ensureRetryTopic(String group, int queues) {
        String topic = TopicNames.retryTopic(group);
        TopicConfig found = table.get(topic);
        return found != null
                ? found
                : ensure(new TopicConfig(topic, Math.max(1, queues), Math.max(1, queues), READ_WRITE));
    }

    /** Sees to it that there is a topic for half messages that are given up. */
    public void ensureGivenUpHalvesTopic() {
        if (table.get(SystemTopics.GIVEN_UP_HALVES) == null) {
            ensure(new TopicConfig(SystemTopics.GIVEN_UP_HALVES, 1, 1, READ_WRITE));
        }
    }

    /** The dead-letter topic of {@code group}, created if missing. */
    public TopicConfig ensureDeadLetterTopic(String group) {
        String topic = TopicNames.deadLetterTopic(group);
        TopicConfig found = table.get(topic);
        return found != null ? found : ensure(new TopicConfig(topic, 1, 1, READ_WRITE));
    }

    /** The queue that takes the dead letters of a destination, created if missing. */
    public TopicConfig ensureDeadLetterQueue(String name) {
        TopicConfig found = table.get(name);
        return found != null ? found : ensure(destination(name, DestinationKind.QUEUE));
    }

    private static TopicConfig destination(String name, DestinationKind kind) {
        return new TopicConfig(
                name,
                1,
                1,
                READ_WRITE,
                TopicConfig.SINGLE_TAG,
                0,
                false,
                Map.of(DestinationKind.ATTRIBUTE, kind.word()));
    }

    /**
     * The destination of a Jakarta Messaging client, created with one queue if there is no topic of that name and clients may create topics.
     *
     * @return the topic of that name, which may be of another kind if there was one
     * @throws ProtocolException with a code of {@link JmsRefusal} if there is none and none can be created
     */
    public TopicConfig ensureDestination(String name, DestinationKind kind) {
        TopicConfig found = table.get(name);
        if (found != null) {
            return found;
        }
        ProtocolException fault = whyNotCreated(name);
        if (fault != null) {
            throw fault;
        }
        return ensure(destination(name, kind));
    }

    /** Why a Jakarta Messaging client may not create a destination of this name, as a code of {@link JmsRefusal}; null if it may. */
    public @Nullable ProtocolException whyNotCreated(String name) {
        Optional<String> fault = TopicNames.faultOfTopic(name);
        if (fault.isPresent()) {
            return new ProtocolException(JmsRefusal.ILLEGAL_NAME.code(), fault.get());
        }
        if (systemTopics.isSystem(name)) {
            return new ProtocolException(
                    JmsRefusal.ILLEGAL_NAME.code(), "the name '" + name + "' belongs to the system");
        }
        if (!settings.get(BrokerOptions.AUTO_CREATE_TOPIC)) {
            return new ProtocolException(
                    JmsRefusal.NO_SUCH_DESTINATION.code(),
                    "there is no destination '" + name
                            + "'; create it with 'agena topic create', or let clients create "
                            + "destinations with autoCreateTopicEnable=true");
        }
        return null;
    }

    /**
     * Creates or changes a topic for an operator.
     *
     * @param attributeChanges {@code key → value}; a {@code null} value removes the key
     * @throws ProtocolException 29 for a bad name, a topic of the system, numbers out of range, or another kind than the topic has
     */
    public TopicConfig put(TopicConfig wanted, Map<String, @Nullable String> attributeChanges) {
        checkName(wanted.topicName());
        if (systemTopics.isSystem(wanted.topicName())) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "The topic[" + wanted.topicName() + "] is conflict with system topic.");
        }
        if (!isQueueCount(wanted.readQueueNums()) || !isQueueCount(wanted.writeQueueNums())) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "a topic has 1 to " + QUEUES_MAX + " queues; requested were " + wanted.readQueueNums()
                            + " to read and " + wanted.writeQueueNums() + " to write");
        }
        TopicConfig result;
        synchronized (creation) {
            TopicConfig before = table.get(wanted.topicName());
            result = withAttributes(wanted, before, attributeChanges);
            if (before != null && kindOf(before) != kindOf(result)) {
                throw new ProtocolException(
                        ResponseCode.INVALID_PARAMETER,
                        "what '" + before.topicName() + "' is to Jakarta Messaging is fixed: "
                                + DestinationKind.ATTRIBUTE + "="
                                + kindOf(before).word() + "; delete it, or choose another name");
            }
            if (!result.equals(before)) {
                putIntoTable(result);
            }
        }
        announcer.changed(result);
        return result;
    }

    /**
     * Changes one attribute of a topic for an operator, and nothing else of it.
     *
     * @param value {@code null} removes the attribute
     * @throws ProtocolException 17 if there is no such topic, 14 if the store refuses
     */
    public void configure(String topic, String attribute, @Nullable String value) {
        synchronized (creation) {
            TopicConfig before = require(topic);
            Map<String, @Nullable String> change = new java.util.HashMap<>();
            change.put(attribute, value);
            TopicConfig result = withAttributes(before, before, change);
            if (!result.equals(before)) {
                putIntoTable(result);
            }
        }
    }

    /**
     * Marks the topics that the name servers keep an order configuration of as ordered, and the others as not, as RocketMQ does with what a
     * name server says to a registration. Nobody is told: the mark does not travel in routes.
     *
     * @throws ProtocolException 14 if the store refuses; the next registration brings the same again
     */
    public void markOrdered(Set<String> ordered) {
        for (TopicConfig topic : table.all()) {
            boolean wanted = ordered.contains(topic.topicName());
            if (topic.order() != wanted) {
                synchronized (creation) {
                    TopicConfig present = table.get(topic.topicName());
                    if (present != null) {
                        putIntoTable(present.withOrder(wanted));
                    }
                }
            }
        }
    }

    /** Deletes a topic with its queues; nothing happens if there is none. Refused with 29 for a topic of the system. */
    public void remove(String topic) {
        checkName(topic);
        if (systemTopics.isSystem(topic)) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER, "The topic[" + topic + "] is conflict with system topic.");
        }
        synchronized (creation) {
            if (table.get(topic) == null) {
                return;
            }
            removeFromTable(topic);
        }
        announcer.changed();
    }

    /** Bound of what an operator can ask for; every queue costs memory. RocketMQ's benchmark topic has 1,024. */
    private static final int QUEUES_MAX = 4096;

    private static boolean isQueueCount(int count) {
        return count >= 1 && count <= QUEUES_MAX;
    }

    private static void checkName(String topic) {
        TopicNames.faultOfTopic(topic).ifPresent(fault -> {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, fault);
        });
    }

    private TopicConfig ensure(TopicConfig wanted) {
        synchronized (creation) {
            TopicConfig found = table.get(wanted.topicName());
            if (found != null) {
                return found;
            }
            putIntoTable(wanted);
        }
        announcer.changed(wanted);
        return wanted;
    }

    private boolean putUnlessSame(TopicConfig wanted) {
        synchronized (creation) {
            if (wanted.equals(table.get(wanted.topicName()))) {
                return false;
            }
            putIntoTable(wanted);
            return true;
        }
    }

    private void putIntoTable(TopicConfig topic) {
        try {
            table.put(topic);
        } catch (AppendRefusedException refused) {
            throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, String.valueOf(refused.getMessage()));
        }
    }

    private void removeFromTable(String topic) {
        try {
            table.remove(topic);
        } catch (AppendRefusedException refused) {
            throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, String.valueOf(refused.getMessage()));
        }
    }

    private static DestinationKind kindOf(TopicConfig topic) {
        return DestinationKind.of(topic.attributes().get(DestinationKind.ATTRIBUTE));
    }

    private static TopicConfig withAttributes(
            TopicConfig wanted, @Nullable TopicConfig before, Map<String, @Nullable String> changes) {
        Map<String, String> attributes = new java.util.HashMap<>(before == null ? Map.of() : before.attributes());
        changes.forEach((key, value) -> {
            if (value == null) {
                attributes.remove(key);
            } else {
                attributes.put(key, value);
            }
        });
        return new TopicConfig(
                wanted.topicName(),
                wanted.readQueueNums(),
                wanted.writeQueueNums(),
                wanted.perm(),
                wanted.topicFilterType(),
                wanted.topicSysFlag(),
                wanted.order(),
                attributes);
    }

    private static ProtocolException notThere(String topic) {
        // Only a name that passed the check, or is one of ours, is repeated to the sender.
        String shown = TopicNames.faultOfTopic(topic).isPresent() ? "?" : topic;
        return new ProtocolException(
                ResponseCode.TOPIC_NOT_EXIST,
                "topic[" + shown + "] not exist, apply first please! Create it with 'agena topic create', "
                        + "or let sends create topics with autoCreateTopicEnable=true.");
    }
}
