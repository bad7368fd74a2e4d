// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.util.concurrent.Semaphore;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;

/** One thread that sends without waiting, with a bounded number of messages under way. */
final class AsyncLoad implements Load {

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer producer = Clients.producer(plan, "async");
        Clients.awaitTopic(producer, plan.topic(), Clients.QUEUE_COUNT);
        var window = new Semaphore(plan.window());
        byte[] body = Clients.body(plan);
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
            window.acquire();
            producer.send(Clients.message(plan.topic(), body), new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    meter.done(1, System.nanoTime() - now);
                    window.release();
                }

                @Override
                public void onException(Throwable failed) {
                    meter.failed();
                    window.release();
                }
            });
        }
        meter.end();
        window.acquire(plan.window());
    }
}
