// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.protocol.command.JmsCommitRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsRolledBack;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.PositionWaiter;
import io.agenamq.store.transaction.OutcomeTable;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The decision of one transaction whose commit was asked for. Belongs to one thread at a time: the event loop of the connection, and, if deliveries
 * are to be collected, the owner of the last destination that has given its own.
 */
final class Commit {

    private final Request request;
    private final JmsCommitRequest asked;
    private final OpenTransaction open;
    private final @Nullable HeldDeliveries held;
    private final CommitLog log;
    private final Decisions decisions;
    private final InstantSource clock;
    private final LocalTransactions.StoredListener stored;

    Commit(
            Request request,
            JmsCommitRequest asked,
            OpenTransaction open,
            @Nullable HeldDeliveries held,
            CommitLog log,
            Decisions decisions,
            InstantSource clock,
            LocalTransactions.StoredListener stored) {
        this.request = request;
        this.asked = asked;
        this.open = open;
        this.held = held;
        this.log = log;
        this.decisions = decisions;
        this.clock = clock;
        this.stored = stored;
    }

    /** Everything that it settles has been collected: appends the batch, or rolls back. */
    void decide() {
        ProtocolException impossible = null;
        long end = 0;
        try {
            if (held != null && !held.isComplete()) {
                impossible = new ProtocolException(
                        JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                        "messages that transaction " + open.id() + " has received were given back meanwhile");
            } else {
                end = append();
            }
        } catch (ProtocolException tooMuch) {
            impossible = tooMuch;
        } catch (AppendRefusedException refused) {
            impossible = new ProtocolException(
                    refused.reason() == Reason.UNKNOWN_QUEUE
                            ? ResponseCode.TOPIC_NOT_EXIST
                            : JmsRefusal.STORE_REFUSES.code(),
                    String.valueOf(refused.getMessage()));
        } finally {
            open.end();
            // Also if the log has failed half-way: nobody must wait for ever, and what is true is in the log.
            decisions.decided(open.id());
        }
        if (impossible != null) {
            giveBack(impossible);
        } else {
            committed(end);
        }
    }

    private long append() throws AppendRefusedException {
        MessageBatch batch = open.batch();
        if (held != null) {
            for (ByteBuffer payload : held.payloads()) {
                add(batch, ControlType.CURSOR_COMMIT, payload);
            }
        }
        add(
                batch,
                ControlType.TRANSACTION_OUTCOME,
                OutcomeTable.committed(open.id().session(), open.id().number(), clock.millis()));
        log.append(batch);
        open.committed();
        if (open.count() > 0) {
            stored.stored(open.count(), batch.publication() == null ? batch.bytes() : open.messageBytes());
        }
        return batch.endPosition();
    }

    private void add(MessageBatch batch, ControlType type, ByteBuffer payload) {
        if (batch.addControl(type, payload, request.connection().remoteAddress()) == MessageBatch.FULL) {
            throw new ProtocolException(
                    JmsRefusal.TOO_MUCH.code(),
                    "transaction " + open.id()
                            + " does not fit into one batch of the log, whose size follows from mappedFileSizeCommitLog; "
                            + "commit more often");
        }
    }

    private void committed(long end) {
        if (held != null) {
            held.settled();
        }
        open.deliverOutside();
        if (!asked.durable()) {
            request.reply(Header.NONE);
            return;
        }
        log.whenDurable(end, new PositionWaiter() {
            @Override
            public void durable(long durablePosition) {
                request.reply(Header.NONE);
            }

            @Override
            public void failed(String reason) {
                request.refuse(JmsRefusal.STORE_REFUSES.code(), reason);
            }
        });
    }

    /** It cannot be committed; nothing has been collected for it yet. */
    void rollBack(ProtocolException why) {
        open.end();
        decisions.decided(open.id());
        refuse(request, why.code(), String.valueOf(why.getMessage()));
    }

    private void giveBack(ProtocolException why) {
        if (held != null) {
            held.giveBack();
        }
        refuse(request, why.code(), String.valueOf(why.getMessage()));
    }

    /** Answers that nothing was done and nothing will be. */
    static void refuse(Request request, int cause, String why) {
        request.reply(JmsRefusal.TRANSACTION_ROLLED_BACK.code(), why, new JmsRolledBack(cause), Body.EMPTY);
    }
}
