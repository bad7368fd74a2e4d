// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.broker.access.Principal;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.remoting.Connection;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.queue.MemoryBudget;
import io.agenamq.store.queue.MemoryQueue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The temporary destinations of this broker: which there are, and whose. No file, no record in the log and no thread knows of them; what is left of
 * one that was deleted is nothing.
 *
 * <p>Delivery finds them as it finds others ({@link DestinationsWithTemporaries}, {@link MessageQueues}). They do not change hands, but to the same
 * owner on another connection. Any thread.
 */
final class TemporaryDestinations {

    private final TemporaryLimits limits;
    private final MemoryBudget budget;
    private final ConcurrentMap<String, TemporaryDestination> byTopic = new ConcurrentHashMap<>();

    /** Topics by the connection that they belong to; a connection without any is not in it. */
    private final ConcurrentMap<Connection, Set<String>> byConnection = new ConcurrentHashMap<>();

    TemporaryDestinations(TemporaryLimits limits) {
        this.limits = limits;
        this.budget = new MemoryBudget(limits.totalBytesMax());
    }

    /** The destination of a topic, null if there is none. */
    @Nullable
    TemporaryDestination find(String topic) {
        return byTopic.get(topic);
    }

    int count() {
        return byTopic.size();
    }

    /** Memory that all their messages take. */
    long bytes() {
        return budget.bytes();
    }

    /** Connections that have any. */
    int connectionCount() {
        return byConnection.size();
    }

    /** Makes a destination for {@code connection}, or gives it one that its owner had on another. On the connection's event loop. */
    void create(JmsCreateTemporaryRequest wanted, Connection connection) {
        if (!TemporaryTopic.isValid(wanted.topic()) || wanted.kind() == DestinationKind.NATIVE) {
            throw Checks.refusal(JmsRefusal.ILLEGAL_NAME, "no temporary destination can be like that");
        }
        Set<String> theirs = byConnection.get(connection);
        if (theirs != null && theirs.size() >= limits.countMax() && !theirs.contains(wanted.topic())) {
            throw Checks.refusal(
                    JmsRefusal.TOO_MUCH,
                    "a connection has at most " + limits.countMax()
                            + " temporary destinations (temporaryDestinationsMax); delete some, or use one for many replies");
        }
        byTopic.compute(wanted.topic(), (topic, known) -> {
            if (known == null) {
                return made(wanted, connection);
            }
            boolean same = known.owner.equals(wanted.owner())
                    && Principal.of(known.connection()).equals(Principal.of(connection))
                    && Checks.kindOf(known.topic) == wanted.kind();
            if (!same) {
                throw Checks.refusal(JmsRefusal.ILLEGAL_NAME, "another connection has this temporary destination");
            }
            forget(known);
            known.belongTo(connection);
            return known;
        });
        byConnection.compute(connection, (key, topics) -> {
            Set<String> all = topics == null ? ConcurrentHashMap.newKeySet() : topics;
            all.add(wanted.topic());
            return all;
        });
    }

    private TemporaryDestination made(JmsCreateTemporaryRequest wanted, Connection connection) {
        String topic = wanted.topic();
        MemoryQueue queue = new MemoryQueue(topic, limits.bytesMax(), budget);
        if (wanted.kind() == DestinationKind.QUEUE) {
            // Its built-in subscription is there from the beginning, and reads everything.
            queue.join();
        }
        TopicConfig config = new TopicConfig(
                topic,
                1,
                1,
                Permission.READ | Permission.WRITE,
                TopicConfig.SINGLE_TAG,
                0,
                false,
                Map.of(DestinationKind.ATTRIBUTE, wanted.kind().word()));
        Cursor cursor = new Cursor(0, new CursorName(topic, 0, CursorName.QUEUE), 0);
        return new TemporaryDestination(config, wanted.owner(), queue, cursor, connection);
    }

    private void forget(TemporaryDestination temporary) {
        byConnection.computeIfPresent(temporary.connection(), (connection, topics) -> {
            topics.remove(temporary.topic.topicName());
            return topics.isEmpty() ? null : topics;
        });
    }

    /** Refuses a topic that is a temporary destination of another connection: nobody else may consume from it (Jakarta Messaging 3.1 §6.2.2). */
    void requireOwner(String topic, Connection connection) {
        TemporaryDestination temporary = byTopic.get(topic);
        if (temporary != null && temporary.connection() != connection) {
            throw Checks.refusal(
                    JmsRefusal.NO_SUCH_DESTINATION,
                    "'" + topic
                            + "' is a temporary destination of another connection, and only that may consume from it");
        }
    }

    /** Those of a connection. */
    List<TemporaryDestination> of(Connection connection) {
        return byConnection.getOrDefault(connection, Set.of()).stream()
                .map(byTopic::get)
                .filter(temporary -> temporary != null && temporary.connection() == connection)
                .toList();
    }

    /** Ends a destination, unless it belongs to another connection by now. Answers whether it has. */
    boolean remove(TemporaryDestination temporary, Connection connection) {
        boolean[] removed = {false};
        byTopic.computeIfPresent(temporary.topic.topicName(), (topic, known) -> {
            if (known != temporary || known.connection() != connection) {
                return known;
            }
            removed[0] = true;
            forget(known);
            return null;
        });
        if (removed[0]) {
            temporary.queue.close();
        }
        return removed[0];
    }
}
