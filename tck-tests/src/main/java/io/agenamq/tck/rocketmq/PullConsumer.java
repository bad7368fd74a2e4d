// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.List;

/** A {@code DefaultMQPullConsumer} of the official client. */
public final class PullConsumer extends Remote {

    PullConsumer(ClientProcess process, String name) {
        super(process, name);
    }

    /**
     * What one pull returned.
     *
     * @param status {@code FOUND}, {@code NO_NEW_MSG}, {@code NO_MATCHED_MSG} or {@code OFFSET_ILLEGAL}
     * @param nanos the client process's clock when it returned
     */
    public record Pulled(String status, long next, long min, long max, long nanos, List<Received> messages) {

        private static Pulled of(Line answer) {
            return new Pulled(
                    answer.text("status"),
                    answer.longNumber("next"),
                    answer.longNumber("min"),
                    answer.longNumber("max"),
                    answer.longNumber("nanos"),
                    Received.list(answer));
        }
    }

    public List<QueueName> queues(String topic) {
        return QueueName.list(call("queues", request().with("topic", topic)), "queues");
    }

    public Pulled pull(QueueName queue, String tags, long offset, int max) {
        return Pulled.of(call(
                "pull",
                queue.in(request()).with("tags", tags).with("offset", offset).with("max", max)));
    }

    public Pulled pullSql(QueueName queue, String sql, long offset, int max) {
        return Pulled.of(call(
                "pull",
                queue.in(request()).with("sql", sql).with("offset", offset).with("max", max)));
    }

    /** Waits at the broker for a message; blocks the caller for as long. */
    public Pulled pullBlocking(QueueName queue, String tags, long offset, int max) {
        return Pulled.of(call(
                "pull",
                queue.in(request())
                        .with("block", true)
                        .with("tags", tags)
                        .with("offset", offset)
                        .with("max", max)));
    }

    /** Sends the group's offset of the queue to the broker; one-way, so it is not there at once. */
    public void updateOffset(QueueName queue, long offset) {
        call("updateOffset", queue.in(request()).with("offset", offset));
    }

    /** The group's offset as the broker has it; −1 if it has none. */
    public long fetchOffset(QueueName queue) {
        return call("fetchOffset", queue.in(request())).longNumber("offset");
    }
}
