// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.CursorProgress;
import java.util.Map;
import java.util.TreeMap;

/** Messages of one subscription that a transaction has received and holds until it is decided, by window. Not thread-safe. */
final class HeldOffsets {

    private final Map<Integer, Part> byWindow = new TreeMap<>();

    private record Part(Window window, CursorProgress offsets) {}

    void add(int index, Window window, long offset) {
        byWindow.computeIfAbsent(index, key -> new Part(window, new CursorProgress()))
                .offsets
                .settle(offset);
    }

    /** Receives the windows in which something is held. */
    @FunctionalInterface
    interface Visitor {
        /** One window with its index and the progress that settles what is held in it. */
        void visit(int index, Window window, CursorProgress offsets);
    }

    void forEach(Visitor visitor) {
        byWindow.forEach((index, part) -> visitor.visit(index, part.window, part.offsets));
    }
}
