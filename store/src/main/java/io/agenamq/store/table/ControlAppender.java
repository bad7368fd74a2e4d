// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.snapshot.DerivedState.Control;
import io.agenamq.store.snapshot.DerivedState.ControlSink;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Appends control records one by one, for changes that are rare.
 *
 * <p>Its monitor is the decision lock of the tables: whoever reads a table to decide what to append holds it from reading to appending, so no
 * other decision comes between. Within it the append lock is taken, never the other way round. Any thread.
 */
public final class ControlAppender implements ControlSink {

    private final MessageBatch batch;
    private final CommitLog log;

    /** Appends to {@code log}. */
    public ControlAppender(CommitLog log) {
        this.log = log;
        this.batch = log.newBatch();
    }

    @Override
    public synchronized long append(ControlType type, ByteBuffer payload) throws AppendRefusedException {
        batch.clear();
        batch.addControl(type, payload);
        log.append(batch);
        return batch.endPosition();
    }

    @Override
    public synchronized long appendAll(List<Control> controls) throws AppendRefusedException {
        batch.clear();
        for (Control control : controls) {
            if (batch.addControl(control.type(), control.payload()) == MessageBatch.FULL) {
                throw new IllegalArgumentException(controls.size() + " control records do not fit into one batch");
            }
        }
        log.append(batch);
        return batch.endPosition();
    }
}
