// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.nio.ByteBuffer;

/** Where the messages for a consumer go. Called on event loops, one call at a time, in order; must not block. */
public interface DeliverySink {

    /**
     * One message.
     *
     * @param epoch of the consumer's last release as the broker knew it; what is older than the consumer's own is void
     * @param sequence by which it is acknowledged
     * @param deliveryCount 1 for the first delivery
     * @param records heap memory that holds the record at index {@code at}; may be kept
     * @param bytes length of the record, which the delivery took from the consumer's credit
     */
    void delivered(int epoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes);

    /**
     * Runs {@code deliveries}, which makes the calls of {@link #delivered} for everything that one frame brought: a sink with a lock takes it
     * once for all of them.
     */
    default void together(Runnable deliveries) {
        deliveries.run();
    }

    /**
     * The consumer's connection was lost. Nothing comes until {@link #restarted}, and what came and was not seen by the application will come
     * again.
     *
     * @return the last sequence number that the application has seen, and will see until then
     */
    long lost();

    /**
     * The consumer is attached anew, without credit.
     *
     * @param resumed whether what was in flight is, in the epoch of before, and sequence numbers go on; otherwise the broker has all of it back, and
     *     the consumer begins in epoch 0 with sequence number 1
     */
    void restarted(boolean resumed);

    /** The consumer's connection was lost, or closed, and there will be no other: nothing comes any more. */
    default void failed(ClientException why) {}
}
