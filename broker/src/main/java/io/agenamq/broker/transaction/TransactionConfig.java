// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

/**
 * How much open transactions may hold.
 *
 * @param memoryBytesMax messages of all open transactions together, in bytes of the log
 * @param batchBytesMax most bytes that the log stores as one batch, which a commit is
 */
public record TransactionConfig(long memoryBytesMax, int batchBytesMax) {

    /** Of a batch, this part is for the records that settle deliveries and say the outcome. */
    private static final int SETTLEMENT_PART = 16;

    /** Bytes of the log that the messages of one transaction may take. */
    int transactionBytesMax() {
        return batchBytesMax - batchBytesMax / SETTLEMENT_PART;
    }
}
