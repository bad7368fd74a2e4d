// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.group.ConsumerGroup;
import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.broker.group.Member;
import io.agenamq.broker.group.ProducerGroups;
import io.agenamq.protocol.command.JsonBody;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.Language;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonWriter;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Codes 200, 201, 203, 204, 207, 208, 328, 343 and 352: operators and tools look at groups and change them. Runs on the slow threads. */
final class GroupAdminHandler {

    private final Store store;
    private final TopicDirectory topics;
    private final GroupDirectory groups;
    private final ConsumerGroups consumers;
    private final ProducerGroups producers;
    private final LiveSettings settings;
    private final InstantSource clock;

    GroupAdminHandler(
            Store store,
            TopicDirectory topics,
            GroupDirectory groups,
            ConsumerGroups consumers,
            ProducerGroups producers,
            LiveSettings settings,
            InstantSource clock) {
        this.store = store;
        this.topics = topics;
        this.groups = groups;
        this.consumers = consumers;
        this.producers = producers;
        this.settings = settings;
        this.clock = clock;
    }

    void enterInto(HandlerTable table, SlowWork slow) {
        table.register(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, slow.offLoop(this::put));
        table.register(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, slow.offLoop((request, frame) -> all(request)));
        table.register(RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, slow.offLoop((request, frame) -> one(request)));
        table.register(RequestCode.DELETE_SUBSCRIPTIONGROUP, slow.offLoop((request, frame) -> delete(request)));
        table.register(
                RequestCode.GET_CONSUMER_CONNECTION_LIST,
                slow.offLoop((request, frame) -> consumerConnections(request)));
        table.register(
                RequestCode.GET_PRODUCER_CONNECTION_LIST,
                slow.offLoop((request, frame) -> producerConnections(request)));
        table.register(RequestCode.GET_ALL_PRODUCER_INFO, slow.offLoop((request, frame) -> allProducers(request)));
        table.register(RequestCode.GET_CONSUME_STATS, slow.offLoop((request, frame) -> consumeStats(request)));
        table.register(RequestCode.QUERY_TOPICS_BY_CONSUMER, slow.offLoop((request, frame) -> topicsOf(request)));
    }

    private void put(Request request, Frame frame) {
        groups.put(SubscriptionGroupConfig.parse(frame.body()));
        request.reply(Header.NONE);
    }

