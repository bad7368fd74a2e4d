// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.remoting.Connection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which connection has which client identifier: each is one connection's at a time (Jakarta Messaging 3.1 §6.1.2). A connection that is cut off and
 * comes back is known by its owner's name, so that it need not wait until the old channel is noticed to be dead. Any thread; no locks.
 */
final class ClientIds {

    private final ConcurrentMap<String, Holder> holders = new ConcurrentHashMap<>();

    private record Holder(String owner, Connection connection) {}

    /** Takes {@code clientId} for an owner; false if another one has it. */
    boolean take(String clientId, String owner, Connection connection) {
        Holder wanted = new Holder(owner, connection);
        Holder now =
                holders.merge(clientId, wanted, (known, mine) -> known.owner().equals(owner) ? mine : known);
        return now.owner().equals(owner);
    }

    /** Gives {@code clientId} back if it is the owner's. */
    void giveBack(String clientId, String owner) {
        holders.computeIfPresent(clientId, (id, known) -> known.owner().equals(owner) ? null : known);
    }

    /** A connection that took {@code clientId} has ended. */
    void closed(String clientId, Connection connection) {
        holders.computeIfPresent(clientId, (id, known) -> known.connection() == connection ? null : known);
    }

    /** How many identifiers are taken. */
    int count() {
        return holders.size();
    }
}
