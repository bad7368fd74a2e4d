// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.TopicConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * A topic as its brokers have it.
 *
 * @param brokers names of the brokers that have it, in the order in which they were asked
 * @param queues message queues on all of them together
 */
public record TopicStatus(
        String name, TopicKind kind, List<String> brokers, int queues, boolean readable, boolean writable) {
    public TopicStatus {
        brokers = List.copyOf(brokers);
    }

    static TopicStatus of(TopicConfig config, String broker) {
        return new TopicStatus(
                config.topicName(),
                TopicKind.of(config),
                List.of(broker),
                Math.max(config.readQueueNums(), config.writeQueueNums()),
                Permission.readable(config.perm()),
                Permission.writable(config.perm()));
    }

    /** The same topic with what another broker says of it. */
    TopicStatus and(TopicStatus other) {
        List<String> all = new ArrayList<>(brokers);
        all.addAll(other.brokers);
        return new TopicStatus(
                name, kind, all, queues + other.queues, readable || other.readable, writable || other.writable);
    }
}
