// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

import io.agenamq.store.hidden.HiddenId;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Branches that are prepared, and the decisions about those that were: what outlives broker and client.
 *
 * <pre>
 *   PREPARED ──DECIDED──▶ remembered for {@link #KEPT}
 *               └─ by an operator ──▶ remembered ──FORGOTTEN──▶ like the others
 * </pre>
 *
 * <p>The record PREPARED is in the batch of the last of the branch's hidden messages, DECIDED in the one that publishes or discards them and settles what the branch has received: a branch is
 * prepared with everything or not at all, and decided likewise. Remembering decisions is for who has lost an answer: at most {@link #DECIDED_MAX}, the latest ones; what goes first
 * follows from what the records say, so that it is the same after a replay. Payloads, after a format of 1:
 *
 * <pre>
 * prepared    purpose | owner | name | time | decider | messages | count of hidden: kind, name | index | count of parts | held, up to the end
 *             a branch that holds too much for one payload has several such records in one batch, which differ in index and held
 * decided     purpose | owner | name | flags: 1 committed, 2 by an operator, 4 kept until it is forgotten | time
 * forgotten   as decided, without the flag 4
 * </pre>
 *
 * <p>A purpose of 1 says again what was so before. Nothing that is restated may undo a decision that was appended between the look at the table and the restatement; so decisions and
 * branches know their times, and the later one is true.
 *
 * <p>Any thread may ask; the monitor is taken inside of the append lock and never the other way round.
 */
public final class BranchTable implements DerivedState {

    /** How long a decision is remembered at least while there is room. */
    static final Duration KEPT = Duration.ofHours(24);

    /** Decisions that are remembered: about 8 MiB. */
    static final int DECIDED_MAX = 32_768;

    private static final int FORMAT_VERSION = 1;
    private static final int NEW = 0;
    private static final int RESTATED = 1;

    private static final int COMMITTED = 1;
    private static final int HEURISTIC = 2;
    private static final int UNTIL_FORGOTTEN = 4;

    private static final int PREPARED_BYTES_MIN = 10;
    private static final int DECIDED_BYTES_MIN = 5;

    // Guarded by this.
    private final Map<BranchId, Entry> prepared = new HashMap<>();
    private final Map<BranchId, Decision> decided = new HashMap<>();
    private final TreeSet<DecidedBranch> passing = new TreeSet<>(Comparator.comparingLong(DecidedBranch::time)
            .thenComparing(each -> each.id().owner())
            .thenComparing(each -> each.id().name()));
    private long latest;

    private record Entry(PreparedBranch branch, long position) {}

    private record Decision(DecidedBranch branch, long position) {}

    /** The payloads of the records {@link ControlType#BRANCH_PREPARED}, which belong into one batch. */
    public static List<ByteBuffer> prepared(PreparedBranch branch) {
        return payloads(branch, NEW);
    }

    private static List<ByteBuffer> payloads(PreparedBranch branch, int purpose) {
        List<ByteBuffer> payloads = new ArrayList<>();
        int parts = Math.max(1, branch.held().size());
        for (int index = 0; index < parts; index++) {
            PayloadOutput out = new PayloadOutput();
            out.putByte(FORMAT_VERSION);
            out.putByte(purpose);
            putHead(branch, out);
            out.putCount(index);
            out.putCount(parts);
            out.putBytes(
                    branch.held().isEmpty()
                            ? ByteBuffer.allocate(0)
                            : branch.held().get(index).duplicate());
            payloads.add(out.payload());
        }
        return payloads;
    }

    private static void putHead(PreparedBranch branch, StateOutput out) {
        branch.id().writeTo(out);
        out.putCount(branch.time());
        out.putText(branch.decider());
        out.putCount(branch.messages());
        out.putCount(branch.hidden().size());
        branch.hidden().forEach(id -> id.writeTo(out));
    }

    /** A branch without what it holds. */
    private static PreparedBranch head(StateInput in) {
        BranchId id = BranchId.readFrom(in);
        long time = in.getCount();
        String decider = in.getText();
        long messages = in.getCount();
        List<HiddenId> hidden = new ArrayList<>();
        for (int left = in.getCount(2); left > 0; left--) {
            hidden.add(HiddenId.readFrom(in));
        }
        return new PreparedBranch(id, time, decider, messages, hidden, List.of());
    }

    /** The payload of a record {@link ControlType#BRANCH_DECIDED}. */
    public static ByteBuffer decided(DecidedBranch branch) {
        return payload(branch, NEW);
    }

    /** The payload of a record {@link ControlType#BRANCH_FORGOTTEN}. */
    public static ByteBuffer forgotten(DecidedBranch branch) {
        return payload(withoutMark(branch), NEW);
    }

    private static DecidedBranch withoutMark(DecidedBranch branch) {
        return new DecidedBranch(branch.id(), branch.committed(), branch.heuristic(), false, branch.time());
    }

    private static ByteBuffer payload(DecidedBranch branch, int purpose) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        out.putByte(purpose);
        put(branch, out);
        return out.payload();
    }

    private static void put(DecidedBranch branch, StateOutput out) {
        branch.id().writeTo(out);
        out.putByte((branch.committed() ? COMMITTED : 0)
                | (branch.heuristic() ? HEURISTIC : 0)
                | (branch.kept() ? UNTIL_FORGOTTEN : 0));
        out.putCount(branch.time());
    }

    private static DecidedBranch decision(StateInput in) {
        BranchId id = BranchId.readFrom(in);
        int flags = in.getByte();
        return new DecidedBranch(
                id, (flags & COMMITTED) != 0, (flags & HEURISTIC) != 0, (flags & UNTIL_FORGOTTEN) != 0, in.getCount());
    }

    /** The prepared branch of this identity, null if there is none. */
    public synchronized @Nullable PreparedBranch findPrepared(BranchId id) {
        Entry entry = prepared.get(id);
        return entry == null ? null : entry.branch();
    }

    /** All prepared branches, the oldest first. */
    public synchronized List<PreparedBranch> allPrepared() {
        return prepared.values().stream()
                .map(Entry::branch)
                .sorted(Comparator.comparingLong(PreparedBranch::time))
                .toList();
    }

    /** What was decided about a branch, null if that is not known. */
    public synchronized @Nullable DecidedBranch findDecided(BranchId id) {
        Decision decision = decided.get(id);
        return decision == null ? null : decision.branch();
    }

    /** Decisions of operators that nobody has forgotten yet. */
    public synchronized List<DecidedBranch> allKept() {
        return decided.values().stream()
                .map(Decision::branch)
                .filter(DecidedBranch::kept)
                .sorted(Comparator.comparingLong(DecidedBranch::time))
                .toList();
    }

    /** Hidden messages that prepared branches need. */
    public synchronized Set<HiddenId> hidden() {
        Set<HiddenId> all = new HashSet<>();
        prepared.values().forEach(entry -> all.addAll(entry.branch().hidden()));
        return all;
    }

    // ---- derived state

    @Override
    public String name() {
        return "branches";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        switch (type) {
            case BRANCH_PREPARED -> applyPrepared(position, begin(payload));
            case BRANCH_DECIDED, BRANCH_FORGOTTEN -> applyDecided(position, begin(payload));
            default -> {
                // Another state's.
            }
        }
    }

    private static StateInput begin(ByteBuffer payload) {
        StateInput in = new StateInput(payload);
        requireFormat(in);
        return in;
    }

    private synchronized void applyPrepared(long position, StateInput in) {
        boolean restated = in.getByte() == RESTATED;
        PreparedBranch head = head(in);
        BranchId id = head.id();
        long index = in.getCount();
        long parts = in.getCount();
        ByteBuffer held = in.getBytes();
        latest = Math.max(latest, head.time());
        Entry known = prepared.get(id);
        Decision decision = decided.get(id);
        if (restated && decision != null && decision.branch().time() >= head.time()) {
            // Decided while it was stated again.
            return;
        }
        if (known == null || known.branch().time() < head.time()) {
            prepared.put(id, new Entry(withHeld(head, held), position));
            if (decision != null) {
                forget(decision.branch());
            }
        } else if (known.branch().time() == head.time()) {
            PreparedBranch branch = known.branch();
            prepared.put(
                    id,
                    new Entry(
                            branch.held().size() < parts
                                            && index == branch.held().size()
                                    ? withHeld(branch, held)
                                    : branch,
                            index == 0 ? position : known.position()));
        }
        // Otherwise: decided while it was stated again, and there is another branch of this identity.
    }

    private static PreparedBranch withHeld(PreparedBranch branch, ByteBuffer held) {
        if (!held.hasRemaining()) {
            return branch;
        }
        List<ByteBuffer> all = new ArrayList<>(branch.held());
        all.add(held);
        return new PreparedBranch(
                branch.id(), branch.time(), branch.decider(), branch.messages(), branch.hidden(), all);
    }

    private synchronized void applyDecided(long position, StateInput in) {
        boolean restated = in.getByte() == RESTATED;
        DecidedBranch branch = decision(in);
        Entry open = prepared.get(branch.id());
        Decision known = decided.get(branch.id());
        if (restated && open != null && open.branch().time() > branch.time()) {
            // Of an earlier branch of this identity.
            return;
        }
        if (restated && known != null && known.branch().time() >= branch.time()) {
            // Where it was forgotten meanwhile, only the record that says so tells all.
            if (known.branch().equals(branch)) {
                decided.put(branch.id(), new Decision(known.branch(), position));
            }
            return;
        }
        prepared.remove(branch.id());
        if (known != null) {
            forget(known.branch());
        }
        decided.put(branch.id(), new Decision(branch, position));
        if (!branch.kept()) {
            passing.add(branch);
        }
        latest = Math.max(latest, branch.time());
        long from = latest - KEPT.toMillis();
        while (!passing.isEmpty()
                && (passing.size() > DECIDED_MAX || passing.first().time() < from)) {
            forget(passing.first());
        }
    }

    /** Holds the monitor. */
    private void forget(DecidedBranch branch) {
        decided.remove(branch.id());
        passing.remove(branch);
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        for (PreparedBranch branch : preparedBefore(position)) {
            List<Control> batch = new ArrayList<>();
            payloads(branch, RESTATED).forEach(payload -> batch.add(new Control(ControlType.BRANCH_PREPARED, payload)));
            out.appendAll(batch);
        }
        for (DecidedBranch branch : decidedBefore(position)) {
            out.append(ControlType.BRANCH_DECIDED, payload(branch, RESTATED));
        }
    }

    private synchronized List<PreparedBranch> preparedBefore(long position) {
        return prepared.values().stream()
                .filter(entry -> entry.position() < position)
                .map(Entry::branch)
                .toList();
    }

    private synchronized List<DecidedBranch> decidedBefore(long position) {
        return decided.values().stream()
                .filter(decision -> decision.position() < position)
                .map(Decision::branch)
                .toList();
    }

    @Override
    public synchronized Capture capture() {
        List<Entry> open = List.copyOf(prepared.values());
        List<Decision> decisions = List.copyOf(decided.values());
        long time = latest;
        return out -> {
            out.putByte(FORMAT_VERSION);
            out.putCount(time);
            out.putCount(open.size());
            for (Entry entry : open) {
                putHead(entry.branch(), out);
                out.putCount(entry.branch().held().size());
                entry.branch().held().forEach(held -> out.putBytes(held.duplicate()));
                out.putCount(entry.position());
            }
            out.putCount(decisions.size());
            for (Decision decision : decisions) {
                put(decision.branch(), out);
                out.putCount(decision.position());
            }
        };
    }

    @Override
    public synchronized void load(StateInput in) {
        requireFormat(in);
        latest = in.getCount();
        for (int left = in.getCount(PREPARED_BYTES_MIN); left > 0; left--) {
            PreparedBranch head = head(in);
            List<ByteBuffer> held = new ArrayList<>();
            for (int parts = in.getCount(1); parts > 0; parts--) {
                held.add(in.getBytes());
            }
            prepared.put(
                    head.id(),
                    new Entry(
                            new PreparedBranch(
                                    head.id(), head.time(), head.decider(), head.messages(), head.hidden(), held),
                            in.getCount()));
        }
        for (int left = in.getCount(DECIDED_BYTES_MIN); left > 0; left--) {
            DecidedBranch branch = decision(in);
            decided.put(branch.id(), new Decision(branch, in.getCount()));
            if (!branch.kept()) {
                passing.add(branch);
            }
        }
    }

    @Override
    public synchronized void clear() {
        prepared.clear();
        decided.clear();
        passing.clear();
        latest = 0;
    }

    @Override
    public synchronized void digest(StringBuilder out) {
        Comparator<BranchId> order = Comparator.comparing(BranchId::owner).thenComparing(BranchId::name);
        prepared.entrySet().stream().sorted(Map.Entry.comparingByKey(order)).forEach(each -> out.append("prepared ")
                .append(each.getValue().branch())
                .append(" with ")
                .append(each.getValue().branch().held().stream()
                        .map(ByteBuffer::hashCode)
                        .toList())
                .append('\n'));
        decided.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(order))
                .forEach(each -> out.append(each.getValue().branch()).append('\n'));
    }

    private static void requireFormat(StateInput in) {
        int format = in.getByte();
        if (format != FORMAT_VERSION) {
            throw new CorruptStateException("format " + format + " of branches, this program reads " + FORMAT_VERSION);
        }
    }
}
