// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.remoting.SharedLoops;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Makes links. */
public final class Links {

    private Links() {}

    /**
     * A link over the network that has not connected yet.
     *
     * @param clientId shown by brokers; unique
     * @param loops where its connections are served
     * @param nanoClock nanoseconds since some moment
     * @param random spreads attempts to connect; thread-safe
     * @param afterClose run when the link was closed and has no connections any more
     */
    public static Link overNetwork(
            LinkConfig config,
            String clientId,
            SharedLoops loops,
            LongSupplier nanoClock,
            RandomGenerator random,
            Runnable afterClose) {
        Wire wire = new RemotingWire(config, clientId, loops, afterClose);
        return new ReconnectingLink(wire, config.reconnectTimeout().toNanos(), nanoClock, random);
    }
}
