// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.MessageQueueSelector;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** A {@code DefaultMQProducer} under remote control. */
final class ControlledProducer implements Actor {

    /** Longer than the official client's own time-outs together, so that its error comes first. */
    private static final long CALLBACK_TIMEOUT_SECONDS = 30;

    /** Queue number = shard modulo count: which shard went where is then plain to see. */
    private static final MessageQueueSelector BY_SHARD =
            (queues, message, shard) -> queues.get((Integer) shard % queues.size());

    private final DefaultMQProducer producer;

    private ControlledProducer(DefaultMQProducer producer) {
        this.producer = producer;
    }

    static ControlledProducer start(Line arguments) throws MQClientException {
        var producer = new DefaultMQProducer(arguments.text("group"));
        Dialect.configure(producer, arguments);
        producer.setSendMsgTimeout(arguments.number("timeoutMillis", 10_000));
        producer.setRetryTimesWhenSendFailed(arguments.number("retries", 2));
        producer.setRetryTimesWhenSendAsyncFailed(arguments.number("retries", 2));
        producer.setDefaultTopicQueueNums(arguments.number("defaultQueues", 4));
        producer.setMaxMessageSize(arguments.number("maxMessageBytes", 4 * 1024 * 1024));
        producer.setCompressMsgBodyOverHowmuch(arguments.number("compressOverBytes", 4096));
        producer.start();
        return new ControlledProducer(producer);
    }

    @Override
    public Line perform(String verb, Line request) throws Exception {
        return switch (verb) {
            case "send" -> Line.of("answer").withLines("sent", send(request));
            case "batch" -> Line.of("answer").withLines("sent", List.of(batch(request)));
            case "request" -> {
                Message reply = producer.request(Messages.described(request, 0), request.longNumber("timeoutMillis"));
                yield Line.of("answer").with("body", new String(reply.getBody(), StandardCharsets.UTF_8));
            }
            case "queues" ->
                Line.of("answer")
                        .withLines(
                                "queues", Messages.queues(producer.fetchPublishMessageQueues(request.text("topic"))));
            default -> AdminVerbs.perform(producer, verb, request);
        };
    }

    private List<Line> send(Line request) throws Exception {
        int from = request.number("from", 0);
        int count = request.number("count", 1);
        String mode = request.text("mode", "sync");
        List<Line> sent = new ArrayList<>(count);
        List<CompletableFuture<Line>> pending = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            Message message = Messages.described(request, i);
            long before = System.nanoTime();
            switch (mode) {
                case "sync" -> sent.add(Messages.sent(sync(message, request, i), before));
                case "async" -> pending.add(async(message, request, i, before));
                case "oneway" -> {
                    oneway(message, request, i);
                    sent.add(Messages.sent(null, before));
                }
                default -> throw new IllegalArgumentException("no mode '" + mode + "'");
            }
        }
        for (CompletableFuture<Line> one : pending) {
            sent.add(one.get(CALLBACK_TIMEOUT_SECONDS, TimeUnit.SECONDS));
        }
        return sent;
    }

    private SendResult sync(Message message, Line request, int index) throws Exception {
        if (request.has("queue")) {
            return producer.send(message, Messages.queue(request));
        }
        if (request.has("shards")) {
            return producer.send(message, BY_SHARD, index % request.number("shards"));
        }
        return producer.send(message);
    }

    private CompletableFuture<Line> async(Message message, Line request, int index, long before) throws Exception {
        var sent = new CompletableFuture<Line>();
        var callback = new SendCallback() {
            @Override
            public void onSuccess(SendResult result) {
                sent.complete(Messages.sent(result, before));
            }

            @Override
            public void onException(Throwable failed) {
                sent.completeExceptionally(failed);
            }
        };
        if (request.has("queue")) {
            producer.send(message, Messages.queue(request), callback);
        } else if (request.has("shards")) {
            producer.send(message, BY_SHARD, index % request.number("shards"), callback);
        } else {
            producer.send(message, callback);
        }
        return sent;
    }

    private void oneway(Message message, Line request, int index) throws Exception {
        if (request.has("queue")) {
            producer.sendOneway(message, Messages.queue(request));
        } else if (request.has("shards")) {
            producer.sendOneway(message, BY_SHARD, index % request.number("shards"));
        } else {
            producer.sendOneway(message);
        }
    }

    private Line batch(Line request) throws Exception {
        List<Message> messages = new ArrayList<>();
        int from = request.number("from", 0);
        for (int i = from; i < from + request.number("count"); i++) {
            messages.add(Messages.described(request, i));
        }
        long before = System.nanoTime();
        if (request.has("queue")) {
            MessageQueue queue = Messages.queue(request);
            return Messages.sent(producer.send(messages, queue), before);
        }
        return Messages.sent(producer.send(messages), before);
    }

    @Override
    public void close() {
        producer.shutdown();
    }
}
