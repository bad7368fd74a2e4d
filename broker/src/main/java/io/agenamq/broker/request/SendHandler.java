// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.FlushDiskType;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.directory.TopicNames;
import io.agenamq.broker.group.QueueLocks;
import io.agenamq.broker.request.SendBurst.Departure;
import io.agenamq.broker.transaction.HalfMessages;
import io.agenamq.broker.transaction.OpenTransaction;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.BatchBody;
import io.agenamq.protocol.record.MalformedRecordException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.SysFlag;
import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.RequestHandler;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.MessageBatch;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Codes 10, 310 and 320: a producer sends one message, or a batch. Checks in RocketMQ's order (remoting §9.1), then adds to the
 * {@link SendBurst} of the connection's event loop, which appends and answers.
 *
 * <p>What needs mechanisms that do not exist (delay, timers) is refused with a reason rather than done wrongly. The exception
 * is a message that a consumer itself re-publishes to its group's retry topic because its processing failed: it is stored and comes back
 * without the delay, because refusing it could lose it.
 *
 * <p>Runs on event loops; holds no state beside configuration.
 */
public final class SendHandler implements RequestHandler {

    /** Field of our own: {@code 1} asks for an answer only when the message is on the disk, whatever {@code flushDiskType} says. */
    private static final String DURABLE_FIELD = "dur";

    private static final String MULTI_TAG = "MULTI_TAG";

    private final TopicDirectory topics;
    private final GroupDirectory groups;
    private final QueueLocks locks;
    private final LiveSettings settings;
    private final CommitLog log;
    private final UniqueKeys uniqueKeys;
    private final InstantSource clock;
    private final JakartaDelivery jakarta;
    private final HalfMessages halves;

    private final int messageBytesMax;
    private final int batchBytesMax;
    private final boolean flushesBeforeAnswer;
    private final long acceptFromMillis;
    private final String region;
    private final boolean traceOn;
    private final ByteBuffer addedProperties;

    SendHandler(
            TopicDirectory topics,
            GroupDirectory groups,
            QueueLocks locks,
            LiveSettings settings,
            CommitLog log,
            int batchBytesMax,
            UniqueKeys uniqueKeys,
            InstantSource clock,
            JakartaDelivery jakarta,
            HalfMessages halves) {
        this.topics = topics;
        this.groups = groups;
        this.locks = locks;
        this.settings = settings;
        this.log = log;
        this.uniqueKeys = uniqueKeys;
        this.clock = clock;
        this.batchBytesMax = batchBytesMax;
        this.jakarta = jakarta;
        this.halves = halves;
        messageBytesMax = settings.get(BrokerOptions.MESSAGE_BYTES_MAX);
        flushesBeforeAnswer = settings.get(BrokerOptions.FLUSH_DISK_TYPE) == FlushDiskType.SYNC_FLUSH;
        acceptFromMillis = settings.get(BrokerOptions.ACCEPT_SENDS_FROM);
        region = settings.get(BrokerOptions.REGION);
        traceOn = settings.get(BrokerOptions.TRACE_ON);
        addedProperties = new MessageProperties.Builder()
                .put(PropertyNames.MSG_REGION, region)
                .put(PropertyNames.TRACE_ON, Boolean.toString(traceOn))
                .put(PropertyNames.CLUSTER, settings.get(BrokerOptions.CLUSTER_NAME))
                .build();
    }

    @Override
    public void handle(Request request) {
        requireAccepting();
        SendMessageRequest send = SendMessageRequest.readFrom(request.frame().fields());
        ByteBuffer body = checkedBody(request);
        if (TemporaryTopic.isTemporary(send.topic())) {
            jakarta.sendToTemporary(request, send);
            return;
        }
        boolean isKnown = topics.get(send.topic()) != null;
        TopicConfig topic = topics.forSend(send.topic(), send.defaultTopic(), send.defaultTopicQueueCount());
        // Who has created a topic looks for it, or lets its consumers, as soon as the answer is there.
        Departure departure = isKnown ? Departure.AT_ONCE : topics::whenAnnounced;
        int queueId = checkedQueueId(request, send, topic);
        SendBurst burst = BrokerConnections.burstOf(request.connection());
        boolean durable = request.frame().fields().intOr(DURABLE_FIELD, 0) == 1;
        if (send.batch()) {
            addBatch(request, send, topic, queueId, body, burst, durable, departure);
        } else {
            addOne(request, send, topic, queueId, body, burst, durable, departure);
        }
    }

