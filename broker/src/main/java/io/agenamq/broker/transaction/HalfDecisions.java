// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.transaction.DecidedHalves.Fate;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.PositionWaiter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions about half messages that one event loop has read and not recorded yet: those of one burst become one batch, with one record for all
 * commits and one for all rollbacks. On the event loop only.
 */
final class HalfDecisions {

    private static final Logger LOG = LoggerFactory.getLogger(HalfDecisions.class);

    /** Recorded together at most: 32 bytes each, and the names of their queues. */
    private static final int COUNT_MAX = 256;

    private static final PositionWaiter NOBODY = new PositionWaiter() {
        @Override
        public void durable(long durablePosition) {}

        @Override
        public void failed(String reason) {}
    };

    private final CommitLog log;
    private final HalfTable table;
    private final DecidedHalves decided;
    private final boolean forced;
    private final MessageBatch batch;
    private final List<Decision> decisions = new ArrayList<>();

    private record Decision(HalfMessage half, boolean commit, Request request) {}

    HalfDecisions(Store store, DecidedHalves decided, boolean forced) {
        this.log = store.log();
        this.table = store.halves();
        this.decided = decided;
        this.forced = forced;
        this.batch = log.newBatch();
    }

    /** Decides about one that the caller has claimed. */
    void add(HalfMessage half, boolean commit, Request request) {
        decisions.add(new Decision(half, commit, request));
        if (decisions.size() >= COUNT_MAX) {
            end();
        }
    }

    /** The burst is over: records what was decided. */
    void end() {
        if (decisions.isEmpty()) {
            return;
        }
        try {
            append(decisions);
            decisions.forEach(this::done);
        } catch (AppendRefusedException refused) {
            if (refused.reason() == Reason.UNKNOWN_QUEUE) {
                decisions.forEach(this::appendAlone);
            } else {
                decisions.forEach(each -> undone(each, refused));
            }
        } finally {
            decisions.clear();
            batch.clear();
        }
    }

    private void append(List<Decision> together) throws AppendRefusedException {
        List<HalfMessage> committed = halves(together, true);
        List<HalfMessage> rolledBack = halves(together, false);
        batch.clear();
        if (!committed.isEmpty()) {
            batch.addPublication(table.publication(committed));
        }
        if (!rolledBack.isEmpty()) {
            batch.addControl(ControlType.HIDDEN_DISCARDED, HalfTable.discarded(rolledBack));
        }
        log.append(batch);
        if (forced) {
            // Nobody waits for the answer, but consumers may act on it.
            log.whenDurable(batch.endPosition(), NOBODY);
        }
    }

    private static List<HalfMessage> halves(List<Decision> of, boolean commit) {
        List<HalfMessage> some = new ArrayList<>(of.size());
        for (Decision each : of) {
            if (each.commit() == commit) {
                some.add(each.half());
            }
        }
        return some;
    }

    /** One of the burst goes to a queue that is no more; the others must not suffer for it. */
    private void appendAlone(Decision one) {
        try {
            append(List.of(one));
            done(one);
        } catch (AppendRefusedException refused) {
            if (refused.reason() == Reason.UNKNOWN_QUEUE) {
                LOG.warn("{} is committed, but its queue is gone: it is rolled back", one.half());
                rollBackInstead(one, refused);
            } else {
                undone(one, refused);
            }
        }
    }

    private void rollBackInstead(Decision one, AppendRefusedException why) {
        Decision rollback = new Decision(one.half(), false, one.request());
        try {
            append(List.of(rollback));
            decided.put(one.half().id(), Fate.ROLLED_BACK);
            one.request().refuse(ResponseCode.TOPIC_NOT_EXIST, String.valueOf(why.getMessage()));
        } catch (AppendRefusedException refused) {
            undone(one, refused);
        }
    }

    private void done(Decision each) {
        decided.put(each.half().id(), each.commit() ? Fate.COMMITTED : Fate.ROLLED_BACK);
        each.request().reply(Header.NONE);
    }

    /** It stays undecided, and its producer will be asked. */
    private static void undone(Decision each, AppendRefusedException refused) {
        each.half().release();
        LOG.debug("a decision about {} cannot be recorded: {}", each.half(), refused.getMessage());
        each.request().refuse(ResponseCode.SERVICE_NOT_AVAILABLE, String.valueOf(refused.getMessage()));
    }
}
