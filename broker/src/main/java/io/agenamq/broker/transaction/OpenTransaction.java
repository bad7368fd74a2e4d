// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.delivery.BatchPool;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.MessageReference;
import io.agenamq.store.log.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one transaction that is not decided: encoded into the batch that its commit appends, so that a body is copied once. When they are
 * too many for that, or the memory of all transactions is used up, they are stored hidden, a piece at a time, and the commit publishes them.
 *
 * <p>A message that is refused, missing or too much dooms the whole transaction: it keeps nothing any more, and can only be rolled back. Belongs to
 * the event loop of its connection until its commit is asked for, and then to the commit.
 */
public final class OpenTransaction {

    /** What a batch takes when it is empty, so that many small transactions are no way around the bound. */
    private static final int EMPTY_BATCH_BYTES = 16 * 1024;

    /** What a hidden message takes: in the store's table, and while it is committed as a reference, in memory and in the batch. */
    static final int HIDDEN_MESSAGE_BYTES = 64 + 2 * MessageReference.BYTES;

    private final JmsTransaction id;
    private final TransactionConfig config;
    private final Memory memory;
    private final BatchPool batches;
    private final Overflow overflow;
    private final List<Runnable> outside = new ArrayList<>();
    private @Nullable MessageBatch batch;
    private int count;
    /** Bytes of all its messages, as far as they are for the log. */
    private long messageBytes;
    /** What it has taken of the memory. */
    private long bytesTaken;
    /** How much of that is for the messages in the batch. */
    private long batchBytesTaken;
    /** Under which some of its messages are hidden, null if none is. */
    private @Nullable HiddenId hiddenId;

    private @Nullable ProtocolException doom;

    OpenTransaction(JmsTransaction id, TransactionConfig config, Memory memory, BatchPool batches, Overflow overflow) {
        this.id = id;
        this.config = config;
        this.memory = memory;
        this.batches = batches;
        this.overflow = overflow;
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
        checkSize(bytesMax);
        MessageBatch into = batch;
        if (into == null) {
            take(EMPTY_BATCH_BYTES);
            into = batches.take();
            batch = into;
        }
        int most = hiddenId == null ? config.smallBytesMax() : config.pieceBytesMax();
        if (!into.isEmpty() && into.bytes() + bytesMax > most) {
            hide(into);
        }
        boolean room = memory.take(bytesMax);
        if (!room) {
            hide(into);
            // One message of one event loop, for as long as it takes to write it.
            memory.takeInAnyCase(bytesMax);
        }
        bytesTaken += bytesMax;
        batchBytesTaken += bytesMax;
        if (into.add(draft) == MessageBatch.FULL) {
            hide(into, bytesMax);
            into.add(draft);
        }
        count++;
        messageBytes += bytesMax;
        if (!room) {
            hide(into);
        }
    }

    private void checkSize(long bytesMax) {
        if (bytesMax > config.commitBytesMax()) {
            throw doomedByTooMuch("a message in a transaction may have " + config.commitBytesMax()
                    + " bytes, which follows from mappedFileSizeCommitLog");
        }
        if (messageBytes + bytesMax > config.bytesMax()) {
            throw doomedByTooMuch("the messages of a transaction may have " + config.bytesMax()
                    + " bytes together, as the broker's option " + BrokerOptions.TRANSACTION_BYTES.name()
                    + " says; commit more often, or raise it");
        }
        if (count >= config.messagesMax()) {
            throw doomedByTooMuch(
                    "a transaction may have " + config.messagesMax() + " messages, as the broker's option "
                            + BrokerOptions.TRANSACTION_MESSAGES.name()
                            + " says, or mappedFileSizeCommitLog; commit more often");
        }
    }

    private void hide(MessageBatch messages) {
        hide(messages, 0);
    }

