// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageQueue;

/** A {@code DefaultMQPullConsumer} under remote control. */
@SuppressWarnings("deprecation") // deprecated by its makers, still in use: one of the uses that must work
final class ControlledPullConsumer implements Actor {

    private final DefaultMQPullConsumer consumer;

    private ControlledPullConsumer(DefaultMQPullConsumer consumer) {
        this.consumer = consumer;
    }

    static ControlledPullConsumer start(Line arguments) throws MQClientException {
        var consumer = new DefaultMQPullConsumer(arguments.text("group"));
        Dialect.configure(consumer, arguments);
        if (arguments.has("suspendMillis")) {
            long suspendMillis = arguments.longNumber("suspendMillis");
            consumer.setBrokerSuspendMaxTimeMillis(suspendMillis);
            consumer.setConsumerTimeoutMillisWhenSuspend(suspendMillis + 30_000);
        }
        consumer.start();
        return new ControlledPullConsumer(consumer);
    }

    @Override
    public Line perform(String verb, Line request) throws Exception {
        var answer = Line.of("answer");
        return switch (verb) {
            case "queues" ->
                answer.withLines(
                        "queues", Messages.queues(consumer.fetchSubscribeMessageQueues(request.text("topic"))));
            case "pull" -> pull(request);
            case "updateOffset" -> {
                MessageQueue queue = Messages.queue(request);
                consumer.updateConsumeOffset(queue, request.longNumber("offset"));
                consumer.getOffsetStore().persist(queue);
                yield answer;
            }
            case "fetchOffset" -> answer.with("offset", consumer.fetchConsumeOffset(Messages.queue(request), true));
            default -> AdminVerbs.perform(consumer, verb, request);
        };
    }

    private Line pull(Line request) throws Exception {
        MessageQueue queue = Messages.queue(request);
        long offset = request.longNumber("offset");
        int max = request.number("max", 32);
        PullResult result;
        if (request.has("sql")) {
            result = consumer.pull(queue, MessageSelector.bySql(request.text("sql")), offset, max);
        } else if (request.flag("block")) {
            result = consumer.pullBlockIfNotFound(queue, request.text("tags", "*"), offset, max);
        } else {
            result = consumer.pull(queue, request.text("tags", "*"), offset, max);
        }
        return Line.of("answer")
                .with("status", result.getPullStatus())
                .with("next", result.getNextBeginOffset())
                .with("min", result.getMinOffset())
                .with("max", result.getMaxOffset())
                .with("nanos", System.nanoTime())
                .withLines("messages", Messages.lines(result.getMsgFoundList()));
    }

    @Override
    public void close() {
        consumer.shutdown();
    }
}
