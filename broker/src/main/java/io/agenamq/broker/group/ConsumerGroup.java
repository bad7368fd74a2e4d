// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.protocol.command.ConsumeFromWhere;
import io.agenamq.protocol.command.ConsumeType;
import io.agenamq.protocol.command.MessageModel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One consumer group at one moment. Immutable: {@link ConsumerGroups} replaces it as a whole, so that a reader sees members and
 * subscriptions that belong together.
 *
 * @param name the group
 * @param consumeType push or pull, as in the latest heartbeat
 * @param messageModel clustering or broadcasting, as in the latest heartbeat
 * @param consumeFromWhere as in the latest heartbeat
 * @param members by connection id; never empty
 * @param subscriptions by topic
 */
public record ConsumerGroup(
        String name,
        ConsumeType consumeType,
        MessageModel messageModel,
        ConsumeFromWhere consumeFromWhere,
        Map<Long, Member> members,
        Map<String, Subscription> subscriptions) {

    /** Copies the maps. */
    public ConsumerGroup {
        members = Map.copyOf(members);
        subscriptions = Map.copyOf(subscriptions);
    }

    /** The subscription to {@code topic}, or {@code null}. */
    public @Nullable Subscription subscription(String topic) {
        return subscriptions.get(topic);
    }

    /** The names the members have given themselves, sorted, each once. */
    public List<String> clientIds() {
        return members.values().stream()
                .map(Member::clientId)
                .distinct()
                .sorted()
                .toList();
    }

    /** Whether every member gets every message and keeps its own offsets. */
    public boolean isBroadcasting() {
        return messageModel == MessageModel.BROADCASTING;
    }
}
