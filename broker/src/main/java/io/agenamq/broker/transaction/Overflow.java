// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.delivery.BatchPool;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.store.Store;
import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.hidden.HiddenTable;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.Publication;
import io.agenamq.store.transaction.BranchId;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where open transactions put the messages that are too many for the memory: into the log, hidden. Any thread; what belongs to one transaction, by one
 * at a time.
 *
 * <p>Nothing of a local transaction outlives its broker but its commit. So what a broker finds hidden for one when it starts has no owner any more,
 * and is discarded, unless it became part of a branch that is prepared.
 */
final class Overflow {

    private static final Logger LOG = LoggerFactory.getLogger(Overflow.class);

    private final CommitLog log;
    private final HiddenTable hidden;
    private final BatchPool batches;

    /**
     * Makes names unique: two connections may know a transaction by the same number, of which one is cut and does not know yet. Begins where the log ends, so that
     * names of an earlier process, which prepared branches keep, are others: each of them has cost more than a byte of log.
     */
    private final AtomicLong lastNumber;

    /** To be discarded when the log accepts records again. */
    private final Queue<HiddenId> undiscarded = new ConcurrentLinkedQueue<>();

    Overflow(Store store, BatchPool batches) {
        this.log = store.log();
        this.hidden = store.hidden();
        this.batches = batches;
        this.lastNumber = new AtomicLong(log.writtenPosition());
        Set<HiddenId> needed = store.branches().hidden();
        List<HiddenId> left = hidden.open().stream()
                .filter(id -> id.kind() == HiddenId.Kind.LOCAL || id.kind() == HiddenId.Kind.BRANCH)
                .filter(id -> !needed.contains(id))
                .toList();
        left.forEach(this::discard);
        if (!left.isEmpty()) {
            LOG.info("{} transactions were open when the broker stopped, and are rolled back", left.size());
        }
    }

    HiddenId newId(JmsTransaction transaction) {
        return new HiddenId(HiddenId.Kind.LOCAL, transaction + " " + lastNumber.incrementAndGet());
    }

    HiddenId newId(BranchId branch) {
        return new HiddenId(
                HiddenId.Kind.BRANCH, branch.owner() + "/" + branch.name() + " " + lastNumber.incrementAndGet());
    }

    /** The topics that hidden messages are for. */
    Set<String> topics(HiddenId id) {
        return hidden.topics(id);
    }

    /** Stores messages, hidden. The batch stays as it is. */
    void hide(HiddenId id, MessageBatch messages) throws AppendRefusedException {
        MessageBatch batch = batches.take();
        try {
            batch.beginHiding(HiddenTable.hidden(id));
            if (!batch.addFrom(messages)) {
                throw new IllegalArgumentException(
                        "messages of " + messages.bytes() + " bytes do not fit into a batch");
            }
            log.append(batch);
        } finally {
            batches.giveBack(batch);
        }
    }

    /** What makes all of it visible, null if there is nothing. */
    @Nullable
    Publication publication(HiddenId id) {
        return hidden.publication(id);
    }

    /** Forgets what is hidden; if the log accepts nothing at the moment, soon. */
    void discard(HiddenId id) {
        undiscarded.add(id);
        HiddenId next = undiscarded.poll();
        while (next != null && discarded(next)) {
            next = undiscarded.poll();
        }
    }

    private boolean discarded(HiddenId id) {
        MessageBatch batch = batches.take();
        try {
            batch.addControl(ControlType.HIDDEN_DISCARDED, HiddenTable.discarded(id));
            log.append(batch);
            return true;
        } catch (AppendRefusedException refused) {
            // It holds the log from being dropped until then, and a new process discards it in any case.
            LOG.debug("hidden messages of {} cannot be discarded yet: {}", id, refused.getMessage());
            undiscarded.add(id);
            return false;
        } finally {
            batches.giveBack(batch);
        }
    }
}
