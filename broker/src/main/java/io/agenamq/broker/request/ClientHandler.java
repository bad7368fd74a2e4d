// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.directory.TopicNames;
import io.agenamq.broker.group.ConsumerGroup;
import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.broker.group.Member;
import io.agenamq.broker.group.MessageFilter;
import io.agenamq.broker.group.ProducerGroups;
import io.agenamq.broker.group.QueueLocks;
import io.agenamq.broker.group.Subscription;
import io.agenamq.protocol.command.ConsumerData;
import io.agenamq.protocol.command.ConsumerGroupRequest;
import io.agenamq.protocol.command.ConsumerListBody;
import io.agenamq.protocol.command.HeartbeatBody;
import io.agenamq.protocol.command.LockQueuesBody;
import io.agenamq.protocol.command.LockedQueuesBody;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SubscriptionData;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Codes 34, 35, 38, 41, 42 and 46: clients come, say what they want, lock queues and leave. Runs on event loops. When a group's members or
 * subscriptions change all members are told at once (code 40), so that they share the queues anew without waiting for their own timers.
 */
final class ClientHandler implements ConsumerGroups.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(ClientHandler.class);

    /** Longest body of a heartbeat or a request for locks: thousands of groups, topics or queues. */
    private static final int BODY_BYTES_MAX = 1024 * 1024;

    /** Longest name that a client gives itself, or a broker. */
    private static final int NAME_LENGTH_MAX = 255;

    private final TopicDirectory topics;
    private final GroupDirectory groups;
    private final QueueLocks locks;
    private final Filters filters;
    private final LiveSettings settings;

    ClientHandler(
            TopicDirectory topics, GroupDirectory groups, QueueLocks locks, Filters filters, LiveSettings settings) {
        this.topics = topics;
        this.groups = groups;
        this.locks = locks;
        this.filters = filters;
        this.settings = settings;
    }

    void enterInto(HandlerTable table, ProducerGroups producers, ConsumerGroups consumers) {
        table.register(RequestCode.HEART_BEAT, request -> heartbeat(request, producers, consumers));
        table.register(RequestCode.UNREGISTER_CLIENT, request -> unregister(request, producers, consumers));
        table.register(RequestCode.GET_CONSUMER_LIST_BY_GROUP, request -> list(request, consumers));
        table.register(RequestCode.CHECK_CLIENT_CONFIG, this::checkClientConfig);
        table.register(RequestCode.LOCK_BATCH_MQ, this::lock);
        table.register(RequestCode.UNLOCK_BATCH_MQ, this::unlock);
    }

    /** Members or subscriptions of a group changed: those who left give their locks back, and the others share the queues anew. */
    @Override
    public void changed(String group, @Nullable ConsumerGroup now, List<String> left) {
        for (String clientId : left) {
            locks.unlockAll(group, clientId);
        }
        SubscriptionGroupConfig config = groups.get(group);
        boolean wanted = config == null || config.notifyConsumerIdsChangedEnable();
        if (now == null || !wanted || !settings.get(BrokerOptions.NOTIFY_MEMBERS)) {
            return;
        }
        ConsumerGroupRequest notification = new ConsumerGroupRequest(group);
        for (Member member : now.members().values()) {
            member.connection().push(RequestCode.NOTIFY_CONSUMER_IDS_CHANGED, notification, Body.EMPTY);
        }
    }

    private void heartbeat(Request request, ProducerGroups producers, ConsumerGroups consumers) {
        SlowWork.requireBodyAtMost(BODY_BYTES_MAX, request);
        HeartbeatBody beat = HeartbeatBody.parse(request.frame().body());
        if (beat.clientId().isBlank()) {
            throw new ProtocolException(ResponseCode.SYSTEM_ERROR, "a heartbeat needs a clientID");
        }
        for (String group : beat.producerGroups()) {
            producers.heartbeat(
                    group,
                    request.connection(),
                    beat.clientId(),
                    request.frame().language(),
                    request.frame().version());
        }
        boolean anyTopicIsNew = false;
        for (ConsumerData consumer : beat.consumers()) {
            anyTopicIsNew |= heartbeat(request, beat.clientId(), consumer, consumers);
        }
        if (anyTopicIsNew) {
            topics.whenAnnounced(() -> request.reply(Header.NONE));
        } else {
            request.reply(Header.NONE);
        }
    }

    /** Returns whether the group's retry topic was created. */
    private boolean heartbeat(Request request, String clientId, ConsumerData consumer, ConsumerGroups consumers) {
        SubscriptionGroupConfig group = groups.getOrCreate(consumer.groupName());
        if (group == null) {
            // As in RocketMQ the heartbeat itself succeeds; the client's pulls are refused with the reason (code 26).
            LOG.debug("{} consumes as a group that does not exist and cannot be created", clientId);
            return false;
        }
        boolean retryTopicIsNew = createRetryTopic(group);
        List<Subscription> subscriptions = new ArrayList<>();
        for (SubscriptionData wanted : consumer.subscriptionDataSet()) {
            subscriptions.add(new Subscription(wanted, filterOrNothing(wanted, group.groupName())));
        }
        consumers.heartbeat(new ConsumerGroups.Heartbeat(
                group.groupName(),
                consumer.consumeType(),
                consumer.messageModel(),
                consumer.consumeFromWhere(),
                request.connection(),
                clientId,
                request.frame().language(),
                request.frame().version(),
                subscriptions));
        return retryTopicIsNew;
    }

    private boolean createRetryTopic(SubscriptionGroupConfig group) {
        if (group.retryQueueNums() > 0 && topics.get(TopicNames.retryTopic(group.groupName())) == null) {
            try {
                topics.ensureRetryTopic(group.groupName(), group.retryQueueNums());
                return true;
            } catch (ProtocolException notNow) {
                // Nothing can be stored at the moment; the next heartbeat tries again, and consuming goes on without
                // it.
                LOG.debug("the retry topic of group {} cannot be created: {}", group.groupName(), notNow.getMessage());
            }
        }
        return false;
    }

    /** One bad expression must not cost the client its other subscriptions; the check at its start (code 46) has told it the reason. */
    private MessageFilter filterOrNothing(SubscriptionData wanted, String group) {
        try {
            return filters.of(wanted);
        } catch (ProtocolException malformed) {
            LOG.warn("group {}, topic {}: {}", group, wanted.topic(), malformed.getMessage());
            return tagHash -> false;
        }
    }

    private void unregister(Request request, ProducerGroups producers, ConsumerGroups consumers) {
        Fields fields = request.frame().fields();
        String producerGroup = fields.text("producerGroup");
        String consumerGroup = fields.text("consumerGroup");
        if (producerGroup != null) {
            producers.leave(producerGroup, request.connection());
        }
        if (consumerGroup != null) {
            consumers.leave(consumerGroup, request.connection());
        }
        request.reply(Header.NONE);
    }

    private void list(Request request, ConsumerGroups consumers) {
        String name = ConsumerGroupRequest.readFrom(request.frame().fields()).consumerGroup();
        ConsumerGroup group = consumers.get(name);
        if (group == null) {
            request.refuse(ResponseCode.SYSTEM_ERROR, "no consumer for this group, " + name);
        } else {
            request.reply(Header.NONE, new ConsumerListBody(group.clientIds()).toBody());
        }
    }

    /** A consumer asks at its start whether its expression can be understood; anything but success stops it, with our words. */
    private void checkClientConfig(Request request) {
        SlowWork.requireBodyAtMost(BODY_BYTES_MAX, request);
        SubscriptionData subscription = null;
        JsonReader in = JsonReader.of(request.frame().body());
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "subscriptionData" -> subscription = in.tryNull() ? null : SubscriptionData.readFrom(in);
                default -> in.skip();
            }
        }
        if (subscription != null) {
            filters.of(subscription);
        }
        request.reply(Header.NONE);
    }

    private void lock(Request request) {
        SlowWork.requireBodyAtMost(BODY_BYTES_MAX, request);
        LockQueuesBody wanted = LockQueuesBody.parse(request.frame().body());
        boolean isGroup = TopicNames.faultOfGroup(wanted.consumerGroup()).isEmpty();
        if (!isGroup || wanted.clientId().isBlank() || wanted.clientId().length() > NAME_LENGTH_MAX) {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, "a lock needs a consumerGroup and a clientId");
        }
        List<MessageQueue> locked = new ArrayList<>();
        for (MessageQueue queue : wanted.mqSet()) {
            if (!isName(queue)) {
                continue;
            }
            // Echoed as they came: clients compare the broker name, too.
            if (locks.tryLock(wanted.consumerGroup(), queue, wanted.clientId())) {
                locked.add(queue);
            }
        }
        request.reply(Header.NONE, new LockedQueuesBody(locked).toBody());
    }

    /** What is not the name of a queue anywhere is not kept. */
    private static boolean isName(MessageQueue queue) {
        return TopicNames.faultOfTopic(queue.topic()).isEmpty()
                && queue.brokerName().length() <= NAME_LENGTH_MAX;
    }

    private void unlock(Request request) {
        SlowWork.requireBodyAtMost(BODY_BYTES_MAX, request);
        LockQueuesBody wanted = LockQueuesBody.parse(request.frame().body());
        for (MessageQueue queue : wanted.mqSet()) {
            locks.unlock(wanted.consumerGroup(), queue, wanted.clientId());
        }
        request.reply(Header.NONE);
    }
}
