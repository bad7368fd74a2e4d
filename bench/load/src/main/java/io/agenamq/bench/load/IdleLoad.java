// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** Connected clients with nothing to do: half of the {@link Plan#threads} are producers, half push consumers. */
final class IdleLoad implements Load {

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer first = Clients.producer(plan, "idle-0");
        Clients.awaitTopic(first, plan.topic(), Clients.QUEUE_COUNT);
        first.send(Clients.message(plan.topic(), Clients.body(plan)));
        for (int i = 1; i < plan.threads(); i++) {
            if (i % 2 == 0) {
                DefaultMQProducer producer = Clients.producer(plan, "idle-" + i);
                producer.send(Clients.message(plan.topic(), Clients.body(plan)));
            } else {
                var consumer = new DefaultMQPushConsumer("bench-idle");
                consumer.setNamesrvAddr(plan.nameServers());
                consumer.setInstanceName("idle-" + i);
                consumer.subscribe(plan.topic(), "*");
                consumer.registerMessageListener(
                        (MessageListenerConcurrently) (messages, context) -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS);
                consumer.start();
            }
        }
        Clients.pause(plan.warmup().toMillis());
        meter.begin();
        Clients.pause(plan.measured().toMillis());
        meter.end();
    }
}
