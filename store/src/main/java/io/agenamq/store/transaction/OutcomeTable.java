// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last committed transaction of each session: what answers "did my commit happen?" after its reply was lost.
 *
 * <p>The record is in the batch of the commit, so that one is never there without the other. A session has one transaction after another and
 * asks about the last one only; so one entry per session is enough, and how long the table remembers does not depend on how many commits
 * there are. An entry ends after {@link #KEPT}, or when {@link #SESSIONS_MAX} other sessions have committed since; both are decided from
 * what the records say alone. Where nothing is known, {@link #remembersSince} says whether that means anything.
 *
 * <pre>
 * outcomes   format 1, then as many as the payload holds:   session | number | time, milliseconds since 1970
 * </pre>
 *
 * <p>Any thread may ask; the monitor is taken inside of the append lock and never the other way round.
 */
public final class OutcomeTable implements DerivedState {

    /** How long an entry is kept at least while there is room: longer than any client tries to reconnect. */
    static final Duration KEPT = Duration.ofHours(24);

    /** Sessions that are remembered: about 8 MiB. */
    static final int SESSIONS_MAX = 32_768;

    private static final int FORMAT_VERSION = 1;
    private static final int RESTATED_BYTES_MAX = 64 * 1024;
    private static final int ENTRY_BYTES_MIN = 3;

    // Guarded by this. The entry whose commit is the longest ago is the first.
    private final LinkedHashMap<String, Entry> bySession = new LinkedHashMap<>();
    private long forgottenUpTo;

    private record Entry(long number, long time, long position) {}

    /**
     * The payload that says that a transaction was committed.
     *
     * @param time milliseconds since 1970
     */
    public static ByteBuffer committed(String session, long number, long time) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        put(session, number, time, out);
        return out.payload();
    }

    /** Number of the last transaction of a session that was committed, 0 if none is known. */
    public synchronized long lastCommitted(String session) {
        Entry entry = bySession.get(session);
        return entry == null ? 0 : entry.number();
    }

    /** Every session that has committed since this time, in milliseconds since 1970, is known. */
    public synchronized long remembersSince() {
        return forgottenUpTo;
    }

    /** How many sessions are remembered. */
    public synchronized int count() {
        return bySession.size();
    }

    // ---- derived state

    @Override
    public String name() {
        return "outcomes";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        if (type != ControlType.TRANSACTION_OUTCOME) {
            return;
        }
        StateInput in = new StateInput(payload);
        requireFormat(in);
        synchronized (this) {
            while (!in.atEnd()) {
                apply(in.getText(), new Entry(in.getCount(), in.getCount(), position));
            }
        }
    }

    /** Holds the monitor. */
    private void apply(String session, Entry entry) {
        Entry known = bySession.get(session);
        if (known == null || known.number() < entry.number()) {
            bySession.remove(session);
            bySession.put(session, entry);
            forgetOld(entry.time());
        } else if (known.number() == entry.number()) {
            // Stated again: it stays where it is in the order.
            bySession.put(session, entry);
        }
    }

    /** Holds the monitor. */
    private void forgetOld(long now) {
        long from = now - KEPT.toMillis();
        Iterator<Entry> oldest = bySession.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.time() >= from && bySession.size() <= SESSIONS_MAX) {
                return;
            }
            forgottenUpTo = Math.max(forgottenUpTo, entry.time() + 1);
            oldest.remove();
        }
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        for (ByteBuffer payload : payloadsOfOlderThan(position)) {
            // A commit that comes between is newer than what is stated here, and apply sees that.
            out.append(ControlType.TRANSACTION_OUTCOME, payload);
        }
    }

    private synchronized List<ByteBuffer> payloadsOfOlderThan(long position) {
        List<ByteBuffer> payloads = new ArrayList<>();
        PayloadOutput open = null;
        for (Map.Entry<String, Entry> each : bySession.entrySet()) {
            if (each.getValue().position() >= position) {
                continue;
            }
            if (open == null) {
                open = new PayloadOutput();
                open.putByte(FORMAT_VERSION);
            }
            put(each.getKey(), each.getValue().number(), each.getValue().time(), open);
            if (open.length() >= RESTATED_BYTES_MAX) {
                payloads.add(open.payload());
                open = null;
            }
        }
        if (open != null) {
            payloads.add(open.payload());
        }
        return payloads;
    }

    @Override
    public synchronized Capture capture() {
        List<Map.Entry<String, Entry>> captured = new ArrayList<>(bySession.size());
        bySession.forEach((session, entry) -> captured.add(Map.entry(session, entry)));
        long forgotten = forgottenUpTo;
        return out -> {
            out.putByte(FORMAT_VERSION);
            out.putCount(forgotten);
            out.putCount(captured.size());
            for (Map.Entry<String, Entry> each : captured) {
                put(each.getKey(), each.getValue().number(), each.getValue().time(), out);
                out.putCount(each.getValue().position());
            }
        };
    }

    @Override
    public synchronized void load(StateInput in) {
        requireFormat(in);
        forgottenUpTo = in.getCount();
        for (int count = in.getCount(ENTRY_BYTES_MIN); count > 0; count--) {
            bySession.put(in.getText(), new Entry(in.getCount(), in.getCount(), in.getCount()));
        }
    }

    @Override
    public synchronized void clear() {
        bySession.clear();
        forgottenUpTo = 0;
    }

    @Override
    public synchronized void digest(StringBuilder out) {
        bySession.forEach((session, entry) -> out.append("outcome ")
                .append(session)
                .append(' ')
                .append(entry.number())
                .append(" at ")
                .append(entry.time())
                .append('\n'));
    }

    private static void put(String session, long number, long time, StateOutput out) {
        out.putText(session);
        out.putCount(number);
        out.putCount(time);
    }

    private static void requireFormat(StateInput in) {
        int format = in.getByte();
        if (format != FORMAT_VERSION) {
            throw new CorruptStateException("format " + format + " of outcomes, this program reads " + FORMAT_VERSION);
        }
    }
}
