// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.delivery.BatchPool;
import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.Store;
import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.hidden.HiddenTable;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.MessageReference;
import io.agenamq.store.log.Publication;
import io.agenamq.store.table.TopicTable;
import io.agenamq.store.transaction.BranchId;
import io.agenamq.store.transaction.BranchTable;
import io.agenamq.store.transaction.DecidedBranch;
import io.agenamq.store.transaction.PreparedBranch;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the log says about branches: each of these is one batch, there as a whole or not at all.
 *
 * <pre>
 *   prepare        │ HIDDEN │ m1 m2 … │ BRANCH_PREPARED: hidden so, held so │
 *   commit                            │ PUBLISHED → m1 m2 … │ CURSOR_COMMIT │ BRANCH_DECIDED │
 *   roll back                         │ HIDDEN_DISCARDED    │                 BRANCH_DECIDED │
 *   in one phase   │ m1 m2 …                                │ CURSOR_COMMIT │ BRANCH_DECIDED │
 * </pre>
 *
 * <p>What was hidden before a branch was prepared, because it was much, stays where it is: the record names it. A branch that is prepared can be committed: whether that will fit into one
 * batch is asked when it is prepared. Any thread; one branch, by one at a time.
 */
final class BranchLog {

    /** What a commit has besides references and what settles deliveries: identity, names of destinations, headers of records. At most, for each of them. */
    private static final int RECORD_BYTES = 1024;

    private static final int DESTINATION_BYTES = 300;

    private final CommitLog log;
    private final HiddenTable hidden;
    private final TopicTable topics;
    private final TransactionConfig config;
    private final Memory memory;
    private final BatchPool batches;
    private final Overflow overflow;
    private final InstantSource clock;
    private final LocalTransactions.StoredListener stored;

    BranchLog(
            Store store,
            TransactionConfig config,
            Memory memory,
            BatchPool batches,
            Overflow overflow,
            InstantSource clock,
            LocalTransactions.StoredListener stored) {
        this.log = store.log();
        this.hidden = store.hidden();
        this.topics = store.topics();
        this.config = config;
        this.memory = memory;
        this.batches = batches;
        this.overflow = overflow;
        this.clock = clock;
        this.stored = stored;
    }

    /** A branch that is in the log, and what this process knows of it besides. */
    record Prepared(PreparedBranch branch, Contents contents, Set<String> destinations, long endPosition) {}

    /**
     * Lets a branch wait for its decision. Its contents keep what was received and what is not for the log; the rest is the log's.
     *
     * @throws ProtocolException if it is too much; nothing of it will be done
     */
    Prepared prepare(
            BranchId id,
            Contents contents,
            String decider,
            @Nullable DecidedBranch former,
            InetSocketAddress onBehalfOf)
            throws AppendRefusedException {
        requireDestinations(contents);
        long time = former == null ? clock.millis() : Math.max(clock.millis(), former.time() + 1);
        List<ByteBuffer> held = new ArrayList<>();
        contents.held().forEach(deliveries -> held.addAll(deliveries.payloads()));
        requireRoom(contents, held);
        boolean inMemory = contents.parts().stream().allMatch(part -> part.hiddenId() == null);
        MessageBatch batch = batches.take();
        try {
            PreparedBranch branch = null;
            if (inMemory) {
                List<HiddenId> single = new ArrayList<>();
                if (contents.messages() > countOutside(contents)) {
                    single.add(overflow.newId(id));
                    batch.beginHiding(HiddenTable.hidden(single.get(0)));
                }
                branch = new PreparedBranch(id, time, decider, contents.messages(), single, held);
                if (!contents.parts().stream().allMatch(part -> part.addMessagesTo(batch))
                        || !addPrepared(batch, branch, onBehalfOf)) {
                    batch.clear();
                    branch = null;
                }
            }
            if (branch == null) {
                contents.parts().forEach(OpenTransaction::hideAll);
                List<HiddenId> several = contents.parts().stream()
                        .map(OpenTransaction::hiddenId)
                        .filter(Objects::nonNull)
                        .toList();
                branch = new PreparedBranch(id, time, decider, contents.messages(), several, held);
                if (!addPrepared(batch, branch, onBehalfOf)) {
                    throw tooMuch();
                }
            }
            Set<String> destinations = contents.destinations();
            log.append(batch);
            contents.handedOver();
            contents.end();
            memory.takeInAnyCase(memoryOf(branch));
            return new Prepared(branch, contents, destinations, batch.endPosition());
        } finally {
            batches.giveBack(batch);
        }
    }

    private static boolean addPrepared(MessageBatch batch, PreparedBranch branch, InetSocketAddress onBehalfOf) {
        for (ByteBuffer payload : BranchTable.prepared(branch)) {
            if (batch.addControl(ControlType.BRANCH_PREPARED, payload, onBehalfOf) == MessageBatch.FULL) {
                return false;
            }
        }
        return true;
    }

    private static int countOutside(Contents contents) {
        return contents.parts().stream().mapToInt(OpenTransaction::countOutside).sum();
    }

