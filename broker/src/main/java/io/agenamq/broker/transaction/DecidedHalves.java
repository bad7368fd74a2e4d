// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What became of half messages that were decided not long ago: what to tell, or log, when somebody decides once more. One place for each of
 * {@value #PLACES} remainders, so that a later one takes the place of an earlier one, and half a megabyte is all. Not in the log: that one is decided says
 * the table of those that are not. Any thread.
 */
final class DecidedHalves {

    /** What a half message became. */
    enum Fate {
        COMMITTED(1),
        ROLLED_BACK(2),
        GIVEN_UP(3);

        private final int code;

        Fate(int code) {
            this.code = code;
        }
    }

    private static final int PLACES = 64 * 1024;
    private static final int FATE_BITS = 2;
    private static final int FATE_MASK = (1 << FATE_BITS) - 1;

    private final AtomicLongArray places = new AtomicLongArray(PLACES);

    void put(long id, Fate fate) {
        places.set(place(id), (id << FATE_BITS) | fate.code);
    }

    /** Null if that is not known any more. */
    @Nullable
    Fate get(long id) {
        long found = places.get(place(id));
        if (found >>> FATE_BITS == id) {
            for (Fate fate : Fate.values()) {
                if ((found & FATE_MASK) == fate.code) {
                    return fate;
                }
            }
        }
        return null;
    }

    private static int place(long id) {
        return (int) Long.remainderUnsigned((id * 0x9E3779B97F4A7C15L) >>> 16, PLACES);
    }
}
