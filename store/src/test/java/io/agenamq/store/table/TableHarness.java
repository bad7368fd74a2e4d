// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.DerivedState.ControlSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A log without a disk: keeps control records and applies them at once, and again on demand. */
final class TableHarness implements ControlSink {

    record Kept(long position, ControlType type, ByteBuffer payload) {}

    final List<Kept> records = new ArrayList<>();
    final List<DerivedState> states = new ArrayList<>();
    private long end;

    @Override
    public long append(ControlType type, ByteBuffer payload) {
        ByteBuffer copy = ByteBuffer.allocate(payload.remaining())
                .put(payload.duplicate())
                .flip();
        Kept kept = new Kept(end, type, copy);
        end += 100;
        records.add(kept);
        apply(kept, states);
        return end;
    }

    long end() {
        return end;
    }

    /** What a store says that has only the records from {@code position} on. */
    void replay(long position, List<? extends DerivedState> fresh) {
        records.stream().filter(record -> record.position() >= position).forEach(record -> apply(record, fresh));
    }

    static String digest(List<? extends DerivedState> states) {
        StringBuilder out = new StringBuilder();
        states.forEach(state -> state.digest(out));
        return out.toString();
    }

    private static void apply(Kept record, List<? extends DerivedState> states) {
        states.forEach(state -> state.apply(record.position(), record.type(), record.payload()));
    }
}
