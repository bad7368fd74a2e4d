// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSweepRequest;
import io.agenamq.protocol.command.JmsSweepResponse;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.ProgressPayloads;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One part of taking messages out of a message queue: settles what nobody has in flight, and, if there is a target, stores a copy there in the same batch as
 * the settlement, so that a crash leaves the message in one of the two queues and never in both or neither.
 *
 * <p>A message that cannot be read cannot be chosen by a selector, nor copied; but without either it is settled like any other, which is how an operator
 * gets rid of a damaged one. On the thread at work on the destination; used once.
 */
final class Sweep {

    /** Entries that one part looks at. */
    private static final int ENTRIES_MAX = 16 * 1024;

    /** Messages, and bytes of them, that are moved by one batch; a larger message has a batch of its own. */
    private static final int BATCH_MESSAGES_MAX = 256;

    private static final int BATCH_BYTES_MAX = 512 * 1024;

    /** What the settlement of so many messages takes at most: a span of one word for each, which is 20 bytes. */
    private static final int SETTLEMENT_BYTES_MAX = BATCH_MESSAGES_MAX * 20 + 128;

    /** Bytes that one part reads. */
    private static final long PART_BYTES_MAX = 16L * 1024 * 1024;

    private final CommitLog log;
    private final BatchPool batches;
    private final RecordSource records;
    private final QueueEntry entry = new QueueEntry();
    private final StoredMessage message = new StoredMessage();
    private final List<Long> moving = new ArrayList<>(); // offsets of the messages in the batch

    private long swept;
    private long kept;

    Sweep(CommitLog log, BatchPool batches, RecordSource records) {
        this.log = log;
        this.batches = batches;
        this.records = records;
    }

    /**
     * Does one part.
     *
     * @param targetQueueId message queue of the target, if there is one
     */
    JmsSweepResponse run(
            JmsSweepRequest part, Selector selector, Subscription subscription, int targetQueueId, int queueCount) {
        Window window = subscription.windows().get(part.queueId());
        ConsumeQueue queue = window.queue();
        BitPlane parked = subscription.parked(part.queueId());
        long until = part.until() > 0 ? Math.min(part.until(), queue.maxOffset()) : queue.maxOffset();
        long offset = Math.max(part.offset(), queue.minOffset());
        long bytes = 0;
        MessageBatch batch = batches.take();
        try {
            for (int left = ENTRIES_MAX;
                    left > 0 && offset < until && swept + moving.size() < part.messages() && bytes < PART_BYTES_MAX;
                    left--, offset++) {
                if (window.isSettled(offset)) {
                    // What is settled and not yet applied the cursor does not know.
                    offset = Math.max(offset, Math.min(until, window.cursor().nextUnsettled(offset)) - 1);
                } else if (!window.isFree(offset) && !parked.get(offset)) {
                    kept++;
                } else if (part.target() == null && selector.matchesAll()) {
                    window.settle(offset);
                    swept++;
                } else {
                    RecordSlice slice = wanted(selector, window, offset);
                    if (slice != null) {
                        bytes += slice.size();
                        take(part.target(), targetQueueId, window, offset, slice, batch);
                    }
                }
            }
            move(window, batch);
        } catch (AppendRefusedException refused) {
            if (swept == 0) {
                throw Checks.refusal(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
            }
            // What was moved is moved; whoever goes on is told.
            offset = moving.isEmpty() ? offset : moving.get(0);
        } finally {
            batches.giveBack(batch);
        }
        subscription.unpark(part.queueId());
        return new JmsSweepResponse(swept, kept, Math.min(offset, until), until, queueCount);
    }

    /** The record of a message that the selector selects; null if it does not, or nobody can say. */
    private @Nullable RecordSlice wanted(Selector selector, Window window, long offset) {
        ConsumeQueue queue = window.queue();
        if (!queue.read(offset, entry) || !selector.tags().mayContain(entry.tagHash())) {
            return null;
        }
        try {
            RecordSlice slice = records.read(queue, offset, entry);
            if (slice == null
                    || selector.matchesAll()
                    || selector.matches(message.reset(slice.buffer(), 0, window.deliveryNumber(offset)))) {
                return slice;
            }
            slice.release();
        } catch (CorruptRecordException damage) {
            kept++;
        }
        return null;
    }

    private void take(
            @Nullable String target,
            int targetQueueId,
            Window window,
            long offset,
            RecordSlice slice,
            MessageBatch batch)
            throws AppendRefusedException {
        try {
            if (target == null) {
                window.settle(offset);
                swept++;
                return;
            }
            if (moving.size() == BATCH_MESSAGES_MAX || batch.bytes() + slice.size() > BATCH_BYTES_MAX) {
                move(window, batch);
            }
            MessageDraft copy = MovedMessage.draft(slice.buffer(), target, targetQueueId);
            boolean added = addWithRoom(batch, copy);
            if (!added) {
                move(window, batch);
                added = addWithRoom(batch, copy);
            }
            if (added) {
                moving.add(offset);
            } else {
                // As large as the largest batch: there is no room for its settlement.
                kept++;
            }
        } finally {
            slice.release();
        }
    }

    /** Adds a copy if the batch has room for it and for the settlement of all that is in it. */
    private static boolean addWithRoom(MessageBatch batch, MessageDraft copy) {
        int count = batch.count();
        boolean fits = batch.add(copy) != MessageBatch.FULL
                && batch.addControl(ControlType.CURSOR, ByteBuffer.allocate(SETTLEMENT_BYTES_MAX)) != MessageBatch.FULL;
        batch.truncate(fits ? count + 1 : count);
        return fits;
    }

    /** Appends the copies with the settlement of what was copied. */
    private void move(Window window, MessageBatch batch) throws AppendRefusedException {
        if (moving.isEmpty()) {
            return;
        }
        CursorProgress settled = new CursorProgress();
        moving.forEach(settled::settle);
        ProgressPayloads payloads = new ProgressPayloads();
        payloads.add(window.cursor().id(), settled);
        for (ByteBuffer payload : payloads.payloads()) {
            if (batch.addControl(ControlType.CURSOR, payload) == MessageBatch.FULL) {
                throw new IllegalStateException("there was room for the settlement of " + moving.size() + " messages");
            }
        }
        log.append(batch);
        moving.forEach(window::settledElsewhere);
        swept += moving.size();
        moving.clear();
        batch.clear();
    }
}
