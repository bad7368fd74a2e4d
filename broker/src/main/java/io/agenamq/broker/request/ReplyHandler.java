// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.group.ProducerGroups;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.SysFlag;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.Request;
import io.agenamq.store.log.CommitLog;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Codes 324 and 325: the answer to a message that was sent as a request. It is pushed to the client that waits for it (code 326) and, if so
 * configured, stored in the reply topic; the responder is answered when both are done. Runs on the responder's event loop.
 */
final class ReplyHandler {

    private static final Duration PUSH_TIMEOUT = Duration.ofSeconds(10);

    /** Bodies of replies on their way to those who wait for them: they are copies on the heap until the waiting client has answered. */
    private static final int HELD_BYTES_MAX = 16 * 1024 * 1024;

    private final AtomicInteger heldBytes = new AtomicInteger();
    private final TopicDirectory topics;
    private final ProducerGroups producers;
    private final LiveSettings settings;
    private final CommitLog log;
    private final InstantSource clock;

    ReplyHandler(
            TopicDirectory topics,
            ProducerGroups producers,
            LiveSettings settings,
            CommitLog log,
            InstantSource clock) {
        this.topics = topics;
        this.producers = producers;
        this.settings = settings;
        this.log = log;
        this.clock = clock;
    }

    void enterInto(HandlerTable table) {
        table.register(RequestCode.SEND_REPLY_MESSAGE, this::reply);
        table.register(RequestCode.SEND_REPLY_MESSAGE_V2, this::reply);
    }

    private void reply(Request request) {
        int bytes = request.frame().body().remaining();
        int bytesMax = settings.get(BrokerOptions.MESSAGE_BYTES_MAX);
        if (bytes > bytesMax) {
            throw new ProtocolException(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "the message body is " + bytes + " bytes; maxMessageSize allows " + bytesMax);
        }
        SendMessageRequest send = SendMessageRequest.readFrom(request.frame().fields());
        TopicConfig topic = topics.forSend(send.topic(), send.defaultTopic(), send.defaultTopicQueueCount());
        String clientId = MessageProperties.find(send.properties(), PropertyNames.REPLY_TO_CLIENT);
        Optional<Connection> waiting = clientId == null ? Optional.empty() : producers.find(clientId);
        if (waiting.isEmpty()) {
            finish(
                    request,
                    request.frame(),
                    send,
                    topic,
                    "push reply message fail, channel of <" + clientId + "> not found.");
            return;
        }
        if (heldBytes.addAndGet(bytes) > HELD_BYTES_MAX) {
            heldBytes.addAndGet(-bytes);
            throw new ProtocolException(
                    ResponseCode.SYSTEM_BUSY,
                    "[OVERLOAD]system busy, start flow control for a while: replies wait for clients that do not take them");
        }
        Frame frame = request.frame().detach();
        var unused = waiting.get()
                .call(
                        RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT,
                        pushHeader(send, topic, request.connection().remoteAddress()),
                        Body.of(frame.body()),
                        PUSH_TIMEOUT)
                .whenComplete((answer, failure) -> {
                    heldBytes.addAndGet(-bytes);
                    boolean pushed = failure == null && answer.code() == ResponseCode.SUCCESS;
                    String fault = pushed ? null : "push reply message to <" + clientId + ">fail.";
                    // Back to the responder's loop, which owns the burst that the reply is stored with.
                    BrokerConnections.runOn(
                            request.connection().executor(),
                            () -> SlowWork.answering(request, () -> finish(request, frame, send, topic, fault)));
                });
    }

    private void finish(
            Request request, Frame frame, SendMessageRequest send, TopicConfig topic, @Nullable String fault) {
        int code = fault == null ? ResponseCode.SUCCESS : ResponseCode.SYSTEM_ERROR;
        if (!settings.get(BrokerOptions.STORE_REPLIES)) {
            request.reply(code, fault, answer(MessageId.encode(log.storeHost(), 0), 0, 0), Body.EMPTY);
            return;
        }
        SendBurst burst = BrokerConnections.burstOf(request.connection());
        ByteBuffer properties =
                burst.properties().clear().append(send.properties()).view();
        int queueId = Math.floorMod(send.queueId(), Math.max(1, topic.writeQueueNums()));
        burst.makeRoom(1, SendHandler.recordBytesMax(frame.body().remaining(), properties.remaining()));
        int index = burst.nextIndex();
        burst.add(new MessageDraft(
                topic.topicName(),
                queueId,
                send.flag(),
                SysFlag.withTransaction(send.sysFlag(), SysFlag.TRANSACTION_NONE),
                send.bornTimestamp(),
                request.connection().remoteAddress(),
                send.reconsumeTimes(),
                0,
                properties,
                frame.body()));
        burst.added(
                request,
                index,
                false,
                SendBurst.Departure.AT_ONCE,
                code,
                fault,
                (batch, first, count) -> answer(
                        MessageId.encode(log.storeHost(), batch.position(first)), queueId, batch.queueOffset(first)));
        burst.end();
    }

    private Header answer(String messageId, int queueId, long queueOffset) {
        return new SendMessageResponse(
                messageId,
                queueId,
                queueOffset,
                null,
                settings.get(BrokerOptions.REGION),
                settings.get(BrokerOptions.TRACE_ON));
    }

    private Header pushHeader(SendMessageRequest send, TopicConfig topic, InetSocketAddress responder) {
        return out -> {
            out.put("producerGroup", send.producerGroup());
            out.put("topic", topic.topicName());
            out.put("defaultTopic", send.defaultTopic());
            out.put("defaultTopicQueueNums", send.defaultTopicQueueCount());
            out.put("queueId", send.queueId());
            out.put("sysFlag", send.sysFlag());
            out.put("bornTimestamp", send.bornTimestamp());
            out.put("flag", send.flag());
            out.put("properties", send.properties());
            out.put("reconsumeTimes", send.reconsumeTimes());
            out.put("unitMode", send.unitMode());
            out.put("bornHost", HostPort.of(responder).toString());
            out.put("storeHost", HostPort.of(log.storeHost()).toString());
            out.put("storeTimestamp", clock.millis());
        };
    }
}
