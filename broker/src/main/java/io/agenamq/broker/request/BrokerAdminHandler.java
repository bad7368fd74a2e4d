// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigException;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonWriter;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.queue.ConsumeQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Codes 25, 26, 28 and 222: operators and tools look at the broker, change options and reset offsets. Runs on the slow threads. */
final class BrokerAdminHandler {

    /** What tools show as the broker's version; the ordinal is the one in every header. */
    private static final String VERSION_NAME = "V5_3_3";

    private static final long MIB = 1024 * 1024;
    private static final long OFFSET_UNSET = -1;
    private static final long NOW = -1;

    private final Store store;
    private final TopicDirectory topics;
    private final GroupDirectory groups;
    private final LiveSettings settings;
    private final OffsetResets resets;
    private final PullHandler pulls;
    private final Throughput throughput;
    private final SlowWork slow;
    private final SlowWork readers;
    private final InstantSource clock;
    private final JakartaDelivery jakarta;
    private final Runnable settingsChanged;
    private final long startedAtMillis;

    BrokerAdminHandler(
            Store store,
            TopicDirectory topics,
            GroupDirectory groups,
            LiveSettings settings,
            OffsetResets resets,
            PullHandler pulls,
            Throughput throughput,
            SlowWork slow,
            SlowWork readers,
            InstantSource clock,
            JakartaDelivery jakarta,
            Runnable settingsChanged) {
        this.store = store;
        this.topics = topics;
        this.groups = groups;
        this.settings = settings;
        this.resets = resets;
        this.pulls = pulls;
        this.throughput = throughput;
        this.slow = slow;
        this.readers = readers;
        this.clock = clock;
        this.jakarta = jakarta;
        this.settingsChanged = settingsChanged;
        this.startedAtMillis = clock.millis();
    }

    void enterInto(HandlerTable table) {
        table.register(RequestCode.UPDATE_BROKER_CONFIG, slow.offLoop(this::change));
        table.register(RequestCode.GET_BROKER_CONFIG, slow.offLoop((request, frame) -> show(request)));
        table.register(RequestCode.GET_BROKER_RUNTIME_INFO, slow.offLoop((request, frame) -> runtimeInfo(request)));
        table.register(
                RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, slow.offLoop((request, frame) -> resetOffset(request)));
    }

    /** Changes options until the next restart; the configuration file is the operator's, so nothing is written to it. */
    private void change(Request request, Frame frame) {
        Map<String, String> changes = new LinkedHashMap<>();
        try {
            ConfigFile.parse(
                            "request",
                            StandardCharsets.UTF_8.decode(frame.body()).toString())
                    .forEach(changes::put);
            settings.change(changes);
        } catch (ConfigException refused) {
            throw new ProtocolException(ResponseCode.NO_PERMISSION, String.valueOf(refused.getMessage()));
        }
        settingsChanged.run();
        request.reply(
                ResponseCode.SUCCESS,
                "changed until the next restart; to keep it, set it in the configuration file",
                Header.NONE,
                Body.EMPTY);
    }

