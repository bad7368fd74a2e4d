// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.store.log.MessageReference;

/**
 * How much open transactions may hold.
 *
 * @param memoryBytesMax what all open transactions together may take of the memory
 * @param bytesMax messages of one transaction, in bytes of the log
 * @param countMax messages of one transaction
 * @param batchBytesMax most bytes that the log stores as one batch, which a commit is
 */
public record TransactionConfig(long memoryBytesMax, long bytesMax, int countMax, int batchBytesMax) {

    /** Of a batch, this part is for the records that settle deliveries and say the outcome. */
    private static final int SETTLEMENT_PART = 16;

    /** A transaction up to this size is written by its commit, at once; what is rolled back before costs no disk. */
    private static final int MEMORY_BYTES = 4 * 1024 * 1024;

    /** So that a few can be open at the same time in a small process. */
    private static final int MEMORY_PART = 4;

    /** Larger ones write in pieces like this: some have room in memory, and an event loop is not held up by writing one. */
    private static final int PIECE_BYTES = 1024 * 1024;

    /** Bytes of the log that one message may take, and, as references, all messages of a transaction. */
    int commitBytesMax() {
        return batchBytesMax - batchBytesMax / SETTLEMENT_PART;
    }

    /** Bytes of messages of one transaction that are in memory as long as it has no others. */
    int smallBytesMax() {
        return (int) Math.min(Math.min(MEMORY_BYTES, commitBytesMax()), memoryBytesMax / MEMORY_PART);
    }

    /** Bytes of messages of one transaction that are in memory when there are others in the log. */
    int pieceBytesMax() {
        return Math.min(PIECE_BYTES, smallBytesMax());
    }

    /** How many messages can be committed together. */
    int messagesMax() {
        return Math.min(countMax, commitBytesMax() / MessageReference.BYTES);
    }
}
