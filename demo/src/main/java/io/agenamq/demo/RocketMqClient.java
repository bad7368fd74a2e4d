// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.cli.CliFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** The order application written against the official RocketMQ client, which is used as it is. */
final class RocketMqClient implements AutoCloseable {
    /** Concurrent synchronous sends; the client multiplexes them over one connection. */
    private static final int SENDERS = 8;

    private static final int SEND_TIMEOUT_MILLIS = 30_000;

    private final String nameServer;
    private final DefaultMQProducer producer;
    private final List<DefaultMQPushConsumer> consumers = new ArrayList<>();

    /** @param nameServer {@code host:port} */
    RocketMqClient(String nameServer) {
        this.nameServer = nameServer;
        this.producer = new DefaultMQProducer("agena-demo-shop");
        producer.setNamesrvAddr(nameServer);
        producer.setSendMsgTimeout(SEND_TIMEOUT_MILLIS);
        try {
            producer.start();
        } catch (MQClientException e) {
            throw new CliFailure("the RocketMQ producer did not start: " + e.getErrorMessage(), e);
        }
    }

    /** Sends the first {@code count} orders synchronously, each tagged with its status. */
    void send(String topic, int count, Stopwatch sends) {
        sends.start();
        Crew.send(count, SENDERS, (first, end, step) -> {
            for (int number = first; number < end; number += step) {
                Order order = new Order(number);
                byte[] body = order.text().getBytes(StandardCharsets.UTF_8);
                Message message = new Message(topic, order.status().tag(), "order-" + number, body);
                long now = System.nanoTime();
                message.putUserProperty(Order.SENT_NANOS, Long.toString(now));
                SendResult result = producer.send(message);
                if (result.getSendStatus() != SendStatus.SEND_OK) {
                    throw new CliFailure("order " + number + " was answered with " + result.getSendStatus());
                }
                sends.stop(now);
            }
        });
    }

    /**
     * Starts a push consumer that reads the topic from its beginning.
     *
     * @param tags the tag expression, for example {@code paid || shipped}
     */
    void listen(String topic, String group, String tags, Arrivals arrivals) {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(nameServer);
        // Two groups in one process need two client instances, or the second would take over the first one's
        // subscriptions.
        consumer.setInstanceName(group);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        try {
            consumer.subscribe(topic, tags);
            consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
                for (MessageExt message : messages) {
                    arrivals.arrived(
                            new String(message.getBody(), StandardCharsets.UTF_8),
                            Long.parseLong(message.getUserProperty(Order.SENT_NANOS)));
                }
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
            consumers.add(consumer);
            consumer.start();
        } catch (MQClientException e) {
            throw new CliFailure("the RocketMQ push consumer did not start: " + e.getErrorMessage(), e);
        }
    }

    @Override
    public void close() {
        consumers.forEach(DefaultMQPushConsumer::shutdown);
        producer.shutdown();
    }
}
