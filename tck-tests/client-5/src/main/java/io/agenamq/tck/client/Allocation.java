// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.apache.rocketmq.client.consumer.AllocateMessageQueueStrategy;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMachineRoomNearby;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragelyByCircle;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByConfig;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByMachineRoom;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueConsistentHash;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * One of the official allocation strategies, reporting each decision: which queues and clients it was shown, what it gave this one.
 *
 * <p>That is the observation of a rebalance test: the queues come from the route, the client list from the broker's heartbeats.
 */
final class Allocation implements AllocateMessageQueueStrategy {

    private final AllocateMessageQueueStrategy strategy;
    private final Events events;

    private Allocation(AllocateMessageQueueStrategy strategy, Events events) {
        this.strategy = strategy;
        this.events = events;
    }

    /**
     * The strategy named by {@code strategy}; {@code CONFIG} takes {@code queues}, the machine room ones take {@code rooms}. A client's
     * room for {@code MACHINE_ROOM_NEARBY} is its instance name up to the first {@code @}; a queue's room is its broker's.
     */
    static Allocation named(Line arguments, Events events) {
        String name = arguments.text("strategy", "AVG");
        AllocateMessageQueueStrategy strategy =
                switch (name) {
                    case "AVG" -> new AllocateMessageQueueAveragely();
                    case "AVG_BY_CIRCLE" -> new AllocateMessageQueueAveragelyByCircle();
                    case "CONSISTENT_HASH" -> new AllocateMessageQueueConsistentHash();
                    case "CONFIG" -> {
                        var config = new AllocateMessageQueueByConfig();
                        config.setMessageQueueList(Messages.queues(arguments, "queues"));
                        yield config;
                    }
                    case "MACHINE_ROOM" -> {
                        var rooms = new AllocateMessageQueueByMachineRoom();
                        rooms.setConsumeridcs(new HashSet<>(
                                Arrays.asList(arguments.text("rooms").split(","))));
                        yield rooms;
                    }
                    case "MACHINE_ROOM_NEARBY" ->
                        new AllocateMachineRoomNearby(new AllocateMessageQueueAveragely(), new Rooms());
                    default -> throw new IllegalArgumentException("no strategy '" + name + "'");
                };
        return new Allocation(strategy, events);
    }

    @Override
    public List<MessageQueue> allocate(String group, String client, List<MessageQueue> queues, List<String> clients) {
        List<MessageQueue> mine = strategy.allocate(group, client, queues, clients);
        // The retry topic of the group is balanced as well; it is no part of what the tests ask.
        if (!queues.get(0).getTopic().startsWith("%RETRY%")) {
            events.report(Line.of("event")
                    .with("name", "allocation")
                    .with("client", client)
                    .with("clients", String.join(",", clients))
                    .with("topic", queues.get(0).getTopic())
                    .withLines("all", Messages.queues(queues))
                    .withLines("mine", Messages.queues(mine)));
        }
        return mine;
    }

    @Override
    public String getName() {
        return strategy.getName();
    }

    /** {@code room@name} for brokers, {@code address@room@name} for client identifiers. */
    private static final class Rooms implements AllocateMachineRoomNearby.MachineRoomResolver {

        @Override
        public String brokerDeployIn(MessageQueue queue) {
            return queue.getBrokerName().split("@")[0];
        }

        @Override
        public String consumerDeployIn(String client) {
            return client.split("@")[1];
        }
    }
}
