// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.log.MessageReference;

/**
 * How much open transactions may hold.
 *
 * @param memoryBytesMax what all open transactions together may take of the memory
 * @param bytesMax messages of one transaction, in bytes of the log
 * @param countMax messages of one transaction
 * @param batchBytesMax most bytes that the log stores as one batch, which a commit is
 * @param timeoutMillis how long a branch may be neither prepared nor decided, unless its client says so
 * @param inDoubtWarnMillis how long a prepared branch may wait for its decision without a line in the log
 * @param checkAfterMillis age of a prepared branch at which a member of its group is asked for the first time
 * @param checkIntervalMillis from one question about a branch to the next
 */
public record TransactionConfig(
        long memoryBytesMax,
        long bytesMax,
        int countMax,
        int batchBytesMax,
        long timeoutMillis,
        long inDoubtWarnMillis,
        long checkAfterMillis,
        long checkIntervalMillis) {

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

    /**
     * Makes sure that a transaction of several parts is not larger than one of a single part may be.
     *
     * @throws ProtocolException if it is
     */
    void requireBounds(int messages, long bytes) {
        if (messages > messagesMax() || bytes > bytesMax) {
            throw new ProtocolException(
                    JmsRefusal.TOO_MUCH.code(),
                    messages + " messages of " + bytes + " bytes are more than a transaction may have: " + messagesMax()
                            + " messages and " + bytesMax + " bytes, as the broker's options "
                            + BrokerOptions.TRANSACTION_MESSAGES.name() + " and "
                            + BrokerOptions.TRANSACTION_BYTES.name() + " say; commit more often, or raise them");
        }
    }

    /** How many messages can be committed together. */
    int messagesMax() {
        return Math.min(countMax, commitBytesMax() / MessageReference.BYTES);
    }
}
