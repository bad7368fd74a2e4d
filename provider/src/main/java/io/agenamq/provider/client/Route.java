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
 * @param homes the brokers that hold message queues of it, in a fixed order; never empty
 */
public record Route(String topic, DestinationKind kind, List<Home> homes) {

    /**
     * One broker that holds message queues of a destination.
     *
     * @param address where it listens
     * @param queueCount message queues there, numbered from 0
     */
    public record Home(HostPort address, int queueCount) {}

    public Route {
        homes = List.copyOf(homes);
        if (homes.isEmpty()) {
            throw new IllegalArgumentException("a destination lives somewhere");
        }
    }
}
