// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

/** Learns what becomes of connections. Called on the event loop of the connection; must not block. */
public interface ConnectionListener {

    /** Nobody listens. */
    ConnectionListener NONE = new ConnectionListener() {};

    /** A connection was established; before its first frame. */
    default void opened(Connection connection) {}

    /** A connection is gone, for whatever reason; the last call for it, after its own {@link Connection#onClose} listeners. */
    default void closed(Connection connection) {}

    /**
     * All frames were handled that this socket brought, and the others of its event loop that were ready with it: the moment to append what they
     * collected. What was written since the first of them is flushed behind this call.
     */
    default void burstEnded(Connection connection) {}
}
