// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.remoting.HostPort;
import java.util.List;

/**
 * Where a destination lives.
 *
 * @param topic the topic that stores it
 * @param kind what the topic is
 * @param homes the brokers that hold message queues of it and are there, in a fixed order; never empty
 * @param partitions over how many brokers it is spread by declaration; 1 if it is not
 */
public record Route(String topic, DestinationKind kind, List<Home> homes, int partitions) {

    /** One that is not declared to be spread. */
    public Route(String topic, DestinationKind kind, List<Home> homes) {
        this(topic, kind, homes, 1);
    }

    /**
     * One broker that holds message queues of a destination.
     *
     * @param broker its name, which stays the same wherever it moves
     * @param address where it listens
     * @param queueCount message queues there, numbered from 0
     */
    public record Home(String broker, HostPort address, int queueCount) {

        /** The same broker at another address. */
        Home at(HostPort newAddress) {
            return newAddress.equals(address) ? this : new Home(broker, newAddress, queueCount);
        }
    }

    public Route {
        homes = List.copyOf(homes);
        if (homes.isEmpty()) {
            throw new IllegalArgumentException("a destination lives somewhere");
        }
    }

    /** Whether it is declared to be spread over several brokers. */
    public boolean isPartitioned() {
        return partitions > 1;
    }

    /** Whether some of its partitions are not there. */
    public boolean isIncomplete() {
        return homes.size() < partitions;
    }

    /** One partition of it. */
    public Route only(Home home) {
        return new Route(topic, kind, List.of(home), partitions);
    }

    /** Where the messages of a lane live. */
    public Home homeOf(int lane) {
        return homes.get(Math.floorMod(lane, homes.size()));
    }

    /** In which message queue there. */
    int queueOf(int lane) {
        return Math.floorMod(Math.floorDiv(lane, homes.size()), homeOf(lane).queueCount());
    }

    /** The same with a broker at this address. */
    Route via(String broker, HostPort address) {
        for (Home home : homes) {
            if (home.broker().equals(broker) && !home.address().equals(address)) {
                return new Route(
                        topic,
                        kind,
                        homes.stream()
                                .map(each -> each.broker().equals(broker) ? each.at(address) : each)
                                .toList(),
                        partitions);
            }
        }
        return this;
    }
}
