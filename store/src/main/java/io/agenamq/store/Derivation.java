// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.LogListener;
import io.agenamq.store.queue.QueueTable;
import io.agenamq.store.queue.RecordScan;
import io.agenamq.store.snapshot.DerivedState;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Hands every record of the log to everything that is derived from it, live and in a replay. A message is scanned once for all. Under the
 * append lock, or by the only thread of a replay.
 */
final class Derivation implements LogListener {

    private final QueueTable queues;
    private final KeyIndex keys;
    private final DerivedState[] states;
    private final RecordScan scan = new RecordScan();

    /** The messages of this batch stood somewhere else before. */
    private boolean moving;

    Derivation(QueueTable queues, KeyIndex keys, List<? extends DerivedState> states) {
        this.queues = queues;
        this.keys = keys;
        this.states = states.toArray(DerivedState[]::new);
    }

    @Override
    public void message(String topic, long position, int size, ByteBuffer buffer, int at) {
        scan.reset(buffer, at);
        if (moving) {
            queues.moved(topic, scan, position, size);
        } else {
            queues.message(topic, scan, position, size);
        }
        keys.message(topic, scan, position);
    }

    @Override
    public void control(ControlType type, long position, ByteBuffer payload) {
        moving |= type == ControlType.MESSAGES_MOVED;
        for (DerivedState state : states) {
            state.apply(position, type, payload);
        }
    }

    @Override
    public void batchEnd(long endPosition) {
        moving = false;
        queues.batchEnd();
        keys.batchEnd();
    }
}
