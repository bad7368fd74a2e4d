// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import java.util.Collection;
import java.util.List;

/** A {@code DefaultLitePullConsumer} of the official client, without automatic commits. */
public final class LitePullConsumer extends Remote {

    LitePullConsumer(ClientProcess process, String name) {
        super(process, name);
    }

    public List<QueueName> queues(String topic) {
        return QueueName.list(call("queues", request().with("topic", topic)), "queues");
    }

    public void assign(Collection<QueueName> queues) {
        call("assign", request().withLines("queues", QueueName.lines(queues)));
    }

    public List<QueueName> assignment() {
        return QueueName.list(call("assignment", request()), "queues");
    }

    /** Waits up to this long for at least one message. */
    public List<Received> poll(long timeoutMillis) {
        return Received.list(call("poll", request().with("timeoutMillis", timeoutMillis)));
    }

    public void seek(QueueName queue, long offset) {
        call("seek", queue.in(request()).with("offset", offset));
    }

    public void seekToBegin(QueueName queue) {
        call("seekToBegin", queue.in(request()));
    }

    public void seekToEnd(QueueName queue) {
        call("seekToEnd", queue.in(request()));
    }

    public long offsetForTimestamp(QueueName queue, long timestampMillis) {
        return call("offsetForTimestamp", queue.in(request()).with("timestamp", timestampMillis))
                .longNumber("offset");
    }

    public void commit() {
        call("commit", request());
    }

    public long committed(QueueName queue) {
        return call("committed", queue.in(request())).longNumber("offset");
    }

    public void pause(Collection<QueueName> queues) {
        call("pause", request().withLines("queues", QueueName.lines(queues)));
    }

    public void resume(Collection<QueueName> queues) {
        call("resume", request().withLines("queues", QueueName.lines(queues)));
    }
}
