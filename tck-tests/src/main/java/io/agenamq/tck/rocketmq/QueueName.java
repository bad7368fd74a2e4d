// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A message queue, as clients name it. */
public record QueueName(String topic, String broker, int id) {

    static QueueName of(Line line) {
        return new QueueName(line.text("topic"), line.text("broker"), line.number("queue"));
    }

    static List<QueueName> list(Line answer, String name) {
        return answer.lines(name).stream().map(QueueName::of).collect(Collectors.toList());
    }

    static List<Line> lines(Collection<QueueName> queues) {
        return queues.stream().map(queue -> queue.in(Line.of("queue"))).collect(Collectors.toList());
    }

    Line in(Line request) {
        return request.with("topic", topic).with("broker", broker).with("queue", id);
    }

    @Override
    public String toString() {
        return topic + "@" + broker + "/" + id;
    }
}