    /** What is hidden is in no queue yet, so that the log takes it for a destination that was removed since it came, too. Nobody could ever commit that. */
    private void requireDestinations(Contents contents) {
        for (OpenTransaction part : contents.parts()) {
            for (String name : part.destinations()) {
                if (topics.get(name) == null) {
                    throw new ProtocolException(
                            ResponseCode.TOPIC_NOT_EXIST, "the destination '" + name + "' was removed meanwhile");
                }
            }
        }
    }

    /** A branch must not be prepared that can never be committed. */
    private void requireRoom(Contents contents, List<ByteBuffer> held) {
        long bytes = (long) MessageReference.BYTES * contents.messages()
                + RECORD_BYTES * (2L + contents.parts().size() + held.size())
                + (long) DESTINATION_BYTES
                        * contents.destinations().size()
                        * contents.parts().size();
        for (ByteBuffer payload : held) {
            bytes += payload.remaining();
        }
        if (bytes > config.batchBytesMax()) {
            throw tooMuch();
        }
    }

    private static ProtocolException tooMuch() {
        return new ProtocolException(
                JmsRefusal.TOO_MUCH.code(),
                "the commit of the branch would not fit into one batch of the log, whose size follows from "
                        + "mappedFileSizeCommitLog; commit more often");
    }

    /** A branch that the log had when the broker was started. */
    Prepared restored(PreparedBranch branch, HeldDeliveries held) {
        Contents contents = new Contents();
        contents.add(held);
        memory.takeInAnyCase(memoryOf(branch));
        Set<String> destinations = new TreeSet<>(held.destinations());
        branch.hidden().forEach(id -> destinations.addAll(hidden.topics(id)));
        return new Prepared(branch, contents, destinations, log.writtenPosition());
    }

    /** What the table of hidden messages takes for it until it is decided, and what its commit will. */
    private static long memoryOf(PreparedBranch branch) {
        return branch.messages() * OpenTransaction.HIDDEN_MESSAGE_BYTES;
    }

    /**
     * Commits a prepared branch, or rolls it back.
     *
     * @return the position behind the decision
     * @throws AppendRefusedException if the log does not take it now; the branch stays prepared
     */
    long decide(Prepared prepared, boolean commit, boolean heuristic, boolean kept, InetSocketAddress onBehalfOf)
            throws AppendRefusedException {
        PreparedBranch branch = prepared.branch();
        MessageBatch batch = batches.take();
        try {
            if (commit) {
                for (HiddenId id : branch.hidden()) {
                    publish(batch, id);
                }
                Contents.addSettlements(batch, prepared.contents().held(), onBehalfOf);
            } else {
                for (HiddenId id : branch.hidden()) {
                    Contents.add(batch, ControlType.HIDDEN_DISCARDED, HiddenTable.discarded(id), onBehalfOf);
                }
            }
            long time = Math.max(clock.millis(), branch.time());
            addDecision(batch, new DecidedBranch(branch.id(), commit, heuristic, kept, time), onBehalfOf);
            log.append(batch);
            memory.giveBack(memoryOf(branch));
            if (commit && branch.messages() > 0) {
                stored.stored((int) branch.messages(), batch.bytes());
            }
            return batch.endPosition();
        } finally {
            batches.giveBack(batch);
        }
    }

    private void publish(MessageBatch batch, HiddenId id) {
        Publication publication = hidden.publication(id);
        if (publication == null) {
            throw new IllegalStateException("the messages " + id + " of a prepared branch are not hidden");
        }
        if (batch.addPublication(publication) == MessageBatch.FULL) {
            throw tooMuch();
        }
    }

    /**
     * Commits a branch that was never prepared.
     *
     * @return the position behind the decision
     * @throws ProtocolException if it is too much; nothing of it was done
     */
    long commitInOnePhase(BranchId id, Contents contents, @Nullable DecidedBranch former, InetSocketAddress onBehalfOf)
            throws AppendRefusedException {
        MessageBatch batch = contents.batch(onBehalfOf);
        long time = former == null ? clock.millis() : Math.max(clock.millis(), former.time() + 1);
        addDecision(batch, new DecidedBranch(id, true, false, false, time), onBehalfOf);
        log.append(batch);
        contents.handedOver();
        if (contents.messages() > 0) {
            stored.stored(contents.messages(), batch.publishes() ? contents.messageBytes() : batch.bytes());
        }
        return batch.endPosition();
    }

    private static void addDecision(MessageBatch batch, DecidedBranch decision, InetSocketAddress onBehalfOf) {
        Contents.add(batch, ControlType.BRANCH_DECIDED, BranchTable.decided(decision), onBehalfOf);
    }

    /** An operator's decision need not be remembered any longer than others. Answers the position behind that. */
    long forget(DecidedBranch decision, InetSocketAddress onBehalfOf) throws AppendRefusedException {
        MessageBatch batch = batches.take();
        try {
            Contents.add(batch, ControlType.BRANCH_FORGOTTEN, BranchTable.forgotten(decision), onBehalfOf);
            log.append(batch);
            return batch.endPosition();
        } finally {
            batches.giveBack(batch);
        }
    }
}
