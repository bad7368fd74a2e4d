// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

/**
 * A topic to be created.
 *
 * @param queues message queues on each broker; a JMS queue or topic has one, or its order would be lost
 */
public record TopicSpec(String name, TopicKind kind, int queues) {
    private static final int QUEUES_MAX = 1024;

    public TopicSpec {
        if (queues < 1 || queues > QUEUES_MAX) {
            throw new AdminException("a topic has from 1 to " + QUEUES_MAX + " queues, not " + queues);
        }
    }

    /** A Jakarta Messaging queue. */
    public static TopicSpec queue(String name) {
        return new TopicSpec(name, TopicKind.QUEUE, 1);
    }

    /** A topic for RocketMQ clients. */
    public static TopicSpec nativeTopic(String name, int queues) {
        return new TopicSpec(name, TopicKind.NATIVE, queues);
    }
}