    private void requireAccepting() {
        if (acceptFromMillis > 0 && clock.millis() < acceptFromMillis) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_ERROR,
                    "broker unable to service, until startAcceptSendRequestTimeStamp=" + acceptFromMillis);
        }
    }

    private ByteBuffer checkedBody(Request request) {
        ByteBuffer body = request.frame().body();
        if (body.remaining() > messageBytesMax) {
            throw illegal(
                    "the message body is " + body.remaining() + " bytes; maxMessageSize allows " + messageBytesMax);
        }
        return body;
    }

    /** The message queue that a message is for, if it may be sent to its topic at all. */
    private int checkedQueueId(Request request, SendMessageRequest send, TopicConfig topic) {
        if (topic.order() && !Permission.writable(settings.get(BrokerOptions.BROKER_PERMISSION))) {
            throw new ProtocolException(
                    ResponseCode.NO_PERMISSION, "the broker sending message is forbidden (brokerPermission)");
        }
        int queueCount = Math.max(topic.readQueueNums(), topic.writeQueueNums());
        if (send.queueId() >= queueCount) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "request queueId[" + send.queueId() + "] is illegal, topic[" + topic.topicName() + "] has "
                            + queueCount + " queues, producer: "
                            + request.connection().remoteAddress());
        }
        return send.queueId() >= 0
                ? send.queueId()
                : ThreadLocalRandom.current().nextInt(Math.max(1, topic.writeQueueNums()));
    }

    /**
     * Checks a message of a transaction as one that is stored at once, and adds it to the transaction.
     *
     * @throws ProtocolException if it cannot be stored
     */
    void addTo(OpenTransaction transaction, Request request, SendMessageRequest send) {
        requireAccepting();
        ByteBuffer body = checkedBody(request);
        if (TemporaryTopic.isTemporary(send.topic())) {
            transaction.addOutside(
                    jakarta.holdForTemporary(request, send),
                    recordBytesMax(body.remaining(), send.properties().remaining()));
            return;
        }
        TopicConfig topic = topics.forSend(send.topic(), send.defaultTopic(), send.defaultTopicQueueCount());
        int queueId = checkedQueueId(request, send, topic);
        if (send.batch() || TopicNames.isRetry(topic.topicName())) {
            throw illegal("this cannot be sent in a transaction");
        }
        KnownProperties known = KnownProperties.scan(send.properties());
        refuseUnavailable(known);
        MessageProperties.Builder properties = BrokerConnections.burstOf(request.connection())
                .properties()
                .clear()
                .append(send.properties());
        if (known.uniqueKey() == null) {
            properties.put(PropertyNames.UNIQUE_KEY, uniqueKeys.next());
        }
        properties.append(addedProperties);
        checkLength(properties);
        transaction.add(
                draft(
                        request,
                        send,
                        topic,
                        topic.topicName(),
                        queueId,
                        SysFlag.TRANSACTION_NONE,
                        send.flag(),
                        properties.view(),
                        body),
                recordBytesMax(body.remaining(), properties.length()));
    }

    private void addOne(
            Request request,
            SendMessageRequest send,
            TopicConfig topic,
            int queueId,
            ByteBuffer body,
            SendBurst burst,
            boolean durable,
            Departure departure) {
        KnownProperties known = KnownProperties.scan(send.properties());
        boolean isRetry = TopicNames.isRetry(topic.topicName());
        // What a consumer gives back to be tried again was committed long ago.
        boolean half = known.isHalfMessage() && !isRetry;
        String topicName = topic.topicName();
        int storedQueueId = queueId;
        if (isRetry) {
            if (isExhausted(send, topicName)) {
                topicName = topics.ensureDeadLetterTopic(TopicNames.groupOf(topicName))
                        .topicName();
                storedQueueId = 0;
            }
        } else {
            refuseDelayed(known);
            checkHalf(half, known, send);
        }
        String uniqueKey = known.uniqueKey();
        MessageProperties.Builder properties = burst.properties().clear();
        if (known.hasPopCheckpoint()) {
            appendWithoutPopCheckpoint(send.properties(), properties);
        } else {
            properties.append(send.properties());
        }
        if (uniqueKey == null) {
            uniqueKey = uniqueKeys.next();
            properties.put(PropertyNames.UNIQUE_KEY, uniqueKey);
        }
        if (half) {
            // As RocketMQ does; consumers see them, too.
            properties
                    .put(PropertyNames.REAL_TOPIC, topicName)
                    .put(PropertyNames.REAL_QUEUE_ID, Integer.toString(storedQueueId))
                    .put(PropertyNames.TRANSACTION_ID, uniqueKey);
        }
        properties.append(addedProperties);
        checkLength(properties);
        boolean waitsForFlush = waitsForFlush(known, durable, burst);
        burst.makeRoom(1, recordBytesMax(body.remaining(), properties.length()));
        int firstIndex = burst.nextIndex();
        MessageDraft draft = draft(
                request,
                send,
                topic,
                topicName,
                storedQueueId,
                half ? SysFlag.TRANSACTION_PREPARED : SysFlag.TRANSACTION_NONE,
                send.flag(),
                properties.view(),
                body);
        burst.add(draft);
        String transactionId = uniqueKey;
        burst.added(
                request,
                firstIndex,
                waitsForFlush,
                departure,
                (batch, index, count) -> stored(batch, index, count, queueId, transactionId));
    }

    private void addBatch(
            Request request,
            SendMessageRequest send,
            TopicConfig topic,
            int queueId,
            ByteBuffer body,
            SendBurst burst,
            boolean durable,
            Departure departure) {
        if (TopicNames.isRetry(topic.topicName())) {
            throw illegal("batches cannot be sent to a retry topic");
        }
        KnownProperties common = KnownProperties.scan(send.properties());
        refuseUnavailable(common);
        BatchBody messages = new BatchBody();
        int count = 0;
        long bytes = 0;
        try {
            // The whole batch is examined before the first message is added, because it is stored as a whole or not at
            // all.
            messages.reset(body);
            while (messages.next()) {
                count++;
                bytes += recordBytesMax(
                                messages.body().remaining(),
                                messages.properties().remaining())
                        + addedProperties.remaining()
                        + UNIQUE_KEY_PROPERTY_BYTES_MAX;
                refuseUnavailable(KnownProperties.scan(messages.properties()));
                if (messages.properties().remaining() + addedProperties.remaining() + UNIQUE_KEY_PROPERTY_BYTES_MAX
                        > MessageRecord.PROPERTIES_BYTES_MAX) {
                    throw tooManyProperties(messages.properties().remaining());
                }
            }
            if (count == 0) {
                throw illegal("the batch is empty");
            }
        } catch (MalformedRecordException malformed) {
            throw illegal("the batch cannot be read: " + malformed.getMessage());
        }
        if (count > SendBurst.SEND_COUNT_MAX || bytes > batchBytesMax) {
            throw illegal("the batch is too large to be stored as a whole: " + count + " messages, " + bytes
                    + " bytes; at most " + SendBurst.SEND_COUNT_MAX + " and " + batchBytesMax);
        }
        boolean waitsForFlush = waitsForFlush(common, durable, burst);
        burst.makeRoom(count, bytes);
        int firstIndex = burst.nextIndex();
        boolean complete = false;
        try {
            messages.reset(body);
            while (messages.next()) {
                // The properties of the batch itself (its own UNIQ_KEY) are left out: each message keeps the id its
                // producer was told.
                MessageProperties.Builder properties =
                        burst.properties().clear().append(messages.properties());
                if (KnownProperties.scan(messages.properties()).uniqueKey() == null) {
                    properties.put(PropertyNames.UNIQUE_KEY, uniqueKeys.next());
                }
                properties.append(addedProperties);
                burst.add(draft(
                        request,
                        send,
                        topic,
                        topic.topicName(),
                        queueId,
                        SysFlag.TRANSACTION_NONE,
                        messages.flag(),
                        properties.view(),
                        messages.body()));
            }
            complete = true;
        } finally {
            if (!complete) {
                // Half of it would be stored with the next send of this loop, whoever makes it.
                burst.takeBack(firstIndex);
            }
        }
        burst.added(
                request,
                firstIndex,
                waitsForFlush,
                departure,
                (batch, index, stored) -> stored(batch, index, stored, queueId, common.uniqueKey()));
    }

    /** Room for {@code UNIQ_KEY}, its separators and an id made from an IPv6 address. */
    private static final int UNIQUE_KEY_PROPERTY_BYTES_MAX = 80;

    /** An upper bound of what a message takes in the log. */
    static long recordBytesMax(int bodyBytes, int propertiesBytes) {
        return (long) MessageRecord.OVERHEAD_BYTES_MAX + TopicNames.TOPIC_LENGTH_MAX + bodyBytes + propertiesBytes;
    }

    private MessageDraft draft(
            Request request,
            SendMessageRequest send,
            TopicConfig topic,
            String topicName,
            int queueId,
            int transaction,
            int flag,
            ByteBuffer properties,
            ByteBuffer body) {
        int sysFlag = SysFlag.withTransaction(send.sysFlag(), transaction);
        if (MULTI_TAG.equals(topic.topicFilterType())) {
            sysFlag |= SysFlag.MULTI_TAGS;
        }
        return new MessageDraft(
                topicName,
                queueId,
                flag,
                sysFlag,
                send.bornTimestamp(),
                request.connection().remoteAddress(),
                send.reconsumeTimes(),
                0,
                properties,
                body);
    }

    private Header stored(MessageBatch batch, int index, int count, int queueId, @Nullable String transactionId) {
        String messageId;
        if (count == 1) {
            messageId = MessageId.encode(log.storeHost(), batch.position(index));
        } else {
            StringBuilder ids = new StringBuilder(count * 33);
            for (int i = index; i < index + count; i++) {
                ids.append(i == index ? "" : ",").append(MessageId.encode(log.storeHost(), batch.position(i)));
            }
            messageId = ids.toString();
        }
        return new SendMessageResponse(messageId, queueId, batch.queueOffset(index), transactionId, region, traceOn);
    }

    private boolean waitsForFlush(KnownProperties known, boolean durable, SendBurst burst) {
        boolean waits = durable || (flushesBeforeAnswer && known.waitsForStore());
        if (waits && !burst.mayWaitForFlush()) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_BUSY,
                    "[OVERLOAD]system busy, start flow control for a while: " + SendBurst.UNFLUSHED_SENDS_MAX
                            + " sends, or " + UnflushedBudget.BYTES_MAX + " bytes of them, wait for the disk");
        }
        return waits;
    }

    /** Whether a message in a retry topic has been tried often enough (remoting §9.1, step 7). */
    private boolean isExhausted(SendMessageRequest send, String retryTopic) {
        String group = TopicNames.groupOf(retryTopic);
        SubscriptionGroupConfig config = groups.get(group);
        if (config == null) {
            throw new ProtocolException(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, "subscription group not exist, " + group);
        }
        int max = send.maxReconsumeTimes() == SendMessageRequest.MAX_RECONSUME_TIMES_UNSET
                ? config.retryMaxTimes()
                : send.maxReconsumeTimes();
        // A consumer in order retries by itself, and sends to its retry topic only when it has given up.
        return send.reconsumeTimes() > max || locks.isAnyHeld(group);
    }

    private void checkHalf(boolean half, KnownProperties known, SendMessageRequest send) {
        if (half) {
            halves.requireWelcome();
            if (!known.namesProducerGroup()) {
                throw illegal("a transactional message names its producer group (PGROUP), which decides about it");
            }
        } else if (SysFlag.transaction(send.sysFlag()) == SysFlag.TRANSACTION_PREPARED) {
            throw illegal("the flags say that this is a transactional message, and its properties do not (TRAN_MSG)");
        }
    }

    private static void refuseUnavailable(KnownProperties known) {
        if (known.isHalfMessage()) {
            throw illegal("a transactional message is sent alone, neither in a batch nor in another transaction");
        }
        refuseDelayed(known);
    }

    private static void refuseDelayed(KnownProperties known) {
        if (known.isDelayed()) {
            throw illegal("delayed messages are not available in this version of AgenaMQ; send without a delay");
        }
    }

    private static void appendWithoutPopCheckpoint(ByteBuffer raw, MessageProperties.Builder out) {
        MessageProperties cursor = new MessageProperties().reset(raw);
        while (cursor.next()) {
            if (!cursor.nameIs(PropertyNames.POP_CK)) {
                out.put(cursor.name(), cursor.value());
            }
        }
    }

    private static void checkLength(MessageProperties.Builder properties) {
        if (properties.length() > MessageRecord.PROPERTIES_BYTES_MAX) {
            throw tooManyProperties(properties.length());
        }
    }

    private static ProtocolException tooManyProperties(int bytes) {
        return illegal("the properties are " + bytes + " bytes; at most " + MessageRecord.PROPERTIES_BYTES_MAX
                + " can be stored");
    }

    private static ProtocolException illegal(String reason) {
        return new ProtocolException(ResponseCode.MESSAGE_ILLEGAL, reason);
    }
}
