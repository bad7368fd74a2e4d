// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.remoting.Connection;

/**
 * One client in one group, known by the connection its heartbeats come over.
 *
 * <p>Everything but the time of the last heartbeat is fixed; that one is written by the connection's event loop and read by the timer.
 */
public final class Member {

    private final Connection connection;
    private final String clientId;
    private final int language;
    private final int version;
    private volatile long lastHeartbeatNanos;

    Member(Connection connection, String clientId, int language, int version, long nowNanos) {
        this.connection = connection;
        this.clientId = clientId;
        this.language = language;
        this.version = version;
        this.lastHeartbeatNanos = nowNanos;
    }

    /** Where the client is. */
    public Connection connection() {
        return connection;
    }

    /** The client's own name, unique among the members that behave. */
    public String clientId() {
        return clientId;
    }

    /** Wire code of the client's language. */
    public int language() {
        return language;
    }

    /** The client's version ordinal. */
    public int version() {
        return version;
    }

    /** Reading of the monotonic clock at the last heartbeat. */
    public long lastHeartbeatNanos() {
        return lastHeartbeatNanos;
    }

    void heard(long nowNanos) {
        lastHeartbeatNanos = nowNanos;
    }

    boolean isSameClient(String otherClientId, int otherLanguage, int otherVersion) {
        return clientId.equals(otherClientId) && language == otherLanguage && version == otherVersion;
    }
}