    private void all(Request request) {
        JsonBody body = out -> {
            out.beginObject().name("dataVersion");
            store.groups().version().writeTo(out);
            out.name("forbiddenTable").beginObject().endObject();
            out.name("subscriptionGroupTable").beginObject();
            for (SubscriptionGroupConfig group : groups.all()) {
                out.name(group.groupName());
                group.writeTo(out);
            }
            out.endObject().endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private void one(Request request) {
        String name = request.frame().fields().requireText("group");
        SubscriptionGroupConfig group = groups.get(name);
        if (group == null) {
            throw new ProtocolException(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, "subscription group not exist, " + name);
        }
        request.reply(Header.NONE, group.toBody());
    }

    private void delete(Request request) {
        Fields fields = request.frame().fields();
        String name = fields.requireText("groupName");
        groups.remove(name);
        // 5.x calls it cleanOffset, 4.9 removeOffset (behaviour §22, trap 23).
        if (fields.flag("cleanOffset", false) || fields.flag("removeOffset", false)) {
            try {
                store.offsets().removeGroup(name);
            } catch (AppendRefusedException refused) {
                throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, String.valueOf(refused.getMessage()));
            }
        }
        request.reply(Header.NONE);
    }

    private void consumerConnections(Request request) {
        String name = request.frame().fields().requireText("consumerGroup");
        ConsumerGroup group = consumers.get(name);
        if (group == null) {
            throw new ProtocolException(
                    ResponseCode.CONSUMER_NOT_ONLINE, "the consumer group[" + name + "] not online");
        }
        JsonBody body = out -> {
            out.beginObject();
            writeConnections(out, group.members().values());
            out.field("consumeFromWhere", group.consumeFromWhere().name());
            out.field("consumeType", group.consumeType().name());
            out.field("messageModel", group.messageModel().name());
            out.name("subscriptionTable").beginObject();
            group.subscriptions().forEach((topic, subscription) -> {
                out.name(topic);
                subscription.data().writeTo(out);
            });
            out.endObject().endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private void producerConnections(Request request) {
        String name = request.frame().fields().requireText("producerGroup");
        Collection<Member> members = producers.members(name);
        if (members.isEmpty()) {
            throw new ProtocolException(ResponseCode.SYSTEM_ERROR, "the producer group[" + name + "] not exist");
        }
        JsonBody body = out -> {
            out.beginObject();
            writeConnections(out, members);
            out.endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private void allProducers(Request request) {
        JsonBody body = out -> {
            out.beginObject().name("data").beginObject();
            for (String group : producers.names()) {
                out.name(group).beginArray();
                for (Member member : producers.members(group)) {
                    out.beginObject()
                            .field("clientId", member.clientId())
                            .field("language", Language.of(member.language()).name())
                            .field("lastUpdateTimestamp", producers.lastHeartbeatMillis(member, clock))
                            .field(
                                    "remoteIP",
                                    "/" + HostPort.of(member.connection().remoteAddress()))
                            .field("version", member.version())
                            .endObject();
                }
                out.endArray();
            }
            out.endObject().endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private static void writeConnections(JsonWriter out, Collection<Member> members) {
        out.name("connectionSet").beginArray();
        for (Member member : members) {
            out.beginObject()
                    .field(
                            "clientAddr",
                            HostPort.of(member.connection().remoteAddress()).toString())
                    .field("clientId", member.clientId())
                    .field("language", Language.of(member.language()).name())
                    .field("version", member.version())
                    .endObject();
        }
        out.endArray();
    }

    /** Progress in every queue; an unknown group has none, which is a success (tools complain when all brokers say so). */
    private void consumeStats(Request request) {
        Fields fields = request.frame().fields();
        String group = fields.requireText("consumerGroup");
        String brokerName = settings.get(BrokerOptions.BROKER_NAME);
        Collection<String> wanted = topicsFor(group, fields.text("topic"), fields.text("topicList"));
        JsonBody body = out -> {
            out.beginObject().field("consumeTps", 0.0).name("offsetTable").beginObject();
            for (String name : wanted) {
                TopicConfig topic = topics.get(name);
                for (int queueId = 0; topic != null && queueId < topic.readQueueNums(); queueId++) {
                    out.name(new MessageQueue(name, brokerName, queueId).toKey());
                    writeProgress(out, group, name, queueId);
                }
            }
            out.endObject().endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private Collection<String> topicsFor(String group, @Nullable String topic, @Nullable String topicList) {
        if (topic != null && !topic.isBlank()) {
            return List.of(topic);
        }
        if (topicList != null && !topicList.isBlank()) {
            return new TreeSet<>(List.of(topicList.split(";")));
        }
        TreeSet<String> all = new TreeSet<>(store.offsets().topicsOf(group));
        ConsumerGroup online = consumers.get(group);
        if (online != null) {
            all.retainAll(online.subscriptions().keySet());
        }
        return all;
    }

    private void writeProgress(JsonWriter out, String group, String topic, int queueId) {
        ConsumeQueue queue = store.queue(topic, queueId);
        long consumed = Math.max(0, store.offsets().get(group, topic, queueId));
        QueueEntry last = new QueueEntry();
        boolean any = queue != null && consumed > 0 && queue.read(consumed - 1, last);
        out.beginObject()
                .field("brokerOffset", queue == null ? 0 : queue.maxOffset())
                .field("consumerOffset", consumed)
                .field("lastTimestamp", any ? last.storeTime() : 0)
                .field("pullOffset", consumed)
                .endObject();
    }

    private void topicsOf(Request request) {
        String group = request.frame().fields().requireText("group");
        TopicAdminHandler.replyWithTopicList(
                request, new TreeSet<>(store.offsets().topicsOf(group)));
    }
}
