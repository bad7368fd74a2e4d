// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;

/** Sends exactly {@link Plan#countMax} messages in batches, for a load or a restart that needs a backlog. */
final class FillLoad implements Load {

    /** One more attempt for each of so many failures; a fill that meets more has something wrong with it. */
    private static final int FAILURE_COUNT_MAX = 1000;

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer producer = Clients.producer(plan, "fill");
        Clients.awaitTopic(producer, plan.topic(), Clients.QUEUE_COUNT);
        byte[] body = Clients.body(plan);
        var left = new AtomicLong(plan.countMax());
        meter.begin();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.threads(); i++) {
            var thread = new Thread(() -> fill(plan, meter, producer, body, left), "bench-fill-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        meter.end();
    }

    private static void fill(Plan plan, Meter meter, DefaultMQProducer producer, byte[] body, AtomicLong left) {
        int failures = 0;
        while (true) {
            long before = left.getAndAdd(-plan.batch());
            if (before <= 0) {
                return;
            }
            List<Message> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(plan.batch(), before); i++) {
                batch.add(Clients.message(plan.topic(), body));
            }
            long began = System.nanoTime();
            while (true) {
                try {
                    producer.send(batch);
                    meter.done(batch.size(), System.nanoTime() - began);
                    break;
                } catch (Exception failed) {
                    meter.failed();
                    if (++failures > FAILURE_COUNT_MAX) {
                        throw new IllegalStateException(failed);
                    }
                }
            }
        }
    }
}
