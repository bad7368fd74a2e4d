// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one connection by number, and the destinations that its present burst of frames left tasks with. Touched by the
 * connection's event loop only.
 */
final class ConnectionConsumers {

    /** Consumers of one connection, detached ones included. */
    static final int COUNT_MAX = 16_384;

    private final Map<Integer, AttachedConsumer> byId = new HashMap<>();
    private final Set<String> clientIds = new LinkedHashSet<>();
    private final Set<Destination> touched = new LinkedHashSet<>();
    private final List<Destination> working = new ArrayList<>();

    @Nullable
    AttachedConsumer get(int id) {
        return byId.get(id);
    }

    void add(AttachedConsumer consumer) {
        byId.put(consumer.id, consumer);
    }

    void remove(AttachedConsumer consumer) {
        byId.remove(consumer.id, consumer);
    }

    int count() {
        return byId.size();
    }

    List<AttachedConsumer> all() {
        return List.copyOf(byId.values());
    }

    /** Client identifiers that this connection has taken; live. */
    Set<String> clientIds() {
        return clientIds;
    }

    /** Notes that {@code destination} got a task and has to work at the end of the burst. */
    void touch(Destination destination) {
        touched.add(destination);
    }

    /** The burst is over. */
    void workTouched() {
        if (touched.isEmpty()) {
            return;
        }
        // Copied first: work may end in a handler that touches again.
        working.addAll(touched);
        touched.clear();
        for (Destination destination : working) {
            destination.work();
        }
        working.clear();
    }
}
