// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.delivery.BatchPool;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.store.log.MessageBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one transaction that is not decided: encoded into the batch that its commit appends, so that a body is copied once.
 *
 * <p>A message that is refused, missing or too much dooms the whole transaction: it keeps nothing any more, and can only be rolled back. Belongs to
 * the event loop of its connection until its commit is asked for, and then to the commit.
 */
public final class OpenTransaction {

    /** What a batch takes when it is empty, so that many small transactions are no way around the bound. */
    private static final int EMPTY_BATCH_BYTES = 16 * 1024;

    private final JmsTransaction id;
    private final TransactionConfig config;
    private final Memory memory;
    private final BatchPool batches;
    private final List<Runnable> outside = new ArrayList<>();
    private @Nullable MessageBatch batch;
    private int count;
    private long bytesTaken;
    private @Nullable ProtocolException doom;

    OpenTransaction(JmsTransaction id, TransactionConfig config, Memory memory, BatchPool batches) {
        this.id = id;
        this.config = config;
        this.memory = memory;
        this.batches = batches;
    }

    JmsTransaction id() {
        return id;
    }

    /**
     * Makes sure that message {@code index} is the next one and may be added.
     *
     * @throws ProtocolException if not: the transaction is doomed
     */
    public void expect(int index) {
        if (doom == null && index != count + 1) {
            doom(new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                    count + " messages of transaction " + id + " are here, and the next one is number " + index
                            + ": a part was lost with a connection"));
        }
        if (doom != null) {
            throw doom;
        }
    }

    /**
     * Adds a message; its buffers are copied.
     *
     * @param bytesMax an upper bound of what it takes in the log
     * @throws ProtocolException if it is too much: the transaction is doomed
     */
    public void add(MessageDraft draft, long bytesMax) {
        MessageBatch into = batch;
        if (into == null) {
            take(EMPTY_BATCH_BYTES);
            into = batches.take();
            batch = into;
        }
        if (into.bytes() + bytesMax > config.transactionBytesMax()) {
            throw doomedByTooMuch("the messages of a transaction may have " + config.transactionBytesMax()
                    + " bytes together, which follows from mappedFileSizeCommitLog; commit more often");
        }
        take(bytesMax);
        if (into.add(draft) == MessageBatch.FULL) {
            throw doomedByTooMuch("a transaction has at most " + count + " messages; commit more often");
        }
        count++;
    }

    /**
     * Adds a message that is not for the log.
     *
     * @param deliver run when the transaction is committed
     * @param bytes what the message takes until then
     * @throws ProtocolException if it is too much: the transaction is doomed
     */
    public void addOutside(Runnable deliver, long bytes) {
        take(bytes);
        outside.add(deliver);
        count++;
    }

    /** It is committed: what is not for the log is delivered. */
    void deliverOutside() {
        outside.forEach(Runnable::run);
    }

    private void take(long bytes) {
        if (!memory.take(bytes)) {
            throw doomedByTooMuch("the messages of all open transactions may have " + memory.bytesMax()
                    + " bytes together, as the broker's option " + BrokerOptions.TRANSACTION_MEMORY.name()
                    + " says; commit more often, or raise it");
        }
        bytesTaken += bytes;
    }

    private ProtocolException doomedByTooMuch(String why) {
        ProtocolException tooMuch = new ProtocolException(JmsRefusal.TOO_MUCH.code(), why);
        doom(tooMuch);
        return tooMuch;
    }

    /** It cannot be committed any more; what it kept is forgotten. The first reason stays. */
    public void doom(ProtocolException why) {
        if (doom == null) {
            doom = why;
            end();
        }
    }

    /** Why it cannot be committed, null if it can. */
    @Nullable
    ProtocolException doom() {
        return doom;
    }

    /** How many messages it has. */
    int count() {
        return count;
    }

    /** The batch with its messages, for the commit; one without any if there are none. */
    MessageBatch batch() {
        MessageBatch present = batch;
        if (present == null) {
            present = batches.take();
            batch = present;
        }
        return present;
    }

    /** Keeps nothing any more. */
    void end() {
        MessageBatch present = batch;
        if (present != null) {
            batch = null;
            batches.giveBack(present);
        }
        memory.giveBack(bytesTaken);
        bytesTaken = 0;
    }
}
