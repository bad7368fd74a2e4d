// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.directory.TopicNames;
import io.agenamq.broker.group.ConsumerGroup;
import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.JsonBody;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Codes 17, 18, 21, 202, 215, 300, 305 and 351: operators and tools look at topics and change them. Runs on the slow threads. */
final class TopicAdminHandler {

    private final Store store;
    private final TopicDirectory topics;
    private final ConsumerGroups consumers;
    private final PullHandler pulls;
    private final LiveSettings settings;
    private final JakartaDelivery jakarta;

    TopicAdminHandler(
            Store store,
            TopicDirectory topics,
            ConsumerGroups consumers,
            PullHandler pulls,
            LiveSettings settings,
            JakartaDelivery jakarta) {
        this.store = store;
        this.topics = topics;
        this.consumers = consumers;
        this.pulls = pulls;
        this.settings = settings;
        this.jakarta = jakarta;
    }

    void enterInto(HandlerTable table, SlowWork slow) {
        table.register(RequestCode.UPDATE_AND_CREATE_TOPIC, slow.offLoop((request, frame) -> put(request)));
        table.register(RequestCode.UPDATE_AND_CREATE_TOPIC_LIST, slow.offLoop(this::putAll));
        table.register(RequestCode.DELETE_TOPIC_IN_BROKER, slow.offLoop((request, frame) -> delete(request)));
        table.register(RequestCode.GET_ALL_TOPIC_CONFIG, slow.offLoop((request, frame) -> all(request)));
        table.register(RequestCode.GET_TOPIC_CONFIG, slow.offLoop((request, frame) -> one(request)));
        table.register(
                RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER, slow.offLoop((request, frame) -> systemTopics(request)));
        table.register(RequestCode.GET_TOPIC_STATS_INFO, slow.offLoop((request, frame) -> stats(request)));
        table.register(RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, slow.offLoop((request, frame) -> consumedBy(request)));
    }

    private void put(Request request) {
        Fields fields = request.frame().fields();
        String filterType = fields.text("topicFilterType");
        TopicConfig wanted = new TopicConfig(
                fields.requireText("topic"),
                fields.requireInt("readQueueNums"),
                fields.requireInt("writeQueueNums"),
                fields.requireInt("perm"),
                filterType == null ? TopicConfig.SINGLE_TAG : filterType,
                fields.intOr("topicSysFlag", 0),
                fields.flag("order", false),
                Map.of());
        topics.put(wanted, attributeChanges(fields.text("attributes")));
        topics.whenAnnounced(() -> request.reply(Header.NONE));
    }

    /** {@code +key=value,-key} as changes; {@code null} removes. */
    private static Map<String, @Nullable String> attributeChanges(@Nullable String text) {
        Map<String, @Nullable String> changes = new HashMap<>();
        if (text != null && !text.isBlank()) {
            for (String part : text.split(",")) {
                String change = part.strip();
                int equals = change.indexOf('=');
                if (change.startsWith("-")) {
                    changes.put(change.substring(1), null);
                } else if (change.startsWith("+") && equals > 1) {
                    changes.put(change.substring(1, equals), change.substring(equals + 1));
                }
            }
        }
        return changes;
    }

    private void putAll(Request request, Frame frame) {
        JsonReader in = JsonReader.of(frame.body());
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (name.equals("topicConfigList")) {
                in.beginArray();
                while (in.nextElement()) {
                    TopicConfig wanted = TopicConfig.readFrom(in);
                    Map<String, @Nullable String> changes = new HashMap<>(wanted.attributes());
                    topics.put(wanted, changes);
                }
            } else {
                in.skip();
            }
        }
        topics.whenAnnounced(() -> request.reply(Header.NONE));
    }

    private void delete(Request request) {
        String topic = request.frame().fields().requireText("topic");
        Runnable removal = () -> {
            topics.remove(topic);
            pulls.release(topic);
            topics.whenAnnounced(() -> request.reply(Header.NONE));
        };
        jakarta.removeTopic(request, topic, () -> SlowWork.answering(request, removal));
    }

    private void all(Request request) {
        JsonBody body = out -> {
            out.beginObject().name("dataVersion");
            store.topics().version().writeTo(out);
            out.name("mappingDataVersion");
            DataVersion.NONE.writeTo(out);
            out.name("topicConfigTable").beginObject();
            for (TopicConfig topic : topics.all()) {
                out.name(topic.topicName());
                topic.writeTo(out);
            }
            out.endObject()
                    .name("topicQueueMappingDetailMap")
                    .beginObject()
                    .endObject()
                    .endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private void one(Request request) {
        TopicConfig topic = topics.require(request.frame().fields().requireText("topic"));
        request.reply(Header.NONE, topic.toBody());
    }

    private void systemTopics(Request request) {
        replyWithTopicList(request, new TreeSet<>(topics.systemTopics().names()));
    }

    static void replyWithTopicList(Request request, Collection<String> names) {
        JsonBody body = out -> out.beginObject().field("topicList", names).endObject();
        request.reply(Header.NONE, body.toBody());
    }

    private void stats(Request request) {
        TopicConfig topic = topics.require(request.frame().fields().requireText("topic"));
        String brokerName = settings.get(BrokerOptions.BROKER_NAME);
        int queueCount = Math.max(topic.readQueueNums(), topic.writeQueueNums());
        JsonBody body = out -> {
            out.beginObject().name("offsetTable").beginObject();
            for (int queueId = 0; queueId < queueCount; queueId++) {
                out.name(new MessageQueue(topic.topicName(), brokerName, queueId).toKey());
                writeStats(out, store.queue(topic.topicName(), queueId));
            }
            out.endObject().field("topicPutTps", 0.0).endObject();
        };
        request.reply(Header.NONE, body.toBody());
    }

    private static void writeStats(JsonWriter out, @Nullable ConsumeQueue queue) {
        long min = queue == null ? 0 : queue.minOffset();
        long max = queue == null ? 0 : queue.maxOffset();
        QueueEntry last = new QueueEntry();
        boolean any = queue != null && max > min && queue.read(max - 1, last);
        out.beginObject()
                .field("lastUpdateTimestamp", any ? last.storeTime() : 0)
                .field("maxOffset", max)
                .field("minOffset", min)
                .endObject();
    }

    private void consumedBy(Request request) {
        String topic = request.frame().fields().requireText("topic");
        TreeSet<String> names = new TreeSet<>();
        for (ConsumerGroup group : consumers.all()) {
            if (group.subscriptions().containsKey(topic) && !TopicNames.isRetry(topic)) {
                names.add(group.name());
            }
        }
        names.addAll(store.offsets().groupsOf(topic));
        JsonBody body = out -> out.beginObject().field("groupList", names).endObject();
        request.reply(Header.NONE, body.toBody());
    }
}
