// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/** Threads of one producer, each of which sends, waits for the answer, and sends again; one message or one batch at a time. */
final class SendLoad implements Load {

    private volatile boolean ended;

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer producer = Clients.producer(plan, "send");
        if (plan.topicCount() == 1) {
            Clients.awaitTopic(producer, plan.topic(), Clients.QUEUE_COUNT);
        } else {
            // Each topic's first message asks for its route, which is nothing to measure.
            for (int i = 0; i < plan.topicCount(); i++) {
                producer.send(Clients.message(plan.topic(i), Clients.body(plan)));
            }
        }
        var sent = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.threads(); i++) {
            var thread = new Thread(() -> send(plan, meter, producer, sent), "bench-send-" + i);
            threads.add(thread);
            thread.start();
        }
        Clients.pause(plan.warmup().toMillis());
        meter.begin();
        long deadline = System.nanoTime() + plan.measured().toNanos();
        while (System.nanoTime() < deadline && sent.get() < plan.countMax()) {
            Clients.pause(10);
        }
        meter.end();
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void send(Plan plan, Meter meter, DefaultMQProducer producer, AtomicLong sent) {
        byte[] body = Clients.body(plan);
        List<Message> batch = new ArrayList<>();
        while (!ended) {
            long n = sent.getAndAdd(plan.batch());
            long before = System.nanoTime();
            try {
                SendStatus status;
                if (plan.batch() == 1) {
                    status = producer.send(Clients.message(plan.topic(n), body)).getSendStatus();
                } else {
                    batch.clear();
                    for (int i = 0; i < plan.batch(); i++) {
                        batch.add(Clients.message(plan.topic(), body));
                    }
                    status = producer.send(batch).getSendStatus();
                }
                if (status == SendStatus.SEND_OK) {
                    meter.done(plan.batch(), System.nanoTime() - before);
                } else {
                    meter.failed();
                }
            } catch (Exception failed) {
                meter.failed();
            }
        }
    }
}
