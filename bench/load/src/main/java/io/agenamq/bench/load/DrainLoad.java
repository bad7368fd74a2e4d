// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

/** A new group that pulls a backlog of {@link Plan#countMax} messages; measured from the first message to the last. */
final class DrainLoad implements Load {

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        var first = new CountDownLatch(1);
        var last = new CountDownLatch(1);
        var received = new AtomicLong();
        var consumer = new DefaultMQPushConsumer("bench-drain-" + System.nanoTime());
        consumer.setNamesrvAddr(plan.nameServers());
        consumer.setInstanceName("drain");
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setConsumeMessageBatchMaxSize(32);
        consumer.setConsumeThreadMin(plan.threads());
        consumer.setConsumeThreadMax(plan.threads());
        consumer.subscribe(plan.topic(), "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            if (received.get() == 0 && first.getCount() > 0) {
                synchronized (first) {
                    if (first.getCount() > 0) {
                        meter.begin();
                        first.countDown();
                    }
                }
            }
            meter.done(messages.size(), 0);
            if (received.addAndGet(messages.size()) >= plan.countMax()) {
                last.countDown();
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        if (!last.await(plan.measured().toSeconds(), TimeUnit.SECONDS)) {
            System.err.println("the backlog was not drained in time: " + received.get() + " of " + plan.countMax());
        }
        meter.end();
        consumer.shutdown();
    }
}
