// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.store.transaction.OutcomeTable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that every transaction has one outcome, whoever asks when: a commit, the same commit once more, and the question for its outcome may
 * come over different connections and in any order.
 *
 * <p>An answer to the question is final. So the question waits for a commit that is being decided; and if there is none, it puts up a <em>fence</em>:
 * the commit may still lie unread in the socket of a connection that the client has given up, and is refused when it is read. Fences are not in the
 * log: a commit that is on its way does not survive this process either. Any thread; nobody is called under the monitor.
 */
final class Decisions {

    /** Sessions with a fence that are remembered; a fence matters until the end of an old connection is noticed. */
    private static final int FENCES_MAX = 10_000;

    private final OutcomeTable outcomes;
    private final InstantSource clock;

    // Guarded by this.
    private final Map<String, Deciding> deciding = new HashMap<>();
    private final LinkedHashMap<String, Long> fences = new LinkedHashMap<>(); // the oldest first

    private record Deciding(long number, List<Runnable> questions) {}

    Decisions(OutcomeTable outcomes, InstantSource clock) {
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /** What a commit that has just come has to do. */
    enum Begun {
        /** Decide; {@link #decided} has to follow. */
        DECIDE,
        /** Nothing: it was committed before. */
        COMMITTED,
        /** Roll back: that has been answered already. */
        FENCED,
        /** Nothing, and say nothing about it: this or another commit of the session is being decided, or a later one has been. */
        OUT_OF_TURN
    }

    synchronized Begun begin(JmsTransaction transaction) {
        long last = outcomes.lastCommitted(transaction.session());
        if (last == transaction.number()) {
            return Begun.COMMITTED;
        }
        Long fence = fences.get(transaction.session());
        if (fence != null && fence >= transaction.number()) {
            return Begun.FENCED;
        }
        if (last > transaction.number() || deciding.containsKey(transaction.session())) {
            return Begun.OUT_OF_TURN;
        }
        deciding.put(transaction.session(), new Deciding(transaction.number(), new ArrayList<>()));
        return Begun.DECIDE;
    }

    /** The decision is in the log, or there will be none. */
    void decided(JmsTransaction transaction) {
        Deciding done;
        synchronized (this) {
            done = deciding.remove(transaction.session());
            Long fence = fences.get(transaction.session());
            if (fence != null && fence <= outcomes.lastCommitted(transaction.session())) {
                fences.remove(transaction.session());
            }
        }
        if (done != null) {
            done.questions().forEach(Runnable::run);
        }
    }

    /** Tells {@code answer} the outcome of a transaction that has been in doubt for so long; at once, unless it is being decided. */
    void ask(JmsTransaction transaction, long ageMillis, Consumer<Outcome> answer) {
        Outcome known = outcome(transaction, ageMillis, () -> ask(transaction, ageMillis, answer));
        if (known != null) {
            answer.accept(known);
        }
    }

    private synchronized @Nullable Outcome outcome(JmsTransaction transaction, long ageMillis, Runnable again) {
        Deciding present = deciding.get(transaction.session());
        if (present != null && present.number() == transaction.number()) {
            present.questions().add(again);
            return null;
        }
        long last = outcomes.lastCommitted(transaction.session());
        if (last == transaction.number()) {
            return Outcome.COMMITTED;
        }
        putUpFence(transaction);
        boolean forgotten = last == 0 && outcomes.remembersSince() > clock.millis() - ageMillis;
        return last > transaction.number() || forgotten ? Outcome.UNKNOWN : Outcome.ROLLED_BACK;
    }

    /** Holds the monitor. */
    private void putUpFence(JmsTransaction transaction) {
        Long before = fences.remove(transaction.session());
        fences.put(
                transaction.session(), before == null ? transaction.number() : Math.max(before, transaction.number()));
        if (fences.size() > FENCES_MAX) {
            Iterator<String> oldest = fences.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
