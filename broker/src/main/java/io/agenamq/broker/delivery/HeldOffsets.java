// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.CursorProgress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Messages of one subscription that a transaction has received and holds until it is decided, by window. Not thread-safe. */
final class HeldOffsets {

    private final Map<Integer, Part> byWindow = new TreeMap<>();
    private final Set<AttachedConsumer> receivers = new HashSet<>();

    private record Part(Window window, CursorProgress offsets) {}

    void add(int index, Window window, long offset) {
        byWindow.computeIfAbsent(index, key -> new Part(window, new CursorProgress()))
                .offsets
                .settle(offset);
    }

    /** Something of it was delivered to a consumer. */
    void receivedBy(AttachedConsumer consumer) {
        receivers.add(consumer);
    }

    /** Whether nothing of it was delivered to another consumer. */
    boolean isOnlyOf(AttachedConsumer consumer) {
        return receivers.equals(Set.of(consumer));
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