    /** Stores what the batch has, hidden, and gives its memory back but for {@code stillTaken}. */
    private void hide(MessageBatch messages, long stillTaken) {
        if (messages.isEmpty()) {
            return;
        }
        HiddenId known = hiddenId;
        if (known == null) {
            known = overflow.newId(id);
            hiddenId = known;
        }
        int hidden = messages.count();
        try {
            overflow.hide(known, messages);
        } catch (AppendRefusedException refused) {
            ProtocolException why =
                    new ProtocolException(JmsRefusal.STORE_REFUSES.code(), String.valueOf(refused.getMessage()));
            doom(why);
            throw why;
        }
        messages.clear();
        long freed = batchBytesTaken - stillTaken;
        memory.giveBack(freed);
        bytesTaken -= freed;
        batchBytesTaken = stillTaken;
        take((long) hidden * HIDDEN_MESSAGE_BYTES);
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

    /**
     * The batch that stores or publishes its messages, for the commit; one without any if there are none.
     *
     * @throws ProtocolException if that cannot be: the transaction is doomed
     */
    MessageBatch batch() {
        MessageBatch present = batch;
        if (present == null) {
            present = batches.take();
            batch = present;
        }
        if (hiddenId != null) {
            hide(present);
            publishIn(present);
        }
        return present;
    }

    /**
     * Stores or publishes its messages by the batch of another transaction that is decided with this one, behind what is in it.
     *
     * @throws ProtocolException if that cannot be: the transaction is doomed
     */
    void addTo(MessageBatch other) {
        if (hiddenId == null && addMessagesTo(other)) {
            return;
        }
        hideAll();
        publishIn(other);
    }

    /** Adds messages that are in memory to a batch; false if they do not fit. */
    boolean addMessagesTo(MessageBatch other) {
        MessageBatch present = batch;
        return present == null || present.isEmpty() || other.addFrom(present);
    }

    /**
     * Stores all its messages, hidden.
     *
     * @throws ProtocolException if the log does not take them: the transaction is doomed
     */
    void hideAll() {
        MessageBatch present = batch;
        if (present != null) {
            hide(present);
        }
    }

    /** Under which its messages are hidden, as far as they are. */
    @Nullable
    HiddenId hiddenId() {
        return hiddenId;
    }

    private void publishIn(MessageBatch other) {
        HiddenId known = hiddenId;
        if (known == null) {
            return;
        }
        Publication publication = overflow.publication(known);
        if (publication == null || publication.count() + outside.size() != count) {
            throw new IllegalStateException("not all messages of transaction " + id + " are hidden");
        }
        if (other.addPublication(publication) == MessageBatch.FULL) {
            throw doomedByTooMuch(
                    "the references to " + count + " messages do not fit into one batch of the log, whose "
                            + "size follows from mappedFileSizeCommitLog; commit more often");
        }
    }

    /** Names of the destinations that its messages are for, but for temporary ones. */
    Set<String> destinations() {
        Set<String> names = new TreeSet<>();
        MessageBatch present = batch;
        if (present != null) {
            for (int i = 0; i < present.count(); i++) {
                names.add(present.topic(i));
            }
        }
        HiddenId known = hiddenId;
        if (known != null) {
            names.addAll(overflow.topics(known));
        }
        return names;
    }

    /** How many of its messages are not for the log. */
    int countOutside() {
        return outside.size();
    }

    /** Bytes of its messages, at most. */
    long messageBytes() {
        return messageBytes;
    }

    /** The log says what becomes of its messages: there is nothing to forget there. */
    void handedOver() {
        hiddenId = null;
    }

    /** Keeps nothing any more. */
    void end() {
        HiddenId known = hiddenId;
        if (known != null) {
            hiddenId = null;
            overflow.discard(known);
        }
        MessageBatch present = batch;
        if (present != null) {
            batch = null;
            batches.giveBack(present);
        }
        memory.giveBack(bytesTaken);
        bytesTaken = 0;
        batchBytesTaken = 0;
    }
}
