// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.MQAdmin;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;

/** Clients as all loads make them. */
final class Clients {

    /** Queues of a topic of a load: enough that clients balance, few enough that pulls find something. */
    static final int QUEUE_COUNT = 8;

    private static final int ROUTE_ATTEMPT_COUNT = 600;

    private static final int ROUTE_INTERVAL_MILLIS = 3_600_000;

    private Clients() {}

    static DefaultMQProducer producer(Plan plan, String name) throws MQClientException {
        var producer = new DefaultMQProducer("bench-" + name);
        producer.setNamesrvAddr(plan.nameServers());
        producer.setInstanceName(name);
        // A refusal is counted, not hidden by another attempt.
        producer.setRetryTimesWhenSendFailed(0);
        producer.setRetryTimesWhenSendAsyncFailed(0);
        producer.setSendMsgTimeout(10_000);
        if (plan.topicCount() > 1) {
            // It asks for the route of every topic each time.
            producer.setPollNameServerInterval(ROUTE_INTERVAL_MILLIS);
        }
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        producer.start();
        return producer;
    }

    /** Creates the topic of the plan and waits until there is a route to it. */
    static void awaitTopic(DefaultMQProducer producer, String topic, int queueCount) throws Exception {
        MQAdmin admin = producer;
        for (int attempt = 1; ; attempt++) {
            try {
                admin.createTopic("TBW102", topic, queueCount, Map.of());
                if (!producer.fetchPublishMessageQueues(topic).isEmpty()) {
                    return;
                }
            } catch (MQClientException early) {
                if (attempt == ROUTE_ATTEMPT_COUNT) {
                    throw early;
                }
            }
            pause(100);
        }
    }

    static byte[] body(Plan plan) {
        byte[] body = new byte[plan.sizeBytes()];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    static Message message(String topic, byte[] body) {
        return new Message(topic, "tag", body);
    }

    /** Waits this long; a load has nothing better to wait for than the time that was asked for. */
    static void pause(long millis) throws InterruptedException {
        if (new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody counts down");
        }
    }
}
