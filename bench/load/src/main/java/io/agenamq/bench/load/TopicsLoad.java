// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** Creates {@link Plan#topicCount} topics with one queue each, and puts one message into each. */
final class TopicsLoad implements Load {

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        DefaultMQProducer producer = Clients.producer(plan, "topics");
        byte[] body = Clients.body(plan);
        meter.begin();
        for (int i = 0; i < plan.topicCount(); i++) {
            Clients.awaitTopic(producer, plan.topic(i), 1);
            long before = System.nanoTime();
            producer.send(Clients.message(plan.topic(i), body));
            meter.done(1, System.nanoTime() - before);
        }
        meter.end();
    }
}
