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
     * The consumer's connection was lost: whatever was not acknowledged is the broker's again, and sequence numbers of before mean nothing any
     * more. Nothing comes until {@link #restarted}.
     */
    void lost();

    /** The consumer is attached anew, in epoch 0, with the next sequence number 1 and without credit. */
    void restarted();
}
