// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A {@code DefaultMQProducer} of the official client. */
public final class Producer extends Remote {

    Producer(ClientProcess process, String name) {
        super(process, name);
    }

    /** Describes a run of messages to this topic; bodies are {@code m-0}, {@code m-1}, … unless said otherwise. */
    public Sending to(String topic) {
        return new Sending(request().with("topic", topic));
    }

    /** The writable queues of the topic's route. */
    public List<QueueName> queues(String topic) {
        return QueueName.list(call("queues", request().with("topic", topic)), "queues");
    }

    /** Sends a request and returns the body of the reply; waits for so long. */
    public String request(String topic, String body, long timeoutMillis) {
        return call("request", request().with("topic", topic).with("body", body).with("timeoutMillis", timeoutMillis))
                .text("body");
    }

    /** What is sent and how; {@code #} in keys and property values stands for the message's number. */
    public final class Sending {
        private final Line request;

        private Sending(Line request) {
            this.request = request;
        }

        /** Bodies are {@code prefix + number}. */
        public Sending bodies(String prefix) {
            request.with("body", prefix);
            return this;
        }

        /** Bodies are filled up to this length. */
        public Sending size(int bytes) {
            request.with("size", bytes);
            return this;
        }

        /** Number of the first message. */
        public Sending from(int number) {
            request.with("from", number);
            return this;
        }

        /** Tags, taken in turn. */
        public Sending tags(String... tags) {
            request.with("tags", String.join(",", tags));
            return this;
        }

        public Sending keys(String keys) {
            request.with("keys", keys);
            return this;
        }

        public Sending properties(Map<String, String> properties) {
            request.withMap("properties", properties);
            return this;
        }

        /** To this queue. */
        public Sending queue(QueueName queue) {
            queue.in(request);
            return this;
        }

        /** Through a selector that puts message {@code n} into queue {@code (n mod shards) mod queues}. */
        public Sending shards(int count) {
            request.with("shards", count);
            return this;
        }

        public List<Sent> send(int count) {
            return send("sync", count);
        }

        public List<Sent> sendAsync(int count) {
            return send("async", count);
        }

        public void sendOneway(int count) {
            send("oneway", count);
        }

        private List<Sent> send(String mode, int count) {
            Line answer = call("send", request.with("mode", mode).with("count", count));
            return answer.lines("sent").stream().map(Sent::of).collect(Collectors.toList());
        }

        /** As one batch, in one request. */
        public Sent sendBatch(int count) {
            return Sent.of(
                    call("batch", request.with("count", count)).lines("sent").get(0));
        }
    }
}
