// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.List;

/** A producer or consumer in a client process: what all of them can do. */
abstract class Remote implements AutoCloseable {

    private final ClientProcess process;
    private final String name;

    Remote(ClientProcess process, String name) {
        this.process = process;
        this.name = name;
    }

    /** Performs a verb there; throws {@link ClientFailure} with what the official client threw. */
    final Line call(String verb, Line request) {
        return process.call(name, verb, request);
    }

    static Line request() {
        return Line.of("call");
    }

    /** Creates a topic with this many queues on every broker that offers to create topics. */
    public final void createTopic(String topic, int queueCount) {
        call("createTopic", request().with("topic", topic).with("queues", queueCount));
    }

    public final List<Received> query(String topic, String key, long beginMillis, long endMillis) {
        return Received.list(call(
                "query",
                request()
                        .with("topic", topic)
                        .with("key", key)
                        .with("begin", beginMillis)
                        .with("end", endMillis)));
    }

    /** The message with this unique id or offset id. */
    public final Received view(String topic, String id) {
        Line answer = call("view", request().with("topic", topic).with("id", id));
        return Received.of(Line.parse(answer.text("message")), answer);
    }

    public final long minOffset(QueueName queue) {
        return call("minOffset", queue.in(request())).longNumber("offset");
    }

    public final long maxOffset(QueueName queue) {
        return call("maxOffset", queue.in(request())).longNumber("offset");
    }

    public final long searchOffset(QueueName queue, long timestampMillis) {
        return call("searchOffset", queue.in(request()).with("timestamp", timestampMillis))
                .longNumber("offset");
    }

    public final long earliestTime(QueueName queue) {
        return call("earliestTime", queue.in(request())).longNumber("timestamp");
    }

    /** Shuts it down as an application would. */
    @Override
    public void close() {
        if (process.isAlive()) {
            call("close", request());
        }
    }
}
