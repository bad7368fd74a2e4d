// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;

/**
 * Messages at a fixed rate, each at its intended time whether or not earlier ones have been answered. The time of a message is from when
 * it should have been sent to its answer, so that a server that stalls pays for every message that it keeps waiting.
 */
final class FixedRateLoad implements Load {

    /** More unanswered messages than this end the load: the server does not keep up, and its times would say nothing. */
    private static final int UNANSWERED_MAX = 100_000;

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer producer = Clients.producer(plan, "latency");
        Clients.awaitTopic(producer, plan.topic(), Clients.QUEUE_COUNT);
        byte[] body = Clients.body(plan);
        var unanswered = new AtomicLong();
        long interval = 1_000_000_000L / plan.ratePerSecond();
        long start = System.nanoTime();
        long begin = start + plan.warmup().toNanos();
        long end = begin + plan.measured().toNanos();
        boolean begun = false;
        for (long n = 0; n < plan.countMax() && unanswered.get() < UNANSWERED_MAX; n++) {
            long intended = start + n * interval;
            if (intended >= end) {
                break;
            }
            while (intended - System.nanoTime() > 0) {
                LockSupport.parkNanos(intended - System.nanoTime());
            }
            if (!begun && intended >= begin) {
                begun = true;
                meter.begin();
            }
            unanswered.incrementAndGet();
            producer.send(Clients.message(plan.topic(), body), new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    meter.done(1, System.nanoTime() - intended);
                    unanswered.decrementAndGet();
                }

                @Override
                public void onException(Throwable failed) {
                    meter.failed();
                    unanswered.decrementAndGet();
                }
            });
        }
        // What is still under way belongs to the measurement.
        for (int i = 0; i < 100 && unanswered.get() > 0; i++) {
            Clients.pause(10);
        }
        meter.end();
    }
}
