// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.util.Map;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.MQAdmin;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;

/** What is written differently for the official client 5.5; see the class of the same name in client-4.9. */
final class Dialect {

    static final String VERSION = "5.5";

    private Dialect() {}

    static void configure(ClientConfig client, Line arguments) {
        client.setNamesrvAddr(arguments.text("nameServers"));
        client.setInstanceName(arguments.text("instance"));
        // The default of 3 s is short for a build machine that is busy with something else.
        client.setMqClientApiTimeout(arguments.number("apiTimeoutMillis", 20_000));
        client.setPollNameServerInterval(arguments.number("pollNameServerMillis", 30_000));
        client.setHeartbeatBrokerInterval(arguments.number("heartbeatMillis", 30_000));
        client.setPersistConsumerOffsetInterval(arguments.number("persistMillis", 5_000));
    }

    static void broadcast(DefaultMQPushConsumer consumer) {
        consumer.setMessageModel(MessageModel.BROADCASTING);
    }

    static void createTopic(MQAdmin admin, String topic, int queueCount) throws MQClientException {
        admin.createTopic("TBW102", topic, queueCount, Map.of());
    }
}
