// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jspecify.annotations.Nullable;

/**
 * A {@code DefaultMQPushConsumer} under remote control. Every message is an event; with a {@code gate} the listener then waits for a
 * permit of the test before it returns, so that flow control and unfinished work can be observed without sleeping.
 */
final class ControlledPushConsumer implements Actor {

    private final DefaultMQPushConsumer consumer;
    private final Events events;
    private final Semaphore gate;
    private final boolean gated;
    private final AtomicInteger refusals;
    private final @Nullable DefaultMQProducer replier;

    private ControlledPushConsumer(
            DefaultMQPushConsumer consumer, Line arguments, Events events, @Nullable DefaultMQProducer replier) {
        this.replier = replier;
        this.consumer = consumer;
        this.events = events;
        this.gated = arguments.has("gate");
        this.gate = new Semaphore(arguments.number("gate", 0), true);
        this.refusals = new AtomicInteger(arguments.number("refuseFirst", 0));
    }

    static ControlledPushConsumer start(Line arguments, Events events) throws MQClientException {
        var consumer = new DefaultMQPushConsumer(arguments.text("group"));
        Dialect.configure(consumer, arguments);
        if (arguments.flag("broadcasting")) {
            Dialect.broadcast(consumer);
        }
        consumer.setConsumeFromWhere(
                ConsumeFromWhere.valueOf("CONSUME_FROM_" + arguments.text("from", "FIRST_OFFSET")));
        if (arguments.has("timestamp")) {
            consumer.setConsumeTimestamp(arguments.text("timestamp"));
        }
        consumer.setPullBatchSize(arguments.number("pullBatch", 32));
        consumer.setConsumeMessageBatchMaxSize(arguments.number("consumeBatch", 1));
        consumer.setPullThresholdForQueue(arguments.number("queueThreshold", 1000));
        consumer.setConsumeConcurrentlyMaxSpan(arguments.number("spanMax", 2000));
        consumer.setConsumeThreadMin(arguments.number("threads", 4));
        consumer.setConsumeThreadMax(arguments.number("threads", 4));
        consumer.setAllocateMessageQueueStrategy(Allocation.named(arguments, events));
        var controlled = new ControlledPushConsumer(
                consumer, arguments, events, arguments.flag("replying") ? startedReplier(arguments) : null);
        controlled.listen(arguments.flag("orderly"));
        for (String topic : arguments.text("topic").split(",")) {
            if (arguments.has("sql")) {
                consumer.subscribe(topic, MessageSelector.bySql(arguments.text("sql")));
            } else {
                consumer.subscribe(topic, arguments.text("tags", "*"));
            }
        }
        consumer.start();
        return controlled;
    }

    private static DefaultMQProducer startedReplier(Line arguments) throws MQClientException {
        var replier = new DefaultMQProducer(arguments.text("group") + "-replier");
        Dialect.configure(replier, arguments);
        replier.setInstanceName(arguments.text("instance") + "-replier");
        replier.setSendMsgTimeout(20_000);
        replier.start();
        return replier;
    }

    /** Answers a request with its body and a mark. */
    private boolean reply(MessageExt message) {
        if (replier == null) {
            return true;
        }
        String body = "re:" + new String(message.getBody(), StandardCharsets.UTF_8);
        try {
            replier.send(MessageUtil.createReplyMessage(message, body.getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return false;
        } catch (MQClientException | MQBrokerException | RemotingException failed) {
            failed.printStackTrace();
            return false;
        }
    }

    private void listen(boolean orderly) {
        if (orderly) {
            consumer.registerMessageListener((MessageListenerOrderly) (messages, context) -> consumed(messages)
                    ? ConsumeOrderlyStatus.SUCCESS
                    : ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT);
        } else {
            consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> consumed(messages)
                    ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS
                    : ConsumeConcurrentlyStatus.RECONSUME_LATER);
        }
    }

    private boolean consumed(List<MessageExt> messages) {
        boolean refused = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        for (MessageExt message : messages) {
            events.report(
                    event("message", message).with("batch", messages.size()).with("refused", refused));
        }
        if (gated) {
            try {
                gate.acquire();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                return false;
            }
            for (MessageExt message : messages) {
                events.report(event("done", message));
            }
        }
        return !refused && messages.stream().allMatch(this::reply);
    }

    private static Line event(String name, MessageExt message) {
        return Line.of("event")
                .with("name", name)
                .with("message", Messages.line(message))
                .with("thread", Thread.currentThread().getName());
    }

    @Override
    public Line perform(String verb, Line request) throws Exception {
        switch (verb) {
            case "open" -> gate.release(request.number("permits"));
            case "suspend" -> consumer.suspend();
            case "resume" -> consumer.resume();
            default -> {
                return AdminVerbs.perform(consumer, verb, request);
            }
        }
        return Line.of("answer");
    }

    @Override
    public void close() {
        consumer.shutdown();
        if (replier != null) {
            replier.shutdown();
        }
    }
}