    private void show(Request request) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(settings.current().asText())
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        JsonWriter version = new JsonWriter();
        store.topics().version().writeTo(version);
        request.reply(
                out -> out.put("version", version.toString()),
                Body.of(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private void runtimeInfo(Request request) {
        Map<String, String> info = new LinkedHashMap<>();
        info.put("brokerVersionDesc", VERSION_NAME);
        info.put("brokerVersion", Integer.toString(FrameCodec.VERSION));
        info.put("brokerActive", "true");
        info.put("bootTimestamp", Long.toString(startedAtMillis));
        info.put("runtime", "[ " + (clock.millis() - startedAtMillis) / 1000 + " seconds ]");
        info.put("startAcceptSendRequestTimeStamp", Long.toString(settings.get(BrokerOptions.ACCEPT_SENDS_FROM)));
        putThroughput(info);
        putStore(info);
        putQueues(info);
        jakarta.addFigures(info);
        request.reply(Header.NONE, new KeyValueBody(info).toBody());
    }

    private void putThroughput(Map<String, String> info) {
        String in = Long.toString(throughput.messagesIn.total());
        String out = Long.toString(throughput.messagesOut.total());
        // Counted since the start; what was before midnight is not kept apart.
        for (String day : new String[] {"YesterdayMorning", "TodayMorning"}) {
            info.put("msgPutTotal" + day, "0");
            info.put("msgGetTotal" + day, "0");
        }
        info.put("msgPutTotalTodayNow", in);
        info.put("msgGetTotalTodayNow", out);
        info.put("putTps", throughput.rates(throughput.messagesIn));
        info.put("getTransferredTps", throughput.rates(throughput.messagesOut));
        info.put("getFoundTps", throughput.rates(throughput.pullsFound));
        info.put("getMissTps", throughput.rates(throughput.pullsMissed));
        info.put("getTotalTps", throughput.rates(throughput.pullsFound));
        info.put("putMessageTimesTotal", in);
        info.put("putMessageSizeTotal", Long.toString(throughput.bytesIn.total()));
        long count = Math.max(1, throughput.messagesIn.total());
        info.put("putMessageAverageSize", Double.toString((double) throughput.bytesIn.total() / count));
    }

    private void putStore(Map<String, String> info) {
        long written = store.log().writtenPosition();
        info.put("commitLogMinOffset", Long.toString(store.log().minPosition()));
        info.put("commitLogMaxOffset", Long.toString(written));
        info.put("remainHowManyDataToFlush", (written - store.log().durablePosition()) + " B");
        info.put("remainHowManyDataToCommit", "0 B");
        info.put("earliestMessageTimeStamp", Long.toString(store.earliestStoreTime()));
        String diskUse = diskUse();
        info.put("commitLogDiskRatio", diskUse);
        info.put("consumeQueueDiskRatio", diskUse);
        info.put("commitLogDirCapacity", capacity());
        // Entries are derived by the append itself, and nothing lies between an append and the page cache.
        info.put("dispatchMaxBuffer", "0");
        info.put("dispatchBehindBytes", "0");
        info.put("remainTransientStoreBufferNumbs", "0");
        info.put("pageCacheLockTimeMills", "0");
        for (String unmeasured :
                new String[] {"putMessageEntireTimeMax", "putMessageDistributeTime", "getMessageEntireTimeMax"}) {
            info.put(unmeasured, "0");
        }
    }

    /** As a fraction of one, which is how tools read it; -1 if the file system does not say. */
    private String diskUse() {
        try {
            return Double.toString(store.diskUsedPercent() / 100.0);
        } catch (IOException unknown) {
            return "-1";
        }
    }

    /** For people: total and free space of the file system. */
    private String capacity() {
        try {
            return "Total : " + store.diskTotalBytes() / MIB + " MiB, Free : " + store.diskFreeBytes() / MIB + " MiB.";
        } catch (IOException unknown) {
            return "unknown";
        }
    }

    private void putQueues(Map<String, String> info) {
        info.put("sendThreadPoolQueueSize", "0");
        info.put("sendThreadPoolQueueHeadWaitTimeMills", "0");
        info.put("pullThreadPoolQueueSize", Integer.toString(readers.waitingCount()));
        info.put("pullThreadPoolQueueHeadWaitTimeMills", "0");
        info.put("queryThreadPoolQueueSize", Integer.toString(slow.waitingCount()));
        info.put("heldPullCount", Integer.toString(pulls.heldCount()));
        info.put("sendThreadPoolQueueCapacity", Integer.toString(SendBurst.UNFLUSHED_SENDS_MAX));
        info.put("pullThreadPoolQueueCapacity", Integer.toString(readers.waitingMax()));
        info.put("queryThreadPoolQueueCapacity", Integer.toString(slow.waitingMax()));
        for (String figure : new String[] {
            "EndTransactionQueueSize",
            "EndTransactionThreadPoolQueueCapacity",
            "timerReadBehind",
            "timerOffsetBehind",
            "timerCongestNum",
            "timerEnqueueTps",
            "timerDequeueTps"
        }) {
            info.put(figure, "0");
        }
    }

    /** Sets a group's offsets in a topic to a time, to given offsets, or to the end; its consumers are told by their next pull. */
    private void resetOffset(Request request) {
        Fields fields = request.frame().fields();
        TopicConfig topic = topics.require(fields.requireText("topic"));
        String group = fields.requireText("group");
        if (groups.get(group) == null) {
            // Not created by this: a mistyped name would have offsets for ever.
            throw new ProtocolException(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, "the group to reset does not exist on this broker");
        }
        long timestamp = fields.requireLong("timestamp");
        boolean backwardsToo = fields.flag("isForce", false);
        int onlyQueue = fields.intOr("queueId", -1);
        long wanted = fields.longOr("offset", OFFSET_UNSET);
        Map<Integer, Long> offsets = new LinkedHashMap<>();
        for (int queueId = 0; queueId < topic.readQueueNums(); queueId++) {
            ConsumeQueue queue = store.queue(topic.topicName(), queueId);
            if (queue == null || (onlyQueue >= 0 && onlyQueue != queueId)) {
                continue;
            }
            long target =
                    wanted >= 0 ? wanted : timestamp == NOW ? queue.maxOffset() : queue.offsetAt(timestamp, false);
            target = Math.max(queue.minOffset(), Math.min(target, queue.maxOffset()));
            long current = store.offsets().get(group, topic.topicName(), queueId);
            if (current >= 0 && target > current && !backwardsToo && timestamp != NOW && wanted < 0) {
                // Without force a reset only goes back: skipping messages must be asked for.
                target = current;
            }
            store.offsets().commit(group, topic.topicName(), queueId, target);
            resets.reset(group, topic.topicName(), queueId, target);
            offsets.put(queueId, target);
        }
        pulls.release(topic.topicName());
        String brokerName = settings.get(BrokerOptions.BROKER_NAME);
        JsonWriter body = new JsonWriter();
        body.beginObject().name("offsetTable").beginObject();
        offsets.forEach((queueId, offset) ->
                body.field(new MessageQueue(topic.topicName(), brokerName, queueId).toKey(), offset));
        body.endObject().endObject();
        request.reply(Header.NONE, body.toBody());
    }
}
