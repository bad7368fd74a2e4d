// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsPlaces;
import java.util.concurrent.CompletableFuture;

/** A consumer over one connection, which ends with it. */
interface WireConsumer extends ConsumerLink {

    /**
     * Says what became of deliveries of a former connection of which the broker knows nothing any more.
     *
     * @param subscription that they came from; if the broker has another one by now, nothing happens
     */
    CompletableFuture<Void> settle(long subscription, JmsPlaces places);

    /**
     * A consumer that has begun, or goes on.
     *
     * @param resumed whether it has in flight what the former connection's had
     * @param subscription which one it reads; 0 for one that does not outlive the broker
     */
    record Attached(WireConsumer consumer, boolean resumed, long subscription) {}
}
