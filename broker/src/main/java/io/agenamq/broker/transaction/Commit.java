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
import io.agenamq.store.transaction.OutcomeTable;
import java.net.InetSocketAddress;
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
    private final Contents contents;
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
        this.contents = Contents.of(open, held);
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
            if (!contents.isComplete()) {
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
        InetSocketAddress client = request.connection().remoteAddress();
        MessageBatch batch = contents.batch(client);
        Contents.add(
                batch,
                ControlType.TRANSACTION_OUTCOME,
                OutcomeTable.committed(open.id().session(), open.id().number(), clock.millis()),
                client);
        log.append(batch);
        contents.handedOver();
        if (open.count() > 0) {
            stored.stored(open.count(), batch.publishes() ? open.messageBytes() : batch.bytes());
        }
        return batch.endPosition();
    }

    private void committed(long end) {
        contents.settle();
        if (asked.durable()) {
            DurableAnswer.when(log, end, request, Header.NONE);
        } else {
            request.reply(Header.NONE);
        }
    }

    /** It cannot be committed; nothing has been collected for it yet. */
    void rollBack(ProtocolException why) {
        open.end();
        decisions.decided(open.id());
        refuse(request, why.code(), String.valueOf(why.getMessage()));
    }

    private void giveBack(ProtocolException why) {
        contents.giveBack();
        refuse(request, why.code(), String.valueOf(why.getMessage()));
    }

    /** Answers that nothing was done and nothing will be. */
    static void refuse(Request request, int cause, String why) {
        request.reply(JmsRefusal.TRANSACTION_ROLLED_BACK.code(), why, new JmsRolledBack(cause), Body.EMPTY);
    }
}
