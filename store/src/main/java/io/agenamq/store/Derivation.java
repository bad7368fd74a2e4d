// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.hidden.HiddenTable;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.LogListener;
import io.agenamq.store.log.Publication.Queue;
import io.agenamq.store.queue.ConsumeQueueEntry;
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
    private final HiddenTable hidden;
    private final HalfTable halves;
    private final DerivedState[] states;
    private final RecordScan scan = new RecordScan();

    /** The messages of this batch stood somewhere else before. */
    private boolean moving;

    /** The messages of this batch go into no queue. */
    private boolean hiding;

    Derivation(
            QueueTable queues,
            KeyIndex keys,
            HiddenTable hidden,
            HalfTable halves,
            List<? extends DerivedState> states) {
        this.queues = queues;
        this.keys = keys;
        this.hidden = hidden;
        this.halves = halves;
        this.states = states.toArray(DerivedState[]::new);
    }

    @Override
    public void message(String topic, long position, int size, ByteBuffer buffer, int at) {
        scan.reset(buffer, at);
        if (hiding) {
            hidden.message(topic, scan, position, size, KeyIndex::hashes);
            return;
        }
        if (scan.isHalf()) {
            halves.message(topic, scan, position, size, KeyIndex::hashes);
            return;
        }
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
        hiding |= type == ControlType.MESSAGES_HIDDEN;
        if (type == ControlType.MESSAGES_PUBLISHED) {
            hidden.publish(position, payload, this::published);
            return;
        }
        for (DerivedState state : states) {
            state.apply(position, type, payload);
        }
    }

    private void published(Queue queue, long offset, long[] words, int[] hashes, int from, int to) {
        long position = ConsumeQueueEntry.position(words, 0);
        queues.published(queue.topic(), queue.queueId(), offset, words, 0);
        for (int i = from; i < to; i++) {
            keys.add(hashes[i], position, ConsumeQueueEntry.storeTime(words, 0));
        }
    }

    @Override
    public void batchEnd(long endPosition) {
        moving = false;
        hiding = false;
        queues.batchEnd();
        keys.batchEnd();
        // Last: until here it holds what the queues do not show yet.
        hidden.batchEnd();
    }
}
