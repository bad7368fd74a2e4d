// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The cursors of subscriptions that end with their consumers: not in the log, but retention must not take messages from under them. A cursor is
 * known here for as long as somebody uses it; nobody has to say when it ends. Any thread.
 */
public final class TransientCursors {

    private final Set<Cursor> cursors = Collections.newSetFromMap(new WeakHashMap<>());

    /** None. */
    public TransientCursors() {}

    /** Lets retention ask this cursor from now on. */
    public synchronized void add(Cursor cursor) {
        cursors.add(cursor);
    }

    /** The lowest floor of a message queue's cursors, {@link Long#MAX_VALUE} if it has none. */
    long lowestFloor(String topic, int queueId) {
        long lowest = Long.MAX_VALUE;
        for (Cursor cursor : all()) {
            if (cursor.name().queueId() == queueId && cursor.name().topic().equals(topic)) {
                lowest = Math.min(lowest, cursor.floor());
            }
        }
        return lowest;
    }

    private synchronized List<Cursor> all() {
        return new ArrayList<>(cursors);
    }
}
