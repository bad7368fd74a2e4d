// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.queue.QueueEntry;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of one message queue stand that have another priority than the default: a sparse set of offsets for each of the other nine.
 * Where nobody sets a priority this is empty and costs nothing. Derived from the entries of the consume queue; owned by the destination.
 */
final class Priorities {

    /** The highest priority there is (Jakarta Messaging 3.1 §3.4.10). */
    static final int HIGHEST = 9;

    private final @Nullable BitPlane[] offsets = new @Nullable BitPlane[HIGHEST + 1];
    private final BitPlane all = new BitPlane();

    boolean isEmpty() {
        return all.isEmpty();
    }

    void add(long offset, int priority) {
        BitPlane plane = offsets[priority];
        if (plane == null) {
            plane = new BitPlane();
            offsets[priority] = plane;
        }
        plane.set(offset);
        all.set(offset);
    }

    /** The priority of a message that was sorted and is not settled. */
    int of(long offset) {
        if (all.get(offset)) {
            for (int priority = HIGHEST; priority >= 0; priority--) {
                BitPlane plane = offsets[priority];
                if (plane != null && plane.get(offset)) {
                    return priority;
                }
            }
        }
        return QueueEntry.DEFAULT_PRIORITY;
    }

    /** The lowest offset of a priority other than the default that is at least {@code from}; {@link BitPlane#NONE} if there is none. */
    long next(int priority, long from) {
        BitPlane plane = offsets[priority];
        return plane == null ? BitPlane.NONE : plane.nextSet(from);
    }

    /** The lowest offset of the default priority that is at least {@code from}. */
    long nextDefault(long from) {
        return all.isEmpty() ? from : all.nextClear(from);
    }

    void remove(long offset) {
        if (all.clear(offset)) {
            for (BitPlane plane : offsets) {
                if (plane != null) {
                    plane.clear(offset);
                }
            }
        }
    }

    void dropBelow(long offset) {
        if (all.isEmpty()) {
            return;
        }
        all.dropBelow(offset);
        for (BitPlane plane : offsets) {
            if (plane != null) {
                plane.dropBelow(offset);
            }
        }
    }
}
