// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.Partitions;

/**
 * A topic to be created.
 *
 * @param queues message queues on each broker; a JMS queue or topic has one, or its order would be lost
 * @param partitions brokers that a JMS queue is spread over; 1 for everything else
 */
public record TopicSpec(String name, TopicKind kind, int queues, int partitions) {
    private static final int QUEUES_MAX = 1024;

    public TopicSpec {
        if (queues < 1 || queues > QUEUES_MAX) {
            throw new AdminException("a topic has from 1 to " + QUEUES_MAX + " queues, not " + queues);
        }
        if (partitions < 1 || partitions > Partitions.COUNT_MAX) {
            throw new AdminException(
                    "a queue has from 1 to " + Partitions.COUNT_MAX + " partitions, not " + partitions);
        }
        if (partitions > 1 && kind != TopicKind.QUEUE) {
            throw new AdminException("only JMS queues have partitions");
        }
    }

    /** One that is not spread by declaration. */
    public TopicSpec(String name, TopicKind kind, int queues) {
        this(name, kind, queues, 1);
    }

    /** A Jakarta Messaging queue. */
    public static TopicSpec queue(String name) {
        return new TopicSpec(name, TopicKind.QUEUE, 1);
    }

    /** A Jakarta Messaging queue that is spread over brokers. */
    public static TopicSpec partitionedQueue(String name, int partitions) {
        return new TopicSpec(name, TopicKind.QUEUE, 1, partitions);
    }

    /** A topic for RocketMQ clients. */
    public static TopicSpec nativeTopic(String name, int queues) {
        return new TopicSpec(name, TopicKind.NATIVE, queues);
    }
}
