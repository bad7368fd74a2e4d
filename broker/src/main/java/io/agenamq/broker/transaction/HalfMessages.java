// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.transaction.DecidedHalves.Fate;
import io.agenamq.protocol.command.EndTransactionRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.hidden.HalfTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocketMQ's transactional messages: says whether half messages are taken, records what their producers decide (code 37), and lists those that nobody
 * has decided about. {@link HalfChecks} asks.
 *
 * <pre>
 *   half message ──▶ undecided ──37 commit──▶ published by reference
 *                     │  ▲  │────37 rollback─▶ discarded
 *                     ▼  │  └────asked often enough, or too old──▶ given up: a copy in TRANS_CHECK_MAX_TIME_TOPIC
 *                    asked (39)
 * </pre>
 *
 * The first decision stands: who decides claims the message before anything is recorded, and whoever comes later is refused with what happened. Code 37
 * is one-way, so that the refusal is a line in the log at level debug. Handlers run on event loops.
 */
public final class HalfMessages {

    private static final Logger LOG = LoggerFactory.getLogger(HalfMessages.class);

    private final HalfConfig config;
    private final Store store;
    private final HalfTable table;
    private final DecidedHalves decided = new DecidedHalves();
    private final Map<Executor, HalfDecisions> decisions = new ConcurrentHashMap<>();

    /**
     * A half message that nobody has decided about.
     *
     * @param id what code 37 calls it
     * @param storeTime in milliseconds since 1970
     * @param producerGroup whose members are asked
     * @param topic where it goes when it is committed
     * @param checks how often somebody was asked
     * @param checkedAt when somebody was asked last, 0 if nobody was
     */
    public record Undecided(
            long id, long storeTime, String producerGroup, String topic, int queueId, int checks, long checkedAt) {}

    /** With what the store has found in its log. */
    public HalfMessages(HalfConfig config, Store store) {
        this.config = config;
        this.store = store;
        this.table = store.halves();
    }

    /** Enters the handler. */
    public void register(HandlerTable handlers) {
        handlers.register(RequestCode.END_TRANSACTION, this::end);
    }

    /**
     * Makes sure that one more half message is welcome.
     *
     * @throws ProtocolException if not
     */
    public void requireWelcome() {
        if (config.rejected()) {
            throw new ProtocolException(
                    ResponseCode.NO_PERMISSION,
                    "the broker takes no transactional messages (rejectTransactionMessage)");
        }
        if (table.count() >= config.countMax()) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_BUSY,
                    "[OVERLOAD]system busy, start flow control for a while: " + table.count()
                            + " half messages are undecided, and the memory has room for no more");
        }
    }

    /** The oldest ones that nobody has decided about, at most so many. Any thread. */
    public List<Undecided> undecided(int countMax) {
        List<Undecided> oldest = new ArrayList<>();
        for (HalfMessage half : table.all().values()) {
            if (oldest.size() >= countMax) {
                break;
            }
            oldest.add(new Undecided(
                    half.id(),
                    half.storeTime(),
                    half.producerGroup(),
                    half.queue().topic(),
                    half.queue().queueId(),
                    half.checks(),
                    half.checkedAt()));
        }
        return oldest;
    }

    /** How many nobody has decided about. Any thread. */
    public int undecidedCount() {
        return table.count();
    }

    /** What was read at once is handled: what was decided in it is recorded. On the event loop of the connection. */
    public void burstEnded(Connection connection) {
        HalfDecisions open = decisions.get(connection.executor());
        if (open != null) {
            open.end();
        }
    }

    private void end(Request request) {
        EndTransactionRequest asked =
                EndTransactionRequest.readFrom(request.frame().fields());
        boolean commit = asked.commitOrRollback() == EndTransactionRequest.COMMIT;
        if (!commit && asked.commitOrRollback() != EndTransactionRequest.ROLLBACK) {
            // The listener does not know yet; somebody will be asked.
            request.reply(Header.NONE);
            return;
        }
        HalfMessage half = table.find(asked.commitLogOffset());
        if (half == null || asked.tranStateTableOffset() != half.id()) {
            throw refused(asked, whyNotThere(asked.commitLogOffset()));
        }
        if (!half.producerGroup().equals(asked.producerGroup())) {
            throw refused(asked, "it belongs to producer group " + half.producerGroup());
        }
        if (!half.claim()) {
            throw refused(asked, "it is being decided by somebody else, or moved, at this moment");
        }
        decisions
                .computeIfAbsent(
                        request.connection().executor(), loop -> new HalfDecisions(store, decided, config.forced()))
                .add(half, commit, request);
    }

    private String whyNotThere(long id) {
        Fate fate = decided.get(id);
        if (fate == null) {
            return "nothing of the kind is undecided: it was decided long ago, or before a start of the broker, or never stored";
        }
        return switch (fate) {
            case COMMITTED -> "it is committed";
            case ROLLED_BACK -> "it is rolled back";
            case GIVEN_UP -> "it was given up, and is in " + HalfChecks.GIVEN_UP_TOPIC;
        };
    }

    private static ProtocolException refused(EndTransactionRequest asked, String why) {
        String line = (asked.commitOrRollback() == EndTransactionRequest.COMMIT ? "commit" : "rollback")
                + " of half message " + asked.commitLogOffset() + " by producer group " + asked.producerGroup() + ": "
                + why;
        LOG.debug("refused: {}", line);
        return new ProtocolException(ResponseCode.SYSTEM_ERROR, line);
    }

    DecidedHalves decided() {
        return decided;
    }
}
