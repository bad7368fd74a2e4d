// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

/** A {@code DefaultLitePullConsumer} under remote control; it subscribes if it is started with a topic and is assigned queues otherwise. */
final class ControlledLitePullConsumer implements Actor {

    private final DefaultLitePullConsumer consumer;

    private ControlledLitePullConsumer(DefaultLitePullConsumer consumer) {
        this.consumer = consumer;
    }

    static ControlledLitePullConsumer start(Line arguments) throws MQClientException {
        var consumer = new DefaultLitePullConsumer(arguments.text("group"));
        Dialect.configure(consumer, arguments);
        consumer.setAutoCommit(arguments.flag("autoCommit"));
        consumer.setConsumeFromWhere(
                ConsumeFromWhere.valueOf("CONSUME_FROM_" + arguments.text("from", "FIRST_OFFSET")));
        if (arguments.has("timestamp")) {
            consumer.setConsumeTimestamp(arguments.text("timestamp"));
        }
        if (arguments.has("topic")) {
            if (arguments.has("sql")) {
                consumer.subscribe(arguments.text("topic"), MessageSelector.bySql(arguments.text("sql")));
            } else {
                consumer.subscribe(arguments.text("topic"), arguments.text("tags", "*"));
            }
        }
        consumer.start();
        return new ControlledLitePullConsumer(consumer);
    }

    @Override
    @SuppressWarnings("deprecation") // commitSync is what both versions have
    public Line perform(String verb, Line request) throws Exception {
        var answer = Line.of("answer");
        switch (verb) {
            case "queues" ->
                answer.withLines("queues", Messages.queues(consumer.fetchMessageQueues(request.text("topic"))));
            case "assign" -> consumer.assign(Messages.queues(request, "queues"));
            case "assignment" -> answer.withLines("queues", Messages.queues(consumer.assignment()));
            case "poll" ->
                answer.withLines("messages", Messages.lines(consumer.poll(request.longNumber("timeoutMillis"))))
                        .with("nanos", System.nanoTime());
            case "seek" -> consumer.seek(Messages.queue(request), request.longNumber("offset"));
            case "seekToBegin" -> consumer.seekToBegin(Messages.queue(request));
            case "seekToEnd" -> consumer.seekToEnd(Messages.queue(request));
            case "offsetForTimestamp" ->
                answer.with(
                        "offset",
                        consumer.offsetForTimestamp(Messages.queue(request), request.longNumber("timestamp")));
            case "commit" -> consumer.commitSync();
            case "committed" -> answer.with("offset", consumer.committed(Messages.queue(request)));
            case "pause" -> consumer.pause(Messages.queues(request, "queues"));
            case "resume" -> consumer.resume(Messages.queues(request, "queues"));
            default -> throw new IllegalArgumentException("no verb '" + verb + "'");
        }
        return answer;
    }

    @Override
    public void close() {
        consumer.shutdown();
    }
}
