// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsFailure;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as its broker knows it: credit outwards, deliveries to its {@link DeliverySink}. Calls take effect in the order in which they are
 * made. Any thread; nothing blocks. Futures fail with a {@link ClientException}.
 */
public interface ConsumerLink {

    /** Lets the broker deliver more. */
    void credit(int epoch, int messages, int bytes);

    /**
     * Settles deliveries by their sequence numbers, {@code from} to {@code to}, and adds credit.
     *
     * @param durable whether the answer waits for the disk
     */
    CompletableFuture<Void> acknowledge(long from, long to, int epoch, int messages, int bytes, boolean durable);

    /**
     * Gives back what is in flight, and begins a new epoch with exactly this credit.
     *
     * @param seen the last sequence number that the application has seen
     * @param all whether what it has seen comes back too
     * @param failure what the application could not process, null if nobody knows
     */
    CompletableFuture<Void> release(
            int epoch, long seen, boolean all, int messages, int bytes, @Nullable JmsFailure failure);

    /** The same where nothing is wrong with what comes back. */
    default CompletableFuture<Void> release(int epoch, long seen, boolean all, int messages, int bytes) {
        return release(epoch, seen, all, messages, bytes, null);
    }

    /**
     * Adds credit and completes when everything that was there for this consumer has been given to its sink.
     *
     * @param drain whether credit that is left over is taken away
     */
    CompletableFuture<Void> probe(int epoch, int messages, int bytes, boolean drain);

    /** Ends the consumer; see {@link #release} for the parameters. If not {@code all}, what is unacknowledged can still be acknowledged. */
    CompletableFuture<Void> detach(long seen, boolean all);
}
