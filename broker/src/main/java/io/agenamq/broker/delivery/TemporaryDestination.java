// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.remoting.Connection;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.queue.MemoryQueue;

/**
 * A queue or topic that ends with a connection, in memory and in no table but {@link TemporaryDestinations}, which alone changes to whom it
 * belongs.
 */
final class TemporaryDestination {

    final TopicConfig topic;
    final String owner;
    final MemoryQueue queue;

    /** What the built-in subscription of a queue has settled; of a topic without meaning. Owned by the thread at work on the destination. */
    final Cursor cursor;

    private volatile Connection connection;

    TemporaryDestination(TopicConfig topic, String owner, MemoryQueue queue, Cursor cursor, Connection connection) {
        this.topic = topic;
        this.owner = owner;
        this.queue = queue;
        this.cursor = cursor;
        this.connection = connection;
    }

    /** The connection that it belongs to. */
    Connection connection() {
        return connection;
    }

    void belongTo(Connection other) {
        connection = other;
    }
}
