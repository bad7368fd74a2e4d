// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * A producer that sends without waiting and a push consumer that receives, in one process: rate and time from send to listener. No more
 * messages are under way than the window, so that the backlog stays short.
 */
final class EndToEndLoad implements Load {

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer producer = Clients.producer(plan, "end-to-end");
        Clients.awaitTopic(producer, plan.topic(), Clients.QUEUE_COUNT);
        var window = new Semaphore(plan.window());
        var consumer = new DefaultMQPushConsumer("bench-consumer-" + plan.topic());
        consumer.setNamesrvAddr(plan.nameServers());
        consumer.setInstanceName("end-to-end-consumer");
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setConsumeMessageBatchMaxSize(32);
        consumer.setConsumeThreadMin(plan.threads());
        consumer.setConsumeThreadMax(plan.threads());
        consumer.subscribe(plan.topic(), "*");
        long epoch = System.nanoTime();
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            long now = System.nanoTime();
            for (MessageExt message : messages) {
                meter.done(1, now - epoch - ByteBuffer.wrap(message.getBody()).getLong());
                window.release();
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        long begin = System.nanoTime() + plan.warmup().toNanos();
        long end = begin + plan.measured().toNanos();
        boolean begun = false;
        for (long n = 0; n < plan.countMax(); n++) {
            long now = System.nanoTime();
            if (!begun && now >= begin) {
                begun = true;
                meter.begin();
            }
            if (now >= end) {
                break;
            }
            if (!window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                continue;
            }
            byte[] body = Clients.body(plan);
            ByteBuffer.wrap(body).putLong(System.nanoTime() - epoch);
            producer.send(Clients.message(plan.topic(), body), new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    // the consumer counts
                }

                @Override
                public void onException(Throwable failed) {
                    meter.failed();
                    window.release();
                }
            });
        }
        meter.end();
        consumer.shutdown();
    }
}
