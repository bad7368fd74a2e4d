// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
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
    private volatile @Nullable String clientId; // for whoever describes consumers, on any thread
    private final Set<Destination> touched = new LinkedHashSet<>();
    private final List<Destination> working = new ArrayList<>();

    /** Those of a connection. */
    static ConnectionConsumers of(Connection connection) {
        ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
        if (consumers == null) {
            consumers = new ConnectionConsumers();
            connection.attach(ConnectionConsumers.class, consumers);
        }
        return consumers;
    }

    @Nullable
    AttachedConsumer get(int id) {
        return byId.get(id);
    }

    /** The consumer of this number; a refusal if there is none. */
    AttachedConsumer require(int id) {
        AttachedConsumer consumer = byId.get(id);
        if (consumer == null) {
            throw Checks.refusal(JmsRefusal.NO_SUCH_CONSUMER, "there is no consumer " + id + " on this connection");
        }
        return consumer;
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

    /** Client identifiers that this connection has taken. */
    Set<String> clientIds() {
        return Set.copyOf(clientIds);
    }

    /** The client identifier that this connection has taken last; null if it has none. Any thread. */
    @Nullable
    String clientId() {
        return clientId;
    }

    void tookClientId(String taken) {
        clientIds.add(taken);
        clientId = taken;
    }

    void gaveBackClientId(String given) {
        clientIds.remove(given);
        clientId = clientIds.isEmpty() ? null : clientIds.iterator().next();
    }

    /** Posts a task that {@code destination} does at the end of the burst. */
    void post(Destination destination, Runnable task) {
        if (!destination.post(task)) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_BUSY, "too many requests wait for destination '" + destination.topic() + "'");
        }
        touched.add(destination);
    }

    /** {@link #post} for a task that gives something back, which is never refused. */
    void postAlways(Destination destination, Runnable task) {
        destination.postAlways(task);
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
