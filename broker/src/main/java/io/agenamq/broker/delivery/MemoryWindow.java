// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.queue.MemoryQueue;

/** A window of a queue in memory, which it tells what its subscription needs no more. Owned by the destination. */
final class MemoryWindow extends Window {

    private final MemoryQueue memory;
    private final long joinedAt;
    private boolean left;

    /** The window of a reader that has joined the queue where its cursor is, or is the one that was there from the beginning. */
    MemoryWindow(MemoryQueue memory, Cursor cursor) {
        super(memory, cursor, false);
        this.memory = memory;
        this.joinedAt = cursor.floor();
    }

    @Override
    void applied() {
        release(progress());
        super.applied();
    }

    private void release(CursorProgress settled) {
        if (left) {
            return;
        }
        for (long at = settled.nextSettled(0); at != BitPlane.NONE; at = settled.nextSettled(at + 1)) {
            memory.settled(at);
        }
    }

    @Override
    void settledElsewhere(long offset) {
        if (!left) {
            memory.settled(offset);
        }
        super.settledElsewhere(offset);
    }

    @Override
    void ended() {
        if (!progress().isEmpty()) {
            cursor().apply(progress());
            applied();
        }
        // From now on nothing is kept for this reader: what is settled yet must not be counted once more.
        left = true;
        memory.leave(joinedAt, cursor()::isSettled);
    }
}
