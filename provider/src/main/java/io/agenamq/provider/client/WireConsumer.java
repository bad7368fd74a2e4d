// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsPlaces;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A consumer over one connection, which ends with it. */
interface WireConsumer extends ConsumerLink {

    /** Deliveries that are settled together, and the credit that goes with them; see {@link ConsumerLink#acknowledge}. */
    record Acknowledgement(long from, long to, int epoch, int messages, int bytes, boolean durable) {}

    /**
     * {@link ConsumerLink#acknowledge} that may grow as long as it waits to be written.
     *
     * @param atLast says what is acknowledged; called at most once, when the frame is written, by whichever thread does that, or at once
     */
    default CompletableFuture<Void> acknowledge(Supplier<Acknowledgement> atLast) {
        Acknowledgement all = atLast.get();
        return acknowledge(all.from(), all.to(), all.epoch(), all.messages(), all.bytes(), all.durable());
    }

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
